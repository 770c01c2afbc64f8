import { expect, test } from 'vitest'
import { rolledBack } from './documents.ts'
import { answering, invoke, type Script } from './world.ts'

const script: Script = {
  rollback: ({ target, mode, dryRun }) => ({
    outcome: { type: 'result', value: rolledBack(target, { mode, rehearsed: dryRun }) },
  }),
}

test('an undo without a terminal wants --yes', async () => {
  const { exit, stderr, asked } = await invoke({ argv: ['rollback', 'a.db'], script })
  expect([exit, asked]).toEqual([2, []])
  expect(stderr).toContain('next: ulid-migrate rollback a.db --yes')
})

test('an undo with --yes runs and says what it kept', async () => {
  const { exit, stdout, asked } = await invoke({ argv: ['rollback', 'a.db', '--yes'], script })
  expect(exit).toBe(0)
  expect(asked).toEqual([
    { operation: 'rollback', request: { target: '/data/a.db', mode: 'undo', dryRun: false } },
  ])
  expect(stdout).toContain('12 rows kept, 0 rows discarded')
})

test('a rehearsal wants no consent and leaves the target as it is', async () => {
  const { exit, stdout, asked } = await invoke({
    argv: ['rollback', 'a.db', '--dry-run', '--restore'],
    script,
  })
  expect(exit).toBe(0)
  expect(asked).toMatchObject([{ request: { mode: 'restore', dryRun: true } }])
  expect(stdout).toContain('restore rehearsed, target unchanged')
})

test('a restore without a terminal wants the name, and gives the whole command', async () => {
  const { exit, stderr, asked } = await invoke({ argv: ['rollback', 'dir/a.db', '--restore'], script })
  expect([exit, asked]).toEqual([2, []])
  expect(stderr).toContain('next: ulid-migrate rollback dir/a.db --restore --confirm a.db')
})

test('the name is handed to the engine, to each target its own', async () => {
  const argv = ['rollback', 'a.db', 'b.db', '--restore', '--confirm', 'b.db', '--confirm', 'a.db']
  const { asked } = await invoke({ argv, script })
  expect(asked.map(one => one.request)).toMatchObject([
    { target: '/data/a.db', confirm: 'a.db' },
    { target: '/data/b.db', confirm: 'b.db' },
  ])
})

test('--yes alone leaves a restore over newer rows to be refused by the engine', async () => {
  const { asked } = await invoke({ argv: ['rollback', 'a.db', '--restore', '--yes'], script })
  expect(asked[0]?.request).not.toHaveProperty('confirm')
})

test('on a terminal an undo is rehearsed, shown and asked for', async () => {
  const questions = answering({ confirm: true })
  const { exit, stderr, asked } = await invoke({ argv: ['rollback', 'a.db'], script, questions })
  expect(exit).toBe(0)
  expect(asked.map(one => one.request)).toMatchObject([{ dryRun: true }, { dryRun: false }])
  expect(stderr).toContain('12 rows kept')
  expect(questions.questions).toEqual(['Undo the migration of a.db?'])
})

test('on a terminal a restore goes on only when the name is typed exactly', async () => {
  const wrong = await invoke({
    argv: ['rollback', 'a.db', '--restore'],
    script,
    questions: answering({ type: 'A.db' }),
  })
  expect(wrong.exit).toBe(0)
  expect(wrong.stderr).toContain('Nothing was changed.')
  expect(wrong.asked.map(one => one.request)).toMatchObject([{ dryRun: true }])
  const right = await invoke({
    argv: ['rollback', 'a.db', '--restore'],
    script,
    questions: answering({ type: 'a.db' }),
  })
  expect(right.asked.map(one => one.request)).toMatchObject([
    { dryRun: true },
    { dryRun: false, mode: 'restore', confirm: 'a.db' },
  ])
})

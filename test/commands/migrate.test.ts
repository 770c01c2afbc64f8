import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { QuestionCancelled } from '../../src/prompts/questions.ts'
import { detected, disproved, migrated, plan, refusal } from './documents.ts'
import { answering, invoke, run, type Script } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

const script: Script = {
  plan: request => ({
    outcome: { type: 'result', value: { plan: plan(request.target), detected: detected(request.target) } },
  }),
  migrate: request => ({ outcome: { type: 'result', value: migrated(request.target) } }),
}

describe('consent', () => {
  test('without a terminal and --yes nothing starts, and the whole command is given', async () => {
    const argv = ['migrate', "it's.db", '--all']
    const { exit, stderr, asked } = await invoke({ argv, script })
    expect(exit).toBe(2)
    expect(asked).toEqual([])
    expect(stderr).toContain('--yes')
    expect(stderr).toContain("next: ulid-migrate migrate 'it'\\''s.db' --all --yes")
    expect(stderr).toContain('Nothing was changed.')
  })

  test.each([['--no-input'], ['--events']])('%s on a terminal gives the same result', async flag => {
    const questions = answering({ confirm: true })
    const { exit, asked } = await invoke({ argv: ['migrate', 'a.db', flag], script, questions })
    expect(exit).toBe(2)
    expect(asked).toEqual([])
    expect(questions.questions).toEqual([])
  })

  test('on a terminal the plan is shown first, and exactly that plan runs', async () => {
    const questions = answering({ confirm: true })
    const { exit, stderr, asked } = await invoke({ argv: ['migrate', 'a.db'], script, questions })
    expect(exit).toBe(0)
    expect(stderr).toMatch(/jobs\.job_id +41,020 rows +replace +1 reference +errors\.job_id/)
    expect(questions.questions).toEqual(['Migrate a.db?'])
    expect(asked.map(one => one.operation)).toEqual(['plan', 'migrate'])
    expect(asked[1]?.request).toMatchObject({ plan: plan('/data/a.db') })
  })

  test('declined, nothing is migrated, and that is said', async () => {
    const { exit, stderr, asked } = await invoke({
      argv: ['migrate', 'a.db'],
      script,
      questions: answering({ confirm: false }),
    })
    expect(exit).toBe(0)
    expect(stderr).toContain('Nothing was changed.')
    expect(asked.map(one => one.operation)).toEqual(['plan'])
  })

  test('Ctrl-C in the question exits 130 and changes nothing', async () => {
    const questions = {
      confirm: () => Promise.reject(new QuestionCancelled()),
      type: () => Promise.resolve(''),
      choose: () => Promise.resolve(null),
    }
    const { exit, stderr, asked } = await invoke({ argv: ['migrate', 'a.db', 'b.db'], script, questions })
    expect(exit).toBe(130)
    expect(stderr).toContain('Nothing was changed.')
    expect(asked.map(one => one.operation)).toEqual(['plan'])
  })
})

describe('results', () => {
  test('success says what changed, what was proved, and the way back', async () => {
    const { exit, stdout } = await invoke({ argv: ['migrate', 'a.db', '--yes'], script })
    expect(exit).toBe(0)
    expect(stdout).toContain('/data/a.db  migrated (replace) in 1.6 s')
    expect(stdout).toContain('41,020 identifiers in 1 identity, 18,000 references')
    expect(stdout).toContain('1 of 1 checks passed')
    expect(stdout).toContain('way back: ulid-migrate rollback /data/a.db')
  })

  test('the document has run, status and targets', async () => {
    const { json } = await invoke({ argv: ['migrate', 'a.db', '--yes', '--json'], script })
    expect(json()).toEqual({
      schema: 'ulid-migrate.migrate/1',
      run,
      status: 'succeeded',
      targets: [migrated('/data/a.db')],
    })
  })

  test('nothing to do is a success of its own', async () => {
    const value = migrated('/data/a.db', { status: 'nothing-to-do' })
    const nothing: Script = { migrate: () => ({ outcome: { type: 'result', value } }) }
    const { exit, stdout } = await invoke({ argv: ['migrate', 'a.db', '--yes'], script: nothing })
    expect([exit, stdout]).toEqual([0, '/data/a.db  nothing to do\n'])
    const { json } = await invoke({ argv: ['migrate', 'a.db', '--yes', '--json'], script: nothing })
    expect(json().status).toBe('nothing-to-do')
  })

  test.each([1, 2, 3, 4] as const)('the exit code %i of a failure is the exit code', async exit => {
    const failing: Script = {
      migrate: request => ({ outcome: { type: 'failed', error: refusal(request.target, { exit }) } }),
    }
    const done = await invoke({ argv: ['migrate', 'a.db', '--yes', '--json'], script: failing })
    expect(done.exit).toBe(exit)
    expect(done.json()).toMatchObject({ run, status: 'failed', targets: [], error: { code: 'LOCK.HELD' } })
  })

  test('a run that can be resumed exits 5 and is stopped, not failed', async () => {
    const stopping: Script = {
      migrate: request => ({ outcome: { type: 'failed', error: refusal(request.target, { exit: 5 }) } }),
    }
    const { exit, json } = await invoke({ argv: ['migrate', 'a.db', '--yes', '--json'], script: stopping })
    expect([exit, json().status]).toEqual([5, 'stopped'])
  })

  test('a proof from outside that fails is never called a success', async () => {
    const value = migrated('/data/a.db', { outside: disproved })
    const { exit, json, stderr } = await invoke({
      argv: ['migrate', 'a.db', '--yes', '--json'],
      script: { migrate: () => ({ outcome: { type: 'result', value } }) },
    })
    expect(exit).toBe(3)
    expect(json()).toMatchObject({
      status: 'failed',
      targets: [{ target: '/data/a.db' }],
      error: { code: 'PROOF.FAILED', next: 'ulid-migrate rollback /data/a.db' },
    })
    expect(stderr).toContain('1 of 2 checks failed: references.')
  })
})

describe('a plan as the target', () => {
  function file(name: string, content: string): string {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  test('is told by its content and runs on its own target', async () => {
    const path = file('kept.anything', JSON.stringify(plan('/elsewhere/metrics.db'), null, 2))
    const { asked } = await invoke({ argv: ['migrate', path, '--yes'], script })
    expect(asked).toMatchObject([
      {
        operation: 'migrate',
        request: { target: '/elsewhere/metrics.db', plan: plan('/elsewhere/metrics.db') },
      },
    ])
  })

  test.each([
    ['no JSON', '{"schema": '],
    ['another shape', '{"schema": "ulid-migrate.plan/1"}'],
    ['a later version', JSON.stringify({ ...plan('/x.db'), schema: 'ulid-migrate.plan/2' })],
  ])('with %s is refused with its name and the reason', async (_, content) => {
    const path = file('broken.json', content)
    const { exit, stderr, asked } = await invoke({ argv: ['migrate', path, '--yes'], script })
    expect(exit).toBe(4)
    expect(stderr).toContain('PLAN.BROKEN')
    expect(stderr).toContain(path)
    expect(asked).toEqual([])
  })

  test('takes no choices beside its own', async () => {
    const path = file('plan.json', JSON.stringify(plan('/x.db')))
    const { exit, stderr, asked } = await invoke({ argv: ['migrate', path, '--yes', '--all'], script })
    expect(exit).toBe(2)
    expect(stderr).toContain('PLAN.HAS_CHOICES')
    expect(asked).toEqual([])
  })
})

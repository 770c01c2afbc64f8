/** `rollback` of what has source code: systems and source trees. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CodeRun } from '../../src/core/index.ts'
import { temporaryFolder } from '../support/folder.ts'
import { rolledBack, statusOf } from './documents.ts'
import { answering, invoke, type Script } from './world.ts'

const result = <T>(value: T) => ({ outcome: { type: 'result', value } as const })

/** The system `alpha` with these databases, whose source was updated by these runs. */
function world(
  databases: readonly string[],
  runs: readonly Partial<CodeRun>[],
  left: readonly string[] = [],
) {
  const folder = temporaryFolder()
  const tree = join(folder, 'alpha')
  mkdirSync(tree)
  for (const name of databases) writeFileSync(join(tree, name), '')
  writeFileSync(
    join(folder, 'ulid-migrate.config.json'),
    JSON.stringify({ systems: { alpha: { folder: 'alpha', targets: ['a.db', 'b.db'] } } }),
  )
  const known = runs.map(
    (run): CodeRun => ({
      run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
      at: '2026-02-11T08:00:00.000Z',
      target: tree,
      system: 'alpha',
      files: [join(tree, 'jobs.py')],
      status: 'written',
      changedSince: left,
      ...run,
    }),
  )
  const script: Script = {
    'code-runs': () => result(known),
    'undo-code': ({ run = '', dryRun = false }) =>
      result({ target: tree, run, restored: [join(tree, 'jobs.py')], left, rehearsed: dryRun }),
    // The second database was migrated after the source was updated, the first one before.
    status: ({ targets }) =>
      result(
        targets.map(target => {
          const status = statusOf(target)
          const at = target.endsWith('a.db') ? '2026-02-11T07:00:00.000Z' : '2026-02-11T09:00:00.000Z'
          return { ...status, runs: status.runs.map(each => ({ ...each, at })) }
        }),
      ),
    rollback: ({ target, mode, dryRun }) => result(rolledBack(target, { mode, rehearsed: dryRun })),
  }
  const go = async (words: readonly string[], rest: Partial<Parameters<typeof invoke>[0]> = {}) => {
    const ran = await invoke({ argv: ['rollback', ...words], script, folder, ...rest })
    const done = ran.asked
      .filter(({ operation }) => operation === 'rollback' || operation === 'undo-code')
      .map(({ operation, request }) =>
        'target' in request ? String(request.target).split('/').at(-1)! : operation,
      )
    return { ...ran, done }
  }
  return { tree, go }
}

test('a system goes back with its source code, what was done last first, and the list comes before', async () => {
  const { go, tree } = world(['a.db', 'b.db'], [{}])
  const { exit, done, stderr, stdout } = await go(['alpha', '--yes'])
  expect([exit, done]).toEqual([0, ['b.db', 'undo-code', 'a.db']])
  const list = stderr.slice(stderr.indexOf('what was done last first'))
  expect(list.indexOf('b.db')).toBeLessThan(list.indexOf('source code'))
  expect(list.indexOf('source code')).toBeLessThan(list.indexOf('a.db'))
  expect(stdout).toContain(`${tree}  1 file as before 01KEXWDFNRRMDJHG5GXSQG2QCQ`)
})

test('the document keeps its databases under targets, and says of the code beside them', async () => {
  const { json } = await world(['a.db'], [{}]).go(['alpha', '--yes', '--json'])
  expect(json()).toMatchObject({
    targets: [{ mode: 'undo', target: expect.stringMatching(/a\.db$/) }],
    code: [{ run: '01KEXWDFNRRMDJHG5GXSQG2QCQ', left: [], rehearsed: false }],
  })
})

test('all updates of a tree that stand go back, by its path too; undone ones and other trees are left', async () => {
  const { go } = world(
    [],
    [
      { run: '01KEXWDFNRRMDJHG5GXSQG2QC3', at: '2026-02-11T10:00:00.000Z' },
      { run: '01KEXWDFNRRMDJHG5GXSQG2QC2', at: '2026-02-11T09:00:00.000Z', status: 'undone' },
      { run: '01KEXWDFNRRMDJHG5GXSQG2QC1', at: '2026-02-11T08:00:00.000Z' },
      { run: '01KEXWDFNRRMDJHG5GXSQG2QC0', target: '/somewhere/else', system: '' },
    ],
  )
  const { exit, asked, json } = await go(['./alpha', '--yes', '--json'])
  expect(exit).toBe(0)
  expect(asked.filter(each => each.operation === 'undo-code').map(each => each.request)).toEqual([
    { run: '01KEXWDFNRRMDJHG5GXSQG2QC3' },
    { run: '01KEXWDFNRRMDJHG5GXSQG2QC1' },
  ])
  expect(json()).toMatchObject({ targets: [] })
})

test('a system without any database goes back by its source alone', async () => {
  expect(await world([], [{}]).go(['alpha', '--yes'])).toMatchObject({ exit: 0, done: ['undo-code'] })
})

test('--run with the run of an update takes back that one and no database', async () => {
  const { go } = world(['a.db'], [{}, { run: '01KEXWDFNRRMDJHG5GXSQG2QC1' }])
  const ran = await go(['alpha', '--yes', '--run', '01kexwdfnrrmdjhg5gxsqg2qc1'])
  expect(ran.done).toEqual(['undo-code'])
  expect(ran.asked.at(-1)?.request).toEqual({ run: '01KEXWDFNRRMDJHG5GXSQG2QC1' })
})

test('without a terminal the whole of it wants --yes, and nothing is begun', async () => {
  const { exit, done, stderr } = await world(['a.db'], [{}]).go(['alpha'])
  expect([exit, done]).toEqual([2, []])
  expect(stderr).toContain('next: ulid-migrate rollback alpha --yes')
})

test('on a terminal each is shown and asked for; what is declined stays', async () => {
  const questions = answering({ confirm: false })
  const { exit, done } = await world([], [{}]).go(['alpha'], { questions })
  expect([exit, done]).toEqual([0, ['undo-code']]) // the rehearsal
  expect(questions.questions).toEqual(['Put the source code of alpha back?'])
})

test('a rehearsal wants no consent and touches nothing', async () => {
  const { exit, asked, stdout } = await world([], [{}], ['/x/b.py']).go(['alpha', '--dry-run'])
  expect([exit, asked.at(-1)?.request]).toEqual([
    0,
    { run: '01KEXWDFNRRMDJHG5GXSQG2QCQ', dryRun: true, without: [] },
  ])
  expect(stdout).toContain('undo rehearsed, nothing touched: 1 file would be as before')
})

test('files that changed since are left and named, the databases go back all the same, and it is no success', async () => {
  const { exit, done, stdout, stderr } = await world(['a.db'], [{}], ['/x/b.py']).go(['alpha', '--yes'])
  expect([exit, done]).toEqual([1, ['undo-code', 'a.db']])
  expect(stdout).toContain('left, for it changed since: /x/b.py')
  expect(stderr).toContain('CODE.LEFT')
})

test('a restore is about databases: the source is left and told, and a tree alone is refused', async () => {
  const { go, tree } = world(['a.db'], [{}])
  const whole = await go(['alpha', '--restore', '--confirm', 'a.db'])
  expect([whole.exit, whole.done]).toEqual([0, ['a.db']])
  expect(whole.stderr).toContain(`Left as it is: the source code in ${tree}`)
  const alone = await go(['./alpha', '--restore', '--confirm', 'alpha'])
  expect([alone.exit, alone.done]).toEqual([2, []])
  expect(alone.stderr).toContain('CODE.NO_SNAPSHOT')
})

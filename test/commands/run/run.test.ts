/** What `run` asks of the engine and of the operator, and in which order; the engine is a script. */
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { ComparedQuery, RunReport, TestRun } from '../../../src/core/index.ts'
import { QuestionCancelled } from '../../../src/prompts/questions.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { detected, migrated, plan, refusal, rehearsed, rolledBack, statusOf, verified } from '../documents.ts'
import { answering, at, invoke, run, type Script } from '../world.ts'

/** Systems by name with the files of their databases; a name that begins with `-` is not there. */
function world(
  systems: Readonly<Record<string, readonly string[]>>,
  more: Readonly<Record<string, object>> = {},
) {
  const folder = temporaryFolder()
  const config: Record<string, object> = {}
  for (const [name, files] of Object.entries(systems)) {
    mkdirSync(join(folder, name))
    for (const file of files.filter(each => !each.startsWith('-')))
      writeFileSync(join(folder, name, file), '')
    config[name] = {
      title: name.toUpperCase(),
      folder: name,
      targets: files,
      test: { argv: [process.execPath, '--version'] },
      ...more[name],
    }
  }
  const file = { order: Object.keys(systems), systems: config }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify(file))
  const state = join(folder, 'state')
  const report = () =>
    JSON.parse(readFileSync(join(state, 'reports', run, 'report.json'), 'utf8')) as RunReport
  const go = (words: readonly string[], script: Script, rest: Partial<Parameters<typeof invoke>[0]> = {}) =>
    invoke({
      argv: ['run', ...words, '--state-dir', state],
      script,
      folder,
      environment: { PATH: '/bin' },
      ...rest,
    })
  return { folder, state, report, go, path: (name: string) => join(folder, name) }
}

const ran = (status: TestRun['status'], failures: readonly string[] = []): TestRun => ({
  status,
  command: ['check'],
  exit: status === 'passed' ? 0 : 1,
  signal: null,
  seconds: 1,
  log: '/log',
  failures,
  tail: ['the end'],
  why: status === 'passed' ? '' : 'Exit code 1.',
})

const compared = (verdict: ComparedQuery['verdict'], name = 'jobs by id'): ComparedQuery => ({
  name,
  sql: 'SELECT 1',
  times: 9,
  values: 100,
  before: { microseconds: 10, rows: 1, plan: ['SEARCH t USING INDEX i'] },
  after: { microseconds: 15, rows: 1, plan: ['SCAN t'] },
  verdict,
  why: 'it reads a whole table now',
})

const result = <T>(value: T) => ({ outcome: { type: 'result', value } as const })
const fails = (error: ReturnType<typeof refusal>) => ({ outcome: { type: 'failed', error } as const })

/** Everything goes well, unless a test says otherwise. */
const well: Script = {
  detect: ({ target }) => result(detected(target)),
  'dry-run': ({ target }) => result({ print: [], document: rehearsed(target), plan: plan(target) }),
  'compare-queries': () => result([compared('as-before')]),
  migrate: ({ target }) => result(migrated(target)),
  trace: ({ targets }) =>
    result({
      id: 'x',
      time: null,
      found: targets.map(target => ({
        system: null,
        target,
        table: 'jobs',
        column: 'job_id',
        row: '1',
        ulid: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
        legacy: 'job-20260114-091203',
        time: null,
        inShort: [],
      })),
      references: [],
      related: [],
      near: { seconds: 60, ulid: null, identities: [] },
      targets: [],
    }),
  'system-tests': () => result(ran('passed')),
  status: ({ targets }) => result([statusOf(targets[0]!)]),
  rollback: ({ target }) => result(rolledBack(target)),
  verify: ({ target }) => result(verified(target)),
}

const targetsOf = (asked: Awaited<ReturnType<typeof invoke>>['asked'], operation: string) =>
  asked
    .filter(each => each.operation === operation)
    .map(({ request }) => ('target' in request ? request.target.split('/').slice(-2).join('/') : ''))

test('one system the whole way: looked at, rehearsed, migrated, its queries timed, an id traced, its tests run', async () => {
  const { go, report } = world({ alpha: ['a.db'] })
  const { exit, asked, stderr, stdout } = await go(['alpha', '--yes'], well)
  expect(exit, stderr).toBe(0)
  expect(asked.map(each => each.operation)).toEqual([
    'detect',
    'dry-run',
    'compare-queries',
    'migrate',
    'compare-queries',
    'trace',
    'system-tests',
    'status',
  ])
  expect(stdout).toContain('alpha  done  1 database  41,020 identifiers  tests passed')
  expect(report()).toMatchObject({
    status: 'succeeded',
    begun: at,
    systems: [
      {
        status: 'done',
        targets: [{ status: 'migrated', traced: 1, snapshot: '/state/snapshots/metrics.db' }],
      },
    ],
  })
  expect(report().systems[0]).toMatchObject({ source: { files: 1, old: [] }, due: [] })
})

test('source code that makes old ids is due, with each place and the command, and no failure of the run', async () => {
  const { go, report, path } = world({ alpha: ['a.db'] })
  const site = { rule: 'uuid', subject: 'job_id', text: 'uuid4().hex', why: 'job_id is a UUID.' }
  const script: Script = {
    ...well,
    code: ({ target, system, write, trial }) =>
      result({
        target,
        system,
        files: 3,
        sites: [
          { ...site, file: 'a.py', line: 3, verdict: 'change' },
          { ...site, file: 'b.py', line: 4, verdict: 'leave' },
        ],
        findings: [],
        changed: ['a.py'],
        made: [],
        diff: '',
        written: write || trial !== 'used',
        generators: [],
        using: [],
      }),
  }
  const { exit, stdout, stderr, asked } = await go(['alpha', '--yes'], script)
  expect(exit, stderr).toBe(0)
  expect(asked.find(each => each.operation === 'code')?.request).toMatchObject({
    target: path('alpha'),
    write: false,
    trial: 'used',
  })
  const words = '1 place in the source still makes old ids (a.py:3): ulid-migrate code alpha'
  expect(stderr).toContain(`! alpha  source code  ${words}`)
  expect(stdout).toContain(`! All new ids are made by the configured generator: alpha: ${words}`)
  expect(report()).toMatchObject({
    status: 'succeeded',
    systems: [{ source: { old: [{ file: 'a.py', line: 3 }] }, due: [`Source code of alpha: ${words}`] }],
  })
})

test('source code that can not be looked at is told, and fails nothing', async () => {
  const { go, report } = world({ alpha: ['a.db'] })
  const error = refusal('alpha', { code: 'CODE.NOT_FOUND', exit: 4 })
  const { exit } = await go(['alpha', '--yes'], { ...well, code: () => fails(error) })
  expect(exit).toBe(0)
  expect(report().systems[0]).toMatchObject({ status: 'done', source: { error: { code: 'CODE.NOT_FOUND' } } })
})

test('the operator migrates one system, skips another, and stops at the third', async () => {
  const { go, report } = world({ alpha: ['a.db'], beta: ['b.db'], gamma: ['c.db'] })
  const questions = answering({ choose: ['skip', 'migrate', 'stop'] })
  const { exit, asked } = await go(['alpha', 'beta', 'gamma'], well, { questions })
  expect(questions.questions).toEqual([
    'Migrate one database of ALPHA?',
    'Migrate one database of BETA?',
    'Migrate one database of GAMMA?',
  ])
  expect(exit).toBe(5)
  expect(targetsOf(asked, 'migrate')).toEqual(['beta/b.db'])
  expect(report().systems.map(each => each.status)).toEqual(['skipped', 'done', 'stopped'])
  expect(report().next.at(-1)).toMatch(/^ulid-migrate rollback .*beta\/b\.db --yes$/)
})

test('stopped or left with Ctrl-C at its first question, nothing was changed', async () => {
  const cancel = () => Promise.reject(new QuestionCancelled())
  const ways = [
    [answering({ choose: ['stop'] }), 5],
    [{ confirm: cancel, type: cancel, choose: cancel }, 130],
  ] as const
  for (const [questions, code] of ways) {
    const { go, report } = world({ alpha: ['a.db'], beta: ['b.db'] })
    const { exit, asked } = await go(['alpha', 'beta'], well, { questions })
    expect([exit, targetsOf(asked, 'migrate')]).toEqual([code, []])
    expect(report().status).toBe('stopped')
  }
})

test('without somebody to ask, and without --yes, nothing is even looked at', async () => {
  const { exit, asked, stderr } = await world({ alpha: ['a.db'] }).go(['alpha'], well)
  expect(exit).toBe(2)
  expect(stderr).toContain('CONSENT.MISSING')
  expect(asked).toEqual([])
})

test('a name that no system has is answered with those that there are', async () => {
  const { exit, stderr } = await world({ alpha: ['a.db'] }).go(['alhpa', '--yes'], well)
  expect(exit).toBe(2)
  expect(stderr).toContain('SYSTEM.UNKNOWN')
  expect(stderr).toContain('Known here are alpha, crackerjack, session-buddy, akosha, mahavishnu.')
})

test('systems whose databases are not there are a failure only where none has any', async () => {
  const nothing = await world({ alpha: ['-a.db'] }).go(['alpha', '--yes'], well)
  expect(nothing.exit).toBe(4)
  expect(nothing.stderr).toMatch(/SYSTEM\.NO_DATABASE[\s\S]*Looked for: .*alpha\/-a\.db/)
  const some = world({ alpha: ['-a.db'], beta: ['b.db'] })
  const { exit } = await some.go(['alpha', 'beta', '--yes'], well)
  expect(exit).toBe(0)
  expect(some.report().systems[0]).toMatchObject({
    status: 'nothing-to-do',
    findings: [{ code: 'SYSTEM.NO_DATABASE', severity: 'warning', why: expect.stringContaining('-a.db') }],
  })
})

test('a file that is no database, and one without tables, are told and left alone', async () => {
  const { go, report } = world({ alpha: ['a.db', 'duck.db', 'empty.db'] })
  const script: Script = {
    ...well,
    detect: ({ target }) =>
      target.endsWith('duck.db')
        ? fails(refusal(target, { code: 'TARGET.NOT_A_DATABASE', exit: 4 }))
        : result(detected(target, target.endsWith('empty.db') ? { state: 'empty' } : {})),
  }
  const { exit, stderr } = await go(['alpha', '--yes'], script)
  expect(exit).toBe(0)
  expect(stderr).toContain('TARGET.NOT_A_DATABASE')
  expect(report().systems[0]?.targets.map(each => each.status)).toEqual(['migrated', 'unreadable', 'empty'])
})

test('one that is damaged ends the run before anything is changed', async () => {
  const { go, path } = world({ alpha: ['a.db'], beta: ['b.db', 'damaged.db'] })
  const script: Script = {
    ...well,
    detect: ({ target }) =>
      target.endsWith('damaged.db')
        ? fails(refusal(target, { code: 'TARGET.CORRUPT', exit: 4 }))
        : result(detected(target)),
  }
  const { exit, stderr, asked } = await go(['alpha', 'beta', '--yes'], script)
  expect(exit).toBe(4)
  expect(stderr).toContain('TARGET.CORRUPT')
  expect(stderr).toContain(path('beta/damaged.db'))
  expect(new Set(asked.map(each => each.operation))).toEqual(new Set(['detect']))
})

test('after a failure the operator may take back all that was done, the last first', async () => {
  const { go, report } = world({ alpha: ['a.db'], beta: ['b.db', 'c.db'] })
  const script: Script = {
    ...well,
    migrate: ({ target }) =>
      target.endsWith('c.db')
        ? fails(refusal(target, { code: 'TARGET.READ_ONLY' }))
        : result(migrated(target)),
    status: ({ targets }) => result([{ ...statusOf(targets[0]!), runs: [] }]),
  }
  const questions = answering({ choose: ['migrate', 'migrate', 'rollback-all'] })
  const { exit, asked } = await go(['alpha', 'beta'], script, { questions })
  expect(exit).toBe(4)
  expect(questions.questions.at(-1)).toBe('BETA failed. What now?')
  expect(targetsOf(asked, 'rollback')).toEqual(['beta/b.db', 'alpha/a.db'])
  expect(report()).toMatchObject({ status: 'rolled-back', error: { code: 'TARGET.READ_ONLY' } })
})

test('--on-failure rollback-system leaves the systems before it as they are', async () => {
  const { go, report } = world({ alpha: ['a.db'], beta: ['b.db'] })
  const script: Script = {
    ...well,
    'system-tests': ({ target }) => result(ran(target.endsWith('beta') ? 'failed' : 'passed')),
  }
  const { exit, asked } = await go(['alpha', 'beta', '--yes', '--on-failure', 'rollback-system'], script)
  expect(exit).toBe(3)
  expect(targetsOf(asked, 'rollback')).toEqual(['beta/b.db'])
  expect(report().status).toBe('failed')
  expect(report().systems.map(each => each.status)).toEqual(['done', 'rolled-back'])
  expect(report().next).toEqual([
    expect.stringMatching(/^ulid-migrate run alpha beta --yes/),
    expect.stringMatching(/^ulid-migrate rollback .*alpha\/a\.db --yes$/),
  ])
})

test('a change that was committed, and could not be proved, is among those to be taken back', async () => {
  const { go, report } = world({ alpha: ['a.db'] })
  const script: Script = {
    ...well,
    migrate: ({ target }) => fails(refusal(target, { code: 'RUN.COMMITTED_UNPROVED', exit: 3 })),
  }
  const { exit, asked } = await go(['alpha', '--yes', '--on-failure', 'rollback-all'], script)
  expect(exit).toBe(3)
  expect(targetsOf(asked, 'rollback')).toEqual(['alpha/a.db'])
  expect(report().status).toBe('rolled-back')
})

test('a query that would lose its index stops the run before anything is changed, unless that is accepted', async () => {
  const script: Script = { ...well, 'compare-queries': () => result([compared('no-index')]) }
  const first = world({ alpha: ['a.db'] })
  const { exit, asked, stderr } = await first.go(['alpha', '--yes'], script)
  expect(exit).toBe(4)
  expect(stderr).toContain("--accept 'jobs by id'")
  expect(targetsOf(asked, 'migrate')).toEqual([])
  const accepted = await world({ alpha: ['a.db'] }).go(['alpha', '--yes', '--accept', 'jobs by id'], script)
  expect(accepted.exit).toBe(0)
  expect(targetsOf(accepted.asked, 'migrate')).toEqual(['alpha/a.db'])
})

test('a query that will be slower is said before the operator is asked, and again when it is', async () => {
  const { go, report } = world({ alpha: ['a.db'] })
  const script: Script = { ...well, 'compare-queries': () => result([compared('slower')]) }
  const { exit, stderr } = await go(['alpha', '--yes'], script)
  expect(exit).toBe(0)
  expect(stderr).toContain('This query will be slower: jobs by id')
  expect(stderr).toContain('This query is slower: jobs by id')
  const [target] = report().systems[0]!.targets
  expect(target?.findings.map(each => each.code)).toEqual(['QUERY.SLOWER'])
  expect(report().criteria.find(each => each.criterion.startsWith('Performance'))?.verdict).toBe('failed')
})

test('a query that lost its index only in earnest fails the proof', async () => {
  const { go } = world({ alpha: ['a.db'] })
  const script: Script = {
    ...well,
    'compare-queries': ({ before }) =>
      result([compared(before.startsWith('/state') ? 'no-index' : 'as-before')]),
  }
  const { exit, stderr } = await go(['alpha', '--yes'], script)
  expect(exit).toBe(3)
  expect(stderr).toContain('QUERY.WORSE')
})

test('tests whose program is not there are told before anything is rehearsed; --tests none does without', async () => {
  const test = { argv: ['no-such-program'] }
  const { go } = world({ alpha: ['a.db'] }, { alpha: { test } })
  const { exit, asked, stderr } = await go(['alpha', '--yes'], well)
  expect(exit).toBe(4)
  expect(stderr).toContain('The tests of ALPHA can not be run.  TESTS.NO_PROGRAM')
  expect(stderr).toContain('There is no program no-such-program.')
  expect(asked.map(each => each.operation)).toEqual(['detect'])
  const without = world({ alpha: ['a.db'] }, { alpha: { test } })
  expect((await without.go(['alpha', '--yes', '--tests', 'none'], well)).exit).toBe(0)
})

test('with --tests both, tests that failed before in the same way fail nothing, and are told', async () => {
  const { go, report } = world({ alpha: ['a.db'] })
  const script: Script = { ...well, 'system-tests': () => result(ran('failed', ['one'])) }
  const { exit, asked } = await go(['alpha', '--yes', '--tests', 'both'], script)
  expect(exit).toBe(0)
  const order = asked.map(each => each.operation)
  expect(order.indexOf('system-tests')).toBeLessThan(order.indexOf('dry-run'))
  expect(report().systems[0]).toMatchObject({
    checks: [{ id: 'system-tests', ok: true }],
    findings: [{ code: 'TESTS.FAILED_BEFORE', severity: 'warning' }],
  })
})

const link = (from: string, to: string) =>
  ({
    target: from,
    table: 'links',
    column: 'id',
    as: 'reference',
    kind: 'inferred',
    of: { target: to, table: 'jobs', column: 'id' },
    confidence: 1,
    matched: 1,
    orphans: 0,
    sentinels: 0,
    samples: [],
    orphanSamples: [],
    why: '',
    leftOut: '',
    choice: 'accepted',
  }) as const

test('a system whose ids another holds goes before it, against the configured order', async () => {
  const { go, report, path } = world({ alpha: ['a.db'], beta: ['b.db'] })
  const links = [link(path('alpha/a.db'), path('beta/b.db'))]
  const order = [path('beta/b.db'), path('alpha/a.db')]
  const script: Script = {
    ...well,
    across: () => result({ order, links, follows: {}, error: null, documents: [] }),
  }
  const { exit, stderr, asked } = await go(['alpha', 'beta', '--yes'], script)
  expect(exit).toBe(0)
  expect(stderr).toMatch(/beta goes before alpha: .*alpha\/a\.db \(links\.id\) holds ids of it\./)
  expect(targetsOf(asked, 'migrate')).toEqual(['beta/b.db', 'alpha/a.db'])
  expect(report().systems.map(each => each.system)).toEqual(['beta', 'alpha'])
})

test('who holds ids of a system that is skipped is left as it is with it, which is said before', async () => {
  const { go, report, path } = world({ alpha: ['a.db'], beta: ['b.db', 'own.db'], gamma: ['c.db'] })
  const takes = (of: string) => [
    {
      table: 'links',
      column: 'id',
      as: 'reference' as const,
      of: [{ target: path(of), table: 'jobs', column: 'id' }],
      affinity: 'text' as const,
      collation: 'BINARY',
      case: 'upper' as const,
    },
  ]
  const follows = { [path('beta/b.db')]: takes('alpha/a.db'), [path('gamma/c.db')]: takes('beta/b.db') }
  const order = ['alpha/a.db', 'beta/b.db', 'beta/own.db', 'gamma/c.db'].map(path)
  const script: Script = {
    ...well,
    across: () => result({ order, links: [], follows, error: null, documents: [] }),
  }
  const questions = answering({ choose: ['skip', 'migrate'] })
  const { exit, asked, stderr } = await go(['alpha', 'beta', 'gamma'], script, { questions })
  expect(exit, stderr).toBe(0)
  expect(questions.offered[0]?.join()).toContain(
    `left with it, because they hold its ids: ${path('beta/b.db')}, ${path('gamma/c.db')}`,
  )
  expect(targetsOf(asked, 'migrate')).toEqual(['beta/own.db'])
  expect(stderr).toMatch(/what it holds ids of was skipped\. .*TARGET\.LEADER_SKIPPED/)
  expect(stderr).toContain('ulid-migrate run alpha beta')
  expect(report().systems.map(each => each.status)).toEqual(['skipped', 'done', 'skipped'])
  expect(report().systems[1]?.targets.map(each => each.status)).toEqual(['skipped', 'migrated'])
})

test('systems that hold ids of each other have no order, and nothing is changed', async () => {
  const { go, path } = world({ alpha: ['a.db', 'x.db'], beta: ['b.db'] })
  const links = [link(path('alpha/a.db'), path('beta/b.db')), link(path('beta/b.db'), path('alpha/x.db'))]
  const script: Script = {
    ...well,
    across: () => result({ order: [], links, follows: {}, error: null, documents: [] }),
  }
  const { exit, stderr, asked } = await go(['alpha', 'beta', '--yes'], script)
  expect(exit).toBe(4)
  expect(stderr).toContain('RUN.ROUND_ABOUT')
  expect(targetsOf(asked, 'dry-run')).toEqual([])
})

test('with --jobs two databases are under way at once, and one press of Ctrl-C stops both and kills neither', async () => {
  const { go, report } = world({ alpha: ['a.db', 'b.db', 'c.db'] })
  const signals = new EventEmitter()
  let underWay = 0
  const script: Script = {
    ...well,
    migrate: (request, { stopped }) => {
      underWay += 1
      if (underWay === 2) queueMicrotask(() => signals.emit('SIGINT'))
      const outcome = stopped.then(how => ({
        type: 'failed' as const,
        error: refusal(request.target, { code: how === 'stop' ? 'RUN.STOPPED' : 'ENGINE.LOST', exit: 5 }),
      }))
      return { outcome }
    },
    status: ({ targets }) => result([{ ...statusOf(targets[0]!), runs: [] }]),
  }
  const { exit, stderr, asked } = await go(['alpha', '--yes', '--jobs', '2'], script, { signals })
  expect(exit).toBe(130)
  expect(stderr).not.toContain('ENGINE.LOST')
  expect(stderr.match(/Stopping at the next safe point/g)).toHaveLength(1)
  expect(targetsOf(asked, 'migrate')).toHaveLength(2)
  expect(report().status).toBe('stopped')
  expect(signals.listenerCount('SIGINT')).toBe(0)
})

test('what is migrated already is proved again, also without its snapshot, and not migrated', async () => {
  const { go, report } = world({ alpha: ['a.db', 'b.db'] })
  const script: Script = {
    ...well,
    detect: ({ target }) => result(detected(target, { state: 'migrated' })),
    verify: ({ target }) =>
      target.endsWith('b.db')
        ? fails(refusal(target, { code: 'SNAPSHOT.MISSING' }))
        : result(verified(target)),
  }
  const { exit, asked } = await go(['alpha', '--yes'], script)
  expect(exit).toBe(0)
  expect(targetsOf(asked, 'migrate')).toEqual([])
  expect(report().systems[0]?.targets).toMatchObject([
    { status: 'done-before', ofThisRun: false, findings: [] },
    { status: 'done-before', findings: [{ code: 'SNAPSHOT.MISSING', severity: 'warning' }] },
  ])
})

test('where no report can be written, nothing is begun', async () => {
  const { go, state } = world({ alpha: ['a.db'] })
  writeFileSync(state, 'a file in place of the folder')
  const { exit, asked, stderr } = await go(['alpha', '--yes'], well)
  expect(exit).toBe(4)
  expect(stderr).toContain('REPORT.NOT_WRITTEN')
  expect(asked).toEqual([])
})

test('a report that can no longer be written is told once, and stops nothing', async () => {
  const { go, state } = world({ alpha: ['a.db'] })
  const script: Script = {
    ...well,
    migrate: ({ target }) => {
      rmSync(state, { recursive: true })
      mkdirSync(dirname(state), { recursive: true })
      writeFileSync(state, 'in the way')
      return result(migrated(target))
    },
  }
  const { exit, stderr } = await go(['alpha', '--yes', '--tests', 'none'], script)
  expect(exit).toBe(0)
  expect(stderr.match(/The report could not be written/g)).toHaveLength(1)
})

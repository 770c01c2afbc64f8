import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Proof } from '../../../src/core/documents.ts'
import { criteriaOf } from '../../../src/core/report/criteria.ts'
import { reportMarkdown } from '../../../src/core/report/markdown.ts'
import { newReport, reportFolder, unfinishedReport, writeReport } from '../../../src/core/report/store.ts'
import type {
  ComparedQuery,
  RunReport,
  SystemReport,
  TargetReport,
  TestRun,
} from '../../../src/core/run-report.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'

function proofOf(...ids: readonly string[]): Proof {
  const checks = ids.map(id => ({
    id: id.replace('!', ''),
    ok: !id.startsWith('!'),
    count: 7,
    detail: `${id} detail`,
  }))
  return { ok: checks.every(each => each.ok), checks }
}

const query: ComparedQuery = {
  name: 'a row by jobs.id',
  sql: 'SELECT 1',
  times: 9,
  values: 100,
  before: { microseconds: 10, rows: 1, plan: [] },
  after: { microseconds: 11, rows: 1, plan: [] },
  verdict: 'as-before',
  why: '10.0 µs before, 11.0 µs now',
}

const passed: TestRun = {
  status: 'passed',
  command: ['pytest'],
  exit: 0,
  signal: null,
  seconds: 1,
  log: '/l',
  failures: [],
  tail: [],
  why: '',
}

const target = (more: Partial<TargetReport> = {}): TargetReport => ({
  target: '/data/a.db',
  run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
  ofThisRun: true,
  status: 'migrated',
  state: 'legacy',
  rows: 20,
  strategy: 'replace',
  identities: 1,
  identifiers: 2000,
  references: 30,
  seconds: 2,
  snapshot: '/s/a.snapshot',
  rehearsal: { proof: proofOf('row-counts'), undo: proofOf('row-counts'), seconds: 1, queries: [] },
  proof: proofOf('trial-writes'),
  outside: proofOf('row-counts', 'ulid-format', 'references', 'foreign-keys', 'orphans', 'integrity'),
  queries: [query],
  traced: 1,
  findings: [],
  wayBack: ['ulid-migrate rollback /data/a.db --yes'],
  due: ['Something is due'],
  ...more,
})

const system = (more: Partial<SystemReport> = {}): SystemReport => ({
  system: 'alpha',
  title: 'Alpha',
  folder: '/src/alpha',
  status: 'done',
  places: [],
  targets: [target()],
  tests: { before: null, after: passed },
  checks: [{ id: 'system-tests', ok: true, count: 1, detail: 'pytest passed' }],
  source: null,
  findings: [],
  due: [],
  ...more,
})

const reportOf = (...systems: readonly SystemReport[]): RunReport => ({
  ...newReport('01KEXWDFNRRMDJHG5GXSQG2QCQ', '', '2026-02-11T07:25:00.000Z'),
  systems,
  criteria: criteriaOf({ systems }),
})

/** Verdicts by the beginning of each criterion. */
function judged(...systems: readonly SystemReport[]) {
  const criteria = criteriaOf({ systems })
  return (beginning: string) => criteria.find(each => each.criterion.startsWith(beginning))!
}

test('a criterion is proved by its checks, with how much was compared in how many databases', () => {
  const of = judged(system({ targets: [target(), target({ target: '/data/b.db' })] }))
  expect(of('Zero data loss')).toMatchObject({
    verdict: 'proved',
    by: 'row-counts (14 compared) in 2 databases',
  })
  expect(of('Keys are intact').by).toBe('references (14 compared), foreign-keys (14 compared) in 2 databases')
  expect(of("The systems' own tests")).toMatchObject({
    verdict: 'proved',
    by: 'system-tests, alpha: pytest passed',
  })
  expect(of('The backfill')).toMatchObject({ verdict: 'proved', by: '4,000 ids in 4.0 s, proofs included' })
  expect(of('Lookups').by).toBe('the slowest of 2, a row by jobs.id, takes 0.011 ms')
})

test('one check that failed in one database fails its criterion, and names both', () => {
  const broken = target({
    target: '/data/b.db',
    status: 'failed',
    outside: proofOf('!orphans', 'row-counts'),
  })
  const of = judged(system({ targets: [target(), broken] }))
  expect(of('No new orphans')).toMatchObject({
    verdict: 'failed',
    by: 'orphans of /data/b.db: !orphans detail',
  })
  expect(of('Zero data loss').verdict).toBe('proved')
})

test.each([
  ['Performance', { queries: [{ ...query, verdict: 'slower' as const, why: 'by half' }] }],
  ['Lookups', { queries: [{ ...query, after: { microseconds: 20_000, rows: 1, plan: [] } }] }],
  ['Ids can be traced', { traced: -1 }],
  ['Every database was backed up', { snapshot: '' }],
  [
    'The rollback was tested',
    { rehearsal: { proof: proofOf('a'), undo: proofOf('!a'), seconds: 1, queries: [] } },
  ],
  ['The backfill', { seconds: 20_000 }],
])('%s fails where it is not so', (criterion, more) => {
  expect(judged(system())(criterion).verdict).toBe('proved')
  expect(judged(system({ targets: [target(more)] }))(criterion).verdict).toBe('failed')
})

test('where nothing was migrated nothing is proved, and every line says why not', () => {
  const criteria = criteriaOf({ systems: [system({ targets: [], checks: [] })] })
  expect(criteria.map(each => each.verdict)).toEqual(criteria.map(() => 'not-applicable'))
  expect(criteria.every(each => each.by.length > 10)).toBe(true)
})

test('tests that fail as they did before are no proof, and no failure', () => {
  const after: TestRun = { ...passed, status: 'failed', exit: 1 }
  const of = judged(system(), system({ system: 'beta', tests: { before: after, after } }))
  expect(of("The systems' own tests")).toMatchObject({ verdict: 'not-applicable', by: 'beta: pytest passed' })
})

test('queries that answer with other rows are not taken for slower ones', () => {
  const other = { ...query, verdict: 'other-rows' as const }
  expect(judged(system({ targets: [target({ queries: [query, other] })] }))('Performance').verdict).toBe(
    'proved',
  )
  expect(judged(system({ targets: [target({ queries: [other] })] }))('Performance').verdict).toBe(
    'not-applicable',
  )
})

test('the page says how to go back from the last to the first, and what is due, once', () => {
  const second = system({
    system: 'beta',
    targets: [target({ target: '/data/b.db', wayBack: ['ulid-migrate rollback /data/b.db --yes'] })],
  })
  const page = reportMarkdown(reportOf(system(), second))
  const back = page.slice(page.indexOf('## How to go back'), page.indexOf('## What is due'))
  expect(back.indexOf('/data/b.db')).toBeLessThan(back.indexOf('/data/a.db'))
  expect(page.match(/Something is due/g)).toHaveLength(1)
  expect(page).toContain('| No new orphans | proved | orphans (14 compared) in 2 databases |')
})

test('names from outside can neither end a table, nor begin a heading, nor be HTML', () => {
  const name = '/data/a|b\n# <b>x</b>`.db'
  const page = reportMarkdown(
    reportOf(
      system({
        title: name,
        targets: [target({ target: name, queries: [{ ...query, name }], due: [name], wayBack: [name] })],
        findings: [{ code: 'A.B', severity: 'info', object: name, message: name, why: name, next: name }],
      }),
    ),
  )
  const lines = page.split('\n')
  expect(lines.filter(line => line.startsWith('# '))).toHaveLength(1)
  const rows = lines.filter(line => line.startsWith('|') && line.includes('µs'))
  expect(rows.every(line => line.split(/(?<!\\)\|/).length === 6)).toBe(true)
  const outsideOfCode = lines.filter(line => line.includes('<b>') && !line.includes('`'))
  expect(outsideOfCode.filter(line => !line.startsWith('/data/'))).toEqual([])
})

test('a report is for its owner alone, and whole at any time', () => {
  const settings = settingsIn(temporaryFolder())
  const report = reportOf(system())
  writeReport(settings, report)
  const folder = reportFolder(settings, report.run)
  expect(readdirSync(folder).sort()).toEqual(['report.json', 'report.md'])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const file of ['report.json', 'report.md'])
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
})

const gone = { pid: 2 ** 22 + 1, started: '1' }

test.each([
  ['killed', { status: 'running', process: gone }, true],
  ['still at work', { status: 'running' }, false],
  ['stopped', { status: 'stopped', process: gone }, true],
  ['failed', { status: 'failed', process: gone }, true],
  ['at its end', { status: 'succeeded', process: gone }, false],
  ['rolled back', { status: 'rolled-back', process: gone }, false],
] as const)('a run that is %s', (_, more, isUnfinished) => {
  const settings = settingsIn(temporaryFolder())
  const report = { ...reportOf(system()), ...more }
  writeReport(settings, report)
  expect(unfinishedReport(settings, ['alpha'])?.run).toBe(isUnfinished ? report.run : undefined)
})

test('only the last run over the very same systems is gone on with; what is no report is none', () => {
  const settings = settingsIn(temporaryFolder())
  expect(unfinishedReport(settings, ['alpha'])).toBeNull()
  const old = { ...reportOf(system()), status: 'failed' as const, process: gone }
  writeReport(settings, old)
  expect(unfinishedReport(settings, ['alpha', 'beta'])).toBeNull()
  const later = '01KEXWDFNZRMDJHG5GXSQG2QCQ'
  writeReport(settings, { ...old, run: later, status: 'succeeded' })
  expect(unfinishedReport(settings, ['alpha'])).toBeNull()
  writeFileSync(join(reportFolder(settings, later), 'report.json'), '{"schema":')
  expect(unfinishedReport(settings, ['alpha'])?.run).toBe(old.run)
})

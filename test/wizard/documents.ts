/** Documents as the engine gives them, for a metrics.db of the kind that the guide describes. */
import { basename } from 'node:path'
import type {
  Check,
  CodeRun,
  CodeTarget,
  CodeUndone,
  ComparedQuery,
  DetectedIdentity,
  DetectedTarget,
  DryRunTarget,
  Failure,
  MigratedTarget,
  ObjectPrint,
  Plan,
  Proof,
  RolledBackTarget,
  RunRecord,
  StatusTarget,
  System,
  TestRun,
  Trace,
} from '../../src/core/index.ts'

export const metrics = '/home/op/projects/crackerjack/metrics.db'
export const fresh = '/home/op/projects/fresh/crackerjack.db'
export const finished = '/home/op/projects/migrated/skills.db'

/** A system that makes its tables by a command of its own. */
export const system: System = {
  name: 'crackerjack',
  title: 'Crackerjack',
  folder: '/home/op/projects/fresh',
  folders: ['/home/op/projects/fresh'],
  places: [{ path: fresh, what: 'jobs and errors', there: true }],
  inMemory: false,
  schema: 'crackerjack',
  initialize: {
    argv: ['python3', '-c', 'from crackerjack.services.metrics import get_metrics; get_metrics()'],
    environment: { MODE: 'quiet' },
    expect: ['jobs', 'errors'],
  },
  sources: [],
  generator: { module: 'dhruva', name: 'generate' },
  interpreter: ['python3'],
  test: null,
  queries: {},
}

/** Two databases of one system, and one of none. */
export const several = [
  '/home/op/projects/crackerjack/a.db',
  '/home/op/projects/crackerjack/b.db',
  '/home/op/projects/elsewhere/c.db',
] as const

export const systemWithTests: System = {
  ...system,
  folder: '/home/op/projects/crackerjack',
  places: several.slice(0, 2).map(path => ({ path, what: '', there: true })),
  test: { argv: ['python3', '-m', 'pytest', '-q'] },
}

export const jobs: DetectedIdentity = {
  table: 'jobs',
  column: 'job_id',
  rows: 41_020,
  kinds: { 'name-timestamp': 40_200, prefixed: 820 },
  nulls: 0,
  duplicates: 0,
  integerKey: false,
  migrate: true,
  offered: true,
  reason: 'ids made by a machine, under a key',
  time: { from: 'id', column: 'start_time' },
  timeColumns: ['start_time', 'end_time'],
  samples: [
    { value: 'job-20260114-091203', time: '2026-01-14T09:12:03.000Z' },
    { value: 'cj_unknown', time: null },
  ],
  inversions: { looked: 10_000, rows: 17 },
  references: [
    {
      table: 'errors',
      column: 'job_id',
      confidence: 1,
      matched: 18_220,
      orphans: 0,
      sentinels: 0,
      samples: [],
      orphanSamples: [],
      leftOut: 'those values keep the old ids',
      why: 'a foreign key of errors',
      choice: 'accepted',
      kind: 'declared',
    },
    {
      table: 'agent_executions',
      column: 'job_id',
      confidence: 0.99,
      matched: 60_400,
      orphans: 312,
      sentinels: 0,
      samples: ['job-20260110-081203'],
      orphanSamples: ['job-20260110-081203'],
      leftOut: 'those values keep the old ids',
      why: 'no key, but 99 % of the values are job ids',
      choice: 'accepted',
      kind: 'inferred',
    },
    {
      table: 'decisions',
      column: 'subject',
      confidence: 0.97,
      matched: 1_004,
      orphans: 0,
      sentinels: 0,
      samples: [],
      orphanSamples: [],
      leftOut: 'those values keep the old ids',
      why: 'most values are job ids, and the name says nothing',
      choice: 'offered',
      kind: 'inferred',
    },
  ],
}

export const providers: DetectedIdentity = {
  ...jobs,
  table: 'providers',
  column: 'id',
  rows: 214,
  kinds: { uuid4: 214 },
  migrate: true,
  time: { from: 'column', column: 'created_at' },
  timeColumns: ['created_at'],
  samples: [],
  inversions: null,
  references: [],
}

export const tests: DetectedIdentity = {
  ...jobs,
  table: 'tests',
  column: 'test_id',
  rows: 96_300,
  kinds: { text: 96_300 },
  migrate: false,
  offered: false,
  reason: 'a natural key: its values mean something',
  time: { from: 'order' },
  timeColumns: [],
  samples: [],
  inversions: null,
  references: [],
}

export function detected(target = metrics, change: Partial<DetectedTarget> = {}): DetectedTarget {
  return {
    target,
    engine: 'sqlite',
    state: 'legacy',
    bytes: 155_000_000,
    tables: [
      { name: 'jobs', rows: 41_020 },
      { name: 'errors', rows: 18_220 },
      { name: 'agent_executions', rows: 60_712 },
      { name: 'tests', rows: 96_300 },
    ],
    identities: [jobs, providers, tests],
    openBy: [],
    composites: [],
    findings: [
      {
        code: 'REFERENCE.ORPHANS',
        severity: 'warning',
        object: 'agent_executions.job_id',
        message: '312 values name no job.',
        why: 'Their jobs were deleted without them.',
        next: 'Nothing to do: they stay orphans and are reported.',
      },
    ],
    ...change,
  }
}

export const empty = detected(fresh, {
  state: 'empty',
  bytes: 0,
  tables: [],
  identities: [],
  openBy: [],
  findings: [
    {
      code: 'TARGET.NO_TABLES',
      severity: 'blocker',
      object: fresh,
      message: 'There are no tables yet: initialize first.',
      why: 'It looks like a fresh Crackerjack, whose tables appear when it first runs.',
      next: `ulid-migrate initialize ${fresh}`,
    },
  ],
})

export const migrated = detected(finished, {
  state: 'migrated',
  identities: [{ ...jobs, kinds: { ulid: 41_020 }, migrate: false, reason: 'every value is a ULID already' }],
  openBy: [],
  findings: [],
})

export const checks: readonly Check[] = [
  { id: 'row-counts', ok: true, count: 4, detail: '4 tables, 216,252 rows, equal' },
  {
    id: 'untouched-cells',
    ok: true,
    count: 9_412_880,
    detail: '9,412,880 cells compared by type and bytes, equal',
  },
  { id: 'ulid-format', ok: true, count: 41_234, detail: '41,234 valid, none null, none twice' },
  { id: 'references', ok: true, count: 78_620, detail: '78,620 resolve to the same row as before' },
  { id: 'orphans', ok: true, count: 312, detail: '312 before, 312 after, reported' },
]

export const proof: Proof = { ok: true, checks }

export const badProof: Proof = {
  ok: false,
  checks: [
    ...checks,
    {
      id: 'baseline-queries',
      ok: false,
      count: 3,
      detail: 'newest 50 jobs: 4.1 ms before, 9.8 ms after (limit 10 %)',
      faults: ['The index idx_jobs_start is not used.'],
    },
  ],
}

const hash = '7f3ac219'.repeat(8)

export const plan: Plan = {
  schema: 'ulid-migrate.plan/1',
  target: metrics,
  engine: 'sqlite',
  fingerprint: 'f'.repeat(64),
  seed: '5'.repeat(64),
  baseTime: 1_768_000_000_000,
  timezone: 'UTC',
  sentinels: 'keep',
  identities: [
    {
      table: 'jobs',
      column: 'job_id',
      strategy: 'replace',
      time: { from: 'id' },
      beside: null,
      legacy: null,
      case: 'upper',
      references: [],
    },
  ],
  hash,
}

/** The same, with ULID columns beside the ids. */
export const expansion: Plan = {
  ...plan,
  identities: plan.identities.map(each => ({ ...each, strategy: 'expand', beside: 'job_ulid' })),
}

/** Of the schema of the plan. */
export const print: readonly ObjectPrint[] = [{ type: 'table', name: 'jobs', text: '0123456789abcdef' }]

export function rehearsed(target = metrics, change: Partial<DryRunTarget> = {}): DryRunTarget {
  return {
    target,
    engine: 'sqlite',
    plan: { hash },
    changes: [
      { table: 'jobs', rows: 41_020, columns: ['job_id'] },
      { table: 'errors', rows: 18_220, columns: ['job_id'] },
      { table: 'agent_executions', rows: 60_712, columns: ['job_id'] },
    ],
    stays: { tables: 1, indexes: 13, views: 2, triggers: 1 },
    schema: [
      {
        type: 'table',
        name: 'posts',
        before: 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT)',
        after: 'CREATE TABLE posts (id TEXT NOT NULL UNIQUE, title TEXT, legacy_id INTEGER PRIMARY KEY)',
      },
    ],
    orphans: 312,
    samples: [
      {
        table: 'jobs',
        column: 'job_id',
        before: 'job-20260114-091203',
        after: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
        time: '2026-01-14T09:12:03.000Z',
        from: 'the id',
      },
      {
        table: 'jobs',
        column: 'job_id',
        before: 'cj_1767225600000',
        after: '01KDVDNA00TNW9F95QTTX86ZFV',
        time: '2026-01-01T00:00:00.000Z',
        from: 'the id',
      },
    ],
    estimate: {
      lockedSeconds: 2,
      seconds: 6,
      rehearsalSeconds: 6.1,
      bytes: 155_000_000,
      bytesAfter: 160_000_000,
      snapshotBytes: 155_000_000,
      freeBytes: 38_000_000_000,
    },
    proof,
    undo: proof,
    timings: [
      { phase: 'inspect', object: '', seconds: 0.2 },
      { phase: 'copy', object: '', seconds: 0.4 },
      { phase: 'map', object: 'jobs', seconds: 0.5 },
      { phase: 'rewrite', object: 'jobs', seconds: 1 },
      { phase: 'rewrite', object: 'errors', seconds: 0.5 },
      { phase: 'rewrite', object: 'agent_executions', seconds: 1.5 },
      { phase: 'verify', object: '', seconds: 1 },
      { phase: 'commit', object: '', seconds: 0.2 },
    ],
    statements: [
      'CREATE TABLE "jobs_new" (job_id TEXT PRIMARY KEY)',
      'INSERT INTO "jobs_new" SELECT * FROM jobs',
    ],
    openBy: [],
    findings: [],
    ...change,
  }
}

export function done(target = metrics, change: Partial<MigratedTarget> = {}): MigratedTarget {
  return {
    target,
    status: 'succeeded',
    strategy: 'replace',
    plan: hash,
    identities: 1,
    identifiers: 41_234,
    references: 78_620,
    snapshot: `/home/op/.local/state/ulid-migrate/snapshots/${basename(target)}.01KEXW.sqlite`,
    proof,
    outside: proof,
    timings: [],
    ...change,
  }
}

export function record(change: Partial<RunRecord> = {}): RunRecord {
  return {
    run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
    what: 'migrate',
    at: '2026-02-11T09:14:00.000Z',
    status: 'succeeded',
    strategy: 'replace',
    identifiers: 41_234,
    phases: [],
    snapshot: '/home/op/.local/state/ulid-migrate/snapshots/metrics.db.01KEXW.sqlite',
    snapshotBytes: 155_000_000,
    snapshotState: 'kept',
    rowsSince: 12,
    ...change,
  }
}

export function status(
  target = metrics,
  runs: readonly RunRecord[] = [],
  due: readonly string[] = [],
): StatusTarget {
  return { target, state: 'legacy', runs, expansions: [], unfinished: null, unproved: null, due }
}

export function rolledBack(target = metrics, change: Partial<RolledBackTarget> = {}): RolledBackTarget {
  return {
    target,
    run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
    mode: 'undo',
    rowsKept: 12,
    rowsDiscarded: 0,
    byTable: [{ table: 'jobs', rows: 12 }],
    rehearsed: false,
    snapshot: '',
    proof,
    ...change,
  }
}

export function failure(change: Partial<Failure> = {}): Failure {
  return {
    code: 'LOCK.HELD',
    severity: 'blocker',
    object: 'metrics.db',
    message: 'The file is in use.',
    why: 'Process 4411 (python3) holds a write lock for 30 s.',
    next: 'Stop it, then try again.',
    exit: 4,
    ...change,
  }
}

export const tree = '/home/op/projects/crackerjack'

/** An update of source code, after which somebody changed one of its three files. */
export function codeRun(more: Partial<CodeRun> = {}): CodeRun {
  return {
    run: '01KEXWDFNRRMDJHG5GXSQG2QCC',
    at: '2026-02-11T09:30:00.000Z',
    target: tree,
    system: 'crackerjack',
    files: ['jobs.py', 'errors.py', 'ulid_generate.py'].map(name => `${tree}/${name}`),
    status: 'written',
    changedSince: [`${tree}/errors.py`],
    ...more,
  }
}

export function putBack(more: Partial<CodeUndone> = {}): CodeUndone {
  return {
    target: tree,
    run: '01KEXWDFNRRMDJHG5GXSQG2QCC',
    restored: [`${tree}/jobs.py`, `${tree}/ulid_generate.py`],
    left: [`${tree}/errors.py`],
    rehearsed: false,
    ...more,
  }
}

/** Two places that make old ids, and one that stays. */
export function sourceCode(more: Partial<CodeTarget> = {}): CodeTarget {
  const site = { rule: 'uuid', subject: 'job_id', text: 'uuid4().hex', why: 'job_id is a UUID.' }
  return {
    target: tree,
    system: 'crackerjack',
    files: 3,
    sites: [
      { ...site, file: 'jobs.py', line: 3, verdict: 'change' },
      { ...site, file: 'jobs.py', line: 9, verdict: 'change' },
      { ...site, file: 'locks.py', line: 4, verdict: 'leave' },
    ],
    findings: [],
    changed: ['jobs.py'],
    made: [],
    diff: '',
    written: false,
    generators: [],
    using: [],
    ...more,
  }
}

export function query(change: Partial<ComparedQuery> = {}): ComparedQuery {
  return {
    name: 'newest jobs',
    sql: 'SELECT * FROM jobs ORDER BY start_time DESC LIMIT 50',
    times: 31,
    values: 0,
    before: { microseconds: 40, rows: 50, plan: [] },
    after: { microseconds: 41, rows: 50, plan: [] },
    verdict: 'as-before',
    why: '',
    ...change,
  }
}

/** The ULID that the rehearsal showed is found where it was to be. */
export function traced(id: string, target: string): Trace {
  const [sample] = rehearsed().samples
  const row = {
    system: 'crackerjack',
    target,
    table: 'jobs',
    column: 'job_id',
    row: id,
    ulid: id,
    time: null,
    legacy: sample!.before,
    inShort: [{ column: 'status', value: 'success' }],
  }
  const near = { seconds: 60, ulid: null, identities: [] }
  return { id, time: null, found: [row], references: [], related: [], near, targets: [] }
}

export const follower = '01KEXWGED0CXE423W3PYD3Z736'
export const neighbour = '01KEXWGEE0CXE423W3PYD3Z737'

/**
 * A job that is referred to: by rows that have ids of their own, by some that have none, and from another target; there is
 * something near it in time, and one target is locked.
 */
export function referredTo(id: string): Trace {
  const { exit: _, ...locked } = failure({ code: 'LOCK.HELD', object: finished })
  const place = { target: metrics, to: 'jobs.job_id', toTarget: metrics, scanned: false }
  const whole = { ...place, kind: 'declared' as const, inside: null }
  const asked = {
    system: 'crackerjack',
    migrated: true,
    identities: 0,
    keys: 0,
    readThrough: [],
    error: null,
  }
  return {
    ...traced(id, metrics),
    time: '2026-01-14T09:12:03.000Z',
    references: [
      { ...whole, table: 'errors', column: 'job_id', rows: 18, samples: ['17', '18'], ids: [follower, null] },
      { ...whole, table: 'logs', column: 'job', rows: 1, samples: ['4'], ids: [null] },
      {
        ...{ ...place, target: fresh, table: 'events', column: 'data', kind: 'json' },
        ...{ inside: 'events.data:$.job.id', rows: 3, samples: ['9'], ids: [null], scanned: true },
      },
    ],
    related: [
      {
        ...{ system: 'session-buddy', target: fresh, table: 'sessions', column: 'session_id', row: '5' },
        ...{ ulid: neighbour, legacy: 'app-1', time: '2026-01-14T09:12:15.345Z', offset: 12.345 },
      },
    ],
    near: {
      seconds: 60,
      ulid: follower,
      identities: [
        { target: fresh, table: 'sessions', column: 'session_id', rows: 7, more: false, shown: 1 },
      ],
    },
    targets: [
      { ...asked, target: metrics, identities: 2 },
      { ...asked, target: fresh, system: 'session-buddy', migrated: false, keys: 3 },
      { ...asked, target: finished, error: locked },
    ],
  }
}

export function tested(change: Partial<TestRun> = {}): TestRun {
  return {
    status: 'passed',
    command: ['python3', '-m', 'pytest'],
    exit: 0,
    signal: null,
    seconds: 3.2,
    log: '/state/reports/r/crackerjack-tests-after.log',
    failures: [],
    tail: ['12 passed in 3.02s'],
    why: '',
    ...change,
  }
}

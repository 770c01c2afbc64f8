/** Answers that a real engine could give, small enough to read. */
import type {
  DetectedTarget,
  DryRunTarget,
  Failure,
  MigratedTarget,
  Plan,
  Proof,
  RolledBackTarget,
  StatusTarget,
  VerifiedTarget,
} from '../../src/core/index.ts'

const proved: Proof = {
  ok: true,
  checks: [{ id: 'row-counts', ok: true, count: 10, detail: '10 tables, equal' }],
}

export const disproved: Proof = {
  ok: false,
  checks: [
    { id: 'row-counts', ok: true, count: 10, detail: '10 tables, equal' },
    { id: 'references', ok: false, count: 3, detail: '3 resolve to another row', faults: ['errors 7'] },
  ],
}

export function detected(target: string, more: Partial<DetectedTarget> = {}): DetectedTarget {
  return {
    target,
    engine: 'sqlite',
    state: 'legacy',
    bytes: 155_000_000,
    tables: [
      { name: 'jobs', rows: 41_020 },
      { name: 'errors', rows: 18_220 },
    ],
    identities: [
      {
        table: 'jobs',
        column: 'job_id',
        rows: 41_020,
        kinds: { uuid4: 41_000, 'name-timestamp': 20 },
        nulls: 0,
        duplicates: 0,
        integerKey: false,
        migrate: true,
        offered: true,
        reason: 'under a unique index',
        time: { from: 'id', column: 'start_time' },
        timeColumns: ['start_time'],
        samples: [],
        inversions: null,
        references: [
          {
            table: 'errors',
            column: 'job_id',
            confidence: 1,
            matched: 18_000,
            orphans: 312,
            sentinels: 0,
            samples: [],
            orphanSamples: [],
            leftOut: 'those values keep the old ids',
            why: 'a foreign key says so',
            choice: 'accepted',
            kind: 'declared',
          },
        ],
      },
    ],
    openBy: [],
    composites: [],
    findings: [
      {
        code: 'REFERENCE.ORPHANS',
        severity: 'warning',
        object: 'errors.job_id',
        message: '312 references name no row.',
        why: 'Their rows are gone.',
        next: 'They are kept.',
      },
    ],
    ...more,
  }
}

export function plan(target: string): Plan {
  return {
    schema: 'ulid-migrate.plan/1',
    target,
    engine: 'sqlite',
    fingerprint: 'f',
    seed: '0'.repeat(64),
    baseTime: 0,
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
        references: [
          { table: 'errors', column: 'job_id', kind: 'declared', beside: null, legacy: null, time: null },
        ],
      },
    ],
    hash: '7f3ac219',
  }
}

export function rehearsed(target: string, more: Partial<DryRunTarget> = {}): DryRunTarget {
  return {
    target,
    plan: { hash: '7f3ac219' },
    changes: [{ table: 'jobs', rows: 41_020, columns: ['job_id'] }],
    engine: 'sqlite',
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
    ],
    estimate: {
      lockedSeconds: 2,
      seconds: 5,
      rehearsalSeconds: 6.1,
      bytes: 155_000_000,
      bytesAfter: 170_000_000,
      snapshotBytes: 155_000_000,
      freeBytes: 38_000_000_000,
    },
    proof: proved,
    undo: proved,
    timings: [],
    statements: ['CREATE TABLE new (a)', 'DROP TABLE old;'],
    openBy: [],
    findings: [],
    ...more,
  }
}

export function migrated(target: string, more: Partial<MigratedTarget> = {}): MigratedTarget {
  return {
    target,
    status: 'succeeded',
    strategy: 'replace',
    plan: '7f3ac219',
    identities: 1,
    identifiers: 41_020,
    references: 18_000,
    snapshot: '/state/snapshots/metrics.db',
    proof: proved,
    outside: proved,
    timings: [{ phase: 'rewrite', object: 'jobs', seconds: 1.6 }],
    ...more,
  }
}

export function verified(target: string, more: Partial<VerifiedTarget> = {}): VerifiedTarget {
  return { target, run: '01KEXWDFNRRMDJHG5GXSQG2QCQ', proof: proved, changedSince: null, ...more }
}

export function rolledBack(target: string, more: Partial<RolledBackTarget> = {}): RolledBackTarget {
  return {
    target,
    run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
    mode: 'undo',
    rowsKept: 12,
    rowsDiscarded: 0,
    byTable: [{ table: 'jobs', rows: 12 }],
    rehearsed: false,
    snapshot: '/state/snapshots/metrics.db',
    proof: proved,
    ...more,
  }
}

export function statusOf(target: string): StatusTarget {
  return {
    target,
    state: 'migrated',
    runs: [
      {
        run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
        what: 'migrate',
        at: '2026-02-11T07:25:00.000Z',
        status: 'succeeded',
        strategy: 'replace',
        identifiers: 41_020,
        phases: [{ name: 'rewrite', status: 'done', at: '2026-02-11T07:25:01.000Z' }],
        snapshot: '/state/snapshots/metrics.db',
        snapshotBytes: 155_000_000,
        snapshotState: 'kept',
        rowsSince: 12,
      },
    ],
    unfinished: null,
    unproved: null,
    expansions: [
      {
        run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
        since: '2026-02-11T07:25:00.000Z',
        verifyUntil: '2026-02-25T07:25:00.000Z',
        lookups: ['SELECT * FROM "jobs" WHERE "job_id" = :id OR "job_ulid" = :id;'],
        coverage: [
          { column: 'jobs.job_ulid', role: 'identity', rows: 41_020, without: 2, outOfStep: 0 },
          { column: 'errors.job_ulid', role: 'reference', rows: 1000, without: 0, outOfStep: 3 },
        ],
      },
    ],
    due: ['verify again'],
  }
}

export function refusal(object: string, more: Partial<Failure> = {}): Failure {
  return {
    code: 'LOCK.HELD',
    severity: 'blocker',
    object,
    message: 'The file is in use.',
    why: 'Process 4411 holds a write lock.',
    next: 'Stop it and try again.',
    exit: 4,
    ...more,
  }
}

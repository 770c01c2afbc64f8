/** Which databases the demo consists of. The writer, the README in the folder and the tests all read this list. */
import type Database from 'better-sqlite3'
import { fillCrackerjackJobs } from './crackerjack-jobs.ts'
import { fillCrackerjackMetrics } from './crackerjack-metrics.ts'
import { fillOneiricCheckpoints } from './oneiric.ts'
import type { Random } from './random.ts'
import { fillHalfExpandedSessions, fillSessions } from './session-buddy.ts'

export interface DemoDatabase {
  readonly folder: string
  readonly file: string
  readonly title: string
  /** What to do with it, as arguments of `ulid-migrate`; the file's path takes the place of `FILE`. */
  readonly tryThis: string
  /** Null: a file of 0 bytes, which is a database without tables. */
  readonly fill: ((db: Database.Database, random: Random, rows: number) => void) | null
}

export const demoDatabases: readonly DemoDatabase[] = [
  {
    folder: 'crackerjack',
    file: 'crackerjack.db',
    title: 'jobs named by UUIDs; errors, hooks and tests refer to them',
    tryThis: 'FILE',
    fill: (db, random, rows) => fillCrackerjackJobs(db, random, rows, 'none'),
  },
  {
    folder: 'crackerjack',
    file: 'metrics.db',
    title: 'ten tables, three kinds of id in one column, orphans in all seven tables that refer to jobs',
    tryThis: 'dry-run FILE',
    fill: fillCrackerjackMetrics,
  },
  {
    folder: 'session-buddy',
    file: 'session_buddy.db',
    title: 'sessions named like project-20260211-072500, the time is in the name',
    tryThis: 'detect FILE',
    fill: fillSessions,
  },
  {
    folder: 'oneiric',
    file: 'workflow_checkpoints.sqlite',
    title: 'an undeclared reference inside a key, and nearly nothing but orphans',
    tryThis: 'detect FILE',
    fill: fillOneiricCheckpoints,
  },
  {
    folder: 'fresh',
    file: 'crackerjack.db',
    title: 'no tables yet: 0 bytes, as an application leaves it before its first run',
    tryThis: 'FILE',
    fill: null,
  },
  {
    folder: 'migrated',
    file: 'crackerjack.db',
    title: 'every job has its ULID already, there is nothing to do',
    tryThis: 'migrate FILE --yes',
    fill: (db, random, rows) => fillCrackerjackJobs(db, random, rows, 'all'),
  },
  {
    folder: 'half-migrated',
    file: 'crackerjack.db',
    title: 'the older half of the jobs has ULIDs, the others still have UUIDs',
    tryThis: 'detect FILE',
    fill: (db, random, rows) => fillCrackerjackJobs(db, random, rows, 'half'),
  },
  {
    folder: 'half-migrated',
    file: 'session_buddy.db',
    title: 'session_ulid stands beside session_id and is filled for half of the sessions',
    tryThis: 'detect FILE',
    fill: fillHalfExpandedSessions,
  },
]

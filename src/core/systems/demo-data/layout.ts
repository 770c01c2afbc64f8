/** Which databases the demo consists of. The writer, the README in the folder and the tests all read this list. */
import type Database from 'better-sqlite3'
import type { Store } from '../../engines/duckdb/connect.ts'
import { fillHot, fillWarm } from './akosha.ts'
import { fillCrackerjackJobs } from './crackerjack-jobs.ts'
import { fillCrackerjackMetrics } from './crackerjack-metrics.ts'
import { fillKnowledgeGraph } from './knowledge-graph.ts'
import { fillLearning } from './learning.ts'
import { fillOneiricCheckpoints } from './oneiric.ts'
import type { Random } from './random.ts'
import { fillReflection } from './reflection.ts'
import { fillHalfExpandedSessions, fillSessions } from './session-buddy.ts'

export interface DemoDatabase {
  readonly folder: string
  readonly file: string
  readonly title: string
  /** What to do with it, as arguments of `ulid-migrate`; the file's path takes the place of `FILE`. */
  readonly tryThis: string
}

interface SqliteDatabase extends DemoDatabase {
  /** Null: a file of 0 bytes, which is a database without tables. */
  readonly fill: ((db: Database.Database, random: Random, rows: number) => void) | null
}

interface DuckDatabase extends DemoDatabase {
  /** With the seed, too: some hold ids of another file. */
  readonly fill: (store: Store, random: Random, rows: number, seed: number) => Promise<void>
}

export const demoDatabases: readonly SqliteDatabase[] = [
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

/** Those that need the optional library. */
export const demoStores: readonly DuckDatabase[] = [
  {
    folder: 'session-buddy',
    file: 'reflection.duckdb',
    title: 'DuckDB: hashes and UUIDs, ids in lists, in JSON, in pairs and inside longer ids, few keys',
    tryThis: 'detect FILE',
    fill: fillReflection,
  },
  {
    folder: 'session-buddy',
    file: 'knowledge_graph.duckdb',
    title: 'DuckDB: entities named by UUIDs, declared keys at both ends of each relationship',
    tryThis: 'detect FILE',
    fill: fillKnowledgeGraph,
  },
  {
    folder: 'mahavishnu',
    file: 'learning.db',
    title: 'DuckDB in spite of its name; the key is a native UUID, which can hold no ULID',
    tryThis: 'detect FILE',
    fill: fillLearning,
  },
  {
    folder: 'akosha',
    file: 'hot.duckdb',
    title: 'DuckDB: conversations, most of which are in warm.db as well',
    tryThis: 'detect FILE',
    fill: fillHot,
  },
  {
    folder: 'akosha/warm',
    file: 'warm.db',
    title: 'DuckDB: the same conversations, older; an index over an expression',
    tryThis: 'detect FILE',
    fill: fillWarm,
  },
]

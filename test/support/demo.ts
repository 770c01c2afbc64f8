import { join } from 'node:path'
import { writeSqliteDemo } from '../../src/core/systems/demo.ts'
import { temporaryFolder } from './folder.ts'

/** Where each database of the demo lies below its folder. */
export const demoFiles = {
  crackerjack: 'crackerjack/crackerjack.db',
  metrics: 'crackerjack/metrics.db',
  sessions: 'session-buddy/session_buddy.db',
  oneiric: 'oneiric/workflow_checkpoints.sqlite',
  fresh: 'fresh/crackerjack.db',
  migrated: 'migrated/crackerjack.db',
  halfMigrated: 'half-migrated/crackerjack.db',
  halfExpanded: 'half-migrated/session_buddy.db',
} as const

export type DemoName = keyof typeof demoFiles

export interface Demo {
  /** Holds the databases, and nothing of the engine's. */
  readonly folder: string
  readonly path: Readonly<Record<DemoName, string>>
}

/** The demo's SQLite databases, in a folder that is gone after the test. */
export function makeDemo(rows: number): Demo {
  const folder = join(temporaryFolder(), 'demo')
  writeSqliteDemo({ directory: folder, rows })
  const paths = Object.entries(demoFiles).map(([name, file]) => [name, join(folder, file)])
  return { folder, path: Object.fromEntries(paths) as Demo['path'] }
}

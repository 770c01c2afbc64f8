/** A small application: jobs, their logs, some of them orphans, and all that hangs on the two tables. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { makeDatabase } from './database.ts'
import { settingsIn } from './engine.ts'
import { temporaryFolder } from './folder.ts'
import { inProcess } from './in-process.ts'
import { jobsSql } from './jobs-sql.ts'

export { jobId, jobsSql } from './jobs-sql.ts'

export interface Jobs {
  readonly folder: string
  readonly path: string
  readonly settings: Settings
}

/** The database before any migration, alone in its folder. */
export function makeJobs(...more: readonly string[]): Jobs {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  return { folder, path: makeDatabase(join(folder, 'jobs.db'), jobsSql, ...more), settings: settingsIn(all) }
}

/** The same, migrated. */
export async function migratedJobs(
  choices: Choices = {},
): Promise<Jobs & { readonly run: string; readonly snapshot: string }> {
  const jobs = makeJobs()
  const context = inProcess(jobs.settings)
  const { snapshot } = await migrate(jobs.path, { seed: '5eed', ...choices }, undefined, context)
  return { ...jobs, run: context.run, snapshot }
}

/** A small application: jobs, their logs, some of them orphans, and all that hangs on the two tables. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../src/core/requests.ts'
import { makeDatabase } from './database.ts'
import { settingsIn } from './engine.ts'
import { temporaryFolder } from './folder.ts'
import { inProcess } from './in-process.ts'

/** The legacy id of job number `n`. */
export function jobId(n: number): string {
  return `${n.toString(16).padStart(8, '0')}-1234-4abc-8def-${n.toString(16).padStart(12, '0')}`
}

/** Jobs 1 to 6; job 6 has no logs, and the logs 11 and 12 have no job. */
export const jobsSql = `
  CREATE TABLE jobs(number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE, created_at TEXT, note BLOB);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id) ON DELETE CASCADE, line TEXT, size);
  CREATE TABLE audit(what TEXT);
  CREATE INDEX logs_by_job ON logs(job_id);
  CREATE INDEX logs_by_line ON logs(lower(line)) WHERE line IS NOT NULL;
  CREATE VIEW lines AS SELECT line, jobs.number FROM logs JOIN jobs USING (job_id);
  CREATE TRIGGER job_removed AFTER DELETE ON jobs BEGIN INSERT INTO audit VALUES(old.job_id); END;
  PRAGMA user_version = 7;
  INSERT INTO jobs(job_id, created_at, note) VALUES ${[1, 2, 3, 4, 5, 6].map(n => `('${jobId(n)}', '2026-02-0${n}T00:00:00Z', x'00ff0${n}')`).join(', ')};
  INSERT INTO logs(job_id, line, size) VALUES ${[1, 2, 3, 4, 5, 1, 2, 3, 4, 5].map((n, at) => `('${jobId(n)}', 'line ${at}', ${at % 2 === 0 ? '1' : "'1'"})`).join(', ')}, ('${jobId(99)}', 'lost', 0.5), ('${jobId(99)}', 'lost too', NULL);`

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

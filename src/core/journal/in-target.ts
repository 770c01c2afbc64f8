/**
 * The run's record inside the target itself, written in the run's own transaction: it is there exactly if the change
 * is. Undo and verify need nothing else to know what was done.
 */

import type { RunRecord as ProgramRecord } from '../compile/program.ts'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { type Plan, planSchema } from '../plan/plan.ts'
import { quoteName } from '../schema/names.ts'

export const RUNS = `${OWN_PREFIX}runs`

export interface RecordedRun {
  readonly run: string
  readonly what: 'migrate' | 'undo'
  readonly at: string
  readonly status: 'succeeded' | 'undone'
  readonly plan: Plan
  readonly record: ProgramRecord
  readonly snapshot: string
  readonly snapshotSha256: string
  readonly identifiers: number
  readonly references: number
}

export function hasJournal(db: Connection): boolean {
  return (
    db
      .prepare(`SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(RUNS) === 1n
  )
}

/** All runs recorded in the target, oldest first. */
export function recordedRuns(db: Connection): readonly RecordedRun[] {
  if (!hasJournal(db)) return []
  const rows = db.prepare(`SELECT * FROM ${quoteName(RUNS)} ORDER BY rowid`).all() as Record<
    string,
    string | bigint
  >[]
  return rows.map(row => ({
    run: String(row.run),
    what: row.what as RecordedRun['what'],
    at: String(row.at),
    status: row.status as RecordedRun['status'],
    plan: planSchema.parse(JSON.parse(String(row.plan))),
    record: JSON.parse(String(row.record)) as ProgramRecord,
    snapshot: String(row.snapshot),
    snapshotSha256: String(row.snapshot_sha256),
    identifiers: Number(row.identifiers),
    references: Number(row.referring),
  }))
}

/** The migration that an undo would take back: the last one that is not undone. */
export function lastMigration(runs: readonly RecordedRun[]): RecordedRun | undefined {
  return runs.filter(run => run.what === 'migrate' && run.status === 'succeeded').at(-1)
}

/** Number of the next identity map: maps of earlier runs stay until they are undone or finalized. */
export function nextMap(runs: readonly RecordedRun[]): number {
  const numbers = runs.flatMap(run =>
    run.record.maps.map(map => Number(map.map.slice(map.map.lastIndexOf('_') + 1))),
  )
  return Math.max(0, ...numbers) + 1
}

export function writeRun(db: Connection, run: RecordedRun): void {
  // Our own tables never use AUTOINCREMENT: they must not make a sqlite_sequence where there was none.
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${quoteName(RUNS)}(run TEXT NOT NULL, what TEXT NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL, ` +
      'plan TEXT NOT NULL, record TEXT NOT NULL, snapshot TEXT NOT NULL, snapshot_sha256 TEXT NOT NULL, ' +
      'identifiers INTEGER NOT NULL, referring INTEGER NOT NULL, PRIMARY KEY(run, what))',
  )
  db.prepare(
    `INSERT INTO ${quoteName(RUNS)} VALUES(@run, @what, @at, @status, @plan, @record, @snapshot, @snapshotSha256, @identifiers, @references)`,
  ).run({ ...run, plan: JSON.stringify(run.plan), record: JSON.stringify(run.record) })
}

export function markUndone(db: Connection, run: string): void {
  db.prepare(`UPDATE ${quoteName(RUNS)} SET status = 'undone' WHERE run = ? AND what = 'migrate'`).run(run)
}

/** What was written to a target since a run, told by its snapshot. */

import { existsSync } from 'node:fs'
import { identityNow } from '../compile/run-record.ts'
import type { Context } from '../context.ts'
import { attachable, openForReading } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { describe } from '../engines/sqlite/describe.ts'
import { inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import { type Connection, openOwn } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { lastStanding, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { precondition } from '../message.ts'
import { quoteName as q } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { isFile } from '../stat.ts'
import { attachSnapshot, beforeTable, inspectBefore, type Sides, sideBySide } from '../verify/comparison.ts'
import { comparisonOf } from '../verify/comparison-of-run.ts'

export interface RowsSince {
  readonly run: RecordedRun
  /** Rows that the snapshot does not have, by table; empty tables are left out. */
  readonly added: readonly { readonly table: string; readonly rows: number }[]
}

/** Counts the rows that came after `run` (or the last migration). Without the snapshot, only the identities' rows. */
export async function rowsSince(path: string, run: string | undefined, context: Context): Promise<RowsSince> {
  const reading = await openForReading(path, context)
  let snapshot = ''
  try {
    const { db } = reading
    const migration = runToUndo(recordedRuns(db), run, path)
    if (!(await isReadable(migration, context))) return { run: migration, added: byMaps(db, migration) }
    snapshot = await attachable(migration.snapshot, context)
    attachSnapshot(db, snapshot)
    const now = inspect(db)
    const before = inspectBefore(db)
    const sides = comparisonOf(migration.plan, { objects: [], record: migration.record }, before, now, db)
    return { run: migration, added: addedRows(db, sides) }
  } catch (error) {
    throw describe(error, path)
  } finally {
    reading.close()
    if (snapshot !== '') removeSidecars(snapshot)
  }
}

/** Whether it is there, and a database still. What it holds is for a restore to look at. */
async function isReadable({ snapshot }: RecordedRun, context: Context): Promise<boolean> {
  if (!isFile(snapshot)) return false
  try {
    const db = openOwn(await attachable(snapshot, context), 'read-only')
    try {
      return countOf(db, 'SELECT count(*) FROM sqlite_schema') > 0
    } finally {
      db.close()
      removeSidecars(snapshot)
    }
  } catch {
    return false
  }
}

/** How many rows more there are than right before the undo `run`, by table; nothing where its snapshot is gone. */
export async function rowsSinceUndo(
  path: string,
  { snapshot }: RecordedRun,
  context: Context,
): Promise<RowsSince['added']> {
  if (!existsSync(snapshot)) return []
  const { db, close } = await openForReading(path, context)
  try {
    attachSnapshot(db, await attachable(snapshot, context))
    const now = inspect(db)
    return inspectBefore(db)
      .tables.filter(table => table.kind === 'table' && tableNamed(now, table.name))
      .map(({ name: table }) => ({
        table,
        rows:
          countOf(db, `SELECT count(*) FROM main.${q(table)}`) -
          countOf(db, `SELECT count(*) FROM ${beforeTable(table)}`),
      }))
      .filter(each => each.rows > 0)
  } finally {
    close()
    removeSidecars(snapshot)
  }
}

/** Rows of the target that the attached snapshot does not have, by table. */
export function addedRows(db: Connection, sides: Sides): RowsSince['added'] {
  return sides.after.tables
    .filter(table => table.kind === 'table')
    .map(({ name }) => {
      const rows = countOf(db, `SELECT count(*) FROM main.${q(name)}`)
      const known = tableNamed(sides.before, name)
      if (!known) return { table: name, rows }
      const { from, on } = sideBySide(sides, known)
      const both = countOf(db, `SELECT count(*) FROM ${from} JOIN ${beforeTable(name)} o ON ${on}`)
      return { table: name, rows: rows - both }
    })
    .filter(each => each.rows > 0)
}

function byMaps(db: Connection, run: RecordedRun): RowsSince['added'] {
  return run.record.maps
    .filter(map => !map.elsewhere)
    .map((map, at) => {
      const identity = run.plan.identities[at]!
      const known = identity.beside === null ? 'ulid' : 'legacy'
      return {
        table: map.table,
        rows: countOf(
          db,
          `SELECT count(*) FROM ${q(map.table)} t WHERE NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.${known} = t.${q(identity.beside === null ? identityNow(run.record, map) : map.column)})`,
        ),
      }
    })
    .filter(each => each.rows > 0)
}

/** The migration to take back. Throws a refusal (exit 4) when there is none. */
export function runToUndo(runs: readonly RecordedRun[], run: string | undefined, path: string): RecordedRun {
  const last = lastStanding(runs)
  if (last && (run === undefined || last.run === run)) return last
  const asked = runs.find(each => each.run === run && each.what === 'migrate')
  const why = asked
    ? asked.status === 'undone'
      ? 'It was undone already.'
      : `A later run (${last?.run}) builds on it.`
    : 'The database holds no record of a migration that could be taken back.'
  throw precondition(
    'UNDO.NOTHING',
    path,
    'There is nothing to undo.',
    why,
    asked && last
      ? inShell`Take the later one back first: ulid-migrate rollback ${path}`
      : inShell`See what is known: ulid-migrate status ${path}`,
  )
}

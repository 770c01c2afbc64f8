/**
 * The run's record inside the target itself, written in the run's own transaction: it is there exactly if the change
 * is. Undo and verify need nothing else to know what was done.
 */

import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { runRecordSchema } from '../compile/run-record.ts'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isUlid } from '../identifiers/index.ts'
import { precondition } from '../message.ts'
import { planSchema } from '../plan/plan-schema.ts'
import { quoteName } from '../schema/names.ts'
import { endProgress } from './progress.ts'

export const RUNS = `${OWN_PREFIX}runs`

const fromJson = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message })
        return z.NEVER
      }
    })
    .pipe(schema)

const runSchema = z
  .object({
    run: z.string().refine(isUlid, 'it is no ULID'),
    what: z.enum(['migrate', 'undo']),
    at: z.iso.datetime(),
    /** `expanding`: others write beside it, and it is not at its end; what it did so far is what the record says. */
    status: z.enum(['expanding', 'succeeded', 'undone']),
    plan: fromJson(planSchema),
    record: fromJson(runRecordSchema),
    // Whatever else stands here is no file that we may open, let alone one whose sidecars we may take away.
    snapshot: z.string().transform(path => (isSnapshotPath(path) ? path : '')),
    snapshot_sha256: z.string(),
    identifiers: z.bigint().transform(Number),
    referring: z.bigint().transform(Number),
  })
  .transform(({ snapshot_sha256: snapshotSha256, referring: references, ...run }) => ({
    ...run,
    snapshotSha256,
    references,
  }))
  .readonly()

export type RecordedRun = z.infer<typeof runSchema>

/** How every snapshot is called: see freeName in snapshot/take.ts. */
export function isSnapshotPath(path: string): boolean {
  return isAbsolute(path) && /\.\d{8}_\d{6}\.[0-9A-Z]{6}(\.\d+)?\.snapshot$/.test(path)
}

export function hasJournal(db: Connection): boolean {
  return (
    db
      .prepare(`SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(RUNS) === 1n
  )
}

/** All runs recorded in the target, oldest first. Throws a refusal (exit 4) where the table holds anything else. */
export function recordedRuns(db: Connection): readonly RecordedRun[] {
  if (!hasJournal(db)) return []
  const read = z
    .array(runSchema)
    .readonly()
    .safeParse(db.prepare(`SELECT * FROM main.${quoteName(RUNS)} ORDER BY rowid`).all())
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  throw precondition(
    'TARGET.RECORD_UNREADABLE',
    RUNS,
    `The table ${RUNS} does not hold what this version writes there.`,
    `${issue.path.join('.')}: ${issue.message}. Another program or a newer version made it, or somebody changed it.`,
    'Use the version that made it, or put a snapshot back; if it is none of ours, rename the table in the program that owns it.',
  )
}

/** The last migration that is complete, and not undone. */
export function lastMigration(runs: readonly RecordedRun[]): RecordedRun | undefined {
  return runs.filter(run => run.what === 'migrate' && run.status === 'succeeded').at(-1)
}

/** The migration that an undo would take back: the last one that is not undone, be it complete or not. */
export function lastStanding(runs: readonly RecordedRun[]): RecordedRun | undefined {
  return runs.filter(run => run.what === 'migrate' && run.status !== 'undone').at(-1)
}

/** The expansion that has begun and is not at its end; there is never more than one. */
export function expandingRun(runs: readonly RecordedRun[]): RecordedRun | undefined {
  return runs.find(run => run.what === 'migrate' && run.status === 'expanding')
}

/** Migrations whose columns are in the file: not undone, and no expansions that a contract has brought to their end. */
export function standingRuns(runs: readonly RecordedRun[]): readonly RecordedRun[] {
  const stand = runs.filter(run => run.what === 'migrate' && run.status === 'succeeded')
  const ended = stand.flatMap(({ plan }) => plan.contract?.runs ?? [])
  return stand.filter(({ run }) => !ended.includes(run))
}

/** Expansions that stand: their triggers are in the file, and both ids are live. */
export function liveExpansions(runs: readonly RecordedRun[]): readonly RecordedRun[] {
  return standingRuns(runs).filter(({ record }) => record.maps.some(map => map.live !== null))
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

/** Says of an expansion under way what it has done by now. */
export function rewriteRun(
  db: Connection,
  run: string,
  { status, record }: Pick<RecordedRun, 'status' | 'record'>,
): void {
  db.prepare(`UPDATE ${quoteName(RUNS)} SET status = ?, record = ? WHERE run = ? AND what = 'migrate'`).run(
    status,
    JSON.stringify(record),
    run,
  )
}

export function markUndone(db: Connection, run: string): void {
  endProgress(db)
  db.prepare(`UPDATE ${quoteName(RUNS)} SET status = 'undone' WHERE run = ? AND what = 'migrate'`).run(run)
}

/**
 * How far an expansion is that others go on writing beside: a table with one row in the target, written in the same
 * transactions as the rows it speaks of, so that whoever takes it up after a kill goes on where it stands.
 */
import { z } from 'zod'
import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { quoteName as q } from '../schema/names.ts'

const PROGRESS = `${OWN_PREFIX}progress`

const progressSchema = z
  .object({
    run: z.string(),
    /** `maps`: tables of ours are filled, nothing else is touched. `begun`: columns that were there before. `fill`: all. */
    stage: z.enum(['maps', 'begun', 'fill']),
    /** Which column is being filled, by its number, and from which row number on; null before its first. */
    place: z.bigint().transform(Number),
    position: z.bigint().nullable(),
    /** Rows written so far, of about how many. */
    done: z.bigint().transform(Number),
    total: z.bigint().transform(Number),
  })
  .readonly()

export type Progress = z.infer<typeof progressSchema>

/** Null where no expansion is under way, or nothing can be told of it. */
export function readProgress(db: Connection): Progress | null {
  const there = db.prepare(`SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?`).get(PROGRESS)
  if (there === undefined) return null
  return progressSchema
    .nullable()
    .catch(null)
    .parse(db.prepare(`SELECT * FROM main.${q(PROGRESS)}`).get() ?? null)
}

export function beginProgress(db: Connection, progress: Progress): void {
  db.exec(
    `CREATE TABLE ${q(PROGRESS)}(run TEXT NOT NULL, stage TEXT NOT NULL, place INTEGER NOT NULL, position INTEGER, done INTEGER NOT NULL, total INTEGER NOT NULL)`,
  )
  db.prepare(
    `INSERT INTO ${q(PROGRESS)} VALUES(@run, @stage, CAST(@place AS INTEGER), @position, CAST(@done AS INTEGER), CAST(@total AS INTEGER))`,
  ).run(progress)
}

export function writeProgress(db: Connection, progress: Progress): void {
  db.prepare(
    `UPDATE ${q(PROGRESS)} SET stage = @stage, place = CAST(@place AS INTEGER), position = @position, done = CAST(@done AS INTEGER), total = CAST(@total AS INTEGER)`,
  ).run(progress)
}

export function endProgress(db: Connection): void {
  db.exec(`DROP TABLE IF EXISTS ${q(PROGRESS)}`)
}

/** Never 100 before the end, which is more than the last row. */
export function percentOf({ done, total }: Progress): number {
  return total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total))
}

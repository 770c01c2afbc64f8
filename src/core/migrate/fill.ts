/** Fills the columns of an expansion, and the tables of ours that this takes, in write transactions of a moment each. */
import { CHOSEN, type Place, type Transfer } from '../compile/pieces.ts'
import type { Context } from '../context.ts'
import { countOf } from '../engines/sqlite/count.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { type Progress, writeProgress } from '../journal/progress.ts'
import { quoteName as q } from '../schema/names.ts'
import type { Briefly } from './briefly.ts'

/** The name under which the finished maps are attached. */
export const MADE = '_ulid_migrate_made'

/** What every piece of the work needs. */
export interface Work {
  readonly db: Connection
  readonly briefly: Briefly
  readonly context: Context
  /** Where it stands; replaced whenever it is written. */
  progress: Progress
}

/** Copies a finished table of ours into the target. What is there already is the position from which it goes on. */
export async function transfer(work: Work, { from, to, by }: Transfer): Promise<void> {
  const { db, briefly } = work
  const rest = (where: string) =>
    `INSERT INTO main.${q(to)} SELECT * FROM ${q(MADE)}.${q(from)} ${where} ORDER BY ${by} LIMIT @limit`
  const onwards = rest(`WHERE ${by} > (SELECT max(${by}) FROM main.${q(to)})`)
  const isEmpty = () => countOf(db, `SELECT NOT EXISTS (SELECT 1 FROM main.${q(to)})`) === 1
  for (let written = 1; written > 0; )
    await briefly.write(() => {
      const sql = isEmpty() ? rest('') : onwards
      written = Number(db.prepare(sql).run({ limit: briefly.rows }).changes)
      note(work, to, { done: work.progress.done + written })
      return written
    })
}

/** Rows can be moved behind the position, under another number; so all are looked at once more, and, where any lacked its ULID, again. */
const PASSES = 4

/**
 * Fills `place`, from the position on that the progress has. Each pass ends with the row that was the last when it began:
 * rows that come later have their ULIDs by the triggers, so it ends although they keep coming.
 */
export async function fill(work: Work, place: Place): Promise<void> {
  const { db } = work
  db.exec(`DROP TABLE IF EXISTS temp.${CHOSEN}; CREATE TEMP TABLE ${CHOSEN}(${place.chosen})`)
  for (let pass = 1; pass <= PASSES; pass++) {
    const changed = await fillOnce(work, place, pass === 1)
    if (!place.again || (pass > 1 && !changed)) return
  }
}

const LEAST = -(2n ** 63n)
const LARGEST = 2n ** 63n - 1n

/** Whether any row was changed. */
async function fillOnce(work: Work, place: Place, counts: boolean): Promise<boolean> {
  const { db, briefly, context } = work
  const last = place.last === null ? null : (db.prepare(place.last).pluck().get() as bigint | null)
  if (place.last !== null && last === null) return false
  // Rows without a number are found by what they lack: no more of them than lack it now.
  let left = place.last === null ? countOf(db, place.lacking) : Number.POSITIVE_INFINITY
  let from = (counts ? work.progress.position : null) ?? LEAST
  let changed = false
  while (left > 0) {
    await context.breathe()
    db.exec(`DELETE FROM temp.${CHOSEN}`)
    const limit = BigInt(Math.min(briefly.rows, left))
    const rows = db.prepare(place.choose).run(last === null ? { limit } : { from, last, limit }).changes
    if (rows === 0) break
    left -= rows
    const reached =
      last === null ? null : (db.prepare(`SELECT max(p) FROM temp.${CHOSEN}`).pluck().get() as bigint)
    const position = reached === null ? null : reached < LARGEST ? reached + 1n : reached
    const change = counts ? { position, done: work.progress.done + rows } : {}
    const isDue = countOf(db, place.isDue) === 1
    if (isDue)
      await briefly.write(() => {
        for (const sql of place.steps) db.exec(sql)
        note(work, place.object, change)
        return rows
      })
    else work.progress = { ...work.progress, ...change }
    changed ||= isDue
    if (position !== null) from = position
    if (place.whole || reached === LARGEST) break
  }
  return changed
}

/** In the transaction that does it. */
function note(work: Work, object: string, change: Partial<Progress>): void {
  const progress = { ...work.progress, ...change }
  writeProgress(work.db, progress)
  work.progress = progress
  const { done, total } = progress
  work.context.emit({
    type: 'progress',
    phase: 'rewrite',
    object,
    unit: 'rows',
    done: Math.min(done, total),
    total,
  })
}

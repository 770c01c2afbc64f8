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
  const { db, briefly, context } = work
  const rest = (where: string) =>
    db.prepare(
      `INSERT INTO main.${q(to)} SELECT * FROM ${q(MADE)}.${q(from)} ${where} ORDER BY ${by} LIMIT @limit`,
    )
  const [all, onwards] = [rest(''), rest(`WHERE ${by} > (SELECT max(${by}) FROM main.${q(to)})`)]
  const isEmpty = () => countOf(db, `SELECT NOT EXISTS (SELECT 1 FROM main.${q(to)})`) === 1
  for (let more = true; more; ) {
    await context.pause.keep(context)
    let { done } = work.progress
    more = await briefly.slices(
      limit => {
        const rows = (isEmpty() ? all : onwards).run({ limit: BigInt(limit) }).changes
        done += rows
        return rows
      },
      () => note(work, to, { done }),
    )
  }
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
  if (place.whole) return fillWhole(work, place)
  for (let pass = 1; pass <= PASSES; pass++) {
    const changed = await fillOnce(work, place, pass === 1)
    if (!place.again || (pass > 1 && !changed)) return
  }
}

async function fillWhole({ db, briefly }: Work, place: Place): Promise<void> {
  await briefly.once(() => {
    for (const sql of place.steps) db.exec(sql)
  })
}

const LEAST = -(2n ** 63n)
const LARGEST = 2n ** 63n - 1n
/** Rows looked at without the lock, to find out whether it is needed. */
const AHEAD = 1000

/** Whether any row lacked anything. */
async function fillOnce(work: Work, place: Place, counts: boolean): Promise<boolean> {
  const { db, briefly, context } = work
  const last = place.last === null ? null : (db.prepare(place.last).pluck().get() as bigint | null)
  if (place.last !== null && last === null) return false
  // Rows without a number are found by what they lack: no more of them than lack it now.
  let left = last === null ? countOf(db, place.lacking) : Number.POSITIVE_INFINITY
  let from: bigint | null = (counts ? work.progress.position : null) ?? LEAST
  let changed = false
  const clear = db.prepare(`DELETE FROM temp.${CHOSEN}`)
  const choose = db.prepare(place.choose)
  const isDue = db.prepare(place.isDue).pluck()
  const reached = last === null ? null : db.prepare(`SELECT max(p) FROM temp.${CHOSEN}`).pluck()
  // Where triggers are set aside in between, nothing can be prepared.
  const steps = place.steps.map(sql => {
    if (!place.again) return () => void db.exec(sql)
    const statement = db.prepare(sql)
    return () => void statement.run()
  })
  const next = (limit: number): number => {
    if (from === null || left <= 0) return 0
    clear.run()
    const rows = BigInt(Math.min(limit, left))
    return choose.run(last === null ? { limit: rows } : { from, last, limit: rows }).changes
  }
  const moveOn = (rows: number) => {
    left -= rows
    if (reached === null) return
    const position = reached.get() as bigint
    from = position < LARGEST ? position + 1n : null
  }
  for (;;) {
    await context.breathe()
    await context.pause.keep(context)
    const ahead = next(AHEAD)
    if (ahead === 0) return changed
    let { done } = work.progress
    if (isDue.get() !== 1n) {
      moveOn(ahead)
      if (counts) work.progress = { ...work.progress, done: done + ahead }
      continue
    }
    changed = true
    await briefly.slices(
      limit => {
        const rows = next(limit)
        if (rows === 0) return 0
        for (const step of steps) step()
        moveOn(rows)
        done += rows
        return rows
      },
      () => note(work, place.object, counts ? { position: from ?? LARGEST, done } : {}),
    )
  }
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

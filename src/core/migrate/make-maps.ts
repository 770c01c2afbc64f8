/**
 * The maps of an expansion, made from the snapshot in a database of our own: sorting and numbering all rows takes long, and
 * nobody has to wait for it. The snapshot stands still, so the same plan makes the same maps again, whenever that is needed.
 */

import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Pieces } from '../compile/pieces.ts'
import type { Context } from '../context.ts'
import { zoneOf } from '../detect/choices.ts'
import type { Timing } from '../documents.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { registerTimeFunctions } from '../engines/sqlite/time-sql.ts'
import type { Plan } from '../plan/plan.ts'
import { quoteText } from '../schema/names.ts'
import { attachSnapshot } from '../verify/comparison.ts'
import { execute } from './execute.ts'

/** Makes them in `folder`. Returns where they are, and how long it took. */
export async function makeMaps(
  folder: string,
  plan: Plan,
  pieces: Pieces,
  snapshot: { readonly path: string; readonly encoding: string },
  context: Context,
): Promise<{ readonly path: string; readonly timings: readonly Timing[] }> {
  const path = join(folder, 'maps.db')
  emptyDatabase(path, snapshot.encoding)
  const db = openOwn(path, 'write')
  try {
    db.pragma('journal_mode = OFF') // it is made anew where anything goes wrong
    db.pragma('synchronous = OFF')
    registerTimeFunctions(db, zoneOf(plan.timezone))
    attachSnapshot(db, snapshot.path)
    const timings = await execute(db, { ...pieces.program, steps: pieces.maps }, plan.seed, context)
    return { path, timings }
  } finally {
    db.close()
    removeSidecars(snapshot.path)
  }
}

/** One file can't be attached to another of another encoding (HAZARDS A10). */
function emptyDatabase(path: string, encoding: string): void {
  const db = new Database(path)
  try {
    db.pragma(`encoding = ${quoteText(encoding)}`)
    db.exec('CREATE TABLE made(it); DROP TABLE made')
  } finally {
    db.close()
  }
}

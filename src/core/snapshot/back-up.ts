import { basename } from 'node:path'
import type { Context } from '../context.ts'
import { busy } from '../engines/sqlite/describe.ts'
import type { Connection } from '../engines/sqlite/open.ts'

/** Pages per step: enough for speed, few enough for a bar that moves. */
const STEP = 20_000

/**
 * Copies the database that `db` has open, as SQLite sees it, into the file `to`, in one read transaction: otherwise the
 * copy would begin anew whenever somebody writes. The connection must hold no write transaction (HAZARDS E7).
 */
export async function backUp(
  db: Connection,
  to: string,
  context: Context,
  phase: 'snapshot' | 'copy',
): Promise<void> {
  const own = !db.inTransaction
  if (own) db.exec('BEGIN')
  db.prepare('SELECT count(*) FROM sqlite_schema').get()
  const { totalPages } = await db.backup(to, {
    progress: ({ totalPages: total, remainingPages }) => {
      context.emit({
        type: 'progress',
        phase,
        object: basename(db.name),
        unit: 'pages',
        done: total - remainingPages,
        total,
      })
      return STEP
    },
  })
  if (totalPages === 0) throw busy() // it says nothing where it copied nothing (HAZARDS E7)
  if (own) db.exec('COMMIT')
  await context.breathe()
}

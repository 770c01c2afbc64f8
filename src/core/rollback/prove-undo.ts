/** Proves an undo from outside, right after its commit: in a process that has seen nothing of it, and only reads. */
import { type Context, inPhase } from '../context.ts'
import type { Proof } from '../documents.ts'
import { attachable, openForReading } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { described } from '../engines/sqlite/describe.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { exitCodes, Refusal } from '../message.ts'
import { quoteName as q } from '../schema/names.ts'
import { isAsTaken } from '../snapshot/as-taken.ts'
import type { CheckDefinition } from '../verify/check.ts'
import { attachSnapshot, BEFORE, filePragmas, ORIGIN } from '../verify/comparison.ts'
import { checks, prove } from '../verify/prove.ts'
import { asUndone } from './undo.ts'

export interface UndoToProve {
  /** The undo. */
  readonly run: string
  /** The migration that it took back. */
  readonly of: string
  /** False where somebody else has written since. */
  readonly strict: boolean
}

/**
 * Compares the target with the snapshot that the undo took, where the maps still are, and with the one that the
 * migration took, where the old ids are. Rows that came since under a key of numbers have other numbers than in either,
 * and were compared before the commit; here they are counted.
 */
export async function proveUndo(
  path: string,
  { run, of, strict }: UndoToProve,
  context: Context,
): Promise<Proof> {
  return described(path, async () => {
    const { db, close } = await openForReading(path, context)
    const attached: string[] = []
    try {
      const runs = recordedRuns(db)
      const undo = runs.find(each => each.run === run && each.what === 'undo')
      const migration = runs.find(each => each.run === of && each.what === 'migrate')
      if (!undo || !migration || migration.status !== 'undone') throw notRecorded(path, run)
      const then = await attachable(undo.snapshot, context)
      attachSnapshot(db, then)
      attached.push(then)
      const origin = await isAsTaken(migration)
      if (origin) {
        const first = await attachable(migration.snapshot, context)
        attachSnapshot(db, first, ORIGIN)
        attached.push(first)
      }
      const comparison = asUndone(db, migration, origin, filePragmas(db, BEFORE))
      const exact = newNumbers(db, migration) === 0
      const isStrict = ({ id }: CheckDefinition) => strict && (exact || ofTheWhole.has(id))
      return await inPhase(context, 'verify', async () => {
        const proofs = [
          await prove(comparison, context, checks.filter(isStrict)),
          await prove(
            { ...comparison, strict: false },
            context,
            checks.filter(check => !isStrict(check)),
          ),
        ]
        return {
          ok: proofs.every(proof => proof.ok),
          checks: proofs.flatMap(proof => proof.checks),
        }
      })
    } finally {
      close()
      for (const snapshot of attached) removeSidecars(snapshot)
    }
  })
}

/** Checks that put no row beside another. */
const ofTheWhole = new Set([
  'schema',
  'row-counts',
  'foreign-keys',
  'prepares',
  'bookkeeping',
  'pragmas',
  'integrity',
])

/** Rows that came since the migration and were given a number by the undo: no map that is left tells which. */
function newNumbers(db: Connection, { record }: RecordedRun): number {
  return record.maps
    .filter(map => map.numeric)
    .reduce(
      (sum, map) =>
        sum +
        countOf(
          db,
          `SELECT count(*) FROM main.${q(map.table)} t WHERE t.${q(map.column)} IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM ${q(BEFORE)}.${q(map.map)} m WHERE m.legacy = t.${q(map.column)})`,
        ),
      0,
    )
}

function notRecorded(path: string, run: string): Refusal {
  return new Refusal({
    code: 'RUN.NONE',
    object: path,
    message: 'The database does not record the undo.',
    why: `There is no finished undo ${run} in it, or what it took back is not marked as undone.`,
    next: 'Please report this; the snapshots of both runs are still there.',
    exit: exitCodes.verification,
  })
}

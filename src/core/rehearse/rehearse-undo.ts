/** The undo applied to a private copy, with everything checked; the target is not touched. */
import { copyFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import type { RolledBackTarget } from '../documents.ts'
import { openForReading, storeToRehearse } from '../engines/open.ts'
import { described } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import { assertSpaceToRehearse, spaceForUndo } from '../migrate/space.ts'
import { rowsSince } from '../rollback/rows-since.ts'
import { tellAcross } from '../rollback/tell-across.ts'
import { tellSince } from '../rollback/tell-since.ts'
import { applyUndo } from '../rollback/undo.ts'
import { discard, makeScratch } from '../scratch.ts'
import { backUp } from '../snapshot/back-up.ts'
import { withChecks } from '../verify/prove.ts'

export async function rehearseUndo(
  target: string,
  run: string | undefined,
  context: Context,
): Promise<RolledBackTarget> {
  const path = resolve(target)
  return described(path, () => onCopy(path, run, context))
}

async function onCopy(path: string, run: string | undefined, context: Context): Promise<RolledBackTarget> {
  const found = await rowsSince(path, run, context)
  await tellSince(path, found.run, context)
  tellAcross(path, found.run, context)
  const folder = makeScratch(context.settings, 'rehearsal')
  try {
    const before = join(folder, 'before')
    const copy = join(folder, 'copy')
    const store = await inPhase(context, 'copy', async () => {
      const store = await storeToRehearse(path, folder, context)
      const reading = await openForReading(store?.rows ?? path, context)
      try {
        assertSpaceToRehearse(spaceForUndo(reading.db, found.run.record, inspect(reading.db)), folder)
        await backUp(reading.db, before, context, 'copy')
        copyFileSync(before, copy)
      } finally {
        reading.close()
      }
      return store
    })
    const db = openOwn(copy, 'write')
    try {
      db.exec('BEGIN IMMEDIATE')
      const proof = await applyUndo(
        db,
        found.run,
        { path: before, attach: before, sha256: Promise.resolve('') },
        path,
        context,
      )
      db.exec('COMMIT')
      const published = await store?.publish(before, copy, {
        identities: [],
        successors: [],
        letterCase: 'upper',
        back: true,
      })
      const rowsKept = found.added.reduce((sum, each) => sum + each.rows, 0)
      return {
        target: path,
        run: found.run.run,
        mode: 'undo',
        rowsKept,
        rowsDiscarded: 0,
        byTable: found.added,
        rehearsed: true,
        snapshot: '',
        proof: withChecks(proof, published?.checks ?? []),
      }
    } finally {
      db.close()
    }
  } finally {
    discard(folder)
  }
}

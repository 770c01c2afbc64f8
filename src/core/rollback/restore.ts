/** Puts a snapshot back, into the existing file: its inode, owner, mode and other programs' connections survive (HAZARDS E3). */

import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import type { RolledBackTarget } from '../documents.ts'
import { hashFile } from '../engines/sqlite/hash-file.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { describe, openForReading, openForWriting, openOwn, patiently } from '../engines/sqlite/open.ts'
import { recognise } from '../engines/sqlite/recognise.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { lastMigration, recordedRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { recorded } from '../journal/recorded.ts'
import { exitCodes, precondition, Refusal } from '../message.ts'
import { endTransaction } from '../migrate/migrate.ts'
import { inShell } from '../shell.ts'
import { takeSnapshot } from '../snapshot/take.ts'
import { attachSnapshot, inspectBefore } from '../verify/comparison.ts'
import { comparisonOf } from '../verify/comparison-of-run.ts'
import { addedRows } from './rows-since.ts'

/**
 * Restores the snapshot of `run`, or of the newest migration in the ledger. Rows written since are lost, so `confirm`
 * must be the target's file name (or as much of its path as makes it unique). Throws a refusal; then nothing was changed.
 */
export async function restore(
  target: string,
  options: { readonly run?: string; readonly confirm?: string; readonly dryRun: boolean },
  context: Context,
): Promise<RolledBackTarget> {
  const path = resolve(target)
  const chosen = await chooseSnapshot(path, options.run, context)
  const byTable = await wouldDiscard(path, chosen.snapshot, context)
  const rowsDiscarded = byTable.reduce((sum, each) => sum + each.rows, 0)
  const document = {
    target: path,
    run: chosen.run,
    mode: 'restore' as const,
    rowsKept: 0,
    rowsDiscarded,
    byTable,
  }
  if (options.dryRun)
    return { ...document, rehearsed: true, snapshot: chosen.snapshot, proof: { ok: true, checks: [] } }
  assertConfirmed(path, options.confirm, byTable)
  return recorded(context, path, 'restore', async (entry, told) => {
    const { db, file } = await openForWriting(path, told)
    let kept: string
    try {
      kept = (await takeSnapshot(file.path, told)).path // what is discarded stays within reach
      entry.facts({ snapshot: kept, of: chosen.run })
    } finally {
      endTransaction(db)
    }
    await inPhase(told, 'restore', () => putBack(chosen.snapshot, file.path, told))
    const checked = await inPhase(told, 'check-snapshot', () =>
      context.ask('check-snapshot', { target: path, snapshot: chosen.snapshot }),
    )
    if (checked.type === 'failed')
      throw new Refusal({
        ...checked.error,
        next: `The state before is in ${kept}.`,
        exit: exitCodes.verification,
      })
    entry.undoes(chosen.run)
    const proof = {
      ok: true,
      checks: [
        {
          id: 'same-content',
          ok: true,
          count: checked.value.rows,
          detail: `${checked.value.rows.toLocaleString('en')} rows as in the snapshot, compared by another process`,
        },
      ],
    }
    return { ...document, rehearsed: false, snapshot: kept, proof }
  })
}

async function chooseSnapshot(
  path: string,
  run: string | undefined,
  context: Context,
): Promise<{ run: string; snapshot: string }> {
  recognise(path)
  const ledger = new Ledger(context.settings, () => context.now())
  const runs = ledger.runs(path).filter(each => each.what === 'migrate' && each.snapshot !== '')
  ledger.close()
  const chosen =
    run === undefined
      ? (runs.find(each => each.status === 'succeeded') ?? runs[0])
      : runs.find(each => each.run === run)
  if (!chosen)
    throw precondition(
      'SNAPSHOT.NONE',
      path,
      'There is no snapshot to restore.',
      'The ledger knows none for this database.',
      inShell`See what is known: ulid-migrate status ${path}`,
    )
  if (!existsSync(chosen.snapshot))
    throw precondition(
      'SNAPSHOT.MISSING',
      chosen.snapshot,
      'The snapshot is gone.',
      `The run ${chosen.run} left it there.`,
      inShell`Undo works without it: ulid-migrate rollback ${path}`,
    )
  if ((await hashFile(chosen.snapshot)) !== chosen.facts.snapshotSha256)
    throw precondition(
      'SNAPSHOT.ALTERED',
      chosen.snapshot,
      'The snapshot is not what the run took.',
      'Its checksum differs from the recorded one.',
      inShell`Undo works without it: ulid-migrate rollback ${path}`,
    )
  return { run: chosen.run, snapshot: chosen.snapshot }
}

/** Rows of the target that the snapshot does not have, or has with other contents in columns both have. */
async function wouldDiscard(
  path: string,
  snapshot: string,
  context: Context,
): Promise<RolledBackTarget['byTable']> {
  const reading = await openForReading(path, context)
  try {
    const { db } = reading
    attachSnapshot(db, snapshot)
    const before = inspectBefore(db)
    const now = inspect(db)
    const run = lastMigration(recordedRuns(db))
    return addedRows(
      db,
      run
        ? comparisonOf(run.plan, { objects: [], record: run.record }, before, now, db)
        : { before, after: now, identities: [], references: [], undone: null },
    )
  } catch (error) {
    throw describe(error, path)
  } finally {
    reading.close()
    removeSidecars(snapshot)
  }
}

function assertConfirmed(
  path: string,
  confirm: string | undefined,
  byTable: RolledBackTarget['byTable'],
): void {
  if (confirm !== undefined && confirm !== '' && (path === resolve(confirm) || path.endsWith(`/${confirm}`)))
    return
  const lost = byTable.map(each => `${each.table} ${each.rows.toLocaleString('en')}`).join(', ')
  throw precondition(
    'RESTORE.UNCONFIRMED',
    path,
    confirm === undefined
      ? 'Restoring wants to be confirmed by name.'
      : `${confirm} is not the name of this database.`,
    lost === ''
      ? 'Nothing was added since the snapshot; values changed since would go back.'
      : `These rows, written since, would be lost: ${lost}.`,
    inShell`ulid-migrate rollback ${path} --restore --confirm ${basename(path)}; or keep the rows: ulid-migrate rollback ${path}`,
  )
}

async function putBack(snapshot: string, path: string, context: Context): Promise<void> {
  const source = openOwn(snapshot, 'read-only')
  try {
    // All pages in one step: other programs see the old file or the new one.
    await patiently(context, path, () => source.backup(path, { progress: () => 2 ** 31 - 1 }))
  } finally {
    source.close()
    removeSidecars(snapshot)
  }
}

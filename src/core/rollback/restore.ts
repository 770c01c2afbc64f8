/** Puts a snapshot back, into the existing file: its inode, owner, mode and other programs' connections survive (HAZARDS E3). */

import { chmodSync, chownSync, existsSync, realpathSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import type { RolledBackTarget } from '../documents.ts'
import { attachable, openForReading, openForWriting } from '../engines/open.ts'
import { busy, described } from '../engines/sqlite/describe.ts'
import { hashFile } from '../engines/sqlite/hash-file.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { openOwn, patiently } from '../engines/sqlite/open.ts'
import { recognise } from '../engines/sqlite/recognise.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { lastMigration, recordedRuns } from '../journal/in-target.ts'
import { type FileOwner, Ledger } from '../journal/ledger.ts'
import { type RunEntry, recorded } from '../journal/recorded.ts'
import { removeCopy } from '../journal/settle.ts'
import { exitCodes, precondition, Refusal } from '../message.ts'
import { lookAt } from '../migrate/prepare.ts'
import { assertSpace, spaceForRestore } from '../migrate/space.ts'
import { isNamed, notNamed } from '../named.ts'
import { inShell } from '../shell.ts'
import { type Snapshot, takeSnapshot } from '../snapshot/take.ts'
import { attachSnapshot, inspectBefore } from '../verify/comparison.ts'
import { comparisonOf } from '../verify/comparison-of-run.ts'
import { withCommas } from '../with-commas.ts'
import { addedRows } from './rows-since.ts'

/** What is put back, and what it must be. */
interface Chosen {
  readonly run: string
  readonly snapshot: string
  readonly sha256: string
  /** Mode and owner of the file when the snapshot was taken, where they were written down. */
  readonly file: FileOwner | undefined
}

/**
 * Restores the snapshot of `run`, or of the newest migration. Rows written since are lost, so `confirm` must be the
 * target's file name (or as much of its path as makes it unique). Throws a refusal; then nothing was changed.
 */
export async function restore(
  target: string,
  options: { readonly run?: string; readonly confirm?: string; readonly dryRun: boolean },
  context: Context,
): Promise<RolledBackTarget> {
  const path = resolve(target)
  return described(path, async () => {
    const chosen = await chooseSnapshot(path, options.run, context)
    const byTable = await wouldDiscard(path, chosen.snapshot, context)
    if (options.dryRun) {
      const rehearsed = { rehearsed: true, snapshot: chosen.snapshot, proof: { ok: true, checks: [] } }
      return documentOf(path, chosen, byTable, rehearsed)
    }
    assertConfirmed(path, options.confirm, byTable)
    return recorded(context, path, 'restore', (entry, told) => putBack(path, chosen, entry, told))
  })
}

async function putBack(
  path: string,
  chosen: Chosen,
  entry: RunEntry,
  context: Context,
): Promise<RolledBackTarget> {
  const { kept, discarded } = await replaceContent(path, chosen, entry, context)
  entry.committed()
  const checked = await inPhase(context, 'check-snapshot', () =>
    context.ask('check-snapshot', { target: path, snapshot: chosen.snapshot }),
  )
  if (checked.type === 'failed')
    throw new Refusal({
      ...checked.error,
      message: `The snapshot was put back, and the file is not as it should be: ${checked.error.message}`,
      next: inShell`The state before is in ${kept}; see what is known: ulid-migrate status ${path}`,
      exit: exitCodes.verification,
    })
  giveBackOwner(path, chosen.file, context)
  entry.marks(chosen.run, 'undone')
  const rows = checked.value.rows
  const detail = `${withCommas(rows)} rows as in the snapshot, compared by another process`
  const proof = { ok: true, checks: [{ id: 'same-content', ok: true, count: rows, detail }] }
  return documentOf(path, chosen, discarded, { rehearsed: false, snapshot: kept, proof })
}

function documentOf(
  path: string,
  { run }: Chosen,
  byTable: RolledBackTarget['byTable'],
  rest: Pick<RolledBackTarget, 'rehearsed' | 'snapshot' | 'proof'>,
): RolledBackTarget {
  const rowsDiscarded = byTable.reduce((sum, each) => sum + each.rows, 0)
  return { target: path, run, mode: 'restore', rowsKept: 0, rowsDiscarded, byTable, ...rest }
}

/** The newest migration's snapshot, or the one of `run`; known from the ledger, and where it lacks something, from the target. */
async function chooseSnapshot(path: string, run: string | undefined, context: Context): Promise<Chosen> {
  recognise(path)
  const ledger = new Ledger(context.settings, () => context.now())
  const known = ledger.runs(path)
  ledger.close()
  const inTarget = await lookAt(path, context, ({ db }) => recordedRuns(db))
  // A run that was killed before its commit has changed nothing: its copy goes with the next run.
  const ended = known.filter(
    each =>
      each.what === 'restore' ||
      !['running', 'stopped', 'failed'].includes(each.status) ||
      inTarget.some(record => record.run === each.run && record.what === each.what),
  )
  const fromTarget = inTarget
    .filter(each => !known.some(entry => entry.run === each.run && entry.what === each.what))
    .toReversed()
  const runs = [...ended, ...fromTarget].filter(
    each => (run === undefined ? each.what === 'migrate' : each.run === run) && each.snapshot !== '',
  )
  const chosen = runs.find(each => each.status === 'succeeded') ?? runs[0]
  if (!chosen)
    throw precondition(
      'SNAPSHOT.NONE',
      path,
      'There is no snapshot to restore.',
      'Neither the ledger nor the database knows of one.',
      inShell`See what is known: ulid-migrate status ${path}`,
    )
  const facts = 'facts' in chosen ? chosen.facts : {}
  const record = inTarget.find(each => each.run === chosen.run && each.what === chosen.what)
  // A run that was killed after its commit had no time to tell the ledger.
  const sha256 = facts.snapshotSha256 ?? record?.snapshotSha256 ?? ''
  await assertAsTaken(path, { run: chosen.run, snapshot: chosen.snapshot, sha256 })
  return { run: chosen.run, snapshot: chosen.snapshot, sha256, file: facts.file }
}

async function assertAsTaken(
  path: string,
  { run, snapshot, sha256 }: Pick<Chosen, 'run' | 'snapshot' | 'sha256'>,
): Promise<void> {
  if (!existsSync(snapshot))
    throw precondition(
      'SNAPSHOT.MISSING',
      snapshot,
      'The snapshot is gone.',
      `The run ${run} left it there.`,
      inShell`Undo works without it: ulid-migrate rollback ${path}`,
    )
  if ((await hashFile(snapshot)) !== sha256)
    throw precondition(
      'SNAPSHOT.ALTERED',
      snapshot,
      'The snapshot is not what the run took.',
      'Its checksum differs from the recorded one.',
      inShell`Undo works without it: ulid-migrate rollback ${path}`,
    )
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
    attachSnapshot(db, await attachable(snapshot, context))
    const before = inspectBefore(db)
    const now = inspect(db)
    const run = lastMigration(recordedRuns(db))
    return addedRows(
      db,
      run
        ? comparisonOf(run.plan, { objects: [], record: run.record }, before, now, db)
        : { before, after: now, identities: [], references: [], undone: null },
    )
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
  if (isNamed(path, confirm)) return
  const lost = byTable.map(each => `${each.table} ${withCommas(each.rows)}`).join(', ')
  throw precondition(
    'RESTORE.UNCONFIRMED',
    path,
    notNamed('Restoring', confirm),
    lost === ''
      ? 'Nothing was added since the snapshot; values changed since would go back.'
      : `These rows, written since, would be lost: ${lost}.`,
    inShell`ulid-migrate rollback ${path} --restore --confirm ${basename(path)}; or keep the rows: ulid-migrate rollback ${path}`,
  )
}

/** How often a restore begins anew because somebody wrote between its own snapshot and the moment it had the file to itself. */
const ATTEMPTS = 5

/**
 * Snapshots what is there, under the lock, and copies all pages of the chosen snapshot over it in one transaction. The
 * backup needs a lock of its own, so the first one is let go in between; whoever commits in that moment would be lost
 * without a copy. So, once the file is locked again, another process looks whether that happened, and then it begins anew.
 */
async function replaceContent(
  path: string,
  chosen: Chosen,
  entry: RunEntry,
  context: Context,
): Promise<{ kept: string; discarded: RolledBackTarget['byTable'] }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { db, file, end } = await openForWriting(path, context)
    let kept: Snapshot
    let discarded: RolledBackTarget['byTable']
    let before: string
    try {
      entry.settle(recordedRuns(db))
      const space = spaceForRestore(db, statSync(chosen.snapshot).size)
      assertSpace(space, file.path, context.settings.snapshotDir)
      kept = await takeSnapshot(file.path, context, entry.facts) // what is discarded stays within reach
      entry.facts({ of: chosen.run, snapshotSha256: await kept.sha256 })
      discarded = await wouldDiscard(path, chosen.snapshot, context)
      before = await lastWrite(file.path, context)
    } finally {
      end()
    }
    try {
      const same = async () => (await lastWrite(file.path, context)) === before
      if (
        await inPhase(context, 'restore', () =>
          file.engine === 'sqlite'
            ? copyOver(chosen.snapshot, file.path, same, context)
            : storeOver(chosen.snapshot, file.path, before, context),
        )
      )
        return { kept: kept.path, discarded }
    } catch (error) {
      forget(kept, entry, context)
      throw error
    }
    forget(kept, entry, context)
  }
  throw precondition(
    'LOCK.HELD',
    path,
    'The file is written to all the time.',
    `${ATTEMPTS} times somebody else wrote between the snapshot of what is there and the restore.`,
    'Stop the programs that write to it, then try again.',
  )
}

/** A DuckDB file is put in the place of the other as a whole: see the engine's own restore. */
async function storeOver(snapshot: string, path: string, mark: string, context: Context): Promise<boolean> {
  const { restoreStore } = await import('../engines/duckdb/restore-store.ts')
  return restoreStore(snapshot, path, mark, context)
}

function forget(kept: Snapshot, entry: RunEntry, context: Context): void {
  removeCopy(kept.path, context.settings)
  entry.facts({ snapshot: '', snapshotBytes: 0 })
}

async function lastWrite(path: string, context: Context): Promise<string> {
  const outcome = await context.ask('last-write', { target: path })
  if (outcome.type === 'failed') throw new Refusal(outcome.error)
  return outcome.value.signature
}

/**
 * Copies the snapshot over the file once `same` says, with the file locked, that nobody has written; else copies nothing
 * and answers false. All pages go in one step: other programs see the old file or the new one.
 */
async function copyOver(
  snapshot: string,
  path: string,
  same: () => Promise<boolean>,
  context: Context,
): Promise<boolean> {
  const source = openOwn(snapshot, 'read-only')
  try {
    await patiently(context, path, async () => {
      let asked = false
      let answer: boolean | undefined
      let trouble: unknown
      const { totalPages } = await source.backup(path, {
        // The first call comes with the file locked and no page copied; no pages are asked for until the answer is there.
        progress: () => {
          if (!asked) {
            asked = true
            same().then(
              is => {
                answer = is
              },
              error => {
                trouble = error
              },
            )
          }
          if (trouble !== undefined) throw trouble
          if (answer === false) throw new SomebodyWrote()
          return answer === true ? 2 ** 31 - 1 : 0
        },
      })
      // A backup that finds its file locked ends at once, without a page and without an error.
      if (totalPages === 0) throw busy()
    })
    return true
  } catch (error) {
    if (error instanceof SomebodyWrote) return false
    throw error
  } finally {
    source.close()
    removeSidecars(snapshot)
  }
}

/** Leaves the backup, which then rolls back what it had locked. */
class SomebodyWrote extends Error {}

/** Mode and owner as they were; a file that is someone else's keeps what it has. */
function giveBackOwner(path: string, file: FileOwner | undefined, context: Context): void {
  if (!file) return
  try {
    const real = realpathSync(path)
    const now = statSync(real)
    if (now.uid !== file.uid || now.gid !== file.gid) chownSync(real, file.uid, file.gid)
    if ((now.mode & 0o7777) !== file.mode) chmodSync(real, file.mode)
  } catch (error) {
    context.emit({
      type: 'finding',
      finding: {
        code: 'RESTORE.OWNER',
        severity: 'warning',
        object: path,
        message: 'The content is restored; mode and owner of the file are not.',
        why: error instanceof Error ? error.message : String(error),
        next: `They were mode ${file.mode.toString(8)}, user ${file.uid}, group ${file.gid}.`,
      },
    })
  }
}

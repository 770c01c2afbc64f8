/**
 * One change of a target, as a migration, an undo and a finalize make it: the write lock first, a checked snapshot under
 * that lock, the work, the commit. Whatever fails before the commit leaves the file as it was and no copy behind;
 * whatever fails after it is told as such, never as a change that was not made.
 */
import { statSync } from 'node:fs'
import { type Context, inPhase, Stopped } from '../context.ts'
import type { Check, Proof } from '../documents.ts'
import { openForReading, openForWriting, type Publication, type Writing } from '../engines/open.ts'
import { describe } from '../engines/sqlite/describe.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Recognised } from '../engines/sqlite/recognise.ts'
import { recordedRuns } from '../journal/in-target.ts'
import type { RunEntry } from '../journal/recorded.ts'
import { removeCopy } from '../journal/settle.ts'
import { signatureOf, stampOf } from '../journal/signature.ts'
import { exitCodes, Refusal } from '../message.ts'
import { inShell } from '../shell.ts'
import { type Snapshot, takeSnapshot } from '../snapshot/take.ts'

export interface Changing {
  /** Holds the write transaction. */
  readonly db: Connection
  readonly file: Recognised
  /** As {@link Writing} says it. */
  readonly print?: string
  /** Takes the snapshot, which has to be there before anything is written. */
  snapshot(): Promise<Snapshot>
}

/**
 * Makes the change that `work` makes, commits it, and proves it by `prove`. Throws a refusal; unless it says that the
 * change is committed, nothing was changed.
 *
 * `prove` asks another process. It is asked strictly; should somebody else have written since the commit, what was found
 * may be theirs, and it is asked again with `strict` false.
 *
 * `isMade` tells of the file whether a commit that failed has come through: by default it has when the run is recorded there.
 */
export async function changeTarget<T>(
  path: string,
  entry: RunEntry,
  context: Context,
  work: (changing: Changing) => Promise<T>,
  prove: (value: T, strict: boolean) => Promise<Proof>,
  published: (value: T) => Partial<Publication> = () => ({}),
  isMade = (db: Connection) => recordedRuns(db).some(each => each.run === context.run),
): Promise<Changed<T>> {
  const writing = await openForWriting(path, context)
  const { db, file } = writing
  let taken: Snapshot | undefined
  let committing = false
  let value: T
  let checks: readonly Check[]
  let seconds: number
  try {
    entry.settle(recordedRuns(db))
    value = await work({
      db,
      file,
      ...(writing.print === undefined ? {} : { print: writing.print }),
      snapshot: async () => {
        const snapshot = await takeSnapshot(file.path, context, entry.facts)
        taken = { ...snapshot, attach: writing.before ?? snapshot.path }
        return taken
      },
    })
    committing = true
    const begun = performance.now()
    checks = await inPhase(context, 'commit', () =>
      writing.commit({
        letterCase: 'upper',
        identities: [],
        successors: [],
        ...published(value),
        snapshot: taken?.path ?? '',
      }),
    )
    seconds = (performance.now() - begun) / 1000
    entry.committed()
  } catch (error) {
    const failure = describe(error, path)
    writing.end()
    const landed = committing ? await hasLanded(path, isMade, context) : false
    if (landed === true) {
      entry.committed()
      throw unproved(path, failure)
    }
    if (landed === false && taken) {
      removeCopy(taken.path, context.settings)
      entry.facts({ snapshot: '', snapshotBytes: 0 })
    }
    throw failure
  }
  const proof = await proveCommitted({ path, writing }, entry, context, strict => prove(value, strict))
  return { value, proof, checks, seconds }
}

/** A change that is committed, on the target that is still open. */
export interface Committed {
  readonly path: string
  readonly writing: Pick<Writing, 'db' | 'file' | 'alone'>
  /** Whether it was proved inside the transaction already. */
  readonly inside?: boolean
}

/** Has another process prove what was committed, and closes the connection. */
export async function proveCommitted(
  { path, writing, inside = true }: Committed,
  entry: RunEntry,
  context: Context,
  prove: (strict: boolean) => Promise<Proof>,
): Promise<Proof> {
  return afterCommit(path, inside, async () => {
    const { db, file, alone } = writing
    db.pragma('busy_timeout = 10000') // even that question needs a moment without somebody else's commit
    try {
      entry.facts({ proved: 'pending' })
      const proof = await inPhase(
        context,
        'verify-outside',
        async () => {
          const strict = alone() ? await prove(true) : null
          return strict !== null && (strict.ok || alone()) ? strict : prove(false)
        },
        result => `${result.checks.length} checks by another process`,
      )
      entry.facts({ proved: proof.ok ? 'passed' : 'failed' })
      const stamp = stampOf(file.path)
      const untouched = alone()
      db.close()
      // Nobody came in between, or whoever closes a file in WAL mode last, as we did, has emptied its -wal.
      if (untouched && (stampOf(file.path) === stamp || !hasWal(file.path)))
        entry.facts(signatureOf(file.path))
      return proof
    } finally {
      if (db.open) db.close()
    }
  })
}

export interface Changed<T> {
  readonly value: T
  /** From outside, after the commit. */
  readonly proof: Proof
  /** What was checked while it was published. */
  readonly checks: readonly Check[]
  /** What the commit took, publishing included. */
  readonly seconds: number
}

function hasWal(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** A COMMIT that failed may have come through: the file says. Null where it can't be asked. */
async function hasLanded(
  path: string,
  isMade: (db: Connection) => boolean,
  context: Context,
): Promise<boolean | null> {
  try {
    const reading = await openForReading(path, { ...context, breathe: () => Promise.resolve() })
    try {
      return isMade(reading.db)
    } finally {
      reading.close()
    }
  } catch {
    return null
  }
}

/** Does what comes after a commit; what fails there does not take the change back, and must not sound as if it had. */
async function afterCommit<T>(path: string, inside: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw madeBut(path, describe(error, path), inside)
  }
}

/** What failed once the change was made, told as such; `inside` says whether it was proved before that. */
export function madeBut(path: string, error: unknown, inside: boolean): Refusal {
  return error instanceof Stopped ? stoppedAfterwards(path, error, inside) : unproved(path, error, inside)
}

function stoppedAfterwards(path: string, stopped: Stopped, inside: boolean): Refusal {
  return new Refusal({
    code: 'RUN.STOPPED_COMMITTED',
    object: path,
    message: inside
      ? 'Stopped after the commit: the change is made, and was proved before it, but not yet from outside.'
      : 'Stopped after the last commit: the change is made, and not yet proved.',
    why: stopped.failure.why,
    next: inShell`Prove it: ulid-migrate verify ${path}; or take it back: ulid-migrate rollback ${path}`,
    exit: exitCodes.stopped,
  })
}

function unproved(path: string, cause: unknown, inside = true): Refusal {
  const said =
    cause instanceof Refusal ? `${cause.failure.message} ${cause.failure.why}` : (cause as Error).message
  return new Refusal({
    code: 'RUN.COMMITTED_UNPROVED',
    object: path,
    message: inside
      ? 'The change is committed, and was proved before that, but the proof from outside could not be made.'
      : 'The change is committed, but its proof could not be made.',
    why: said,
    next: inShell`Prove it: ulid-migrate verify ${path}; or take it back: ulid-migrate rollback ${path}`,
    exit: exitCodes.verification,
  })
}

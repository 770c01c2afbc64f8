/**
 * A snapshot is made through SQLite's online backup while the run already holds the write lock, so that nobody can
 * write between it and the change; and it is opened and compared by another process before the target is touched. An
 * expansion of a file in WAL mode takes it while others go on writing, of one moment that is told apart by a digest.
 */

import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import { engineOf } from '../engines/engine-of.ts'
import { differs } from '../engines/snapshot-differs.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import type { Facts } from '../journal/ledger.ts'
import { partial, removeCopy } from '../journal/settle.ts'
import { Refusal } from '../message.ts'
import { assertRoom } from '../room.ts'
import { syncFolder } from '../sync-folder.ts'
import { contentDigest } from '../verify/content-digest.ts'
import { withCommas } from '../with-commas.ts'
import { backUp } from './back-up.ts'

export interface Snapshot {
  readonly path: string
  /** A SQLite file with the same rows, to be attached: the snapshot itself, where it is one. */
  readonly attach: string
  readonly bytes: number
  /** Made by another process while the rewrite goes on; awaited before the commit. */
  readonly sha256: Promise<string>
}

/**
 * Takes and checks a snapshot of `path` (the real file) into the snapshot folder. The caller holds the write lock on a
 * connection of its own: backing up from that one would silently write nothing (HAZARDS E7). `note` is told what the
 * ledger has to know, the name first: should this process be killed, the next run finds what to take away.
 */
export async function takeSnapshot(
  path: string,
  context: Context,
  note: (facts: Facts) => void,
  way: (path: string, unfinished: string, context: Context) => Promise<number> = underLock,
): Promise<Snapshot> {
  const { settings } = context
  mkdirSync(settings.snapshotDir, { recursive: true, mode: 0o700 })
  const { size, mode, uid, gid } = statSync(path)
  assertRoom(settings.snapshotDir, size, 'the snapshot')
  const snapshot = freeName(path, context)
  const unfinished = partial(snapshot)
  note({ snapshot, file: { mode: mode & 0o7777, uid, gid } })
  try {
    await way(path, unfinished, context)
    renameSync(unfinished, snapshot)
    syncFolder(settings.snapshotDir) // it must be found again after a power cut, under this name
  } catch (error) {
    removeCopy(unfinished, settings)
    removeCopy(snapshot, settings)
    note({ snapshot: '' })
    throw error
  }
  const { size: bytes, mtimeMs } = statSync(snapshot)
  note({ snapshotBytes: bytes, snapshotTime: Math.floor(mtimeMs) })
  const sha256 = hashElsewhere(snapshot, context)
  sha256.catch(() => {}) // heard when it is awaited; until then the rewrite has the word
  return { path: snapshot, attach: snapshot, bytes, sha256 }
}

/** While nobody else can write, so that another process finds in the target what was copied. Returns the rows. */
async function underLock(path: string, unfinished: string, context: Context): Promise<number> {
  const copy = engineOf(path) === 'sqlite' ? copyDatabase : copyStore
  await inPhase(
    context,
    'snapshot',
    () => copy(path, unfinished, context),
    () => laterName(unfinished),
  )
  const checked = await inPhase(
    context,
    'check-snapshot',
    () => context.ask('check-snapshot', { target: path, snapshot: unfinished }),
    outcome => (outcome.type === 'result' ? compared(outcome.value.rows) : ''),
  )
  if (checked.type === 'failed') throw new Refusal(checked.error)
  return checked.value.rows
}

/**
 * While others go on writing, which in WAL mode they can: copied in one read transaction, in which the content is then
 * read once more and its digest made. Another process opens the copy, checks it, and has to come to the same digest.
 */
export async function besideWriters(path: string, unfinished: string, context: Context): Promise<number> {
  closeSync(openSync(unfinished, 'wx', 0o600))
  const source = openOwn(path, 'read-only')
  try {
    source.exec('BEGIN')
    await inPhase(
      context,
      'snapshot',
      () => backUp(source, unfinished, context, 'snapshot'),
      () => laterName(unfinished),
    )
    const rows = await inPhase(
      context,
      'check-snapshot',
      async () => {
        const asked = context.ask('digest-snapshot', { snapshot: unfinished })
        const own = await contentDigest(source, () => context.breathe())
        const other = await asked
        if (other.type === 'failed') throw new Refusal(other.error)
        if (other.value.digest !== own.digest || other.value.rows !== own.rows)
          throw differs(
            unfinished,
            `${other.value.rows} rows by another process, ${own.rows} by this one, or other contents`,
          )
        return own.rows
      },
      compared,
    )
    source.exec('COMMIT')
    return rows
  } finally {
    source.close()
  }
}

/** What is told is the name that it is found by when all is over. */
function laterName(unfinished: string): string {
  return basename(unfinished, partial(''))
}

function compared(rows: number): string {
  return `${withCommas(rows)} rows, opened and compared by another process`
}

/** A name that no snapshot has, nor had: none is ever overwritten. Several targets of one run may be called alike. */
function freeName(path: string, { settings, run, now }: Context): string {
  const plain = join(settings.snapshotDir, `${basename(path)}.${stamp(now())}.${run.slice(-6)}`)
  for (let n = 1; ; n++) {
    const name = `${plain}${n === 1 ? '' : `.${n}`}.snapshot`
    if (!existsSync(name) && !existsSync(partial(name))) return name
  }
}

async function hashElsewhere(snapshot: string, context: Context): Promise<string> {
  const outcome = await context.ask('hash-file', { file: snapshot })
  if (outcome.type === 'failed') throw new Refusal(outcome.error)
  return outcome.value.sha256
}

/** By another process: this one keeps the file open, and may not read a byte of it beside DuckDB (HAZARDS F6). */
async function copyStore(from: string, to: string, context: Context): Promise<void> {
  const copied = await context.ask('copy-store', { from, to })
  if (copied.type === 'failed') throw new Refusal(copied.error)
}

/** The copy, in a new file that only its owner may read, from its first byte on. */
async function copyDatabase(from: string, to: string, context: Context): Promise<void> {
  closeSync(openSync(to, 'wx', 0o600))
  const source = openOwn(from, 'read-only')
  try {
    await backUp(source, to, context, 'snapshot')
  } finally {
    source.close()
  }
}

function stamp(now: number): string {
  return new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, '')
    .replace('T', '_')
}

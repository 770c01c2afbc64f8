/**
 * A snapshot is made through SQLite's online backup while the run already holds the write lock, so that nobody can
 * write between it and the change; and it is opened and compared by another process before the target is touched.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import type { Facts } from '../journal/ledger.ts'
import { partial, removeCopy } from '../journal/settle.ts'
import { Refusal } from '../message.ts'
import { assertRoom } from '../room.ts'
import { backUp } from './back-up.ts'

export interface Snapshot {
  readonly path: string
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
): Promise<Snapshot> {
  const { settings } = context
  mkdirSync(settings.snapshotDir, { recursive: true, mode: 0o700 })
  const { size, mode, uid, gid } = statSync(path)
  assertRoom(settings.snapshotDir, size, 'the snapshot')
  const snapshot = freeName(path, context)
  const unfinished = partial(snapshot)
  note({ snapshot, file: { mode: mode & 0o7777, uid, gid } })
  try {
    await inPhase(
      context,
      'snapshot',
      () => copyDatabase(path, unfinished, context),
      () => snapshot,
    )
    const checked = await inPhase(
      context,
      'check-snapshot',
      () => context.ask('check-snapshot', { target: path, snapshot: unfinished }),
      outcome =>
        outcome.type === 'result'
          ? `${outcome.value.rows.toLocaleString('en')} rows, opened and compared by another process`
          : '',
    )
    if (checked.type === 'failed') throw new Refusal(checked.error)
    renameSync(unfinished, snapshot)
    syncFolder(settings.snapshotDir) // it must be found again after a power cut, under this name
  } catch (error) {
    removeCopy(unfinished, settings)
    removeCopy(snapshot, settings)
    note({ snapshot: '' })
    throw error
  }
  const bytes = statSync(snapshot).size
  note({ snapshotBytes: bytes })
  const sha256 = hashElsewhere(snapshot, context)
  sha256.catch(() => {}) // heard when it is awaited; until then the rewrite has the word
  return { path: snapshot, bytes, sha256 }
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

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function stamp(now: number): string {
  return new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, '')
    .replace('T', '_')
}

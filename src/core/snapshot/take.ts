/**
 * A snapshot is made through SQLite's online backup while the run already holds the write lock, so that nobody can
 * write between it and the change; and it is opened and compared by another process before the target is touched.
 */
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import { Refusal } from '../message.ts'
import { backUp } from './back-up.ts'
import { assertRoom } from './room.ts'

export interface Snapshot {
  readonly path: string
  readonly bytes: number
  /** Made by another process while the rewrite goes on; awaited before the commit. */
  readonly sha256: Promise<string>
}

/**
 * Takes and checks a snapshot of `path` (the real file) into the snapshot folder. The caller holds the write lock on a
 * connection of its own: backing up from that one would silently write nothing (HAZARDS E7).
 */
export async function takeSnapshot(path: string, context: Context): Promise<Snapshot> {
  const folder = context.settings.snapshotDir
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const bytes = statSync(path).size
  assertRoom(folder, bytes, 'the snapshot')
  const snapshot = join(folder, `${basename(path)}.${stamp(context.now())}.${context.run.slice(-6)}.snapshot`)
  try {
    await inPhase(
      context,
      'snapshot',
      () => copyDatabase(path, snapshot, context),
      () => snapshot,
    )
    const checked = await inPhase(
      context,
      'check-snapshot',
      () => context.ask('check-snapshot', { target: path, snapshot }),
      outcome =>
        outcome.type === 'result'
          ? `${outcome.value.rows.toLocaleString('en')} rows, opened and compared by another process`
          : '',
    )
    if (checked.type === 'failed') throw new Refusal(checked.error)
    const sha256 = hashElsewhere(snapshot, context)
    sha256.catch(() => {}) // heard when it is awaited; until then the rewrite has the word
    return { path: snapshot, bytes: statSync(snapshot).size, sha256 }
  } catch (error) {
    rmSync(snapshot, { force: true })
    throw error
  }
}

async function hashElsewhere(snapshot: string, context: Context): Promise<string> {
  const outcome = await context.ask('hash-file', { file: snapshot })
  if (outcome.type === 'failed') throw new Refusal(outcome.error)
  return outcome.value.sha256
}

/** The copy, in a file that only its owner may read. */
async function copyDatabase(from: string, to: string, context: Context): Promise<void> {
  const source = openOwn(from, 'read-only')
  try {
    await backUp(source, to, context, 'snapshot')
    chmodSync(to, 0o600)
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

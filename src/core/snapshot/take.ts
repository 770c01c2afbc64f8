/**
 * A snapshot is made through SQLite's online backup while the run already holds the write lock, so that nobody can
 * write between it and the change; and it is opened and compared by another process before the target is touched.
 */
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import type { EngineEvent } from '../events.ts'
import { Refusal } from '../message.ts'
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
      () => copyDatabase(path, snapshot, context, 'snapshot'),
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

/** Copies a database as SQLite sees it, in one read transaction, into a file that only its owner may read. */
export async function copyDatabase(
  from: string,
  to: string,
  context: Context,
  phase: 'snapshot' | 'copy',
): Promise<void> {
  const source = openOwn(from, 'read-only')
  try {
    // One read transaction for the whole copy: otherwise it would begin anew whenever somebody writes.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        const done = totalPages - remainingPages
        const progress: EngineEvent = {
          type: 'progress',
          phase,
          object: basename(from),
          unit: 'pages',
          done,
          total: totalPages,
        }
        context.emit(progress)
        return 20_000
      },
    })
    chmodSync(to, 0o600)
    source.exec('COMMIT')
  } finally {
    source.close()
  }
  await context.breathe()
}

function stamp(now: number): string {
  return new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, '')
    .replace('T', '_')
}

/**
 * Puts a snapshot back in the place of a DuckDB file. DuckDB has no way to write another file's content over one that is
 * open, so that a new file takes the old one's name, while the old one is locked against everybody else.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import { precondition, Refusal } from '../../message.ts'
import { isRunning, markOf } from '../../processes.ts'
import { assertRoom } from '../../room.ts'
import { discard } from '../../scratch.ts'
import { inShell } from '../../shell.ts'
import { syncFolder } from '../../sync-folder.ts'
import { hashFile } from '../sqlite/hash-file.ts'
import { copyLarge } from './copy-file.ts'
import { describeDuckDB } from './describe.ts'
import { limitsOf } from './limits.ts'
import { openPatiently } from './open-patiently.ts'
import { suffixes } from './sidecars.ts'

/**
 * Replaces the DuckDB file at `path` by a copy of `snapshot`, which has no .wal. Mode and owner stay; a link goes on
 * leading to it. `mark` is what the file must look like (of `last-write`): where it does not any more, somebody has
 * written, nothing is changed, and the answer is false. Whoever is killed in here leaves the old content or the new,
 * never the new one beside the .wal of the old, which DuckDB would take in without a word.
 */
export async function restoreStore(
  snapshot: string,
  path: string,
  mark: string,
  context: Context,
): Promise<boolean> {
  const real = realpathSync(path)
  if (statSync(real).nlink > 1) throw severalNames(path)
  removeAbandoned(real)
  const fresh = `${beginning(real)}${randomBytes(4).toString('hex')}`
  try {
    assertRoom(dirname(real), statSync(snapshot).size, 'the restored file')
    await copyLarge(snapshot, fresh, 'restore', context)
    if ((await hashFile(fresh)) !== (await hashFile(snapshot))) throw unlike(path)
    return await takePlace(fresh, real, mark, context)
  } finally {
    discard(fresh) // gone already where it has its place
  }
}

/**
 * For so many ms the old file stays locked after it has lost its name. Who opened it a moment before would else find it
 * free, and leave a .wal for it beside the new one.
 */
const AFTERWARDS = 100

async function takePlace(fresh: string, path: string, mark: string, context: Context): Promise<boolean> {
  const old = await openPatiently(path, 'write', limitsOf(context.settings), context)
  try {
    // Closing it must leave alone what lies at its path by then.
    await old.run('PRAGMA disable_checkpoint_on_shutdown')
    if ((await markNow(path, context)) !== mark) return false
    await giveOwner(fresh, path)
    await old.run('CHECKPOINT') // from here on the old file is whole without its .wal
    for (const suffix of suffixes) rmSync(`${path}${suffix}`, { force: true })
    syncFolder(dirname(path))
    renameSync(fresh, path)
    syncFolder(dirname(path))
    await delay(AFTERWARDS)
    return true
  } catch (error) {
    throw describeDuckDB(error, path)
  } finally {
    old.close()
  }
}

/** Told by another process: this one has the file open, and by reading it would let go of the lock (HAZARDS F6). */
async function markNow(path: string, context: Context): Promise<string> {
  const outcome = await context.ask('last-write', { target: path })
  if (outcome.type === 'failed') throw new Refusal(outcome.error)
  return outcome.value.signature
}

async function giveOwner(fresh: string, path: string): Promise<void> {
  const [was, is] = [statSync(path), statSync(fresh)]
  if (was.uid !== is.uid || was.gid !== is.gid) chownSync(fresh, was.uid, was.gid)
  chmodSync(fresh, was.mode & 0o7777)
  const file = await open(fresh)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Tells whose it is, as the names of scratch folders do. */
function beginning(path: string): string {
  const { pid, started } = markOf(process.pid)
  return `${path}.restoring-${pid}.${started}-`
}

/** Takes away what killed restores of this file have left beside it. */
function removeAbandoned(path: string): void {
  const ours = `${basename(path)}.restoring-`
  for (const name of readdirSync(dirname(path))) {
    const [, pid, started = ''] = /^(\d+)\.([0-9a-z]*)-[0-9a-f]{8}$/.exec(name.slice(ours.length)) ?? []
    if (name.startsWith(ours) && pid !== undefined && !isRunning({ pid: Number(pid), started }))
      discard(join(dirname(path), name))
  }
}

function severalNames(path: string): Refusal {
  return precondition(
    'RESTORE.HARD_LINKED',
    path,
    'The file has several names.',
    'The restored file takes this one only; by the others programs would go on with the old content.',
    inShell`Find the others (find / -xdev -samefile ${path}) and remove them, or make links of them: ln -s ${path} OTHER`,
  )
}

function unlike(path: string): Refusal {
  return new Refusal({
    code: 'SNAPSHOT.DIFFERS',
    object: path,
    message: 'What was written beside the file is not what was read of the snapshot.',
    why: 'Their checksums differ.',
    next: 'Nothing was changed. Check the disk, then try again.',
    exit: 4,
  })
}

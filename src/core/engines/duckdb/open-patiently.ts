/** Opens DuckDB files that other programs use too. */
import { accessSync, constants, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Context } from '../../context.ts'
import { discard, makeScratch } from '../../scratch.ts'
import { type Lock, patiently } from '../patiently.ts'
import { connect, type Limits, openStore, type Store } from './connect.ts'
import { copyStore } from './copy-store.ts'
import { describeDuckDB, held, holderOf, isHeld, needsWriting, notWritable } from './describe.ts'
import { sidecarsOf } from './sidecars.ts'

/** As {@link openStore}, waiting for other programs up to the settings' limit and saying so once a second. */
export async function openPatiently(
  path: string,
  mode: 'read-only' | 'write',
  limits: Limits,
  context: Context,
): Promise<Store> {
  if (mode === 'write') assertWritable(path)
  try {
    return await patiently(context, path, lockOf(path), () => connect(path, mode, limits))
  } catch (error) {
    throw describeDuckDB(error, path)
  }
}

/**
 * Opens `path` for looking, without a trace. Where its .wal can be taken in only by one who may write, that happens in a
 * copy: then the file itself is not held, and others may go on writing.
 */
export async function openToLook(path: string, limits: Limits, context: Context): Promise<Store> {
  try {
    return await patiently(context, path, lockOf(path), () => connect(path, 'read-only', limits))
  } catch (error) {
    if (needsWriting(error)) return openCopy(path, limits, context)
    throw describeDuckDB(error, path)
  }
}

/**
 * Opens `path` as one who may write, and lets it go again: whoever has it open is named before any work is done. What lies
 * in its .wal is written into the file by that, as every program that writes does when it closes. A checkpoint closes the
 * gaps of deleted rows in tables without an index, which gives rows other numbers: so this comes before anybody notes those.
 */
export async function openOnceForWriting(path: string, limits: Limits, context: Context): Promise<void> {
  const wal = sidecarsOf(realpathSync(path)).length > 0
  const store = await openPatiently(path, 'write', limits, context)
  try {
    if (wal) await store.run('CHECKPOINT')
  } catch (error) {
    throw describeDuckDB(error, path)
  } finally {
    store.close()
  }
}

async function openCopy(path: string, limits: Limits, context: Context): Promise<Store> {
  const folder = makeScratch(context.settings, 'look')
  try {
    const copy = join(folder, basename(path))
    await copyStore(path, copy, context)
    const store = await openStore(copy, 'read-only', limits)
    return {
      ...store,
      close: () => {
        store.close()
        discard(folder)
      },
    }
  } catch (error) {
    discard(folder)
    throw error
  }
}

/** DuckDB says so only when it commits, where the folder is what can't be written. */
function assertWritable(path: string): void {
  try {
    const real = realpathSync(path)
    accessSync(real, constants.W_OK)
    accessSync(dirname(real), constants.W_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw notWritable(path)
  }
}

function lockOf(path: string): Lock {
  return {
    isHeld,
    holder: error => holderOf(path, error),
    refusal: (error, seconds) => held(path, error, seconds),
  }
}

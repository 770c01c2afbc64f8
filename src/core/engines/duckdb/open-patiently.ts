/** Opens DuckDB files that other programs use too. */
import { accessSync, constants, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import { discard, makeScratch } from '../../scratch.ts'
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
    return await patiently(path, context, () => connect(path, mode, limits))
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
    return await patiently(path, context, () => connect(path, 'read-only', limits))
  } catch (error) {
    if (needsWriting(error)) return openCopy(path, limits, context)
    throw describeDuckDB(error, path)
  }
}

/**
 * Writes into the file what lies in its .wal, if anything does, as every program that writes does when it closes. A
 * checkpoint closes the gaps of deleted rows in tables without an index, which gives rows other numbers: so this comes
 * before anybody notes those.
 */
export async function takeWalIn(path: string, limits: Limits, context: Context): Promise<void> {
  if (sidecarsOf(realpathSync(path)).length === 0) return
  const store = await openPatiently(path, 'write', limits, context)
  try {
    await store.run('CHECKPOINT')
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

/** Tries `action` until nobody else has the file, or the limit is reached; each second of waiting is told. */
async function patiently<T>(path: string, context: Context, action: () => Promise<T>): Promise<T> {
  const begun = context.now()
  const limit = context.settings.waitSeconds
  let told = -1
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!isHeld(error)) throw error
      const seconds = (context.now() - begun) / 1000
      if (seconds >= limit) throw held(path, error, seconds)
      if (Math.floor(seconds) > told) {
        told = Math.floor(seconds)
        context.emit({ type: 'waiting', for: path, holder: holderOf(path, error), seconds: told, limit })
      }
      await delay(50)
      await context.breathe()
    }
  }
}

/** DuckDB files that this process has open: each at most once, since a second look at it would drop the lock of the first (HAZARDS F6). */
import type { Context } from '../../context.ts'
import { engineOf } from '../engine-of.ts'
import type { Store } from './connect.ts'
import { describeDuckDB } from './describe.ts'
import { limitsOf } from './limits.ts'
import { openPatiently, openToLook } from './open-patiently.ts'

const held = new Map<string, Store>()

/** Opens the file at the real path `path` and keeps it open until {@link letGo}. */
export async function hold(path: string, mode: 'read-only' | 'write', context: Context): Promise<Store> {
  engineOf(path) // whoever asks while it is open is told without another look at it
  const limits = limitsOf(context.settings)
  const store =
    mode === 'read-only'
      ? await openToLook(path, limits, context)
      : await openPatiently(path, mode, limits, context)
  held.set(path, store)
  return store
}

export function letGo(path: string): void {
  const store = held.get(path)
  held.delete(path)
  store?.close()
}

/** Does `work` with the store that is held, or with one that is open only for it. */
export async function holding<T>(
  path: string,
  context: Context,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const there = held.get(path)
  const store = there ?? (await hold(path, 'read-only', context))
  try {
    return await work(store)
  } catch (error) {
    throw describeDuckDB(error, path)
  } finally {
    if (!there) letGo(path)
  }
}

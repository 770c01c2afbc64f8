/** The snapshots that the ledger knows: where they are, how old, what they are good for, and whether they still are. */
import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { KnownSnapshot, SnapshotsTarget } from '../documents.ts'
import { engineOf } from '../engines/engine-of.ts'
import { hashFile } from '../engines/sqlite/hash-file.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { Ledger } from '../journal/ledger.ts'

/** Of `targets`, or of all in the ledger; with `check`, each is read whole. */
export async function listSnapshots(
  targets: readonly string[],
  check: boolean,
  context: Context,
): Promise<readonly SnapshotsTarget[]> {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    const paths = targets.length > 0 ? targets.map(target => resolve(target)) : ledger.targets()
    const found: SnapshotsTarget[] = []
    for (const target of paths) {
      const snapshots: KnownSnapshot[] = []
      for (const { run, what, at, status, snapshot: path, facts } of ledger.runs(target)) {
        if (path === '') continue
        await context.breathe()
        const stats = lstatSync(path, { throwIfNoEntry: false })
        snapshots.push({
          run,
          what,
          at,
          path,
          bytes: stats?.size ?? 0,
          ageSeconds: Math.max(0, (context.now() - Date.parse(at)) / 1000),
          wayBack:
            what === 'migrate' && (status === 'succeeded' || (facts.begun === true && status !== 'undone')),
          state: !stats?.isFile()
            ? 'missing'
            : check
              ? await judge(path, facts.snapshotSha256, context)
              : 'kept',
        })
      }
      found.push({ target, snapshots })
    }
    return found
  } finally {
    ledger.close()
  }
}

/** By its checksum, and by SQLite's own look at it. Whose run never got to note a checksum can only be looked at. */
async function judge(
  path: string,
  sha256: string | undefined,
  context: Context,
): Promise<KnownSnapshot['state']> {
  if (sha256 !== undefined && (await hashFile(path)) !== sha256) return 'altered'
  if (engineOf(path) === 'duckdb') {
    const { isSoundStore } = await import('../engines/duckdb/target.ts')
    return (await isSoundStore(path, context)) ? 'sound' : 'damaged'
  }
  try {
    const db = openOwn(path, 'read-only')
    try {
      return db.pragma('quick_check(1)', { simple: true }) === 'ok' ? 'sound' : 'damaged'
    } finally {
      db.close()
      removeSidecars(path)
    }
  } catch {
    return 'damaged'
  }
}

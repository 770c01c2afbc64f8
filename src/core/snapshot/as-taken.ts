/** Whether a snapshot still is what its run took: told at a glance, or by reading all of it. */
import { lstatSync } from 'node:fs'
import type { RunRecord } from '../documents.ts'
import { hashFile } from '../engines/sqlite/hash-file.ts'
import type { Facts } from '../journal/ledger.ts'
import { isFile } from '../stat.ts'

/** By its size and its time, without reading it. A copy that was moved elsewhere and back has another time: it is not judged. */
export function glanceAt(
  path: string,
  { snapshotBytes, snapshotTime }: Pick<Facts, 'snapshotBytes' | 'snapshotTime'>,
): RunRecord['snapshotState'] {
  if (path === '') return 'none'
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile()) return 'missing'
  if (snapshotBytes !== undefined && snapshotBytes > 0 && stats.size !== snapshotBytes) return 'altered'
  return snapshotTime === Math.floor(stats.mtimeMs) ? 'kept' : 'touched'
}

/** By its checksum, where the run has noted one. The file may not be open in this process (HAZARDS E1). */
export async function isAsTaken({
  snapshot,
  snapshotSha256,
}: {
  readonly snapshot: string
  readonly snapshotSha256: string
}): Promise<boolean> {
  return isFile(snapshot) && (snapshotSha256 === '' || (await hashFile(snapshot)) === snapshotSha256)
}

/** Whether a disk has room, asked before anything is written. */

import { statfsSync, statSync } from 'node:fs'
import { precondition } from './message.ts'
import { withCommas } from './with-commas.ts'

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Throws a refusal (exit 4) that names both numbers when `needed` bytes are not free in `folder`. */
export function assertRoom(folder: string, needed: number, what: string): void {
  const free = freeBytes(folder)
  if (free >= needed) return
  throw precondition(
    'DISK.FULL',
    folder,
    `There is no room for ${what}.`,
    `It takes about ${megabytes(needed)}; ${megabytes(free)} are free.`,
    'Free some space, or keep snapshots on another disk: --snapshot-dir DIR',
  )
}

/** Room that something takes in a folder. */
export interface Need {
  readonly folder: string
  readonly bytes: number
  readonly what: string
}

/**
 * Throws a refusal (exit 4) for the first disk that has not room for all that goes on it together: two needs in
 * different folders may be on one disk.
 */
export function assertRoomFor(needs: readonly Need[]): void {
  const diskOf = (need: Need) => statSync(need.folder).dev
  for (const disk of new Set(needs.map(diskOf))) {
    const onOne = needs.filter(need => diskOf(need) === disk)
    const needed = onOne.reduce((sum, need) => sum + need.bytes, 0)
    const { folder } = onOne[0]!
    const free = freeBytes(folder)
    if (free >= needed) continue
    throw precondition(
      'DISK.FULL',
      folder,
      'There is not enough room on this disk for the run.',
      `It takes about ${megabytes(needed)} (${onOne.map(need => `${need.what} ${megabytes(need.bytes)}`).join(', ')}); ${megabytes(free)} are free.`,
      'Free some space, keep snapshots on another disk: --snapshot-dir DIR, or temporary files: SQLITE_TMPDIR=DIR',
    )
  }
}

function megabytes(bytes: number): string {
  const mega = bytes / 1e6
  return `${mega < 100 ? Number(mega.toFixed(1)) : withCommas(Math.round(mega))} MB`
}

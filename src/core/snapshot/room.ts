/** Whether a disk has room, asked before anything is written. */
import { statfsSync } from 'node:fs'
import { precondition } from '../message.ts'

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

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
}

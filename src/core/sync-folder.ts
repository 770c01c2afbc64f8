import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Has what was made, renamed or removed in a folder on the disk: it must be found again after a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

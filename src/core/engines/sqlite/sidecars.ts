import { rmSync } from 'node:fs'

/**
 * Takes away what SQLite left beside a file of our own in WAL mode. Never called for a target. Never throws: they hold
 * nothing, and whoever uses that file next tries again; a change that was made must not fail over them.
 */
export function removeSidecars(own: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) {
    try {
      rmSync(`${own}${suffix}`, { force: true })
    } catch {
      // See above.
    }
  }
}

import { rmSync } from 'node:fs'

/** Takes away what SQLite left beside a file of our own in WAL mode. Never called for a target. */
export function removeSidecars(own: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${own}${suffix}`, { force: true })
}

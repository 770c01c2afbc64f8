import { rmSync } from 'node:fs'
import { suffixes as ofDuckDB } from '../duckdb/sidecars.ts'

/**
 * Takes away what SQLite left beside a file of our own in WAL mode, or DuckDB beside one that was begun. Never called for a target. Never throws: they hold
 * nothing, and whoever uses that file next tries again; a change that was made must not fail over them.
 */
export function removeSidecars(own: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', ...ofDuckDB]) {
    try {
      rmSync(`${own}${suffix}`, { force: true })
    } catch {
      // See above.
    }
  }
}

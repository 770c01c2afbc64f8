/** What DuckDB keeps beside a file: commits that are not in it yet, and what goes on beside a checkpoint that is under way. */
import { statSync } from 'node:fs'

/** In the order in which DuckDB 1.5 makes them. All of them hold commits: none may be left out of a copy (HAZARDS F4). */
export const suffixes = ['.wal', '.wal.checkpoint', '.wal.recovery'] as const

/** Those that are there and hold anything, beside the real file at `path`. */
export function sidecarsOf(path: string): readonly string[] {
  return suffixes
    .map(suffix => `${path}${suffix}`)
    .filter(file => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0)
}

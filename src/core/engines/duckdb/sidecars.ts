/** What DuckDB keeps beside a file: commits that are not in it yet, and what goes on beside a checkpoint that is under way. */
import { statSync } from 'node:fs'

/**
 * In the order in which DuckDB 1.5 makes them. All of them hold commits: none may be left out of a copy (HAZARDS F4). What
 * still lies there after a CHECKPOINT is the beginning of a commit that was never finished, as a killed program leaves it,
 * with none before it: DuckDB passes it over, and lets it lie until it has to write there itself.
 */
export const suffixes = ['.wal', '.wal.checkpoint', '.wal.recovery'] as const

/** Those that are there and hold anything, beside the real file at `path`. */
export function sidecarsOf(path: string): readonly string[] {
  return suffixes
    .map(suffix => `${path}${suffix}`)
    .filter(file => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0)
}

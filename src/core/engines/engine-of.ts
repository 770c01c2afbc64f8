/** Which engine a file belongs to: told by its first bytes, never by its name (HAZARDS E14). */
import { closeSync, openSync, readSync, realpathSync } from 'node:fs'

export type Engine = 'sqlite' | 'duckdb'

/** DuckDB files that this process has open, by their real paths: to read a byte of them beside DuckDB drops its lock (HAZARDS F6). */
export const openHere = new Set<string>()

/** Must not be asked of a SQLite file that this process has open (HAZARDS E1). Whatever is not DuckDB's is for SQLite to judge. */
export function engineOf(path: string): Engine {
  if (openHere.has(realPath(path))) return 'duckdb'
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return 'sqlite' // which says why it can't be opened
  }
  try {
    const head = Buffer.alloc(12)
    readSync(file, head, 0, head.length, 0)
    return head.subarray(8, 12).toString('latin1') === 'DUCK' ? 'duckdb' : 'sqlite'
  } catch {
    return 'sqlite'
  } finally {
    closeSync(file)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // there is none, and nothing is open
  }
}

/** Which engine a file belongs to: told by its first bytes, never by its name (HAZARDS E14). */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

export type Engine = 'sqlite' | 'duckdb'

/** What is known already of files: each is read once, before anything opens it. To read a byte of one that is open drops its locks (HAZARDS E1, F6). */
const known = new Map<string, Engine>()

/**
 * Asked for the first time, it reads the file: not to be done while this process has it open. Whatever is not DuckDB's is
 * for SQLite to judge.
 */
export function engineOf(path: string): Engine {
  const file = identityOf(path)
  if (file === null) return 'sqlite' // which says why it can't be opened
  const before = known.get(file)
  if (before !== undefined) return before
  const head = firstBytes(path)
  const engine = head.subarray(8, 12).toString('latin1') === 'DUCK' ? 'duckdb' : 'sqlite'
  if (head.length === LENGTH) known.set(file, engine) // an empty file may become either
  return engine
}

const LENGTH = 12

function firstBytes(path: string): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const head = Buffer.alloc(LENGTH)
    return head.subarray(0, readSync(file, head, 0, LENGTH, 0))
  } catch {
    return Buffer.alloc(0)
  } finally {
    closeSync(file)
  }
}

/** Of this very file, whatever it is called; another one that takes its name is another. */
function identityOf(path: string): string | null {
  try {
    const stats = statSync(path, { bigint: true })
    return stats.isFile() ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : null
  } catch {
    return null
  }
}

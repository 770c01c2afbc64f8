import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

/** What SQLite may leave beside a database; a new file must not inherit an old one's journal. */
const companions = ['', '-wal', '-shm', '-journal'] as const

/**
 * Writes a database file from scratch, in one transaction; what was at the path is gone.
 *
 * @param fill null for a file of 0 bytes
 * @returns how many tables it has, and how many rows they hold together
 */
export function writeDatabaseFile(
  path: string,
  fill: ((db: Database.Database) => void) | null,
): { readonly tables: number; readonly rows: number } {
  mkdirSync(dirname(path), { recursive: true })
  for (const suffix of companions) rmSync(path + suffix, { force: true })
  if (fill === null) {
    writeFileSync(path, '')
    return { tables: 0, rows: 0 }
  }
  const db = new Database(path)
  try {
    // The driver switches keys on, the applications never do; and a demo cut short is simply written again.
    db.pragma('foreign_keys = OFF')
    db.pragma('synchronous = OFF')
    db.pragma('journal_mode = MEMORY')
    db.transaction(fill)(db)
    return count(db)
  } finally {
    db.close()
  }
}

function count(db: Database.Database): { readonly tables: number; readonly rows: number } {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all()
  const rows = names.map(name => db.prepare<[], number>(`SELECT count(*) FROM ${name}`).pluck().get() ?? 0)
  return { tables: names.length, rows: rows.reduce((sum, each) => sum + each, 0) }
}

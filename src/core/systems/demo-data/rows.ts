import type Database from 'better-sqlite3'

export type Value = string | number | null

/** Writes one row: a value for each column, in their order. */
type Insert = (...values: readonly Value[]) => void

/** One prepared INSERT. Names are ours, so they need no quotes. */
export function insertInto(db: Database.Database, table: string, columns: readonly string[]): Insert {
  const holes = columns.map(() => '?').join(', ')
  const statement = db.prepare<Value[]>(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${holes})`)
  return (...values) => {
    statement.run(...values)
  }
}

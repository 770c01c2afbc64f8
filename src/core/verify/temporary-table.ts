import type { Connection } from '../engines/sqlite/open.ts'

/**
 * Lets `use` work with a temporary table, also on a connection that is told to write nothing: the table is in no file
 * of anybody's. `definition` is what follows the opening parenthesis.
 */
export function withTemporaryTable<T>(db: Connection, name: string, definition: string, use: () => T): T {
  const lookOnly = db.pragma('query_only', { simple: true })
  db.pragma('query_only = OFF')
  try {
    db.exec(`CREATE TEMP TABLE ${name}(${definition}`)
    return use()
  } finally {
    db.exec(`DROP TABLE IF EXISTS temp.${name}`)
    db.pragma(`query_only = ${String(lookOnly)}`)
  }
}

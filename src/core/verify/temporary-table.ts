import type { Connection } from '../engines/sqlite/open.ts'

/**
 * Lets `use` work with a temporary table, also on a connection that is told to write nothing: the table is in no file
 * of anybody's. `definition` is what follows the opening parenthesis.
 */
export function withTemporaryTable<T>(db: Connection, name: string, definition: string, use: () => T): T {
  return writing(db, () => {
    try {
      db.exec(`CREATE TEMP TABLE ${name}(${definition}`)
      return use()
    } finally {
      db.exec(`DROP TABLE IF EXISTS temp.${name}`)
    }
  })
}

/** The same for work that others may have to wait for: `fill` writes into the table, `use` reads it. */
export async function whileThereIs<T>(
  db: Connection,
  table: { readonly name: string; readonly definition: string; readonly fill: readonly string[] },
  use: () => Promise<T>,
): Promise<T> {
  try {
    writing(db, () => {
      db.exec(`CREATE TEMP TABLE ${table.name}(${table.definition}`)
      for (const sql of table.fill) db.exec(sql)
    })
    return await use()
  } finally {
    writing(db, () => db.exec(`DROP TABLE IF EXISTS temp.${table.name}`))
  }
}

function writing<T>(db: Connection, write: () => T): T {
  const lookOnly = db.pragma('query_only', { simple: true })
  db.pragma('query_only = OFF')
  try {
    return write()
  } finally {
    db.pragma(`query_only = ${String(lookOnly)}`)
  }
}

import type { Connection } from '../engines/sqlite/open.ts'

/**
 * Lets `use` work with a temporary table, also on a connection that is told to write nothing: the table is in no file
 * of anybody's. `definition` is what follows the opening parenthesis.
 */
export function withTemporaryTable<T>(db: Connection, name: string, definition: string, use: () => T): T {
  const end = begin(db)
  try {
    db.exec(`CREATE TEMP TABLE ${name}(${definition}`)
    return use()
  } finally {
    end(name)
  }
}

/** The same for work that lets messages in. */
export async function whileTemporaryTable<T>(
  db: Connection,
  name: string,
  definition: string,
  use: () => Promise<T>,
): Promise<T> {
  const end = begin(db)
  try {
    db.exec(`CREATE TEMP TABLE ${name}(${definition}`)
    return await use()
  } finally {
    end(name)
  }
}

function begin(db: Connection): (name: string) => void {
  const lookOnly = db.pragma('query_only', { simple: true })
  db.pragma('query_only = OFF')
  return name => {
    db.exec(`DROP TABLE IF EXISTS temp.${name}`)
    db.pragma(`query_only = ${String(lookOnly)}`)
  }
}

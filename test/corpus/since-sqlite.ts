/** What somebody else's program does to a SQLite database, and what it then holds. */
import Database from 'better-sqlite3'
import { columnOf, contentHash, contentOf, quoted } from '../support/database.ts'
import { newRun } from '../support/engine.ts'
import type { Side, Wrote } from './wrote.ts'

export const sqliteSide: Side = { contentOf, contentHash, derivedTables, writeInto }

/** In each table with ids and without triggers, which would write elsewhere: a new row, a changed one, a deleted one. */
function writeInto(path: string): Wrote {
  const db = new Database(path)
  db.pragma('foreign_keys = OFF')
  const wrote = { inserted: 0, updated: 0, deleted: 0, refused: [] as string[] }
  try {
    const tables = db
      .prepare(
        `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 14) <> '_ulid_migrate_'
         AND NOT EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.type = 'trigger' AND s.tbl_name = name COLLATE NOCASE)`,
      )
      .pluck()
      .all() as string[]
    for (const table of tables) {
      const tried = (what: 'inserted' | 'updated' | 'deleted', sql: string, ...values: unknown[]) => {
        try {
          wrote[what] += db.prepare(sql).run(...values).changes
        } catch (error) {
          wrote.refused.push(`${table}: ${(error as Error).message}`)
        }
      }
      const { columns, ulids, integerKey } = shapeOf(db, table)
      const given = columns.filter(column => column !== integerKey)
      if (given.length === 0) continue
      const from = (column: string) => (ulids.includes(column) ? `'${newRun()}'` : quoted(column))
      tried(
        'inserted',
        `INSERT INTO ${quoted(table)}(${given.map(quoted).join(', ')}) SELECT ${given.map(from).join(', ')} FROM ${quoted(table)} LIMIT 1`,
      )
      const note = given.find(column => !ulids.includes(column))
      const row = `FROM ${quoted(table)} LIMIT 1 OFFSET 1`
      if (note)
        tried(
          'updated',
          `UPDATE ${quoted(table)} SET ${quoted(note)} = 'changed since' WHERE rowid = (SELECT rowid ${row})`,
        )
      tried(
        'deleted',
        `DELETE FROM ${quoted(table)} WHERE rowid = (SELECT rowid FROM ${quoted(table)} LIMIT 1 OFFSET 2)`,
      )
    }
    return wrote
  } finally {
    db.close()
  }
}

/** Columns one can write, the ones among them that name the row by a ULID, and an integer key that SQLite gives. */
function shapeOf(db: Database.Database, table: string) {
  const info = db.prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)').all(table) as {
    readonly name: string
    readonly type: string
    readonly pk: number
    readonly hidden: number
  }[]
  const columns = info.filter(column => column.hidden === 0).map(column => column.name)
  const keys = info.filter(column => column.pk > 0)
  const integerKey = keys.length === 1 && /^integer$/i.test(keys[0]!.type) ? keys[0]!.name : null
  const unique = db
    .prepare(
      `SELECT i.name FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE l."unique" GROUP BY l.name HAVING count(*) = 1`,
    )
    .pluck()
    .all(table) as (string | null)[]
  const ulids = columns.filter(
    column =>
      unique.includes(column) &&
      db
        .prepare(
          `SELECT typeof(${quoted(column)}) = 'text' AND length(${quoted(column)}) = 26 FROM ${quoted(table)} LIMIT 1`,
        )
        .pluck()
        .get() === 1,
  )
  return { columns, ulids, integerKey }
}

/** Tables of full-text and spatial indexes: made anew from the rows they index, equal in meaning, not in bytes. */
function derivedTables(path: string): ReadonlySet<string> {
  const sql = "SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'virtual')"
  return new Set(columnOf<string>(path, sql))
}

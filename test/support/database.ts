/** Databases made from SQL, and looked at through better-sqlite3 alone: no code of the engine takes part. */
import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'

export type Value = string | bigint | number | Buffer | null
export type Row = readonly Value[]

/** Makes a database as a program without foreign keys would: orphans are welcome. */
export function makeDatabase(path: string, ...sql: readonly string[]): string {
  change(path, ...sql)
  return path
}

/** Runs statements as some other program would, in the journal mode that the file has. */
export function change(path: string, ...sql: readonly string[]): void {
  const db = new Database(path)
  try {
    db.pragma('foreign_keys = OFF')
    db.pragma('synchronous = OFF')
    db.pragma('recursive_triggers = OFF')
    for (const text of sql) db.exec(text)
  } finally {
    db.close()
  }
}

/** Opens for reading, and closes. */
export function reading<T>(path: string, look: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    db.defaultSafeIntegers(true)
    return look(db)
  } finally {
    db.close()
  }
}

/** All rows of a query, each as an array. */
export function rowsOf(path: string, sql: string): readonly Row[] {
  return reading(path, db => db.prepare(sql).raw().all() as Row[])
}

/** The first column of all rows. */
export function columnOf<T extends Value>(path: string, sql: string): readonly T[] {
  return reading(path, db => db.prepare(sql).pluck().all() as T[])
}

/** One number. */
export function countIn(path: string, sql: string): number {
  return reading(path, db => Number(db.prepare(sql).pluck().get()))
}

/**
 * DESIGN's content hash, written a second time and apart from the engine: all rows of all tables with their rowids,
 * typed and by bytes, and the schema texts, sorted, without `_ulid_migrate_*`.
 */
export function contentHash(path: string): string {
  return createHash('sha256').update(contentOf(path).join('\n')).digest('hex')
}

/** What the hash is made of, for a readable difference. */
export function contentOf(path: string): readonly string[] {
  return reading(path, db => [...readSchema(db), ...tablesOf(db).flatMap(table => readRows(db, table))])
}

const own = (column: string) => `substr(${column}, 1, 14) = '_ulid_migrate_'`

function readSchema(db: Database.Database): string[] {
  return (
    db
      .prepare(
        `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT ${own('name')} AND NOT ${own('tbl_name')}`,
      )
      .raw()
      .all() as Row[]
  )
    .map(row => JSON.stringify(row))
    .sort()
}

function tablesOf(db: Database.Database): string[] {
  return db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND NOT ${own('name')} ORDER BY name`)
    .pluck()
    .all() as string[]
}

function readRows(db: Database.Database, table: string): string[] {
  const columns = (db.pragma(`table_xinfo(${quoted(table)})`) as { name: string; hidden: bigint }[]).filter(
    column => column.hidden !== 1n,
  )
  const names = columns.map(column => column.name.toLowerCase())
  const rowid = ['rowid', '_rowid_', 'oid'].find(name => !names.includes(name))
  const cells = columns.map(({ name }) => cell(quoted(name)))
  const read = (all: readonly string[]) =>
    db
      .prepare(`SELECT ${all.join(` || ',' || `)} FROM ${quoted(table)}`)
      .pluck()
      .all() as string[]
  const lines = hasRowid(db, table) && rowid ? read([cell(rowid), ...cells]) : read(cells)
  return lines.map(line => `${table}: ${line}`).sort()
}

function hasRowid(db: Database.Database, table: string): boolean {
  const list = db.pragma('table_list') as { schema: string; name: string; type: string; wr: bigint }[]
  const row = list.find(each => each.schema === 'main' && each.name === table)
  // SQLite's own tables (statistics, sequences) are sets: nothing hangs on where a row of them stands.
  return row?.type !== 'virtual' && row?.wr === 0n && !table.startsWith('sqlite_')
}

/** Type and bytes; a real with all its digits. */
function cell(value: string): string {
  return `(typeof(${value}) || ':' || CASE typeof(${value}) WHEN 'real' THEN printf('%!.17g', ${value}) WHEN 'null' THEN '' ELSE hex(CAST(${value} AS BLOB)) END)`
}

/** A table expression of the numbers from 1 to `last`, in column `value`. */
export function numbers(last: number): string {
  return `(WITH RECURSIVE up(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM up WHERE value < ${last}) SELECT value FROM up)`
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

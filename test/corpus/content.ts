/**
 * What a database holds, object by object, read through better-sqlite3 alone. Rows are compared by type and bytes and
 * with their rowids, and full-text indexes by the terms they hold: how an index lays out its pages is its own affair.
 */
import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { quoted, type Row, reading } from '../support/database.ts'

/** What an object holds, or its digest, under a name that tells a person where to look. */
export type Content = ReadonlyMap<string, string>

/** Everything but the program's own tables. */
export function contentOf(path: string): Content {
  return reading(path, db => {
    const schema = ownSchema(db)
    const tables = tablesOf(db)
    const fullText = schema.filter(([type, , , sql]) => type === 'table' && moduleOf(sql).startsWith('fts'))
    const shadows = tables.filter(
      table => table.type === 'shadow' && fullText.some(([, name]) => table.name.startsWith(`${name}_`)),
    )
    return new Map([
      ...schema.map(([type, name, , sql]) => [`${type} ${name}`, String(sql)] as const),
      ...pragmas.map(name => [`pragma ${name}`, String(db.pragma(name, { simple: true }))] as const),
      ...tables
        .filter(table => !shadows.includes(table))
        .map(
          table =>
            [
              `rows of ${table.name}`,
              answer(table, () => digestOf(db, table, columnsOf(db, table))),
            ] as const,
        ),
      ...fullText.map(
        ([, name, , sql]) => [`terms of ${name}`, termsOf(db, String(name), moduleOf(sql))] as const,
      ),
    ])
  })
}

/** A table with those of its columns that a plan leaves alone. */
export interface Untouched {
  readonly table: Table
  readonly columns: readonly string[]
}

/** What no plan for these columns may change: all others, but for generated ones, which may be made of them. */
export function untouchedBy(
  planned: readonly { readonly table: string; readonly column: string }[],
  path: string,
): readonly Untouched[] {
  const isPlanned = (table: string, column: string) =>
    planned.some(each => each.table === table && each.column === column)
  return reading(path, db =>
    tablesOf(db)
      .filter(table => table.type === 'table' && !table.name.startsWith('sqlite_'))
      .map(table => ({
        table,
        columns: columnsOf(db, table, 'stored').filter(column => !isPlanned(table.name, column)),
      })),
  )
}

/** What these columns hold, row by row. */
export function contentOfColumns(path: string, untouched: readonly Untouched[]): Content {
  return reading(
    path,
    db =>
      new Map(
        untouched.map(({ table, columns }) => [
          `untouched columns of ${table.name}`,
          digestOf(db, table, columns),
        ]),
      ),
  )
}

/** Names of what differs. */
export function differences(a: Content, b: Content): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(name => a.get(name) !== b.get(name))
}

const pragmas = ['user_version', 'application_id', 'encoding', 'page_size', 'auto_vacuum', 'journal_mode']

interface Table {
  readonly name: string
  readonly type: string
  readonly hasRowid: boolean
}

const isOwn = (name: unknown) => String(name).startsWith('_ulid_migrate_')

function ownSchema(db: Database.Database): readonly Row[] {
  const all = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').raw().all() as Row[]
  return all.filter(([, name, table]) => !isOwn(name) && !isOwn(table))
}

function tablesOf(db: Database.Database): readonly Table[] {
  const list = db.pragma('table_list') as { schema: string; name: string; type: string; wr: bigint }[]
  return list
    .filter(({ schema, name, type }) => schema === 'main' && type !== 'view' && !isOwn(name))
    .filter(({ name }) => name !== 'sqlite_schema')
    .map(({ name, type, wr }) => ({
      name,
      type,
      // SQLite's own tables (statistics, sequences) are sets: nothing hangs on where a row of them stands.
      hasRowid: type !== 'virtual' && wr === 0n && !name.startsWith('sqlite_'),
    }))
}

/** `stored`: without generated columns. The hidden columns of virtual tables are never read. */
function columnsOf(
  db: Database.Database,
  { name }: Table,
  which: 'all' | 'stored' = 'all',
): readonly string[] {
  const columns = db.pragma(`table_xinfo(${quoted(name)})`) as { name: string; hidden: bigint }[]
  return columns
    .filter(({ hidden }) => hidden === 0n || (which === 'all' && hidden !== 1n))
    .map(column => column.name)
}

function digestOf(db: Database.Database, table: Table, columns: readonly string[]): string {
  const named = columnsOf(db, table).map(column => column.toLowerCase())
  const rowid = ['rowid', '_rowid_', 'oid'].find(name => !named.includes(name))
  const cells = [...(table.hasRowid && rowid ? [rowid] : []), ...columns.map(quoted)].map(cell)
  const sql = `SELECT ${cells.join(` || ',' || `) || `''`} FROM ${quoted(table.name)}`
  return digest(db.prepare(sql).pluck().all() as string[])
}

function digest(lines: readonly string[]): string {
  return `${lines.length} rows ${createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')}`
}

/** Type and bytes; a real with all its digits. */
function cell(value: string): string {
  return `(typeof(${value}) || ':' || CASE typeof(${value}) WHEN 'real' THEN printf('%!.17g', ${value}) WHEN 'null' THEN '' ELSE hex(CAST(${value} AS BLOB)) END)`
}

/** A virtual table may have no content to show, or no module here; then SQLite's complaint is what can be compared. */
function answer({ type }: Table, read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (type !== 'virtual') throw error
    return (error as Error).message
  }
}

function moduleOf(sql: unknown): string {
  return /^create\s+virtual\s+table\s[\s\S]*?\susing\s+(\w+)/i.exec(String(sql))?.[1]?.toLowerCase() ?? ''
}

/** Every term with where it stands (FTS5), or how often (FTS3, FTS4). */
function termsOf(db: Database.Database, name: string, module: string): string {
  const index = `main, '${name.replaceAll("'", "''")}'`
  const [using, columns] =
    module === 'fts5'
      ? [`fts5vocab(${index}, 'instance')`, 'term, doc, col, offset']
      : [`fts4aux(${index})`, 'term, col, documents, occurrences']
  db.exec(`CREATE VIRTUAL TABLE temp.corpus_terms USING ${using}`)
  try {
    const rows = db.prepare(`SELECT ${columns} FROM temp.corpus_terms`).raw().all() as Row[]
    return digest(rows.map(row => row.join(' ')))
  } finally {
    db.exec('DROP TABLE temp.corpus_terms')
  }
}

/**
 * The working copy of a DuckDB file: a private SQLite file with the same tables, in which the engine looks and works.
 * What it changes there is published into the DuckDB file afterwards. docs/duckdb.md says why.
 */
import { closeSync, openSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DuckDBValue } from '@duckdb/node-api'
import Database from 'better-sqlite3'
import type { Context } from '../../context.ts'
import { precondition } from '../../message.ts'
import { foldName, quoteName as q } from '../../schema/names.ts'
import { discard, makeScratch } from '../../scratch.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Connection } from '../sqlite/open.ts'
import { type CopiedTable, giveApparentKeys, isApparentKey } from './apparent-keys.ts'
import { assertNames } from './assert-names.ts'
import { wideIntegers } from './carried.ts'
import type { Catalog, DuckColumn, DuckTable } from './catalog.ts'
import type { Store } from './connect.ts'
import { copyName } from './copy-name.ts'
import { type CopyRecord, hashOfTable, readCopyRecord } from './copy-record.ts'
import { carriedColumns, copyIndexText, tableText } from './copy-text.ts'
import { holding } from './hold.ts'
import { stampOf } from './mark.ts'
import { restoreOwn } from './own-tables.ts'
import { type Positions, positionSql, readPositions } from './positions.ts'
import { readCatalog } from './read-catalog.ts'

interface Copy {
  readonly stamp: string
  readonly file: string
  readonly catalog: Catalog
}

/** Those that this process has made, by the real paths of what they were made of. */
const copies = new Map<string, Copy>()
const folders = new Set<string>()
process.once('exit', () => {
  for (const folder of folders) discard(folder)
})

/** A folder that is gone with the process. */
export function folderOfProcess(context: Context): string {
  const folder = makeScratch(context.settings, 'look')
  folders.add(folder)
  return folder
}

/** The path of a working copy of the DuckDB file at `path` as it is now. It must not be written; it is gone with the process. */
export async function workingCopy(path: string, context: Context): Promise<string> {
  return (await copyOf(path, context)).file
}

/** The same, with what the file was made of when it was copied. */
export async function copyOf(path: string, context: Context): Promise<Pick<Copy, 'file' | 'catalog'>> {
  const real = realpathSync(path)
  return holding(real, context, async store => {
    const stamp = stampOf(real)
    const known = copies.get(real)
    if (known?.stamp === stamp) return known
    const file = join(folderOfProcess(context), 'copy.db')
    const catalog = await project(store, file, path, context)
    const copy = { stamp, file, catalog }
    copies.set(real, copy)
    return copy
  })
}

/** For whoever lives longer than the copies that are made for it. */
export function discardCopy(file: string): void {
  for (const [path, copy] of copies) if (copy.file === file) copies.delete(path)
  const folder = dirname(file)
  if (folders.delete(folder)) discard(folder)
}

/** Makes the working copy `file` of what `store` has open. */
async function project(store: Store, file: string, path: string, context: Context): Promise<Catalog> {
  closeSync(openSync(file, 'wx', 0o600))
  const db = new Database(file)
  try {
    db.defaultSafeIntegers(true)
    db.pragma('journal_mode = OFF')
    db.pragma('synchronous = OFF')
    db.pragma('foreign_keys = OFF')
    db.exec('BEGIN') // without one, SQLite would write each row out by itself
    const catalog = await readCatalog(store)
    const record = await readCopyRecord(store)
    const [[database]] = (await store.all('SELECT current_database()')) as [[string]]
    const positions = await readPositions(store, database)
    assertNames(path, catalog.tables, record)
    const tables = catalog.tables.filter(table => !table.name.startsWith(OWN_PREFIX))
    const filled: CopiedTable[] = []
    for (const table of tables) filled.push(await fill(db, store, table, record, positions, path, context))
    giveApparentKeys(db, filled)
    if (record) await restoreOwn(store, record, db, context.breathe)
    const names = new Set(tables.map(table => foldName(copyName(table))))
    for (const table of tables)
      for (const sql of furtherTexts(table, record, names)) make(db, copyName(table), sql)
    for (const { sql } of record?.rows.filter(({ kind }) => kind === 'view') ?? []) db.exec(sql)
    db.exec('COMMIT')
    db.pragma('journal_mode = DELETE')
    return catalog
  } finally {
    db.close()
  }
}

/** The text that a run of ours has left, as long as nobody has altered the table since; else there is none. */
function leftText(table: DuckTable, record: CopyRecord | null): string | undefined {
  const left = record?.rows.find(({ kind, name }) => kind === 'table' && name === copyName(table))
  return left?.duckdb === hashOfTable(table) ? left.sql : undefined
}

/** Indexes, and the triggers of an expansion, which DuckDB itself has not. */
function furtherTexts(
  table: DuckTable,
  record: CopyRecord | null,
  taken: ReadonlySet<string>,
): readonly string[] {
  if (record && leftText(table, record) !== undefined)
    return record.rows
      .filter(
        ({ kind, table: of, name }) =>
          (kind === 'index' || kind === 'trigger') && of === copyName(table) && !isApparentKey(name),
      )
      .map(({ sql }) => sql)
  return table.indexes.map(index => copyIndexText(index, table, taken)).filter(sql => sql !== null)
}

/** Makes an object in the copy; what SQLite does not take (more columns than it has, names that it keeps) is refused by name. */
function make(db: Connection, table: string, sql: string): void {
  try {
    db.exec(sql)
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') throw error
    throw precondition(
      'DUCKDB.NOT_CARRIED',
      table,
      'This table can not stand in the working copy.',
      `The copy is a SQLite file, and SQLite says: ${error.message}.`,
      'Change the table in DuckDB, then run the same command again.',
    )
  }
}

/** Rows inserted between two breaths. */
const BATCH = 8192

async function fill(
  db: Connection,
  store: Store,
  table: DuckTable,
  record: CopyRecord | null,
  positions: Positions,
  path: string,
  context: Context,
): Promise<CopiedTable> {
  if (table.columns.some(({ name }) => name.toLowerCase() === 'rowid')) throw rowidHidden(path, table)
  const fits = await widths(store, table)
  const columns = carriedColumns(table, column => fits.has(column.name))
  make(db, copyName(table), leftText(table, record) ?? tableText(table, columns))
  const read = columns.filter(each => each.read !== null)
  const { position, join } = positionSql(positions, table, 't')
  const select = [position, ...read.map(({ read: sql }) => sql)].join(', ')
  const rowName = ['rowid', '_rowid_', 'oid'].find(
    name => !columns.some(({ column }) => column.name.toLowerCase() === name),
  )
  const insert = db.prepare(
    `INSERT INTO ${q(copyName(table))}(${[rowName, ...read.map(({ column }) => q(column.name))].join(', ')}) VALUES(?${', ?'.repeat(read.length)})`,
  )
  // Before the rows are asked for: another query on the connection would end them.
  const [[total]] = (await store.all(`SELECT count(*) FROM ${q(table.schema)}.${q(table.name)}`)) as [
    [bigint],
  ]
  const result = await store.connection.stream(
    `SELECT ${select} FROM ${q(table.schema)}.${q(table.name)} t ${join}`,
  )
  let done = 0
  let pending = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    const values = chunk.getColumns()
    for (let row = 0; row < chunk.rowCount; row++) {
      const cells = values.map(column => bound(column[row] ?? null))
      insert.run(cells)
    }
    done += chunk.rowCount
    pending += chunk.rowCount
    if (pending >= BATCH) {
      pending = 0
      context.emit({
        type: 'progress',
        phase: 'inspect',
        object: copyName(table),
        unit: 'rows',
        done,
        total: Number(total),
      })
      await context.breathe()
    }
  }
  return { table, columns }
}

/** Columns of wide numbers in which all are small enough for SQLite. */
async function widths(store: Store, table: DuckTable): Promise<ReadonlySet<string>> {
  const wide = table.columns.filter(
    ({ fullType }) => wideIntegers.has(fullType) || /^DECIMAL\(\d+,0\)$/.test(fullType),
  )
  if (wide.length === 0) return new Set()
  const [row] = await store.all(
    `SELECT ${wide.map(({ name }) => `coalesce(bool_and(TRY_CAST(t.${q(name)} AS BIGINT) IS NOT NULL OR t.${q(name)} IS NULL), true)`).join(', ')} FROM ${q(table.schema)}.${q(table.name)} t`,
  )
  return new Set(wide.filter((_: DuckColumn, at) => row![at] === true).map(({ name }) => name))
}

/** SQLite takes what the expressions of {@link carriedColumns} yield, but for the library's own class of blobs. */
function bound(value: DuckDBValue): string | bigint | number | Uint8Array | null {
  if (value === null || typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number')
    return value
  if (typeof value === 'object' && 'bytes' in value) return value.bytes as Uint8Array
  throw new TypeError(`A value of DuckDB came as ${Object.prototype.toString.call(value)}.`)
}

function rowidHidden(path: string, table: DuckTable) {
  return precondition(
    'DUCKDB.ROWID_HIDDEN',
    path,
    `The table ${copyName(table)} has a column called rowid.`,
    "It hides DuckDB's own row numbers, by which rows are told apart here.",
    'Give that column another name first.',
  )
}

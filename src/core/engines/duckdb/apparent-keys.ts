/**
 * Warehouses declare no keys: a key costs DuckDB an index in memory. Where a table has none at all, the working copy has a
 * unique index over each column that is called an id and is one in every row, so that it is looked at like any other key.
 * The index is ours: it is in no text that is compared or published.
 */
import { isIdName } from '../../identifiers/id-name.ts'
import { quoteName as q } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Connection } from '../sqlite/open.ts'
import type { DuckTable } from './catalog.ts'
import { copyName } from './copy-name.ts'
import type { CarriedColumn } from './copy-text.ts'
import { isNested } from './type-text.ts'

const PREFIX = `${OWN_PREFIX}key_`

/** Whether an index is one of these: they are made each time, never remembered. */
export function isApparentKey(index: string): boolean {
  return index.startsWith(PREFIX)
}

/** A table in the working copy, with the columns that are looked at. */
export interface CopiedTable {
  readonly table: DuckTable
  readonly columns: readonly CarriedColumn[]
}

/** Once all rows are there. */
export function giveApparentKeys(db: Connection, tables: readonly CopiedTable[]): void {
  const keys = tables.flatMap(({ table }) => declaredKeys(table).map(column => ({ table, column })))
  for (const { table, columns } of tables) {
    if (!isKeyless(table)) continue
    const name = q(copyName(table))
    for (const { column, declared } of columns) {
      // A list of ids names no row, though no two rows may have the same one.
      if (isNested(column.fullType) || column.fullType === 'JSON') continue
      if (!isIdName(column.name) || !/^(TEXT|UUID|BLOB|\w*INT)$/.test(declared)) continue
      const c = q(column.name)
      const [rows, ids] = db
        .prepare(`SELECT count(*), count(DISTINCT t.${c}) FROM ${name} t`)
        .raw()
        .get() as [bigint, bigint]
      if (rows === 0n || ids !== rows) continue
      // Numbers that fit are in every table.
      const isText = !/INT$/.test(declared)
      if (isText && keys.some(key => isMostlyIn(db, name, c, key))) continue
      db.exec(`CREATE UNIQUE INDEX ${q(`${PREFIX}${copyName(table)}_${column.name}`)} ON ${name}(${c})`)
    }
  }
}

/**
 * Whether a table has no key or index of any kind. Who makes one knows how to declare others; and in a table without, DuckDB
 * numbers rows anew where some were deleted: only their order is sure.
 */
export function isKeyless({ primaryKey, uniques, foreignKeys, indexes }: DuckTable): boolean {
  return primaryKey.length + uniques.length + foreignKeys.length + indexes.length === 0
}

function declaredKeys({ primaryKey, uniques, indexes }: DuckTable): readonly string[] {
  const unique = indexes.filter(index => index.unique).map(({ columns }) => columns)
  return [primaryKey, ...uniques, ...unique].flatMap(([column, ...more]) =>
    column != null && more.length === 0 ? [column] : [],
  )
}

const SOME = 300

/** A column whose values name the rows of a declared key refers to it, also where each of them occurs but once. */
function isMostlyIn(
  db: Connection,
  name: string,
  column: string,
  key: { readonly table: DuckTable; readonly column: string },
): boolean {
  const there = `EXISTS (SELECT 1 FROM ${q(copyName(key.table))} k WHERE k.${q(key.column)} = t.${column})`
  const sql = `SELECT coalesce(2 * sum(${there}) > count(*), 0) FROM (SELECT ${column} FROM ${name} LIMIT ${SOME}) t`
  return db.prepare(sql).pluck().get() === 1n
}

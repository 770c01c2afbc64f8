/** The little SQL that tracing is made of: a column among values, and how a row is called. */
import { positionOf } from '../engines/sqlite/inspect.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import type { Reader } from './reader.ts'
import type { StoredId } from './spellings.ts'

export type Stored = StoredId | number | null

/** Rows in which a column holds one of some values; conditions without values hold nowhere. */
export interface Among {
  readonly column: string
  readonly values: readonly StoredId[]
}

/** A condition, and the values of its parameters in their order. */
export interface Condition {
  readonly sql: string
  readonly values: readonly Stored[]
}

/** That one of the conditions holds; null where none can. */
export function anyOf(conditions: readonly Among[]): Condition | null {
  const some = conditions.filter(({ values }) => values.length > 0)
  if (some.length === 0) return null
  const sql = some.map(({ column, values }) => `${column} IN (${values.map(() => '?').join(', ')})`)
  return { sql: `(${sql.join(' OR ')})`, values: some.flatMap(({ values }) => values) }
}

/** All rows of `SELECT ... FROM ...` in which one of the conditions holds, each by the index of its column. */
export function rowsAmong(
  reader: Reader,
  select: string,
  conditions: readonly Among[],
): readonly (readonly Stored[])[] {
  const where = anyOf(conditions)
  return where === null ? [] : reader.all(`${select} WHERE ${where.sql}`, where.values)
}

/** What tells a row of the table from the others: its number, or its key. */
export function rowColumns(table: Table, alias: string): readonly string[] {
  const position = positionOf(table)
  return position === null ? table.primaryKey.map(name => `${alias}.${q(name)}`) : [`${alias}.${position}`]
}

export function rowText(values: readonly Stored[]): string {
  return values.map(value => textOf(value) ?? 'NULL').join(', ')
}

/** Blobs in hexadecimal. */
export function textOf(value: Stored | undefined): string | null {
  if (value === null || value === undefined) return null
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value)
}

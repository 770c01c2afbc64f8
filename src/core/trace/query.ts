/** The little SQL that tracing is made of: a column among values, and how a row is called. */
import { positionOf } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import type { StoredId } from './spellings.ts'

type Stored = StoredId | number | null

/** Rows in which a column holds one of some values; conditions without values hold nowhere. */
export interface Among {
  readonly column: string
  readonly values: readonly StoredId[]
}

/** All rows of `SELECT ... FROM ...` in which one of the conditions holds, each by the index of its column. */
export function rowsAmong(
  db: Connection,
  select: string,
  conditions: readonly Among[],
  limit = -1,
): readonly (readonly Stored[])[] {
  const some = conditions.filter(({ values }) => values.length > 0)
  if (some.length === 0) return []
  const where = some.map(({ column, values }) => `${column} IN (${values.map(() => '?').join(', ')})`)
  return db
    .prepare(`${select} WHERE ${where.join(' OR ')} LIMIT ?`)
    .raw()
    .all(...some.flatMap(({ values }) => values), limit) as Stored[][]
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

/** Keys of row numbers without a gap: whether a number names a row can be told without looking it up. */
import type { Connection } from '../engines/sqlite/open.ts'
import { quoteName as q } from '../schema/names.ts'
import type { KeyColumn } from './keys.ts'

/** The lowest and the highest number. */
export type KeyRange = readonly [bigint, bigint]

/** Null where the key is no row number, or some number between its lowest and highest is no row's. */
export function keyRange(db: Connection, { table, column }: KeyColumn, rows: number): KeyRange | null {
  if (table.rowidAlias !== column.name) return null
  const [c, t] = [q(column.name), q(table.name)]
  // By the key's own order: two lookups.
  const [low, high] = db
    .prepare(`SELECT (SELECT min(${c}) FROM ${t}), (SELECT max(${c}) FROM ${t})`)
    .raw()
    .get() as [bigint | null, bigint | null]
  return low !== null && high !== null && high - low + 1n === BigInt(rows) ? [low, high] : null
}

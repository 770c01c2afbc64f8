/** What a database's references really are: declared keys that were taken away, or labelled by hand. */

import type Database from 'better-sqlite3'
import { isSentinel } from '../../src/core/engines/sqlite/sentinels.ts'
import { quoteName as q, quoteText } from '../../src/core/schema/names.ts'

export interface TrueReference {
  readonly table: string
  readonly columns: readonly string[]
  readonly parent: string
  readonly parentColumns: readonly string[]
  readonly path?: string
  readonly pattern?: string
  readonly when?: { readonly column: string; readonly is: readonly string[] }
}

/** References that hold fewer values than this carry no evidence, and are not counted. */
export const FEW = 3

/** How many rows of the reference hold something that stands for a value. */
export function valuesIn(db: Database.Database, { table, columns, when }: TrueReference): number {
  const filled = columns.map(column => `c.${q(column)} IS NOT NULL AND NOT ${isSentinel(`c.${q(column)}`)}`)
  const rows =
    when === undefined ? [] : [`CAST(c.${q(when.column)} AS TEXT) IN (${when.is.map(each => quoteText(String(each))).join(', ')})`]
  return Number(
    db
      .prepare(`SELECT count(*) FROM ${q(table)} c WHERE ${[...filled, ...rows].join(' AND ')}`)
      .pluck()
      .get(),
  )
}

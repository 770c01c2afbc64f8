/** The ULID column that an expansion puts beside a legacy id, and what is in it already. */
import { columnNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isUlid } from '../identifiers/index.ts'
import type { Table } from '../schema/model.ts'
import { quoteName } from '../schema/names.ts'
import { singularOf } from './references.ts'

/** `session_id` -> `session_ulid`, `id` -> `session_ulid` in sessions, `code` -> `code_ulid`. */
export function companionName(table: Table, column: string): string {
  if (/^(id|uid|guid|uuid)$/i.test(column)) return `${singularOf(table.name)}_ulid`
  if (/_(id|uid|guid|uuid)$/i.test(column)) return column.replace(/_(id|uid|guid|uuid)$/i, '_ulid')
  if (/[a-z0-9]I[dD]$/.test(column)) return column.replace(/I[dD]$/, 'Ulid')
  return `${column}_ulid`
}

/** How many rows that column holds a ULID for, and how many it holds anything for; null where there is no such column. */
export function companionValues(
  db: Connection,
  table: Table,
  name: string,
): { readonly ulids: number; readonly filled: number } | null {
  const column = columnNamed(table, name)
  if (!column) return null
  let ulids = 0
  let filled = 0
  const sql = `SELECT ${quoteName(column.name)} FROM ${quoteName(table.name)} WHERE ${quoteName(column.name)} IS NOT NULL`
  for (const value of db.prepare(sql).pluck().iterate()) {
    filled += 1
    if (typeof value === 'string' && isUlid(value)) ulids += 1
  }
  return { ulids, filled }
}

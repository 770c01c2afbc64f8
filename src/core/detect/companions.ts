/** The ULID column that an expansion puts beside a legacy id, and what is in it already. */
import { columnNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { keptUlidSql } from '../engines/sqlite/time-sql.ts'
import { isUlid, kindOf } from '../identifiers/index.ts'
import type { Table } from '../schema/model.ts'
import { quoteName as q, sameName, samePlace } from '../schema/names.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'
import { keyColumns } from './keys.ts'
import { singularOf } from './references/words.ts'

/**
 * `session_id` -> `session_ulid`, `id` -> `session_ulid` in sessions, `code` -> `code_ulid`; `named` are the columns for which
 * something else holds.
 */
export function companionName(table: Table, column: string, named: readonly SyncedColumn[]): string {
  const own = named.find(each => samePlace(each, { table: table.name, column }))
  if (own) return own.ulid
  if (/^(id|uid|guid|uuid)$/i.test(column)) return `${singularOf(withoutSchema(table.name))}_ulid`
  if (/_(id|uid|guid|uuid)$/i.test(column)) return column.replace(/_(id|uid|guid|uuid)$/i, '_ulid')
  if (/[a-z0-9]I[dD]$/.test(column)) return column.replace(/I[dD]$/, 'Ulid')
  return `${column}_ulid`
}

/** A table of a DuckDB schema is called `schema.table` in the working copy. */
function withoutSchema(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1) || table
}

export interface CompanionValues {
  /** Rows whose value stays: a ULID with a plausible time, the first of those that are there more than once. */
  readonly ulids: number
  /** What else is there, counted by what it is. */
  readonly others: Readonly<Record<string, number>>
}

/** Judges the column value by value; null where there is no such column. */
export function companionValues(db: Connection, table: Table, name: string): CompanionValues | null {
  const column = columnNamed(table, name)
  if (!column) return null
  const from = `FROM (SELECT ${q(column.name)} AS value, ${keptUlidSql(q(column.name), 'upper')} AS kept FROM ${q(table.name)})`
  const [kept, ulids, nulls] = db
    .prepare(`SELECT count(kept), count(DISTINCT kept), count(*) - count(value) ${from}`)
    .raw()
    .get() as bigint[]
  const others: Record<string, number> = {}
  const add = (what: string, rows = 1) => {
    if (rows > 0) others[what] = (others[what] ?? 0) + rows
  }
  add('NULL', Number(nulls))
  add('there twice', Number(kept! - ulids!))
  const rest = `SELECT CASE typeof(value) WHEN 'text' THEN substr(value, 1, 60) ELSE value END ${from} WHERE kept IS NULL AND value IS NOT NULL`
  for (const value of db.prepare(rest).pluck().iterate()) add(nameOf(value))
  return { ulids: Number(ulids), others }
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'bigint' ? 'integer' : 'other'
  return isUlid(value) ? 'of no plausible time' : kindOf(value)
}

/** The key whose ULIDs this column holds, where it stands beside one: it is no identity of its own. */
export function besideWhich(table: Table, column: string, named: readonly SyncedColumn[]): string | null {
  const key = keyColumns(table).find(
    each =>
      !sameName(each.column.name, column) && sameName(companionName(table, each.column.name, named), column),
  )
  return key?.column.name ?? null
}

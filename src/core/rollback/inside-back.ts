/**
 * Values inside of which ids stand, on the way back. A value that still is what the run put there gets its old bytes from
 * where the run has kept them. One that was written since is looked into at the same places: each ULID that a map knows
 * becomes the legacy id again, whatever else was changed around it.
 */
import { cellsOf, isRow, rowName } from '../compile/column-changes.ts'
import { FOUND_ID, isWhole, spliceInto, wholeValue } from '../compile/inside.ts'
import { type Step, statement } from '../compile/program.ts'
import type { InsideRecord } from '../compile/run-record.ts'
import { columnNamed, OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import type { TableSince } from './schema-since.ts'

export interface InsideBack {
  readonly table: string
  readonly column: string
  /** Holds what becomes of the values that were written since, by row. */
  readonly store: string
  readonly make: readonly Step[]
  readonly drop: readonly Step[]
}

/** To be made when rows that came since have their numbers. */
export function insideBack(
  { table: name, column: columnName, places }: InsideRecord,
  since: readonly TableSince[],
  at: number,
): InsideBack[] {
  const own = since.find(({ record }) => sameName(record.table, name))
  const column = own && columnNamed(own.table, columnName)
  const kept = own?.record.kept.find(each => sameName(each.column, columnName))
  if (!own || !column || !kept) return []
  const { table } = own
  const store = `temp.${q(`${OWN_PREFIX}back_${at}`)}`
  const row = rowName(table, [], 't')
  const value = `t.${q(column.name)}`
  const written = `NOT EXISTS (SELECT 1 FROM ${q(kept.store)} k WHERE ${isRow(row)} AND k.ulid IS ${value})`
  const make = statement(
    'undo',
    name,
    `CREATE TEMP TABLE ${store.slice('temp.'.length)}(${cellsOf(row, 'BLOB')})`,
  )
  const fresh = wholeValue(places, 't', place => legacyOf(place, value))
  const fill = isWhole(places)
    ? [
        statement(
          'undo',
          name,
          `INSERT INTO ${store} SELECT ${row.map(each => each.value).join(', ')}, ${value}, ${fresh} FROM ${q(name)} t WHERE ${fresh} IS NOT NULL AND ${written}`,
        ),
      ]
    : spliceInto({ table, column, places }, row, store, 'undo', place => legacyOf(place, FOUND_ID), written)
  return [
    {
      table: name,
      column: column.name,
      store,
      make: [make, ...fill],
      drop: [statement('undo', name, `DROP TABLE ${store}`)],
    },
  ]
}

function legacyOf({ map, orphans }: InsideRecord['places'][number], ulid: string): string {
  return `coalesce(${[map, ...(orphans === null ? [] : [orphans])]
    .map(from => `(SELECT m.legacy FROM ${q(from)} m WHERE m.ulid = ${ulid})`)
    .join(', ')}, NULL)`
}

/** Every value of a place, counted: how many name a row of the key, how many none, how many stand for nothing. */

import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import type { KeyRange } from '../key-range.ts'

/** A column, as something that may refer or be referred to. */
export interface ColumnPlace {
  readonly table: Table
  readonly column: Column
}

export interface ValueCounts {
  readonly matched: number
  readonly orphans: number
  readonly sentinels: number
  readonly samples: readonly string[]
  readonly orphanSamples: readonly string[]
}

/** @param range the lowest and highest of a key of row numbers that has every number between them: then nothing is looked up. */
export function countValues(
  db: Connection,
  key: ColumnPlace,
  place: ColumnPlace,
  range: KeyRange | null = null,
): ValueCounts {
  const child = `c.${q(place.column.name)}`
  const parent = `p.${q(key.column.name)}`
  // The parent's affinity and collation decide, as in a key check: `+` takes the child's away (HAZARDS B11). The key is
  // unique, so that no value is counted twice.
  const from = `FROM ${q(place.table.name)} c LEFT JOIN ${q(key.table.name)} p ON ${parent} = +${child}`
  const [values, matched, sentinels] =
    (range && countWithin(db, place, range)) ??
    ((
      db
        .prepare(
          `SELECT count(${child}), count(${parent}), count(*) FILTER (WHERE ${parent} IS NULL AND ${child} IS NOT NULL AND ${isSentinel(child)}) ${from}`,
        )
        .raw()
        .get() as bigint[]
    ).map(Number) as [number, number, number])
  const orphans = values - matched - sentinels
  const some = (which: string) =>
    db
      .prepare(
        `SELECT DISTINCT CAST(substr(${child}, 1, 60) AS TEXT) ${from} WHERE ${child} IS NOT NULL AND ${parent} ${which} AND NOT ${isSentinel(child)} LIMIT 3`,
      )
      .pluck()
      .all() as string[]
  const orphanSamples = orphans === 0 ? [] : some('IS NULL')
  return {
    matched,
    orphans,
    sentinels,
    samples: matched === 0 ? orphanSamples : some('IS NOT NULL'),
    orphanSamples,
  }
}

/** Null where some values are no whole numbers: what those are equal to is for SQLite to say. */
function countWithin(
  db: Connection,
  { table, column }: ColumnPlace,
  [low, high]: KeyRange,
): [number, number, number] | null {
  const c = `c.${q(column.name)}`
  const [values, others, matched, sentinels] = (
    db
      .prepare(
        `SELECT count(${c}), count(${c}) - count(*) FILTER (WHERE typeof(${c}) = 'integer'), count(*) FILTER (WHERE ${c} BETWEEN @low AND @high),
           count(*) FILTER (WHERE ${c} IN (0, -1) AND ${c} NOT BETWEEN @low AND @high) FROM ${q(table.name)} c`,
      )
      .raw()
      .get({ low, high }) as bigint[]
  ).map(Number) as [number, number, number, number]
  return others > 0 ? null : [values, matched, sentinels]
}

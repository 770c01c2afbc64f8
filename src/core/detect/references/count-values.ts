/** Every value of a place, counted: how many name a row of the key, how many none, how many stand for nothing. */

import { countOf } from '../../engines/sqlite/count.ts'
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
  const [values, matched, sentinels] = (range && countWithin(db, place, range)) ?? countIn(db, key, place)
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

function countIn(db: Connection, key: ColumnPlace, place: ColumnPlace): [number, number, number] {
  const [c, k] = [`c.${q(place.column.name)}`, q(key.column.name)]
  const from = `FROM ${q(place.table.name)} c`
  const parent = q(key.table.name)
  // A function's value has no affinity and no collation, so that the parent's decide; to ask so is faster than a join.
  const [values, matched] = (
    db
      .prepare(
        `SELECT count(${c}), count(*) FILTER (WHERE coalesce(${c}, NULL) IN (SELECT ${k} FROM ${parent})) ${from}`,
      )
      .raw()
      .get() as bigint[]
  ).map(Number) as [number, number]
  const sentinels =
    matched === values
      ? 0
      : countOf(
          db,
          `SELECT count(*) ${from} WHERE ${isSentinel(c)} AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE p.${k} = +${c})`,
        )
  return [values, matched, sentinels]
}

/** Null where some values are no whole numbers: what those are equal to is for SQLite to say. */
function countWithin(
  db: Connection,
  { table, column }: ColumnPlace,
  [low, high]: KeyRange,
): [number, number, number] | null {
  const [c, from] = [`c.${q(column.name)}`, `FROM ${q(table.name)} c`]
  const count = (...what: readonly string[]) =>
    (
      db
        .prepare(`SELECT ${what.join(', ')} ${from}`)
        .raw()
        .get({ low, high }) as bigint[]
    ).map(Number)
  const within = `${c} BETWEEN @low AND @high`
  const whole = `typeof(${c}) = 'integer'`
  const [all, rows] = count(`count(${c})`, `count(*) FILTER (WHERE ${within} AND ${whole})`)
  // Most often, that is all there is to be said.
  if (all === rows) return [all!, rows!, 0]
  const [values, others, matched, sentinels] = count(
    `count(${c})`,
    `count(${c}) - count(*) FILTER (WHERE ${whole})`,
    `count(*) FILTER (WHERE ${within})`,
    `count(*) FILTER (WHERE ${c} IN (0, -1) AND ${c} NOT BETWEEN @low AND @high)`,
  ) as [number, number, number, number]
  return others > 0 ? null : [values, matched, sentinels]
}

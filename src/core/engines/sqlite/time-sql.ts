/**
 * The time of a row as an SQL expression, in whole milliseconds since 1970, rounded down; NULL where there is none or
 * it is absurd. The usual shapes are read inside SQLite, everything else by the same functions that detection and
 * verification use, so that the three can't differ about what a time is.
 */

import type { LetterCase } from '../../identifiers/crockford.ts'
import { encodeTime, idTime, parseTime, type Zone } from '../../identifiers/index.ts'
import { earliestPlausible, latestPlausible } from '../../identifiers/plausible.ts'
import { earliestRowTime, latestAhead } from '../../identifiers/row-plausible.ts'
import type { Connection } from './open.ts'

const ID_TIME = '_ulid_migrate_id_time'
const ROW_TIME = '_ulid_migrate_row_time'

/** Gives the connection the functions that the expressions below call. Nothing stored in a target ever calls them. */
export function registerTimeFunctions(db: Connection, zone: Zone): void {
  const options = { deterministic: true, directOnly: true, safeIntegers: true }
  db.function(ID_TIME, options, value => asInteger(idTime(value as string | bigint | number | Buffer, zone)))
  db.function(ROW_TIME, options, value =>
    asInteger(parseTime(value as string | bigint | number | null, zone)),
  )
}

function asInteger(time: number | null): bigint | null {
  return time === null || !Number.isFinite(time) ? null : BigInt(Math.floor(time))
}

/** The time inside an id. */
export function idTimeSql(id: string): string {
  return `CASE WHEN typeof(${id}) IN ('text', 'integer', 'blob') THEN ${ID_TIME}(${id}) END`
}

/** The time in a creation column. */
export function rowTimeSql(column: string, zone: Zone): string {
  const slow = `${ROW_TIME}(${column})`
  if (zone.name !== 'UTC') return `CASE WHEN typeof(${column}) = 'blob' THEN NULL ELSE ${slow} END`
  const date = '[12][0-9][0-9][0-9]-[01][0-9]-[012][0-8]' // days to 28 exist in every month
  const clock = '[012][0-9]:[0-5][0-9]:[0-5][0-9]'
  const hour = `substr(${column}, 12, 2) < '24'` // SQLite would read 24:00 as the next day
  const digits = `rtrim(substr(${column}, 21, 3), 'Zz+-: ')`
  return `CASE typeof(${column})
    WHEN 'text' THEN CASE
      WHEN ${column} GLOB '${date}[ T]${clock}' AND ${hour} THEN coalesce(unixepoch(${column}) * 1000, ${slow})
      WHEN ${column} GLOB '${date}[ T]${clock}.[0-9][0-9][0-9]*' AND ${hour} AND ltrim(substr(${column}, 24), '0123456789') IN ('', 'Z', '+00:00')
        THEN coalesce(unixepoch(substr(${column}, 1, 19)) * 1000 + CAST(${digits} AS INTEGER), ${slow})
      ELSE ${slow} END
    WHEN 'blob' THEN NULL
    ELSE ${slow} END`
}

/** The expression's time where it can be one, else NULL. */
export function plausibleSql(time: string, base: number): string {
  return `CASE WHEN ${time} BETWEEN ${earliestRowTime} AND ${base + latestAhead} THEN ${time} END`
}

/** The value itself, in the column's letter case, where it is a ULID already; else NULL. */
export function keptUlidSql(value: string, letters: LetterCase): string {
  const first = encodeTime(earliestPlausible)
  const last = encodeTime(latestPlausible)
  return `CASE WHEN ${isUlidSql(value)} AND upper(substr(${value}, 1, 10)) >= '${first}' AND upper(substr(${value}, 1, 10)) < '${last}'
    THEN ${letters}(${value}) END`
}

/** Condition: 26 characters of the ULID alphabet in either case, the first 0 to 7 (the largest time there is). */
export function isUlidSql(value: string): string {
  // Bytes are counted, since length() stops at a NUL (HAZARDS B15); in a UTF-16 file the zeros are as long.
  return `(typeof(${value}) = 'text' AND octet_length(${value}) = octet_length('${'0'.repeat(26)}') AND ${value} GLOB '[0-7]*' AND upper(${value}) NOT GLOB '*[^0-9A-HJKMNP-TV-Z]*')`
}

/**
 * What else was made at about that time. The time is in the key, so it is a range of the index on the ULIDs, whatever letters
 * they are written in.
 */
import type { NearIdentity } from '../documents.ts'
import { isUlid, ulidsBetween } from '../identifiers/index.ts'
import { quoteName as q } from '../schema/names.ts'
import { legacyOf } from './find-ids.ts'
import type { IdPlace } from './places.ts'
import { rowColumns, rowText, type Stored, textOf } from './query.ts'
import type { Reader } from './reader.ts'

/** The ULIDs of a window in time, in upper case, and the one in its middle. */
export interface TimeWindow {
  readonly from: string
  readonly to: string
  readonly middle: string
  readonly seconds: number
}

export interface NearRow {
  readonly row: string
  readonly ulid: string
  readonly legacy: string | null
}

const NEAREST = 20
/** Counting goes no further: of what was made at once there may be millions. */
const MOST = 10_000

export function windowAround(ulid: string, time: number, seconds: number): TimeWindow {
  return {
    ...ulidsBetween(Math.round(time - seconds * 1000), Math.round(time + seconds * 1000)),
    middle: ulid.toUpperCase(),
    seconds,
  }
}

/** The rows of an identity in the window: the nearest by ULID on each side of its middle, and how many there are. */
export function nearIn(
  reader: Reader,
  place: IdPlace,
  window: TimeWindow,
): { readonly rows: readonly NearRow[]; readonly count: Pick<NearIdentity, 'rows' | 'more'> } {
  const ulid = `t.${q(place.ulid)}`
  const from = `FROM main.${q(place.table.name)} t`
  const select = `SELECT ${[...rowColumns(place.table, 't'), legacyOf(place), ulid].join(', ')} ${from}`
  const spellings = [upper(window), lower(window)]
  const halves = spellings.flatMap(({ outside, from: low, to: high, middle }) => [
    { sql: `${ulid} >= ? AND ${ulid} < ?${outside(ulid)} ORDER BY ${ulid} DESC`, values: [low, middle] },
    { sql: `${ulid} > ? AND ${ulid} <= ?${outside(ulid)} ORDER BY ${ulid}`, values: [middle, high] },
  ])
  const queries = halves.map(({ sql, values }) => ({
    sql: `${select} WHERE ${sql} LIMIT ${NEAREST}`,
    values,
  }))
  if (!queries.every(({ sql, values }) => reader.searches(sql, values)))
    return { rows: [], count: { rows: null, more: false } }
  const counts = spellings.map(({ outside, from: low, to: high }) =>
    Number(
      reader.all(
        `SELECT count(*) FROM (SELECT 1 ${from} WHERE ${ulid} BETWEEN ? AND ?${outside(ulid)} LIMIT ${MOST + 1})`,
        [low, high],
      )[0]?.[0] ?? 0,
    ),
  )
  const counted = counts.reduce((sum, each) => sum + each, 0)
  const rows = queries
    .flatMap(({ sql, values }) => reader.all(sql, values))
    .map(rowOf)
    .filter(each => isUlid(each.ulid))
  return { rows, count: { rows: Math.min(counted, MOST), more: counted > MOST } }
}

interface Spelling extends Pick<TimeWindow, 'from' | 'to' | 'middle'> {
  /** SQL: leaves out what the other spelling has already, where the column compares without case. */
  readonly outside: (ulid: string) => string
}

function upper({ from, to, middle }: TimeWindow): Spelling {
  return { from, to, middle, outside: () => '' }
}

function lower({ from, to, middle }: TimeWindow): Spelling {
  return {
    from: from.toLowerCase(),
    to: to.toLowerCase(),
    middle: middle.toLowerCase(),
    outside: ulid => ` AND NOT (${ulid} BETWEEN '${from}' AND '${to}')`,
  }
}

function rowOf(row: readonly Stored[]): NearRow {
  const [legacy, ulid] = row.slice(-2)
  return { row: rowText(row.slice(0, -2)), ulid: String(ulid), legacy: textOf(legacy) }
}

/** Those that are nearest to `time`, at most as many as one identity shows. */
export function nearest<T extends { readonly offset: number }>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => Math.abs(a.offset) - Math.abs(b.offset)).slice(0, NEAREST)
}

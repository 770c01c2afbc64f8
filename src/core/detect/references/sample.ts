/**
 * A few rows of a table, spread over all of it, so that a column filled only by newer rows is not missed. What they hold
 * is asked of SQLite each time: values are compared there, by its rules, and never pass through JavaScript.
 */

import { positionOf } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import type { Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'

/** Rows that a sample holds at most; enough that one value in a hundred is hardly missed. */
const ROWS = 1000
const STRETCHES = 25

export interface Sample {
  /** SQL: the rows, to be used after FROM with the alias `c`. */
  readonly from: string
  readonly rows: number
  /** Whether it is the whole table. */
  readonly whole: boolean
}

/** A table that has rows, with a few of them. */
export interface SampledTable {
  readonly table: Table
  readonly rows: number
  readonly sample: Sample
}

export function sampleOf(db: Connection, table: Table, rows: number): Sample {
  const name = q(table.name)
  const position = positionOf(table)
  if (rows <= ROWS) return { from: `${name} c`, rows, whole: true }
  if (position === null) {
    const key = table.primaryKey.map(q)
    const order = (way: string) =>
      key.length > 0 ? `ORDER BY ${key.map(each => `${each} ${way}`).join(', ')}` : ''
    const half = (way: string) => `SELECT * FROM (SELECT * FROM ${name} ${order(way)} LIMIT ${ROWS / 2})`
    const both =
      key.length > 0 ? `${half('')} UNION ALL ${half('DESC')}` : `SELECT * FROM ${name} LIMIT ${ROWS}`
    return { from: `(${both}) c`, rows: ROWS, whole: false }
  }
  // (One question each: two of them in one would read the whole table.)
  const [first, last] = db
    .prepare(`SELECT (SELECT min(${position}) FROM ${name}), (SELECT max(${position}) FROM ${name})`)
    .raw()
    .get() as [bigint, bigint]
  const stretch = db.prepare(
    `SELECT ${position} FROM ${name} WHERE ${position} >= ? ORDER BY ${position} LIMIT ${ROWS / STRETCHES}`,
  )
  const chosen = new Set<bigint>()
  for (let at = 0; at < STRETCHES; at++) {
    const from = first + ((last - first) * BigInt(at)) / BigInt(STRETCHES - 1)
    for (const row of stretch.pluck().all(from) as bigint[]) chosen.add(row)
  }
  const newest = db.prepare(
    `SELECT ${position} FROM ${name} ORDER BY ${position} DESC LIMIT ${ROWS / STRETCHES}`,
  )
  for (const row of newest.pluck().all() as bigint[]) chosen.add(row)
  const positions = [...chosen].sort((a, b) => (a < b ? -1 : 1))
  return {
    // One text, however many rows: a list of numbers would be read one by one each time that something is asked of them.
    from: `(SELECT r.* FROM json_each('[${positions.join(',')}]') j CROSS JOIN ${name} r ON r.${position} = j.value) c`,
    rows: positions.length,
    whole: false,
  }
}

export interface ColumnFacts {
  /** Different values that stand for something. */
  readonly distinct: number
  readonly integers: number
  /** Texts that are whole numbers. */
  readonly numerals: number
  readonly texts: number
  readonly blobs: number
  /** Of the integers, and of texts that are. */
  readonly low: bigint | null
  readonly high: bigint | null
  /** Bytes of the texts and blobs. */
  readonly shortest: number
  readonly longest: number
}

/** What the sampled rows hold in a column. */
export function factsOf(db: Connection, sample: Sample, column: string): ColumnFacts {
  const [distinct, integers, numerals, texts, blobs, low, high, shortest, longest] = db
    .prepare(
      `SELECT count(*), count(*) FILTER (WHERE t = 'integer'), count(*) FILTER (WHERE t = 'text' AND typeof(n) = 'integer'), count(*) FILTER (WHERE t = 'text'), count(*) FILTER (WHERE t = 'blob'),
         min(n) FILTER (WHERE typeof(n) = 'integer'), max(n) FILTER (WHERE typeof(n) = 'integer'),
         coalesce(min(octet_length(v)) FILTER (WHERE t <> 'integer'), 0), coalesce(max(octet_length(v)) FILTER (WHERE t <> 'integer'), 0)
       FROM (SELECT v, ${AS_NUMBER} AS n, typeof(v) AS t FROM (${valuesOf(sample, column)}))`,
    )
    .raw()
    .get() as (bigint | null)[]
  return {
    distinct: Number(distinct),
    integers: Number(integers),
    numerals: Number(numerals),
    texts: Number(texts),
    blobs: Number(blobs),
    low: low!,
    high: high!,
    shortest: Number(shortest),
    longest: Number(longest),
  }
}

/** SQL: the different values `v` of the column in the sampled rows; the cut keeps huge documents out of the sorting. */
export function valuesOf(sample: Sample, column: string): string {
  const v = `c.${q(column)}`
  return `SELECT DISTINCT ${v} AS v FROM ${sample.from} WHERE ${v} IS NOT NULL AND (typeof(${v}) = 'integer' OR typeof(${v}) IN ('text', 'blob') AND octet_length(${v}) <= ${LONGEST}) AND NOT ${isSentinel(v)}`
}

/** SQL: a text `v` of digits as the number that it is: SQLite compares it so with a key of numbers. */
const AS_NUMBER = `CASE WHEN typeof(v) = 'text' AND octet_length(v) <= 18 AND v GLOB '[1-9]*' AND v NOT GLOB '*[^0-9]*' THEN CAST(v AS INTEGER) ELSE v END`

/** Different values of a sample, written so that any statement can be asked for them: it is prepared once, for all samples. */
export interface ValueList {
  readonly count: number
  readonly json: string
}

/**
 * Texts and blobs go by their bytes: not every one of them is a text that could be written in JSON.
 *
 * @param numerals as numbers, to be held against those of a key
 */
export function listOf(db: Connection, sample: Sample, column: string, numerals = false): ValueList {
  const values = numerals
    ? `SELECT DISTINCT ${AS_NUMBER} AS v FROM (${valuesOf(sample, column)})`
    : valuesOf(sample, column)
  const [count, json] = db
    .prepare(
      `SELECT count(*), json_group_array(CASE typeof(v) WHEN 'integer' THEN v ELSE substr(typeof(v), 1, 1) || hex(CAST(v AS BLOB)) END) FROM (${values})`,
    )
    .raw()
    .get() as [bigint, string]
  return { count: Number(count), json }
}

/** SQL: the values `v` of a {@link ValueList} that is bound. */
export const LISTED = `SELECT CASE typeof(value) WHEN 'integer' THEN value ELSE CASE substr(value, 1, 1) WHEN 't' THEN CAST(unhex(substr(value, 2)) AS TEXT) ELSE unhex(substr(value, 2)) END END AS v FROM json_each(?) LIMIT -1`

/** Ids are short. */
export const LONGEST = 300

/** What kind of ids a column holds, counted per value. */

import type { IdKind } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { idTime, kindOf } from '../identifiers/index.ts'
import { quoteName as q } from '../schema/names.ts'
import type { Sample, SampledTable } from './references/sample.ts'

export interface ColumnValues {
  readonly rows: number
  readonly nulls: number
  readonly duplicates: number
  readonly kinds: Readonly<Partial<Record<IdKind, number>>>
  /** How many values that are not ULIDs yet carry a time of their own. */
  readonly timed: number
  /** Values that are neither text nor whole numbers nor blobs of 16 bytes are rare enough to be named. */
  readonly samples: readonly string[]
  /** All text values are of this many characters; null where they differ or there is none. */
  readonly uniformLength: number | null
  /** Share of text values that mix letters and digits and hold no space: ids made by a machine look so. */
  readonly opaque: number
}

/** Ids are short; of what is longer, the beginning tells. */
export const LONGEST_ID = 300

/**
 * What the values of a key column are. Whole numbers are counted inside SQLite; of texts and blobs those are looked at one by
 * one whose length is not that of a kind which all sampled values of that length are of.
 */
export function readValues(
  db: Connection,
  { table, rows, sample }: SampledTable,
  column: string,
): ColumnValues {
  const [t, c] = [q(table.name), q(column)]
  const kinds: Partial<Record<IdKind, number>> = {}
  let timed = 0
  const add = (kind: IdKind, count: number, hasTime: boolean) => {
    kinds[kind] = (kinds[kind] ?? 0) + count
    if (hasTime) timed += count
  }
  const one = (value: Value) => {
    const kind = kindOf(value)
    add(kind, 1, kind !== 'ulid' && kind !== 'ulid-lower' && idTime(value) !== null)
  }
  const seen = sampledShapes(db, sample, c)
  const isPlain = `(${c} BETWEEN ${-PLAIN} AND ${PLAIN})`
  const shapes = seen.shapes.map(
    ({ type, bytes }) => `octet_length(${c}) = ${bytes} AND typeof(${c}) = '${type}'`,
  )
  const { integers, ofShapes, nulls, reals } =
    (table.rowidAlias === column ? wholeNumbers(db, t, c, rows) : null) ??
    countShapes(db, t, c, rows, seen.plain ? `typeof(${c}) = 'integer' AND ${isPlain}` : 'FALSE', shapes)
  if (integers > 0) add('integer', integers, false)
  if (reals > 0) add('other', reals, false)
  for (const [at, { kind, hasTime }] of seen.shapes.entries())
    if (ofShapes[at]! > 0) add(kind, ofShapes[at]!, hasTime)
  const known = integers + reals + nulls + ofShapes.reduce((sum, count) => sum + count, 0)
  if (known < rows) {
    const rest = [
      `${c} IS NOT NULL AND typeof(${c}) <> 'real'`,
      ...(integers > 0 ? [`NOT (typeof(${c}) = 'integer' AND ${isPlain})`] : []),
      ...shapes.map(shape => `NOT (${shape})`),
    ]
    for (const value of values(db, `SELECT ${cut(c)} FROM ${t} WHERE ${rest.join(' AND ')}`)) one(value)
  }
  return {
    rows,
    nulls,
    // A key column is the whole of a primary key or of a unique index: nothing in it is there twice.
    duplicates: 0,
    kinds,
    timed,
    samples: seen.texts.slice(0, 3),
    uniformLength: seen.uniformLength,
    opaque: seen.opaque,
  }
}

type Value = string | bigint | number | Buffer

/** Numbers up to this are no Snowflakes and the like, and have no time inside. */
const PLAIN = 2 ** 53

interface Counts {
  readonly integers: number
  readonly ofShapes: readonly number[]
  readonly nulls: number
  readonly reals: number
}

/** A row number is a whole number and never NULL: nothing has to be read to know that. */
function wholeNumbers(db: Connection, t: string, c: string, rows: number): Counts | null {
  const [low, high] = db
    .prepare(`SELECT (SELECT min(${c}) FROM ${t}), (SELECT max(${c}) FROM ${t})`)
    .raw()
    .get() as [bigint | null, bigint | null]
  const plain = low !== null && high !== null && low >= BigInt(-PLAIN) && high <= BigInt(PLAIN)
  return plain ? { integers: rows, ofShapes: [], nulls: 0, reals: 0 } : null
}

function countShapes(
  db: Connection,
  t: string,
  c: string,
  rows: number,
  isInteger: string,
  shapes: readonly string[],
): Counts {
  const count = (conditions: readonly string[]) =>
    (
      db
        .prepare(`SELECT ${conditions.map(each => `count(*) FILTER (WHERE ${each})`).join(', ')} FROM ${t}`)
        .raw()
        .get() as bigint[]
    ).map(Number)
  const [integers, ...ofShapes] = count([isInteger, ...shapes])
  const rest = rows - ofShapes.reduce((sum, each) => sum + each, integers!)
  const [nulls, reals] = rest === 0 ? [0, 0] : count([`${c} IS NULL`, `typeof(${c}) = 'real'`])
  return { integers: integers!, ofShapes, nulls: nulls!, reals: reals! }
}

interface Shape {
  readonly type: 'text' | 'blob'
  readonly bytes: number
  readonly kind: IdKind
  readonly hasTime: boolean
}

/** Whether all of a column are ULIDs decides what is done with it: each is looked at. */
const ULID = 26

/** So many sampled values of one length, all of one kind, speak for all of that length. */
const TELLING = 20

function sampledShapes(db: Connection, sample: Sample, c: string) {
  const byLength = new Map<string, Shape & { count: number; mixed: boolean }>()
  const texts: string[] = []
  let lengths: number | null | undefined
  let opaque = 0
  let plain = true
  for (const value of values(db, `SELECT ${cut(`c.${c}`)} FROM ${sample.from} WHERE c.${c} IS NOT NULL`)) {
    if (typeof value === 'number') continue
    if (typeof value === 'bigint') {
      if (value > BigInt(PLAIN) || value < BigInt(-PLAIN)) plain = false
      continue
    }
    const type = typeof value === 'string' ? 'text' : 'blob'
    const bytes = Buffer.byteLength(value)
    const kind = kindOf(value)
    const hasTime = kind !== 'ulid' && kind !== 'ulid-lower' && idTime(value) !== null
    const known = byLength.get(`${type} ${bytes}`)
    if (known === undefined)
      byLength.set(`${type} ${bytes}`, {
        type,
        bytes,
        kind,
        hasTime,
        count: 1,
        mixed: bytes >= LONGEST_ID || bytes === ULID,
      })
    else {
      known.count += 1
      if (known.kind !== kind || known.hasTime !== hasTime) known.mixed = true
    }
    if (typeof value !== 'string') continue
    texts.push(value)
    lengths = lengths === undefined || lengths === value.length ? value.length : null
    if (/\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value)) opaque += 1
  }
  const shapes = [...byLength.values()].filter(({ count, mixed }) => !mixed && count >= TELLING).slice(0, 8)
  return {
    shapes: sample.whole ? [] : shapes,
    plain,
    texts,
    uniformLength: lengths ?? null,
    opaque: texts.length === 0 ? 0 : opaque / texts.length,
  }
}

/** Ids are short; a longer value is looked at by its beginning only, so that no huge text is read into memory. */
function cut(column: string): string {
  return `CASE typeof(${column}) WHEN 'text' THEN substr(${column}, 1, ${LONGEST_ID}) WHEN 'blob' THEN substr(${column}, 1, 17) ELSE ${column} END`
}

function* values(db: Connection, sql: string): Generator<Value> {
  for (const value of db.prepare(sql).pluck().iterate()) yield value as Value
}

/** How many of the values are of one of these kinds. */
export function amount(
  kinds: Readonly<Partial<Record<IdKind, number>>>,
  ...wanted: readonly IdKind[]
): number {
  return wanted.reduce((sum, kind) => sum + (kinds[kind] ?? 0), 0)
}

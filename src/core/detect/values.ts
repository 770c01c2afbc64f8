/** What kind of ids a column holds, counted per value. */

import type { IdKind } from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { idTime, kindOf } from '../identifiers/index.ts'
import type { Table } from '../schema/model.ts'
import { quoteName } from '../schema/names.ts'

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

/** Ids are short; a longer value is looked at by its beginning only, so that no huge text is read into memory. */
const LONGEST_ID = 300

/** Reads every value of the column once. Integers are counted inside SQLite; only texts and blobs are looked at. */
export function readValues(db: Connection, { name: table, rowidAlias }: Table, column: string): ColumnValues {
  const t = quoteName(table)
  const c = quoteName(column)
  const kinds: Partial<Record<IdKind, number>> = {}
  const add = (kind: IdKind, count = 1) => {
    kinds[kind] = (kinds[kind] ?? 0) + count
  }
  const types = new Map(
    db
      .prepare(`SELECT typeof(${c}), count(*) FROM ${t} GROUP BY 1`)
      .raw()
      .all()
      .map(row => row as [string, bigint])
      .map(([type, count]) => [type, Number(count)]),
  )
  const rows = [...types.values()].reduce((sum, count) => sum + count, 0)
  const nulls = types.get('null') ?? 0
  const large = countOf(
    db,
    `SELECT count(*) FROM ${t} WHERE typeof(${c}) = 'integer' AND abs(${c} / 2) >= ${2 ** 52}`,
  )
  let timed = 0
  if (large > 0) {
    for (const value of values(
      db,
      `SELECT ${c} FROM ${t} WHERE typeof(${c}) = 'integer' AND abs(${c} / 2) >= ${2 ** 52}`,
    )) {
      add(kindOf(value))
      if (idTime(value) !== null) timed += 1
    }
  }
  const small = (types.get('integer') ?? 0) - large
  if (small > 0) add('integer', small)
  if (types.get('real')) add('other', types.get('real'))

  let lengths: number | null | undefined
  let opaque = 0
  let texts = 0
  const samples: string[] = []
  const looked = `SELECT CASE typeof(${c}) WHEN 'text' THEN substr(${c}, 1, ${LONGEST_ID}) ELSE substr(${c}, 1, 17) END FROM ${t} WHERE typeof(${c}) IN ('text', 'blob')`
  for (const value of values(db, looked)) {
    const kind = kindOf(value)
    add(kind)
    if (kind !== 'ulid' && kind !== 'ulid-lower' && idTime(value) !== null) timed += 1
    if (typeof value !== 'string') continue
    texts += 1
    if (samples.length < 3) samples.push(value)
    lengths = lengths === undefined || lengths === value.length ? value.length : null
    if (/\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value)) opaque += 1
  }
  return {
    rows,
    nulls,
    // A rowid is there once by nature, and asking would sort them all.
    duplicates:
      rowidAlias === column ? 0 : countOf(db, `SELECT count(${c}) - count(DISTINCT ${c}) FROM ${t}`),
    kinds,
    timed,
    samples,
    uniformLength: lengths ?? null,
    opaque: texts === 0 ? 0 : opaque / texts,
  }
}

function* values(db: Connection, sql: string): Generator<string | bigint | Buffer> {
  for (const value of db.prepare(sql).pluck().iterate()) yield value as string | bigint | Buffer
}

/** How many of the values are of one of these kinds. */
export function amount(
  kinds: Readonly<Partial<Record<IdKind, number>>>,
  ...wanted: readonly IdKind[]
): number {
  return wanted.reduce((sum, kind) => sum + (kinds[kind] ?? 0), 0)
}

/**
 * Some rows of a table, spread over all of it, as they tell what is in its columns: the first, the last and some from
 * everywhere between. Nothing is read in full, whatever the table's size; of a long value only so much as is told.
 */
import type { Connection } from '../../engines/sqlite/open.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'

export interface ColumnSample {
  readonly column: Column
  readonly texts: readonly Buffer[]
  readonly blobs: readonly Buffer[]
  readonly integers: readonly bigint[]
  /** How many of the sampled rows hold something here. */
  readonly filled: number
  /** Values too long to be looked at. */
  readonly long: number
}

const EDGE = 100
const BETWEEN = 200
/** Bytes of one value, and of all values of a column. */
const LONGEST = 256 * 1024
const MOST_BYTES = 2 * 1024 * 1024

/** Of a table with many columns some at a time: a row of a query can not be of any width. */
const WIDEST = 100

export function sampleOf(db: Connection, table: Table): readonly ColumnSample[] {
  const columns = table.columns.filter(column => column.generated === 'no')
  const starts = [...columns.keys()].filter(at => at % WIDEST === 0)
  return starts.flatMap(at => sampleColumns(db, table, columns.slice(at, at + WIDEST)))
}

function sampleColumns(db: Connection, table: Table, columns: readonly Column[]): readonly ColumnSample[] {
  const samples = columns.map(column => ({
    column,
    texts: [] as Buffer[],
    blobs: [] as Buffer[],
    integers: [] as bigint[],
    filled: 0,
    long: 0,
    bytes: 0,
  }))
  const { decode } = textBytes(db)
  const take = (row: Row) => {
    samples.forEach((sample, at) => {
      const type = row[at * 2]
      const stored = row[at * 2 + 1]!
      const value = type === 'text' && Buffer.isBuffer(stored) ? decode(stored) : stored
      if (type === 'null') return
      sample.filled += 1
      if (typeof value === 'bigint') sample.integers.push(value)
      else if (value === null) sample.long += type === 'real' ? 0 : 1
      else if (Buffer.isBuffer(value) && sample.bytes < MOST_BYTES) {
        sample.bytes += value.length
        if (type === 'text') sample.texts.push(value)
        else sample.blobs.push(value)
      }
    })
  }
  for (const row of rowsOf(
    db,
    table,
    columns.map(each => looked(each)),
  ))
    take(row)
  // Columns that only few rows fill are asked for those, in one reading for all of them.
  const empty = samples
    .filter(({ filled }) => filled === 0)
    .map(({ column }) => `${q(column.name)} IS NOT NULL`)
  if (empty.length > 0)
    for (const row of rawRows(
      db,
      `SELECT ${columns.map(each => looked(each)).join(', ')} FROM ${q(table.name)} WHERE ${empty.join(' OR ')} LIMIT ${EDGE}`,
    ))
      take(row)
  return samples
}

/** The type, and the value as bytes or whole number; null for what is too long, and for a real. */
function looked({ name }: Column): string {
  const c = q(name)
  return `typeof(${c}), CASE typeof(${c}) WHEN 'integer' THEN ${c} WHEN 'real' THEN NULL ELSE CASE WHEN octet_length(${c}) <= ${LONGEST} THEN CAST(${c} AS BLOB) END END`
}

/** Type and value of each column in turn. */
type Row = readonly (Buffer | bigint | string | null)[]

function* rowsOf(db: Connection, table: Table, what: readonly string[]): Generator<Row> {
  const from = `SELECT ${what.join(', ')} FROM ${q(table.name)}`
  const rowid = table.rowid ?? (table.rowidAlias === null ? null : q(table.rowidAlias))
  if (rowid === null) {
    const key = table.primaryKey.map(q)
    // Without a key there is no order to be had cheaply.
    const order = (way: string) =>
      key.length === 0 ? '' : `ORDER BY ${key.map(name => `${name} ${way}`).join(', ')}`
    yield* rawRows(db, `${from} ${order('ASC')} LIMIT ${EDGE + BETWEEN}`)
    if (key.length > 0) yield* rawRows(db, `${from} ${order('DESC')} LIMIT ${EDGE}`)
    return
  }
  const edge = (order: string) => rawRows(db, `${from} ORDER BY ${rowid} ${order} LIMIT ${EDGE}`)
  const [first, last, low, high] = db
    .prepare(
      `SELECT min(r), max(r), (SELECT max(r) FROM (SELECT ${rowid} AS r FROM ${q(table.name)} ORDER BY 1 LIMIT ${EDGE})),
       (SELECT min(r) FROM (SELECT ${rowid} AS r FROM ${q(table.name)} ORDER BY 1 DESC LIMIT ${EDGE}))
       FROM (SELECT min(${rowid}) AS r FROM ${q(table.name)} UNION ALL SELECT max(${rowid}) FROM ${q(table.name)})`,
    )
    .raw()
    .get() as (bigint | null)[]
  if (first == null || last == null) return
  yield* edge('ASC')
  if (low! + 1n < high!) {
    const next = db.prepare(`${from} WHERE ${rowid} >= ? AND ${rowid} < ? ORDER BY ${rowid} LIMIT 1`).raw()
    const stride = (high! - low!) / BigInt(BETWEEN) + 1n
    for (let at = low! + 1n; at < high!; at += stride) {
      const row = next.get(at, at + stride < high! ? at + stride : high!) as Row | undefined
      if (row) yield row
    }
  }
  if (high! > low!) yield* edge('DESC')
  else yield* rawRows(db, `SELECT * FROM (${from} WHERE ${rowid} > ${low} ORDER BY ${rowid})`)
}

function* rawRows(db: Connection, sql: string): Generator<Row> {
  for (const row of db.prepare(sql).raw().iterate()) yield row as Row
}

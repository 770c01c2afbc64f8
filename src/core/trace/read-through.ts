/** A table read from its first row to its last, in chunks, where no index serves. */
import type { Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { type Condition, rowColumns, type Stored } from './query.ts'
import type { Reader } from './reader.ts'
import type { Steps } from './steps.ts'

const CHUNK = 5_000

/** What of a table `c` is read: `sql` holds the columns. */
export interface Wanted {
  readonly table: Pick<Table, 'name'>
  /** By which its rows are in order, each `c.something`; empty where nothing tells them apart. */
  readonly key: readonly string[]
  readonly columns: readonly string[]
  readonly where: Condition
  /** What it is called to the operator. */
  readonly object: string
}

/** What tells the rows of a table of others apart. */
export function keyOf(table: Table): readonly string[] {
  return rowColumns(table, 'c')
}

/** Hands the rows in which the condition holds to `use`, with the columns that were asked for. */
export function* readThrough(
  reader: Reader,
  { table, key, columns, where, object }: Wanted,
  use: (row: readonly Stored[]) => void,
): Steps<void> {
  const from = `FROM main.${q(table.name)} c`
  const select = `SELECT ${columns.join(', ')} ${from} WHERE ${where.sql}`
  if (key.length === 0) {
    for (const row of reader.each(select, where.values)) use(row)
    return
  }
  const keys = key.join(', ')
  const marks = key.map(() => '?').join(', ')
  let total: number | null = null
  let last: readonly Stored[] = []
  for (let done = CHUNK; ; done += CHUNK) {
    const behind = last.length === 0 ? '1' : `(${keys}) > (${marks})`
    const next = reader.all(
      `SELECT ${keys} ${from} WHERE ${behind} ORDER BY ${keys} LIMIT 1 OFFSET ${CHUNK - 1}`,
      last,
    )[0]
    const upTo = next ? ` AND (${keys}) <= (${marks})` : ''
    const values = [...where.values, ...last, ...(next ?? [])]
    for (const row of reader.each(`${select} AND ${behind}${upTo}`, values)) use(row)
    if (!next) return
    total ??= Number(reader.all(`SELECT count(*) ${from}`)[0]?.[0] ?? 0)
    yield { object, done: Math.min(done, total), total }
    last = next
  }
}

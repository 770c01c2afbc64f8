/** How long a query takes: asked again and again, for the same rows on both sides, in turn, so that what else the machine does meets both. */
import type { Connection } from '../engines/sqlite/open.ts'
import type { BaselineQuery } from '../requests.ts'
import { quoteName as q } from '../schema/names.ts'

/** So many values are asked for at each go, spread over the table. */
const VALUES = 100
/** At least, at most, and seconds after which no further go is begun. */
const LEAST = 5
const MOST = 31
const BUDGET = 1
/** Seconds that a go may take before it is asked no more often than it must. */
const SLOW = 2

/** What one side asks. */
export interface Side {
  readonly db: Connection
  readonly parameters: readonly (readonly unknown[])[]
}

export interface Timed {
  readonly microseconds: number
  readonly rows: number
}

/** The values that rows have, at the same places of the table on both sides; one empty list where there is no parameter. */
export function parametersFor(db: Connection, { values }: BaselineQuery): Side['parameters'] {
  if (values === undefined) return [[]]
  return valuesOf(db, values).map(value => [value])
}

function valuesOf(
  db: Connection,
  { table, column }: NonNullable<BaselineQuery['values']>,
): readonly unknown[] {
  const position = rowNumber(db, table)
  const rows = `${q(table)} WHERE typeof(${q(column)}) IN ('integer', 'text')`
  if (position === null)
    return db
      .prepare(`SELECT ${q(column)} FROM ${rows} LIMIT ${VALUES}`)
      .pluck()
      .all()
  const ends = db
    .prepare(`SELECT min(${position}), max(${position}) FROM ${q(table)}`)
    .raw()
    .get()
  const [first, last] = ends as [bigint | null, bigint | null]
  if (first === null || last === null) return []
  const next = db
    .prepare(
      `SELECT ${position}, ${q(column)} FROM ${rows} AND ${position} >= ? ORDER BY ${position} LIMIT 1`,
    )
    .raw()
  const found = new Map<bigint, unknown>()
  for (let n = 0n; n < BigInt(VALUES); n++) {
    const row = next.get(first + ((last - first) * n) / BigInt(VALUES - 1)) as [bigint, unknown] | undefined
    if (row !== undefined) found.set(row[0], row[1])
  }
  return [...found.values()]
}

/** What the table calls its row number; null where it has none. */
function rowNumber(db: Connection, table: string): string | null {
  const taken = db.prepare('SELECT lower(name) FROM pragma_table_xinfo(?)').pluck().all(table)
  const name = ['rowid', '_rowid_', 'oid'].find(each => !taken.includes(each))
  if (name === undefined) return null
  try {
    db.prepare(`SELECT ${name} FROM ${q(table)} LIMIT 0`)
    return name
  } catch {
    return null // WITHOUT ROWID, or a view
  }
}

/** Medians of both, of one execution. */
export async function timeInTurn(
  sql: string,
  before: Side,
  after: Side,
  breathe: () => Promise<void>,
): Promise<{ readonly times: number; readonly before: Timed; readonly after: Timed }> {
  const asks = [before, after].map(side => asking(sql, side))
  const warm = asks.map(ask => ask())
  const rows = warm.map(each => each.rows)
  // Of a query that takes seconds, one go tells as much as five.
  const least = warm.some(({ took }) => took > SLOW * 1000) ? 1 : LEAST
  const seconds: [number[], number[]] = [[], []]
  const begun = performance.now()
  for (let go = 0; go < MOST && (go < least || performance.now() - begun < BUDGET * 1000); go++) {
    // Whoever comes first has the colder processor: they take turns.
    for (const at of go % 2 === 0 ? [0, 1] : [1, 0]) seconds[at as 0 | 1].push(asks[at]!().took)
    await breathe()
  }
  const of = (at: 0 | 1, { parameters }: Side): Timed => ({
    microseconds: (median(seconds[at]) * 1000) / Math.max(1, parameters.length),
    rows: rows[at]!,
  })
  return { times: seconds[0].length, before: of(0, before), after: of(1, after) }
}

/** Milliseconds and rows of one go. Rows are counted one by one, and not kept. */
function asking(
  sql: string,
  { db, parameters }: Side,
): () => { readonly took: number; readonly rows: number } {
  const statement = db.prepare(sql).raw()
  return () => {
    let rows = 0
    const begun = performance.now()
    for (const each of parameters) for (const _ of statement.iterate(...each)) rows += 1
    return { took: performance.now() - begun, rows }
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

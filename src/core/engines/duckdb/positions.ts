/**
 * Where a row stands in the working copy. DuckDB numbers rows anew whenever a table is made anew; maps and snapshots know
 * a row by the number that it had first, so where the two differ the file itself says which row is which.
 */

import { quoteName as q, quoteText as t } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { DuckTable } from './catalog.ts'
import type { Store } from './connect.ts'
import { copyName } from './copy-name.ts'
import { unexpected } from './unexpected.ts'

export const POSITIONS = `${OWN_PREFIX}positions`
export const SHIFT = `${OWN_PREFIX}shift`

/** What a file says of the positions of its rows. */
export interface Positions {
  /** As DuckDB calls the database, in SQL. */
  readonly database: string
  /** Tables, by their names in the working copy, of which single rows are noted. */
  readonly noted: ReadonlySet<string>
  /** Rows from `rows` on, which came after the table was made anew, have positions from `next` on. */
  readonly shifts: ReadonlyMap<string, { readonly rows: bigint; readonly next: bigint }>
}

export async function readPositions(store: Store, database: string): Promise<Positions> {
  const there = await store.all(
    'SELECT table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2 AND table_name IN ($3, $4)',
    [database, 'main', POSITIONS, SHIFT],
  )
  const has = (name: string) => there.some(([table]) => table === name)
  const from = (name: string) => `FROM ${q(database)}.main.${q(name)}`
  const noted = has(POSITIONS) ? await store.all(`SELECT DISTINCT table_name ${from(POSITIONS)}`) : []
  const shifts = has(SHIFT) ? await store.all(`SELECT table_name, "rows", "next" ${from(SHIFT)}`) : []
  return {
    database: q(database),
    noted: new Set(noted.map(([table]) => String(table))),
    shifts: new Map(
      shifts.map(([table, rows, next]) => [String(table), { rows: rows as bigint, next: next as bigint }]),
    ),
  }
}

/** Whether the rows, as DuckDB gives them, are in the order of their positions for sure. */
export function inOrder(positions: Positions, table: DuckTable): boolean {
  return !positions.noted.has(copyName(table))
}

/** SQL: a row's position, from its number `rowid`; `join` is what has to follow the table, which is called `alias`. */
export function positionSql(
  positions: Positions,
  table: DuckTable,
  alias: string,
): { readonly position: string; readonly join: string } {
  const name = copyName(table)
  const shift = positions.shifts.get(name)
  const plain =
    shift === undefined
      ? `${alias}.rowid`
      : `CASE WHEN ${alias}.rowid >= ${shift.rows} THEN ${alias}.rowid + ${shift.next - shift.rows} ELSE ${alias}.rowid END`
  if (!positions.noted.has(name)) return { position: plain, join: '' }
  return {
    position: `coalesce(_p."position", ${plain})`,
    join: `LEFT JOIN ${positions.database}.main.${q(POSITIONS)} _p ON _p.table_name = ${t(name)} AND _p."row" = ${alias}.rowid`,
  }
}

/** Notes where the rows of a table that was made anew stand: `positions` selects them in the order of the rows. */
export async function notePositions(store: Store, table: DuckTable, positions: string): Promise<void> {
  const name = t(copyName(table))
  await store.run(
    `CREATE TABLE IF NOT EXISTS ${q(POSITIONS)}(table_name VARCHAR, "row" BIGINT, "position" BIGINT)`,
  )
  await store.run(`CREATE TABLE IF NOT EXISTS ${q(SHIFT)}(table_name VARCHAR, "rows" BIGINT, "next" BIGINT)`)
  // Before what was noted is forgotten: the positions may be told by that.
  const told = `temp.${q(`${OWN_PREFIX}told`)}`
  await store.run(
    `CREATE OR REPLACE TEMP TABLE ${q(`${OWN_PREFIX}told`)} AS SELECT row_number() OVER () - 1 AS r, pos FROM (${positions})`,
  )
  const [before] = await store.all(`SELECT max("next") FROM ${q(SHIFT)} WHERE table_name = ${name}`)
  await store.run(`DELETE FROM ${q(POSITIONS)} WHERE table_name = ${name}`)
  await store.run(`DELETE FROM ${q(SHIFT)} WHERE table_name = ${name}`)
  // An INSERT of no rows is left out: DuckDB 1.5.6 then loses those that several threads insert by the next one.
  const [[moved]] = (await store.all(`SELECT count(*) FROM ${told} WHERE r <> pos`)) as [[bigint]]
  if (moved > 0n) {
    await store.run(`INSERT INTO ${q(POSITIONS)} SELECT ${name}, r, pos FROM ${told} WHERE r <> pos`)
    const [[noted]] = (await store.all(
      `SELECT count(*) FROM ${q(POSITIONS)} WHERE table_name = ${name}`,
    )) as [[bigint]]
    if (noted !== moved)
      throw unexpected(
        copyName(table),
        copyName(table),
        `${moved} rows moved, and ${noted} of them are noted.`,
      )
  }
  await store.run(
    `INSERT INTO ${q(SHIFT)} SELECT ${name}, n, m FROM (SELECT count(*) AS n, greatest(coalesce(max(pos) + 1, 0), ${before?.[0] ?? 0}) AS m FROM ${told}) WHERE n <> m`,
  )
  await store.run(`DROP TABLE ${told}`)
}

/** A DuckDB file against the snapshot of a run, from outside: what that run did not change is as it was, but for what others wrote since. */
import type { Check } from '../../../documents.ts'
import { type ColumnPath, foldName, quoteName as q, samePlace } from '../../../schema/names.ts'
import { withCommas } from '../../../with-commas.ts'
import { OWN_PREFIX } from '../../sqlite/inspect.ts'
import { isKeyless } from '../apparent-keys.ts'
import type { DuckColumn, DuckTable } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { byName, copyName } from '../copy-name.ts'
import { type Positions, positionSql, readPositions } from '../positions.ts'
import { readCatalog } from '../read-catalog.ts'
import { sameDuckName } from '../sql-text.ts'
import { sqlName, storedColumns } from './table-plan.ts'

export interface StoresCompared {
  /** `store-rows` and `store-cells`, strict: whoever knows that others wrote since counts instead. */
  readonly checks: readonly Check[]
  readonly cells: number
  readonly rowsAdded: number
  readonly rowsDeleted: number
}

/**
 * Compares, in rows that are in both, every column but those of `changed`, which runs have changed since the snapshot (by
 * their names in the working copy). The snapshot is attached to the store already.
 */
export async function compareStores(
  store: Store,
  snapshot: string,
  changed: readonly ColumnPath[],
  breathe: () => Promise<void>,
): Promise<StoresCompared> {
  const database = String((await store.all('SELECT current_database()'))[0]![0])
  const [is, was] = [await readPositions(store, database), await readPositions(store, snapshot)]
  const old = byName((await readCatalog(store, snapshot)).tables, copyName)
  const begun = performance.now()
  const total = { rows: 0, compared: 0, cells: 0, added: 0, deleted: 0 }
  const faults = { rows: [] as string[], cells: [] as string[] }
  for (const table of (await readCatalog(store)).tables) {
    if (table.name.startsWith(OWN_PREFIX)) continue
    const name = copyName(table)
    const before = old.get(foldName(name))
    if (before === undefined) continue
    const columns = storedColumns(table).filter(
      column =>
        !changed.some(place => samePlace(place, { table: name, column: column.name })) &&
        storedColumns(before).some(
          each => sameDuckName(each.name, column.name) && each.fullType === column.fullType,
        ),
    )
    const result = await compareTable(
      store,
      { table, positions: is },
      { table: before, positions: was },
      columns,
    )
    total.rows += result.rows
    total.compared += result.both * columns.length
    total.added += result.rows - result.both
    total.deleted += result.oldRows - result.both
    if (result.rows !== result.both || result.oldRows !== result.both)
      faults.rows.push(
        `${name}: ${result.oldRows} rows then, ${result.rows} now, ${result.both} of them the same`,
      )
    for (const [at, column] of columns.entries()) {
      total.cells += result.different[at]!
      if (result.different[at]! > 0)
        faults.cells.push(`${name}.${column.name}: ${withCommas(result.different[at]!)} values differ`)
    }
    await breathe()
  }
  const seconds = (performance.now() - begun) / 1000
  return {
    checks: [
      checkOf(
        'store-rows',
        total.rows,
        faults.rows,
        `${withCommas(total.rows)} rows were looked for in the snapshot`,
      ),
      {
        ...checkOf(
          'store-cells',
          total.compared,
          faults.cells,
          `${withCommas(total.compared)} cells were compared with the snapshot`,
        ),
        seconds,
      },
    ],
    cells: total.cells,
    rowsAdded: total.added,
    rowsDeleted: total.deleted,
  }
}

function checkOf(id: string, count: number, faults: readonly string[], detail: string): Check {
  return faults.length === 0
    ? { id, ok: true, count, detail }
    : { id, ok: false, count, detail, faults: faults.slice(0, 5) }
}

interface Side {
  readonly table: DuckTable
  readonly positions: Positions
}

interface Compared {
  readonly rows: number
  readonly oldRows: number
  readonly both: number
  readonly different: readonly number[]
}

async function compareTable(
  store: Store,
  is: Side,
  was: Side,
  columns: readonly DuckColumn[],
): Promise<Compared> {
  const [n, o] = [fromOf(is), `${was.positions.database}.${sqlName(was.table)}`]
  const [rows, oldRows] = [await countOf(store, `${n}`), await countOf(store, o)]
  const unequal = columns.map(({ name }) => `count(*) FILTER (n.${q(name)} IS DISTINCT FROM o.${q(name)})`)
  const source =
    rows === oldRows && isKeyless(is.table) && isPlain(is) && isPlain(was)
      ? `${n} n POSITIONAL JOIN ${o} o`
      : `${positioned(is)} n JOIN ${positioned(was)} o ON o._ulid_migrate_pos = n._ulid_migrate_pos`
  const [counts] = await store.all(
    `SELECT count(*)${unequal.map(each => `, ${each}`).join('')} FROM ${source}`,
  )
  const [both, ...different] = counts!.map(Number)
  return { rows, oldRows, both: both!, different }
}

function fromOf({ table, positions }: Side): string {
  return `${positions.database}.${sqlName(table)}`
}

function isPlain({ table, positions }: Side): boolean {
  return !positions.noted.has(copyName(table))
}

function positioned(side: Side): string {
  const { position, join } = positionSql(side.positions, side.table, 't')
  return `(SELECT t.*, ${position} AS _ulid_migrate_pos FROM ${fromOf(side)} t ${join})`
}

async function countOf(store: Store, from: string): Promise<number> {
  return Number((await store.all(`SELECT count(*) FROM ${from}`))[0]![0])
}

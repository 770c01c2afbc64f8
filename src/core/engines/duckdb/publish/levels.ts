/** A table that refers to itself is filled level by level: first the rows that refer to none of it, then those that refer to these. */
import { exitCodes, Refusal } from '../../../message.ts'
import type { DuckForeignKey, DuckTable } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { copyName } from '../copy-name.ts'
import { fill } from '../fill.ts'
import { sameDuckName } from '../sql-text.ts'
import { streamRows } from '../stream.ts'
import type { TablePlan } from './table-plan.ts'

function ownKeys(table: DuckTable): readonly DuckForeignKey[] {
  return table.foreignKeys.filter(
    key => sameDuckName(key.table, table.name) && sameDuckName(key.schema, table.schema),
  )
}

export function refersToItself(table: DuckTable): boolean {
  return ownKeys(table).length > 0
}

/**
 * The rows of `copy` with their `level`, in the order of levels, and within one as they were; null where no row refers
 * to another, and all can be put back at once.
 */
export async function byLevels(
  store: Store,
  path: string,
  plan: TablePlan,
  copy: string,
): Promise<{ readonly copy: string; readonly count: number } | null> {
  const value = (alias: string, name: string) =>
    `${alias}.c${plan.columns.findIndex(column => sameDuckName(column.name, name))}`
  const edges = ownKeys(plan.to).map(
    ({ columns, to }) =>
      `SELECT c.ord AS child, p.ord AS parent FROM ${copy} c JOIN ${copy} p ON ${columns
        .map((name, at) => `${value('c', name)} = ${value('p', to[at]!)}`)
        .join(' AND ')}`,
  )
  const name = copy.slice('temp.'.length)
  await store.run(`CREATE TEMP TABLE ${name}_edges AS ${edges.join(' UNION ALL ')}`)
  const [[referring] = []] = await store.all(`SELECT count(*) FROM temp.${name}_edges`)
  if (referring === 0n) return null
  const [[rows] = []] = await store.all(`SELECT count(*) FROM ${copy}`)
  const levels = levelsOf(Number(rows), await readEdges(store, `temp.${name}_edges`, Number(referring)))
  if (levels === null)
    throw new Refusal({
      code: 'DUCKDB.CYCLE',
      object: copyName(plan.table),
      message: 'Rows of this table refer to each other in a circle, and can not be written again.',
      why: `DuckDB itself lets no such rows into ${path}.`,
      next: 'Please report it. The file is as it was.',
      exit: exitCodes.failed,
    })
  await store.run(`CREATE TEMP TABLE ${name}_levels(ord BIGINT, level BIGINT)`)
  await fill(
    store,
    path,
    { name: `${name}_levels`, temporary: true, carriers: ['BIGINT', 'BIGINT'] },
    referringOnes(levels),
    async () => {},
  )
  await store.run(
    `CREATE TEMP TABLE ${name}_ordered AS SELECT c.*, coalesce(l.level, 0) AS level
     FROM ${copy} c LEFT JOIN temp.${name}_levels l ON l.ord = c.ord ORDER BY coalesce(l.level, 0), c.ord`,
  )
  return { copy: `temp.${name}_ordered`, count: levels.reduce((most, level) => Math.max(most, level), 0) + 1 }
}

/** Who refers to whom, by the numbers of the rows; `children[at]` to `parents[at]`, which ascend. */
interface Edges {
  readonly parents: Uint32Array
  readonly children: Uint32Array
}

async function readEdges(store: Store, from: string, count: number): Promise<Edges> {
  const edges = { parents: new Uint32Array(count), children: new Uint32Array(count) }
  let at = 0
  for await (const rows of streamRows(store, `SELECT parent, child FROM ${from} ORDER BY parent`))
    for (const [parent, child] of rows) {
      edges.parents[at] = Number(parent)
      edges.children[at++] = Number(child)
    }
  return edges
}

/**
 * The level of each row; null where rows refer to each other in a circle. In one pass over numbers, twelve bytes a row: a
 * recursive query takes the square of the depth.
 */
function levelsOf(rows: number, { parents, children }: Edges): Uint32Array | null {
  const levels = new Uint32Array(rows)
  const waiting = new Uint32Array(rows) // how many of its parents have no level yet
  for (const child of children) waiting[child]!++
  const first = new Uint32Array(rows + 1)
  for (const parent of parents) first[parent + 1]!++
  for (let row = 0; row < rows; row++) first[row + 1]! += first[row]!
  const ready = new Uint32Array(rows)
  let found = 0
  for (let row = 0; row < rows; row++) if (waiting[row] === 0) ready[found++] = row
  for (let next = 0; next < found; next++) {
    const row = ready[next]!
    for (let at = first[row]!; at < first[row + 1]!; at++) {
      const child = children[at]!
      levels[child] = Math.max(levels[child]!, levels[row]! + 1)
      if (--waiting[child]! === 0) ready[found++] = child
    }
  }
  return found === rows ? levels : null
}

function* referringOnes(levels: Uint32Array): Generator<readonly bigint[]> {
  for (const [row, level] of levels.entries()) if (level > 0) yield [BigInt(row), BigInt(level)]
}

/** A table that refers to itself is filled level by level: first the rows that refer to none of it, then those that refer to these. */
import { exitCodes, Refusal } from '../../../message.ts'
import type { DuckForeignKey, DuckTable } from '../catalog.ts'
import type { Store } from '../connect.ts'
import { sameDuckName } from '../sql-text.ts'
import { copyName } from './copy-name.ts'
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
  await store.run(
    `CREATE TEMP TABLE ${name}_levels AS WITH RECURSIVE l(ord, level) AS (
       SELECT ord, 0 FROM ${copy} WHERE ord NOT IN (SELECT child FROM temp.${name}_edges)
       UNION SELECT e.child, l.level + 1 FROM l JOIN temp.${name}_edges e ON e.parent = l.ord)
     SELECT ord, max(level) AS level FROM l GROUP BY ord`,
  )
  await store.run(
    `CREATE TEMP TABLE ${name}_ordered AS SELECT c.*, l.level FROM ${copy} c JOIN temp.${name}_levels l ON l.ord = c.ord ORDER BY l.level, c.ord`,
  )
  const [[rows, found, last] = []] = await store.all(
    `SELECT (SELECT count(*) FROM ${copy}), count(*), max(level) FROM temp.${name}_ordered`,
  )
  if (rows !== found)
    throw new Refusal({
      code: 'DUCKDB.CYCLE',
      object: copyName(plan.table),
      message: 'Rows of this table refer to each other in a circle, and can not be written again.',
      why: `DuckDB itself lets no such rows in; there are ${Number(rows) - Number(found)} in ${path}.`,
      next: 'Please report it. The file is as it was.',
      exit: exitCodes.failed,
    })
  return { copy: `temp.${name}_ordered`, count: Number(last) + 1 }
}

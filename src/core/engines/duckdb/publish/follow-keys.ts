/** Tables that are touched because they refer to one that is. */
import type { Catalog, DuckTable } from '../catalog.ts'
import { type Typed, typed } from './column-types.ts'
import { withText } from './plan-text.ts'
import { columnNamed, columnPlan, isRebuilt, sqlName, storedColumns, type TablePlan } from './table-plan.ts'

/** A foreign key wants the same type on both sides; and who refers to a table that is made anew is made anew as well. */
export function followKeys(catalog: Catalog, plans: readonly TablePlan[]): readonly TablePlan[] {
  const all = new Map(plans.map(plan => [sqlName(plan.table), plan]))
  for (let settled = false; !settled; ) {
    settled = true
    for (const child of catalog.tables)
      for (const key of all.get(sqlName(child))?.to.foreignKeys ?? child.foreignKeys) {
        const parent = all.get(sqlName({ schema: key.schema, name: key.table }))
        if (parent === undefined || !mustFollow(parent)) continue
        const plan = all.get(sqlName(child)) ?? unchanged(child)
        const followed = followTypes(plan, parent, key.columns, key.to)
        if (followed === plan && all.has(sqlName(child))) continue
        all.set(sqlName(child), followed)
        settled = false
      }
  }
  return [...all.values()]

  function mustFollow(parent: TablePlan): boolean {
    return isRebuilt(parent) || parent.change === null
  }
}

function unchanged(table: DuckTable): TablePlan {
  const columns = storedColumns(table).map(column => columnPlan(null, table, null, column))
  return { table, to: table, change: null, stage: null, columns, newIndexes: [], goneIndexes: [] }
}

function followTypes(
  plan: TablePlan,
  parent: TablePlan,
  columns: readonly string[],
  to: readonly string[],
): TablePlan {
  const goals = new Map(columns.map((name, at) => [name.toLowerCase(), columnNamed(parent.to, to[at]!)]))
  const other = (column: Typed & { readonly name: string }) => {
    const goal = goals.get(column.name.toLowerCase())
    return goal && goal.fullType !== column.fullType ? typed(goal) : null
  }
  if (!plan.to.columns.some(column => other(column) !== null)) return plan
  const table = { ...plan.to, columns: plan.to.columns.map(column => ({ ...column, ...other(column) })) }
  return withText(
    { ...plan, to: table, columns: plan.columns.map(column => ({ ...column, ...other(column) })) },
    plan.to,
  )
}

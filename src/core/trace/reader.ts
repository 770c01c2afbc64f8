/** A target that is being traced in: statements are kept for the next id, and so is how SQLite goes about each. */
import { queryPlan } from '../baseline/query-plan.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Stored } from './query.ts'

export interface Reader {
  readonly db: Connection
  /** All rows, as lists of values. */
  all(sql: string, values?: readonly Stored[]): readonly (readonly Stored[])[]
  /** The same one by one, for values that may be large. */
  each(sql: string, values: readonly Stored[]): IterableIterator<readonly Stored[]>
  /** Whether an index finds the rows and gives them in their order, so that no table is read as a whole, or sorted. */
  searches(sql: string, values: readonly Stored[]): boolean
}

export function readerOf(db: Connection): Reader {
  const statements = new Map<string, ReturnType<Connection['prepare']>>()
  const plans = new Map<string, boolean>()
  const prepared = (sql: string) => {
    const known = statements.get(sql)
    if (known) return known
    const statement = db.prepare(sql).raw()
    statements.set(sql, statement)
    return statement
  }
  return {
    db,
    all: (sql, values = []) => prepared(sql).all(...values) as Stored[][],
    each: (sql, values) => prepared(sql).iterate(...values) as IterableIterator<Stored[]>,
    searches(sql, values) {
      const known = plans.get(sql)
      if (known !== undefined) return known
      const steps = queryPlan(db, sql, values)
      const found = !steps.some(step => /^(SCAN (?!CONSTANT ROW|\(|\d)|USE TEMP B-TREE)/.test(step))
      plans.set(sql, found)
      return found
    },
  }
}

/** What SQLite says of how it would answer a query, reduced to what gets worse when an index is no longer used. */
import type { Connection } from '../engines/sqlite/open.ts'

/** Lines of EXPLAIN QUERY PLAN, without running the query. */
export function queryPlan(db: Connection, sql: string, parameters: readonly unknown[]): readonly string[] {
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { readonly detail: string }[]
  return rows.map(row => row.detail)
}

/** Steps that an index, had it been used, would have spared; each is the worse the more of them there are. */
const spared: readonly (readonly [name: string, step: RegExp])[] = [
  ['reads a whole table', /^SCAN (?!.*\bUSING\b)(?!CONSTANT ROW)(?!\d+ CONSTANT ROWS)/],
  ['makes an index of its own at each run', /\bUSING AUTOMATIC\b/],
  ['sorts', /^USE TEMP B-TREE/],
]

/** What `after` does that `before` did by an index; empty where nothing is. */
export function indexNoLongerUsed(before: readonly string[], after: readonly string[]): string {
  return spared
    .flatMap(([name, step]) => {
      const of = (plan: readonly string[]) => plan.filter(line => step.test(line))
      const lost = of(after).length > of(before).length
      return lost
        ? [`it ${name} now (${of(after).join('; ')}), and did not before (${before.join('; ')})`]
        : []
    })
    .join('; ')
}

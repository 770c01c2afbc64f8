/** The order in which tables can be made, filled and, backwards, dropped. */
import type { DuckTable } from './catalog.ts'
import { sameDuckName } from './sql-text.ts'

export type Ordered =
  | { readonly ok: true; readonly tables: readonly DuckTable[] }
  /** DuckDB has no way to make one: a key needs its parent, and none can be added later. */
  | {
      readonly ok: false
      readonly code: 'DUCKDB.CYCLE'
      readonly message: string
      readonly tables: readonly string[]
    }

/** Parents before children, otherwise in the given order. Parents outside of the set and self references don't matter. */
export function parentsFirst(tables: readonly DuckTable[]): Ordered {
  const done: DuckTable[] = []
  let waiting = [...tables]
  while (waiting.length > 0) {
    const ready = waiting.filter(table => !waiting.some(other => other !== table && refersTo(table, other)))
    if (ready.length === 0) {
      const names = waiting.map(table => `${table.schema}.${table.name}`)
      return {
        ok: false,
        code: 'DUCKDB.CYCLE',
        message: `These tables refer to each other in a circle: ${names.join(', ')}.`,
        tables: names,
      }
    }
    done.push(...ready)
    waiting = waiting.filter(table => !ready.includes(table))
  }
  return { ok: true, tables: done }
}

/** Whether a foreign key of the one names the other. */
export function refersTo(child: DuckTable, parent: Pick<DuckTable, 'schema' | 'name'>): boolean {
  return child.foreignKeys.some(
    key => sameDuckName(key.table, parent.name) && sameDuckName(key.schema, parent.schema),
  )
}

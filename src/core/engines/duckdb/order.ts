/** The order in which tables can be made, filled and, backwards, dropped. */
import type { DuckTable } from './catalog.ts'
import { sameDuckName } from './sql-text.ts'

export type Ordered =
  | { readonly ok: true; readonly tables: readonly DuckTable[] }
  /** DuckDB can not make one: a foreign key needs its parent first, and none can be added later. */
  | { readonly ok: false; readonly message: string; readonly tables: readonly string[] }

/** Parents before children, otherwise in the given order. Parents outside of the set and self references don't matter. */
export function parentsFirst(tables: readonly DuckTable[]): Ordered {
  const done: DuckTable[] = []
  let waiting = [...tables]
  while (waiting.length > 0) {
    const ready = waiting.filter(table => !waiting.some(other => other !== table && refersTo(table, other)))
    if (ready.length === 0) return circle(waiting)
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

function circle(tables: readonly DuckTable[]): Ordered {
  return {
    ok: false,
    message: 'These tables refer to each other in a circle.',
    tables: tables.map(table => `${table.schema}.${table.name}`),
  }
}

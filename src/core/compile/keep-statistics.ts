/**
 * What SQLite keeps of a table outside of it, and drops with it: the AUTOINCREMENT sequence (HAZARDS B7) and the
 * planner's statistics (HAZARDS C7). Both are set aside before tables are made anew and put back as they were: a
 * renaming of rows changes neither the next number nor how often values repeat.
 */

import { OWN_PREFIX } from '../engines/sqlite/inspect.ts'
import type { Schema, Table } from '../schema/model.ts'
import type { Step } from './program.ts'

export function keepStatistics(schema: Schema, tables: readonly Table[], phase: 'rewrite' | 'undo'): Step[] {
  return kept(schema, tables).map(store =>
    step(
      phase,
      store,
      `CREATE TEMP TABLE ${OWN_PREFIX}${store} AS SELECT * FROM main.${store} ORDER BY rowid`,
    ),
  )
}

export function putBackStatistics(
  schema: Schema,
  tables: readonly Table[],
  phase: 'rewrite' | 'undo',
): Step[] {
  return kept(schema, tables).flatMap(store => [
    // All rows: new tables have made their own, and dropping an index takes those of its name with it, whatever table they are for.
    step(phase, store, `DELETE FROM main.${store}`),
    step(phase, store, `INSERT INTO main.${store} SELECT * FROM temp.${OWN_PREFIX}${store}`),
    step(phase, store, `DROP TABLE temp.${OWN_PREFIX}${store}`),
  ])
}

function kept(schema: Schema, tables: readonly Table[]): readonly string[] {
  return tables.length === 0 ? [] : schema.statistics
}

function step(phase: 'rewrite' | 'undo', object: string, sql: string): Step {
  return { kind: 'statement', phase, object, sql }
}

/**
 * What SQLite keeps of a table outside of it, and drops with it: the AUTOINCREMENT sequence (HAZARDS B7) and the
 * planner's statistics (HAZARDS C7). Both are set aside before tables are made anew and put back as they were: a
 * renaming of rows changes neither the next number nor how often values repeat.
 */
import type { Schema, Table } from '../../schema/model.ts'
import { quoteText } from '../../schema/names.ts'
import { OWN_PREFIX } from './inspect.ts'
import { OLD } from './rebuild.ts'
import type { Step } from './program.ts'

export function keepStatistics(schema: Schema, tables: readonly Table[], phase: 'rewrite' | 'undo'): Step[] {
  return kept(schema, tables).map(({ store, column, names }) =>
    step(phase, store, `CREATE TEMP TABLE ${OWN_PREFIX}${store} AS SELECT * FROM main.${store} WHERE ${column} IN (${names})`),
  )
}

export function putBackStatistics(schema: Schema, tables: readonly Table[], phase: 'rewrite' | 'undo'): Step[] {
  return kept(schema, tables).flatMap(({ store, column, names }) => [
    // The new tables have made rows of their own, and the old ones have left theirs under the name they were given.
    step(phase, store, `DELETE FROM main.${store} WHERE ${column} IN (${names}, ${quoteText(OLD)})`),
    step(phase, store, `INSERT INTO main.${store} SELECT * FROM temp.${OWN_PREFIX}${store}`),
    step(phase, store, `DROP TABLE temp.${OWN_PREFIX}${store}`),
  ])
}

function kept(schema: Schema, tables: readonly Table[]) {
  const names = tables.map(table => quoteText(table.name)).join(', ')
  if (names === '') return []
  return schema.statistics.map(store => ({ store, column: store === 'sqlite_sequence' ? 'name' : 'tbl', names }))
}

function step(phase: 'rewrite' | 'undo', object: string, sql: string): Step {
  return { kind: 'statement', phase, object, sql }
}

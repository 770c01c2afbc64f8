/**
 * A table made anew under its own name, from its stored or edited text, with its rows copied inside SQLite (HAZARDS
 * R2). Its triggers are gone while that happens, or they would fire for every row (HAZARDS C4).
 */
import type { Table } from '../../schema/model.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { OWN_PREFIX } from './inspect.ts'
import type { Step } from './program.ts'

/** The table's rows while it is being made anew. */
export const OLD = `${OWN_PREFIX}old`

/** Where a column's values come from: an SQL expression over the old row `o`. Columns without one are copied. */
export interface ColumnSource {
  readonly column: string
  readonly expression: string
}

export interface Rebuild {
  readonly table: Table
  /** Text of the table as it shall be. */
  readonly sql: string
  readonly sources: readonly ColumnSource[]
  /** Columns of the old table that the new one does not have. */
  readonly without?: readonly string[]
  /** Indexes that go with them. */
  readonly withoutIndexes?: readonly string[]
  readonly phase: 'rewrite' | 'undo'
}

export function rebuild({ table, sql, sources, without = [], withoutIndexes = [], phase }: Rebuild): Step[] {
  const statement = (text: string, object = table.name): Step => ({ kind: 'statement', phase, object, sql: text })
  const indexes = table.indexes.filter(index => index.sql !== null)
  const kept = indexes.filter(index => !withoutIndexes.some(name => sameName(name, index.name)))
  return [
    ...indexes.map(index => statement(`DROP INDEX ${q(index.name)}`)),
    statement(`ALTER TABLE ${q(table.name)} RENAME TO ${q(OLD)}`),
    statement(sql),
    copy(table, sources, without, phase),
    statement(`DROP TABLE ${q(OLD)}`),
    ...kept.map(index => statement(index.sql!, index.name)),
  ]
}

function copy(table: Table, sources: readonly ColumnSource[], without: readonly string[], phase: 'rewrite' | 'undo'): Step {
  const columns = table.columns
    .filter(column => column.generated === 'no')
    .filter(column => !without.some(name => sameName(name, column.name)))
    .map(column => ({
      name: q(column.name),
      expression: sources.find(source => sameName(source.column, column.name))?.expression ?? `o.${q(column.name)}`,
    }))
  const position = positionOf(table)
  // Without an alias the rowid is copied as well: FTS and R-Trees hang on it (HAZARDS D1).
  const all = table.rowidAlias === null && table.rowid !== null ? [{ name: table.rowid, expression: `o.${table.rowid}` }, ...columns] : columns
  const insert = `INSERT INTO ${q(table.name)}(${all.map(each => each.name).join(', ')}) SELECT ${all.map(each => each.expression).join(', ')} FROM ${q(OLD)} o`
  if (position === null) return { kind: 'statement', phase, object: table.name, sql: insert }
  return {
    kind: 'chunked',
    phase,
    object: table.name,
    sql: `${insert} WHERE o.${position} >= @from ORDER BY o.${position} LIMIT @limit`,
    first: `SELECT min(${position}) FROM ${q(OLD)}`,
    last: `SELECT max(${position}) FROM ${q(table.name)}`,
    total: `SELECT count(*) FROM ${q(OLD)}`,
  }
}

/** The rowid under a name that no column hides, ready for SQL; null where a table is paged by its key instead. */
export function positionOf(table: Table): string | null {
  return table.rowidAlias === null ? table.rowid : q(table.rowidAlias)
}

/** Triggers that would fire while rows of the table are written. */
export function triggersOf(schema: { readonly objects: readonly { type: string; table: string; name: string; sql: string }[] }, table: Table) {
  return schema.objects.filter(object => object.type === 'trigger' && sameName(object.table, table.name))
}

/**
 * Triggers that fire at any update of their table would fire for the ULID columns as well, which sync triggers and the
 * backfill write: `updated_at` would move, an audit would grow (HAZARDS C4). They get the list of the columns there
 * were, which for every program that knows only those is the same thing.
 */
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { applyEdits } from '../schema/table-edits.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'

/** A trigger with its text before and after. */
export interface NarrowedTrigger {
  readonly type: 'trigger'
  readonly name: string
  readonly before: string
  readonly after: string
}

/** The triggers that have to be narrowed; `columns` are the ULID columns that they shall not fire for. */
export function narrowTriggers(
  schema: Schema,
  columns: readonly { readonly table: string; readonly ulid: string }[],
): readonly NarrowedTrigger[] {
  return schema.tables.flatMap(table => {
    const except = columns.filter(each => sameName(each.table, table.name)).map(each => each.ulid)
    if (except.length === 0) return []
    return schema.objects
      .filter(object => object.type === 'trigger' && sameName(object.table, table.name))
      .flatMap(object => {
        const after = narrowed(object, table, except)
        return after === null
          ? []
          : [{ type: 'trigger' as const, name: object.name, before: object.sql, after }]
      })
  })
}

function narrowed(trigger: SchemaObject, table: Table, except: readonly string[]): string | null {
  const tokens = tokenize(trigger.sql).filter(isSignificant)
  // An unquoted name can't be this keyword, so the first one is the event.
  const at = tokens.findIndex(token => token.kind === 'word' && /^(update|insert|delete)$/i.test(token.text))
  const event = tokens[at]
  if (!event || !/^update$/i.test(event.text) || !/^on$/i.test(tokens[at + 1]?.text ?? '')) return null
  const columns = table.columns
    .filter(column => column.generated === 'no' && !except.some(name => sameName(name, column.name)))
    .map(column => q(column.name))
  // A row number can be set by its name without being a column.
  const row = table.rowid === null ? [] : [table.rowid]
  const text = ` OF ${[...columns, ...row].join(', ')}`
  return applyEdits(trigger.sql, [{ start: event.end, end: event.end, text }])
}

/**
 * A table made anew under its own name, from its stored or edited text, with its rows copied inside SQLite (HAZARDS
 * R2). Its triggers are gone while that happens, or they would fire for every row (HAZARDS C4).
 */
import { OWN_PREFIX, positionOf } from '../engines/sqlite/inspect.ts'
import { parseCreateTable } from '../schema/create-table.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, sameName, unquote } from '../schema/names.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'
import { type Step, statement } from './program.ts'

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
  /** Columns that are not copied as they are, also ones that only the new table has. */
  readonly sources: readonly ColumnSource[]
  /** Columns of the old table that the new one does not have. */
  readonly without?: readonly string[]
  /** Indexes that go with them. */
  readonly withoutIndexes?: readonly string[]
  /** Indexes that get another text, by name. */
  readonly indexTexts?: ReadonlyMap<string, string>
  /** Where the integer key is given up, or back: the rowid is copied by name then, or not at all. */
  readonly rowid?: 'keep' | 'follows-key'
  /** Renaming reads the whole schema, and fails at any text that SQLite would not take today. */
  readonly setAside?: boolean
  readonly phase: 'rewrite' | 'undo'
}

export function rebuild(options: Rebuild): Step[] {
  const { table, sql, withoutIndexes = [], indexTexts, phase } = options
  const run = (text: string, object = table.name) => statement(phase, object, text)
  const indexes = table.indexes.filter(index => index.sql !== null)
  const kept = indexes.filter(index => !withoutIndexes.some(name => sameName(name, index.name)))
  return [
    ...indexes.map(index => run(`DROP INDEX ${q(index.name)}`)),
    ...(setsAside(options) ? stage(table, phase) : [run(`ALTER TABLE ${q(table.name)} RENAME TO ${q(OLD)}`)]),
    run(sql),
    copy(options),
    run(`DROP TABLE ${q(OLD)}`),
    ...kept.map(index => run(indexTexts?.get(index.name) ?? index.sql!, index.name)),
  ]
}

function setsAside({ table, setAside }: Pick<Rebuild, 'table' | 'setAside'>): boolean {
  return setAside === true || qualifiesItself(table)
}

/**
 * Whether some table's text holds a text in double quotes (HAZARDS D5): a name in quotes, within a CHECK, a default or
 * a generated column, that is none of the table's.
 */
export function hasQuotedLiterals(tables: readonly Table[]): boolean {
  return tables.some(table => {
    if (table.kind !== 'table') return false
    const parsed = parseCreateTable(table.sql)
    const spans = [...parsed.columns.flatMap(column => column.constraints), ...parsed.constraints].flatMap(
      constraint =>
        constraint.kind === 'check' || constraint.kind === 'generated'
          ? [constraint.expressionSpan]
          : constraint.kind === 'default'
            ? [constraint.valueSpan]
            : [],
    )
    const names = [
      table.name,
      ...table.columns.map(column => column.name),
      ...table.indexes.map(index => index.name),
    ]
    const texts = [
      ...spans.map(span => table.sql.slice(span.start, span.end)),
      ...table.indexes.flatMap(index => index.sql ?? []),
    ]
    return texts.some(text =>
      tokenize(text).some(
        token => token.text.startsWith('"') && !names.some(name => sameName(name, unquote(token.text))),
      ),
    )
  })
}

/** `CHECK(t.x > 0)`: such a text can't be renamed, it would look for a column of a table that is gone (HAZARDS R2). */
function qualifiesItself(table: Table): boolean {
  const tokens = tokenize(table.sql).filter(isSignificant)
  return tokens.some(
    (token, at) => tokens[at + 1]?.text === '.' && nameUses(token.text, table.name).length > 0,
  )
}

/** Sets the rows aside in a table without types, which changes no value, under the numbers they have. */
function stage(table: Table, phase: 'rewrite' | 'undo'): Step[] {
  const columns = table.columns.filter(column => column.generated === 'no').map(column => q(column.name))
  const position = positionOf(table)
  const to = [...(table.rowid !== null && position !== null ? [table.rowid] : []), ...columns].join(', ')
  const from = [...(table.rowid !== null && position !== null ? [position] : []), ...columns].join(', ')
  const run = (text: string) => statement(phase, table.name, text)
  return [
    run(`CREATE TEMP TABLE ${q(OLD)}(${columns.join(', ')})`),
    run(`INSERT INTO temp.${q(OLD)}(${to}) SELECT ${from} FROM main.${q(table.name)}`),
    run(`DROP TABLE main.${q(table.name)}`),
  ]
}

function copy({ table, sources, without = [], rowid = 'keep', phase, setAside = false }: Rebuild): Step {
  const sourceOf = (name: string) => sources.find(source => sameName(source.column, name))
  const columns = table.columns
    .filter(column => column.generated === 'no')
    .filter(column => !without.some(name => sameName(name, column.name)))
    .map(column => ({
      name: q(column.name),
      expression: sourceOf(column.name)?.expression ?? `o.${q(column.name)}`,
    }))
  const added = sources
    .filter(source => !table.columns.some(column => sameName(column.name, source.column)))
    .map(source => ({ name: q(source.column), expression: source.expression }))
  const position = setsAside({ table, setAside }) ? table.rowid : positionOf(table)
  // Without an alias the rowid is copied by its name: FTS and R-Trees hang on it (HAZARDS D1).
  const hidden = rowid === 'keep' && table.rowid !== null && position !== null
  const all = [...(hidden ? [{ name: table.rowid!, expression: `o.${position}` }] : []), ...columns, ...added]
  const insert = `INSERT INTO ${q(table.name)}(${all.map(each => each.name).join(', ')}) SELECT ${all.map(each => each.expression).join(', ')} FROM ${q(OLD)} o`
  if (position === null) return statement(phase, table.name, insert)
  const chunk = `SELECT ${position} AS p FROM ${q(OLD)} WHERE ${position} >= @from ORDER BY ${position} LIMIT @limit`
  return {
    kind: 'chunked',
    phase,
    object: table.name,
    sql: `${insert} WHERE o.${position} >= @from ORDER BY o.${position} LIMIT @limit`,
    first: `SELECT min(${position}) FROM ${q(OLD)}`,
    last: `SELECT max(p) FROM (${chunk})`,
    total: `SELECT count(*) FROM ${q(OLD)}`,
  }
}

/** Triggers that would fire while rows of the table are written. */
export function triggersOf(schema: Schema, table: Table): readonly SchemaObject[] {
  return schema.objects.filter(object => object.type === 'trigger' && sameName(object.table, table.name))
}

/**
 * Triggers that have to be dropped, and made again: those of tables that are made anew, for which they would fire at every
 * row (HAZARDS C4), those of views that get another text, and those that get one themselves.
 */
export function remadeTriggers(
  schema: Schema,
  tables: readonly Table[],
  edits: readonly { readonly type: string; readonly name: string }[],
): readonly SchemaObject[] {
  return schema.objects.filter(
    ({ type, name, table }) =>
      type === 'trigger' &&
      (tables.some(each => sameName(each.name, table)) ||
        edits.some(edit => edit.type === 'view' && sameName(edit.name, table)) ||
        edits.some(edit => edit.type === 'trigger' && edit.name === name)),
  )
}

/** Views that get another text; their triggers go with them, and are for the caller to make again. */
export function remakeViews(
  views: readonly { readonly name: string; readonly after: string }[],
  phase: 'rewrite' | 'undo',
): Step[] {
  return [
    ...views.map(({ name }) => statement(phase, name, `DROP VIEW ${q(name)}`)),
    ...views.map(({ name, after }) => statement(phase, name, after)),
  ]
}

/** An FTS table can't be altered: it is dropped, made anew over the legacy column, and its index is built again. */
export function remakeVirtualTables(
  objects: readonly { type: string; name: string; after: string }[],
  phase: 'rewrite' | 'undo',
): Step[] {
  return objects
    .filter(change => change.type === 'table' && /^\s*CREATE\s+VIRTUAL\b/i.test(change.after))
    .flatMap(({ name, after }): Step[] => [
      statement(phase, name, `DROP TABLE ${q(name)}`),
      statement(phase, name, after),
      statement(phase, name, `INSERT INTO ${q(name)}(${q(name)}) VALUES('rebuild')`),
    ])
}

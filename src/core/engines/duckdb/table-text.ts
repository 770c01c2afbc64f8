/** Edits of a table as text: what is not named stays as DuckDB wrote it. */
import { quoteName as q } from '../../schema/names.ts'
import type { DuckIndex, DuckTable } from './catalog.ts'
import { type ColumnText, parseTable, printTable } from './create-table.ts'
import { tableUses } from './expression-names.ts'
import { inSchema, pieces, sameDuckName } from './sql-text.ts'
import { namesAfter, type TableNames } from './table-names.ts'

export interface ColumnEdit {
  readonly name: string
  readonly type?: string
  /** An expression; null takes it away. */
  readonly default?: string | null
  readonly notNull?: boolean
  readonly renameTo?: string
  readonly drop?: true
  /** A new column, behind the others; it needs a type. */
  readonly add?: true
}

export interface TableEdits {
  readonly rename?: { readonly schema?: string; readonly name: string }
  /** One for a column. */
  readonly columns: readonly ColumnEdit[]
}

/**
 * The CREATE TABLE of the table as edited. Checks, keys and foreign keys stay and follow new names; self references
 * refer to the table under its new name. Constraints only on dropped columns go with them. A column that takes the
 * name of a dropped one takes its place in every constraint.
 * @throws Error where a constraint or a generated column needs a dropped column, or an edit none that there is.
 */
export function editTable(table: DuckTable, edits: TableEdits): string {
  const missing = edits.columns.find(edit => !edit.add && !table.columns.some(isFor(edit)))
  if (missing) throw new Error(`${table.name} has no column ${missing.name} to be edited.`)
  const text = parseTable(table.sql)
  const after = { schema: table.schema, name: table.name, ...edits.rename }
  const names = namesAfter(table, after, edits.columns)
  const kept = text.columns.flatMap(column => editColumn(column, edits.columns.find(isOf(column)), names))
  const added = edits.columns.filter(edit => edit.add).map(addedColumn)
  return printTable({
    ...text,
    spelled: edits.rename === undefined ? text.spelled : inSchema(after.schema, after.name),
    columns: [...kept, ...added].map(column => withKeys(column, text.columns, names)),
    constraints: text.constraints.flatMap(names.constraint),
  })
}

/**
 * Whether the table's own name is in its text: in a self reference, or in a check such as `t.price > 0`. DuckDB renames
 * such a table and leaves the old name in the check, so that no row goes in any more: it has to be made under its name.
 */
export function namesItself(table: DuckTable): boolean {
  const toItself = table.foreignKeys.some(
    key => sameDuckName(key.table, table.name) && sameDuckName(key.schema, table.schema),
  )
  return toItself || table.checks.some(check => tableUses(check, table).length > 0)
}

/** The text of an index for a table that is, or will be, called so. */
export function indexText(index: DuckIndex, forTable: Pick<DuckTable, 'schema' | 'name'>): string {
  const words = pieces(index.sql).filter(piece => piece.kind !== 'space')
  const on = words.findIndex(piece => piece.kind === 'word' && piece.text === 'ON')
  const rest = words[on + (words[on + 2]?.text === '.' ? 4 : 2)]!
  const parts = index.sql.slice(rest.start) // `(a, (lower(b)));`, or `USING HNSW (v);`
  const opening = `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${q(index.name)} ON`
  return `${opening} ${inSchema(forTable.schema, forTable.name)}${rest.text === '(' ? '' : ' '}${parts}`
}

function isFor(edit: ColumnEdit) {
  return (column: { readonly name: string }) => sameDuckName(edit.name, column.name)
}

function isOf(column: { readonly name: string }) {
  return (edit: ColumnEdit) => !edit.add && sameDuckName(edit.name, column.name)
}

function editColumn(
  column: ColumnText,
  edit: ColumnEdit | undefined,
  names: TableNames,
): readonly ColumnText[] {
  if (edit?.drop) return []
  const generated = column.generated === null ? null : names.expression(column.generated)
  if (edit === undefined) return [{ ...column, generated }]
  const type = edit.type ?? column.type
  return [
    {
      ...column,
      ...(edit.renameTo === undefined ? {} : { name: edit.renameTo, spelled: q(edit.renameTo) }),
      type,
      collation: type === 'VARCHAR' ? column.collation : null,
      generated,
      default: edit.default === undefined ? column.default : edit.default,
      notNull: edit.notNull ?? column.notNull,
    },
  ]
}

function addedColumn({ name, type, ...edit }: ColumnEdit): ColumnText {
  if (type === undefined) throw new Error(`The new column ${name} needs a type.`)
  return {
    name,
    spelled: q(name),
    type,
    collation: null,
    generated: null,
    default: edit.default ?? null,
    notNull: edit.notNull ?? false,
    primaryKey: false,
    unique: false,
  }
}

/** A key of one column is written behind it: who takes the name of a dropped one takes its keys. */
function withKeys(column: ColumnText, before: readonly ColumnText[], names: TableNames): ColumnText {
  const dropped = before.find(each => names.isDropped(each.name) && sameDuckName(each.name, column.name))
  return {
    ...column,
    primaryKey: column.primaryKey || (dropped?.primaryKey ?? false),
    unique: column.unique || (dropped?.unique ?? false),
  }
}

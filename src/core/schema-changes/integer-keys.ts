/**
 * The two forms that an integer key (a rowid under another name, HAZARDS B1) can take as a ULID, as edits of the
 * table's stored text.
 */
import { sqliteUlidExpression } from '../identifiers/index.ts'
import { columnNamed, parseCreateTable } from '../schema/create-table.ts'
import { quoteName, sameName } from '../schema/names.ts'
import {
  addColumn,
  applyEdits,
  insertColumnConstraint,
  removeColumnConstraint,
  setColumnType,
} from '../schema/table-edits.ts'
import { fitted } from '../schema/text-edits.ts'

/** Keys that are references themselves get their ULID from their parent, so they have no default of their own. */
interface KeyOptions {
  readonly mintsDefault: boolean
}

/**
 * `keep-integer`: the ULID takes the column's name and place, NOT NULL and UNIQUE; the integer stays the table's key, as
 * `legacy`, behind all other columns, with the PRIMARY KEY as it was written (AUTOINCREMENT, ON CONFLICT and all).
 */
export function keepIntegerText(sql: string, column: string, legacy: string, options: KeyOptions): string {
  const table = parseCreateTable(sql)
  const own = columnNamed(table, column).constraints.find(constraint => constraint.kind === 'primary-key')
  const key = own ? sql.slice(own.span.start, own.span.end) : ''
  const withoutKey = own
    ? removeColumnConstraint(sql, column, 'primary-key')
    : retargetTableKey(sql, column, legacy)
  const typed = asUlid(withoutKey, column, ['NOT NULL', 'UNIQUE'], options)
  return addColumn(typed, `${quoteName(legacy)} INTEGER${key === '' ? '' : ` ${key}`}`)
}

/** `pure`: the column itself becomes the key as TEXT; the table keeps its number of columns, and its rowids hidden. */
export function pureText(sql: string, column: string, options: KeyOptions): string {
  return asUlid(withoutAutoincrement(sql, column), column, ['NOT NULL'], options)
}

function asUlid(
  sql: string,
  column: string,
  wanted: readonly ('NOT NULL' | 'UNIQUE')[],
  options: KeyOptions,
): string {
  const has = (text: string, kind: string) =>
    columnNamed(parseCreateTable(text), column).constraints.some(each => each.kind === kind)
  let text = setColumnType(sql, column, 'TEXT') // any other name could make numbers of ULIDs (HAZARDS B2)
  for (const constraint of wanted)
    if (!has(text, constraint === 'NOT NULL' ? 'not-null' : 'unique'))
      text = insertColumnConstraint(text, column, constraint)
  if (!options.mintsDefault) return text
  if (has(text, 'default')) text = removeColumnConstraint(text, column, 'default')
  return insertColumnConstraint(text, column, `DEFAULT ${sqliteUlidExpression()}`)
}

/** `PRIMARY KEY("id" AUTOINCREMENT)` at the end of the table: the key moves to the legacy column. */
function retargetTableKey(sql: string, column: string, legacy: string): string {
  const spans = parseCreateTable(sql)
    .constraints.flatMap(constraint => (constraint.kind === 'primary-key' ? constraint.columns : []))
    .filter(member => sameName(member.name, column))
  return applyEdits(
    sql,
    spans.map(({ start, end }) => fitted(sql, { start, end, text: quoteName(legacy) })),
  )
}

/** AUTOINCREMENT is for INTEGER PRIMARY KEY only. */
function withoutAutoincrement(sql: string, column: string): string {
  const table = parseCreateTable(sql)
  const own = columnNamed(table, column).constraints.find(constraint => constraint.kind === 'primary-key')
  const span = own?.span ?? table.constraints.find(constraint => constraint.kind === 'primary-key')?.span
  if (!span) return sql
  const text = sql.slice(span.start, span.end).replace(/\s+AUTOINCREMENT\b/i, '')
  return applyEdits(sql, [{ ...span, text }])
}

/**
 * Edits of one column in a stored CREATE TABLE text: text in, text out, and every character that an edit does not name
 * stays (HAZARDS C5). Each throws RangeError when the text can't be read, or names no such column.
 */
import { columnUses } from './column-uses.ts'
import {
  type ColumnConstraint,
  type ColumnDefinition,
  type CreateTable,
  columnNamed,
  parseCreateTable,
  writtenReferences,
} from './create-table.ts'
import { quoteName, sameName } from './names.ts'
import { applyEdits, fitted, removeSpans } from './text-edits.ts'
import { endsInLineComment, isSignificant, type Span, type Token, tokenize } from './tokens.ts'

/** Gives the column another type name, or one where it had none. */
export function setColumnType(sql: string, column: string, type: string): string {
  const { typeSpan, nameSpan } = columnNamed(parseCreateTable(sql), column)
  const { start, end } = typeSpan ?? { start: nameSpan.end, end: nameSpan.end }
  return applyEdits(sql, [fitted(sql, { start, end, text: typeSpan === null ? ` ${type}` : type })])
}

/**
 * Adds a column behind the last one, before constraints of the table. A comment on the last column's line stays with
 * that column; where the last column has a line of its own, so gets the new one, indented alike.
 * @param definition as in CREATE TABLE: `"job_id" TEXT NOT NULL`
 */
export function addColumn(sql: string, definition: string): string {
  const text = endsInLineComment(definition) ? `${definition}\n` : definition
  const last = parseCreateTable(sql).columns.at(-1)!
  const indent = /\n([ \t]*)$/.exec(sql.slice(0, last.span.start))
  if (indent === null) return insertAt(sql, last.span.end, `, ${text}`)
  const line = `\n${indent[1]}${text}`
  const comma = commaAfter(sql, last)
  if (comma !== null) return insertAt(sql, endOfRemarks(sql, comma.end), `${line},`)
  const end = endOfRemarks(sql, last.span.end)
  return applyEdits(sql, [
    { start: last.span.end, end: last.span.end, text: ',' },
    { start: end, end, text: line },
  ])
}

/** What follows the column to its new name; all else keeps the old name, which another column may take. */
export interface RenameOptions {
  /** Own PRIMARY KEY, UNIQUE and FOREIGN KEY lists. */
  readonly keys?: boolean
  /** CHECK and GENERATED expressions of this table. */
  readonly expressions?: boolean
  /** `REFERENCES` of this table to itself that list the column. */
  readonly selfReferences?: boolean
}

/** Renames the definition of a column and, as asked, its uses within this table's text; other objects are not seen. */
export function renameColumnDefinition(
  sql: string,
  column: string,
  newName: string,
  options: RenameOptions = {},
): string {
  const table = parseCreateTable(sql)
  const spans: Span[] = [columnNamed(table, column).nameSpan]
  if (options.keys) spans.push(...keyUses(table, column))
  if (options.expressions) {
    spans.push(...expressionSpans(table).flatMap(span => columnUses(sql, span, column)))
  }
  if (options.selfReferences) spans.push(...selfReferenceUses(table, column))
  const text = quoteName(newName)
  return applyEdits(
    sql,
    spans.map(({ start, end }) => fitted(sql, { start, end, text })),
  )
}

/** Writes a constraint behind those that the column has; `text` is SQL, with or without `CONSTRAINT name`. */
export function insertColumnConstraint(sql: string, column: string, text: string): string {
  const { end } = columnNamed(parseCreateTable(sql), column).span
  return applyEdits(sql, [fitted(sql, { start: end, end, text: ` ${text}` })])
}

/**
 * Removes constraints of a column, each with its name: all of one kind, or those that a test picks. With `references`
 * goes a DEFERRABLE that stands apart from it, which would otherwise pass to the table's previous foreign key.
 * @throws RangeError when there is none.
 */
export function removeColumnConstraint(
  sql: string,
  column: string,
  which: ColumnConstraint['kind'] | ((constraint: ColumnConstraint) => boolean),
): string {
  const { constraints } = columnNamed(parseCreateTable(sql), column)
  const picks = typeof which === 'string' ? (one: ColumnConstraint) => one.kind === which : which
  let withReference = false
  const removed = constraints.filter(constraint => {
    if (constraint.kind === 'deferrable' && withReference) return true
    const picked = picks(constraint)
    if (constraint.kind === 'references') withReference = picked
    return picked
  })
  if (removed.length === 0)
    throw new RangeError(`Column ${column} has no such constraint: ${sql.slice(0, 60)}`)
  return removeSpans(
    sql,
    removed.map(constraint => constraint.span),
  )
}

/**
 * Removes a column, its comma and the comment on its line.
 * @throws RangeError when it is the only column, or when a key, CHECK or generated column that stays uses it: left
 * behind, `CHECK("x" > 0)` would silently compare the text 'x' in programs where SQLite still allows that (HAZARDS D5).
 */
export function removeColumn(sql: string, column: string): string {
  const table = parseCreateTable(sql)
  const { span } = columnNamed(table, column)
  if (table.columns.length === 1) throw new RangeError(`${column} is the only column of ${table.name}`)
  const users = [
    ...keyUses(table, column),
    ...selfReferenceUses(table, column),
    ...expressionSpans(table).flatMap(expression => columnUses(sql, expression, column)),
  ].filter(use => use.start < span.start || use.end > span.end)
  if (users.length > 0) {
    throw new RangeError(`${table.name} still uses ${column} at ${users.map(use => use.start).join(', ')}`)
  }

  const comma = commaAfter(sql, { span })
  if (comma !== null) {
    const end = endOfRemarks(sql, comma.end)
    const behind = /^[ \t\n\f\r]*/.exec(sql.slice(end))![0]
    const before = /[ \t]*$/.exec(sql.slice(0, span.start))![0]
    // Put behind another on its line, as ALTER TABLE does, it leaves the next line where it is.
    const follows = /\n/.test(behind) && !/(^|\n)$/.test(sql.slice(0, span.start - before.length))
    return applyEdits(sql, [
      follows
        ? { start: span.start - before.length, end, text: '' }
        : { start: span.start, end: end + behind.length, text: '' },
    ])
  }
  const commaBefore = significant(sql).findLast(token => token.end <= span.start)!
  const between = sql.slice(commaBefore.end, span.start)
  const end = endOfRemarks(sql, span.end)
  if (/^[ \t\n\f\r]*$/.test(between)) return applyEdits(sql, [{ start: commaBefore.start, end, text: '' }])
  return applyEdits(sql, [
    { start: commaBefore.start, end: commaBefore.end, text: '' },
    { start: span.start, end, text: '' },
  ])
}

function keyUses(table: CreateTable, column: string): readonly Span[] {
  const lists = table.constraints.flatMap(constraint => ('columns' in constraint ? constraint.columns : []))
  return lists.filter(use => sameName(use.name, column))
}

function selfReferenceUses(table: CreateTable, column: string): readonly Span[] {
  return writtenReferences(table)
    .filter(reference => sameName(reference.table, table.name))
    .flatMap(reference => reference.columns.filter(use => sameName(use.name, column)))
}

function expressionSpans(table: CreateTable): readonly Span[] {
  const all = [...table.columns.flatMap(column => column.constraints), ...table.constraints]
  return all.flatMap(constraint => ('expressionSpan' in constraint ? [constraint.expressionSpan] : []))
}

function significant(sql: string): readonly Token[] {
  return tokenize(sql).filter(isSignificant)
}

function commaAfter(sql: string, { span }: Pick<ColumnDefinition, 'span'>): Token | null {
  const next = significant(sql).find(token => token.start >= span.end)
  return next?.text === ',' ? next : null
}

/** The offset behind the comments that follow on the same line; where there is none, the offset given. */
function endOfRemarks(sql: string, offset: number): number {
  let end = offset
  for (const token of tokenize(sql)) {
    if (token.start < offset) continue
    if (isSignificant(token) || /\n/.test(token.text)) break
    if (token.kind === 'comment') end = token.end
  }
  return end
}

function insertAt(sql: string, offset: number, text: string): string {
  return applyEdits(sql, [{ start: offset, end: offset, text }])
}

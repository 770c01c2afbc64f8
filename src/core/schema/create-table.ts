/**
 * Reads a stored CREATE TABLE text into offsets over that very text, so that an edit touches what it names and nothing
 * else (HAZARDS C5). What the database itself says of the table comes from pragmas (`model.ts`); this only says where
 * it is written.
 */
import {
  type ColumnConstraint,
  type ReferenceClause,
  readColumnConstraints,
  readTableConstraints,
  type TableConstraint,
} from './constraint-clauses.ts'
import { sameName } from './names.ts'
import { type NamedSpan, TokenReader } from './token-reader.ts'
import type { Span } from './tokens.ts'

export type { ColumnConstraint, ReferenceClause, TableConstraint } from './constraint-clauses.ts'

export interface ColumnDefinition {
  readonly name: string
  /** From the name to the last constraint; the comma and comments behind it are outside. */
  readonly span: Span
  readonly nameSpan: Span
  /** All words of the type and its `(n,m)`; null for a column without type. */
  readonly typeSpan: Span | null
  readonly constraints: readonly ColumnConstraint[]
}

export interface CreateTable {
  readonly name: string
  readonly nameSpan: Span
  /** From the opening to the closing parenthesis, both included. */
  readonly bodySpan: Span
  readonly columns: readonly ColumnDefinition[]
  readonly constraints: readonly TableConstraint[]
  /** What follows the parentheses: `WITHOUT ROWID`, `STRICT`; null where nothing does. */
  readonly optionsSpan: Span | null
  readonly withoutRowid: boolean
  readonly strict: boolean
}

/** A foreign key as written, of a column or of the table. */
export interface WrittenReference extends ReferenceClause {
  readonly from: readonly string[]
}

/**
 * @param sql the text of a table as in `sqlite_schema.sql`, or any CREATE TABLE with a list of columns
 * @returns spans as UTF-16 offsets into `sql`
 * @throws RangeError naming what it could not read: a virtual table, CREATE TABLE AS, text that is not SQLite's
 */
export function parseCreateTable(sql: string): CreateTable {
  const reader = new TokenReader(sql)
  reader.expect('create')
  if (!reader.take('temp')) reader.take('temporary')
  reader.expect('table')
  if (reader.at('if', 'not', 'exists')) reader.take('if', 'not', 'exists')
  let table = reader.name('the name of the table')
  if (reader.take('.')) table = reader.name('the name of the table')

  const bodyStart = reader.peek()?.start ?? reader.end
  reader.expect('(')
  const columns = [readColumn(reader)]
  let constraints: readonly TableConstraint[] = []
  while (reader.take(',')) {
    if (atTableConstraint(reader)) {
      constraints = readTableConstraints(reader)
      break
    }
    columns.push(readColumn(reader))
  }
  reader.expect(')')
  const bodySpan = { start: bodyStart, end: reader.end }
  const options = readOptions(reader)
  reader.take(';')
  if (!reader.done) reader.fail('the end of the statement')
  const { name, start, end } = table
  return { name, nameSpan: { start, end }, bodySpan, columns, constraints, ...options }
}

/** @throws RangeError when the table has no column of that name (compared as SQLite does). */
export function columnNamed(table: CreateTable, name: string): ColumnDefinition {
  const column = table.columns.find(column => sameName(column.name, name))
  if (column === undefined) throw new RangeError(`${table.name} has no column ${name}`)
  return column
}

/** All foreign keys of the table in the order of the text; `PRAGMA foreign_key_list` numbers them backwards. */
export function writtenReferences(table: CreateTable): readonly WrittenReference[] {
  const ofColumns = table.columns.flatMap(column =>
    column.constraints.flatMap(constraint =>
      constraint.kind === 'references' ? [{ from: [column.name], ...constraint.reference }] : [],
    ),
  )
  const ofTable = table.constraints.flatMap(constraint =>
    constraint.kind === 'foreign-key'
      ? [{ from: constraint.columns.map(column => column.name), ...constraint.reference }]
      : [],
  )
  return [...ofColumns, ...ofTable]
}

/** These words are reserved: bare, they can't name a column. */
function atTableConstraint(reader: TokenReader): boolean {
  return ['constraint', 'primary', 'unique', 'check', 'foreign'].some(word => reader.at(word))
}

function readColumn(reader: TokenReader): ColumnDefinition {
  if (atTableConstraint(reader)) reader.fail('a column')
  const { name, start, end }: NamedSpan = reader.name('the name of a column')
  const typeSpan = readType(reader)
  const constraints = readColumnConstraints(reader)
  return { name, span: { start, end: reader.end }, nameSpan: { start, end }, typeSpan, constraints }
}

const afterType = [
  'constraint',
  'default',
  'null',
  'not',
  'primary',
  'unique',
  'check',
  'references',
  'deferrable',
  'collate',
  'as',
]

function readType(reader: TokenReader): Span | null {
  const start = reader.peek()?.start ?? reader.end
  let words = 0
  while (['word', 'quoted', 'string'].includes(reader.peek()?.kind ?? '')) {
    if (reader.at('generated', 'always') || afterType.some(word => reader.at(word))) break
    reader.name('a type')
    words += 1
  }
  if (words === 0) return null
  if (reader.at('(')) reader.parens()
  return { start, end: reader.end }
}

function readOptions(reader: TokenReader): Pick<CreateTable, 'optionsSpan' | 'withoutRowid' | 'strict'> {
  const start = reader.peek()?.start ?? reader.end
  let withoutRowid = false
  let strict = false
  if (reader.done || reader.at(';')) return { optionsSpan: null, withoutRowid, strict }
  do {
    if (reader.take('without', 'rowid')) withoutRowid = true
    else if (reader.take('strict')) strict = true
    else reader.fail('WITHOUT ROWID or STRICT')
  } while (reader.take(','))
  return { optionsSpan: { start, end: reader.end }, withoutRowid, strict }
}

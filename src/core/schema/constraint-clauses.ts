/**
 * Constraints as they are written, of a column and of a table. Offsets are into the text that the reader was given; a
 * constraint's span takes in its `CONSTRAINT name`. SQLite is laxer than its diagrams, and what it stores is read here
 * as it reads it: `CONSTRAINT name` may stand alone, and `DEFERRABLE` may stand apart from its `REFERENCES`.
 */
import type { NamedSpan, TokenReader } from './token-reader.ts'
import type { Span } from './tokens.ts'

export interface ReferenceClause {
  readonly table: string
  readonly tableSpan: Span
  /** Empty where the text says only `REFERENCES parent` (HAZARDS A9). */
  readonly columns: readonly NamedSpan[]
  /** With the parentheses; null where there is no list. */
  readonly columnsSpan: Span | null
}

interface Named {
  readonly span: Span
  readonly name: string | null
}

/** `expressionSpan` includes the parentheses. */
type Check = Named & { readonly kind: 'check'; readonly expressionSpan: Span }
/** A `CONSTRAINT name` with nothing behind it. */
type NameOnly = Named & { readonly kind: 'name-only' }

export type ColumnConstraint =
  | (Named & { readonly kind: 'primary-key'; readonly descending: boolean; readonly autoincrement: boolean })
  | (Named & { readonly kind: 'not-null' | 'null' | 'unique' | 'deferrable' })
  | Check
  | (Named & { readonly kind: 'default'; readonly valueSpan: Span })
  | (Named & { readonly kind: 'collate'; readonly collation: string; readonly collationSpan: Span })
  | (Named & { readonly kind: 'references'; readonly reference: ReferenceClause })
  | (Named & { readonly kind: 'generated'; readonly expressionSpan: Span; readonly stored: boolean })
  | NameOnly

export type TableConstraint =
  | (Named & {
      readonly kind: 'primary-key'
      readonly columns: readonly NamedSpan[]
      readonly columnsSpan: Span
      readonly autoincrement: boolean
    })
  | (Named & { readonly kind: 'unique'; readonly columns: readonly NamedSpan[]; readonly columnsSpan: Span })
  | Check
  | (Named & {
      readonly kind: 'foreign-key'
      readonly columns: readonly NamedSpan[]
      readonly columnsSpan: Span
      readonly reference: ReferenceClause
    })
  | NameOnly

type Unnamed<T> = T extends Named ? Omit<T, keyof Named> : never

/** Reads all constraints of one column, up to the comma or parenthesis that ends its definition. */
export function readColumnConstraints(reader: TokenReader): readonly ColumnConstraint[] {
  const constraints: ColumnConstraint[] = []
  while (!reader.done && !reader.at(',') && !reader.at(')')) {
    constraints.push(readNamed(reader, readColumnConstraint))
  }
  return constraints
}

/** Reads the constraints of a table up to its closing parenthesis; commas between them are optional to SQLite. */
export function readTableConstraints(reader: TokenReader): readonly TableConstraint[] {
  const constraints: TableConstraint[] = []
  while (!reader.at(')')) {
    constraints.push(readNamed(reader, readTableConstraint))
    if (reader.take(',') && reader.at(')')) reader.fail('a table constraint')
  }
  return constraints
}

function readNamed<T>(reader: TokenReader, read: (reader: TokenReader) => T | null) {
  const start = reader.peek()?.start ?? reader.end
  let name: string | null = null
  while (reader.take('constraint')) name = reader.name('the name of a constraint').name
  const constraint = read(reader)
  if (constraint === null && name === null) reader.fail('a constraint')
  return { name, ...(constraint ?? { kind: 'name-only' as const }), span: { start, end: reader.end } }
}

function readColumnConstraint(reader: TokenReader): Unnamed<ColumnConstraint> | null {
  if (reader.take('primary', 'key')) {
    const descending = readOrder(reader)
    readConflict(reader)
    return { kind: 'primary-key', descending, autoincrement: reader.take('autoincrement') }
  }
  if (reader.take('not', 'null')) return withConflict(reader, 'not-null')
  if (reader.take('null')) return withConflict(reader, 'null')
  if (reader.take('unique')) return withConflict(reader, 'unique')
  if (reader.at('check')) return readCheck(reader)
  if (reader.take('default')) return { kind: 'default', valueSpan: readDefault(reader) }
  if (reader.take('collate')) {
    const { name, start, end } = reader.name('a collation')
    return { kind: 'collate', collation: name, collationSpan: { start, end } }
  }
  if (reader.at('references')) return { kind: 'references', reference: readReference(reader) }
  if (readDeferrable(reader)) return { kind: 'deferrable' }
  if (reader.take('generated', 'always', 'as') || reader.take('as')) {
    const expressionSpan = reader.parens()
    const stored = reader.take('stored')
    if (!stored) reader.take('virtual')
    return { kind: 'generated', expressionSpan, stored }
  }
  return null
}

function readTableConstraint(reader: TokenReader): Unnamed<TableConstraint> | null {
  if (reader.take('primary', 'key')) {
    const keys = readColumnList(reader)
    readConflict(reader)
    return { kind: 'primary-key', ...keys }
  }
  if (reader.take('unique')) {
    const { columns, columnsSpan } = readColumnList(reader)
    readConflict(reader)
    return { kind: 'unique', columns, columnsSpan }
  }
  if (reader.at('check')) return readCheck(reader)
  if (reader.take('foreign', 'key')) {
    const { columns, columnsSpan } = readColumnList(reader)
    return { kind: 'foreign-key', columns, columnsSpan, reference: readReference(reader) }
  }
  return null
}

function readCheck(reader: TokenReader): Unnamed<Check> {
  reader.expect('check')
  const expressionSpan = reader.parens()
  readConflict(reader)
  return { kind: 'check', expressionSpan }
}

function readReference(reader: TokenReader): ReferenceClause {
  reader.expect('references')
  const { name: table, ...tableSpan } = reader.name('the name of a table')
  const list = reader.at('(') ? readColumnList(reader) : { columns: [], columnsSpan: null }
  for (;;) {
    if (reader.take('match')) reader.name('a kind of match')
    else if (!readAction(reader)) break
  }
  readDeferrable(reader)
  return { table, tableSpan, columns: list.columns, columnsSpan: list.columnsSpan }
}

function readAction(reader: TokenReader): boolean {
  const event = ['delete', 'update', 'insert'].some(event => reader.take('on', event))
  if (!event) return false
  const actions = [['set', 'null'], ['set', 'default'], ['cascade'], ['restrict'], ['no', 'action']]
  if (!actions.some(action => reader.take(...action))) reader.fail('what a foreign key does')
  return true
}

function readDeferrable(reader: TokenReader): boolean {
  if (!reader.take('not', 'deferrable') && !reader.take('deferrable')) return false
  if (reader.take('initially') && !reader.take('deferred')) reader.expect('immediate')
  return true
}

function readDefault(reader: TokenReader): Span {
  if (reader.at('(')) return reader.parens()
  const start = reader.peek()?.start ?? reader.end
  if (!reader.take('-')) reader.take('+')
  return { start, end: reader.next('a default value').end }
}

function readOrder(reader: TokenReader): boolean {
  const descending = reader.take('desc')
  if (!descending) reader.take('asc')
  return descending
}

function readConflict(reader: TokenReader): void {
  if (reader.take('on', 'conflict')) reader.name('how a conflict ends')
}

function withConflict<K extends 'not-null' | 'null' | 'unique'>(
  reader: TokenReader,
  kind: K,
): { readonly kind: K } {
  readConflict(reader)
  return { kind }
}

/** `(a, "b" COLLATE nocase DESC)`: the first name of each item; SQLite allows even parentheses around it. */
function readColumnList(reader: TokenReader) {
  const columns: NamedSpan[] = []
  const start = reader.peek()?.start ?? reader.end
  reader.expect('(')
  let autoincrement = false
  do {
    let opened = 0
    while (reader.take('(')) opened += 1
    columns.push(reader.name('the name of a column'))
    for (;;) {
      if (reader.take('collate')) reader.name('a collation')
      else if (opened > 0 && reader.take(')')) opened -= 1
      else break
    }
    readOrder(reader)
    autoincrement = reader.take('autoincrement')
  } while (reader.take(','))
  reader.expect(')')
  return { columns, columnsSpan: { start, end: reader.end }, autoincrement }
}

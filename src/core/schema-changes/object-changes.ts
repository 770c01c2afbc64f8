/**
 * What else in a schema speaks of a column that becomes a ULID: objects that must be moved to the legacy integer
 * (HAZARDS D1), things that make or check ids and get their ULID counterpart, and expressions whose meaning would
 * change without a word (HAZARDS C1 to C3). All are found by tokens, shown, and done only when accepted.
 */
import { sqliteUlidExpression } from '../identifiers/index.ts'
import { columnUses } from '../schema/column-uses.ts'
import { parseCreateTable } from '../schema/create-table.ts'
import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { formatColumnPath, quoteName, quoteText, sameName, unquote } from '../schema/names.ts'
import { applyEdits, type TextEdit } from '../schema/table-edits.ts'
import { fitted } from '../schema/text-edits.ts'
import { isSignificant, type Span, type Token, tokenize } from '../schema/tokens.ts'

/** A column that is going to hold ULIDs under its old name. */
export interface RenamedColumn {
  readonly table: string
  readonly column: string
  readonly role: 'identity' | 'reference'
  /** Where the integer it held goes on: the legacy column, or the rowid; null where it held no rowid. */
  readonly integer: string | null
  /** True when its values were whole numbers. */
  readonly numeric: boolean
}

/** An object that gets another text, with the reason; done only when `object` is accepted. */
export interface ObjectChange {
  readonly kind: 'moved' | 'generator' | 'check'
  readonly type: SchemaObject['type']
  readonly name: string
  /** How it is called when it is accepted. */
  readonly object: string
  readonly before: string
  readonly after: string
  readonly why: string
}

/** An expression that would mean something else afterwards. Its text stays as it is. */
export interface Risk {
  readonly object: string
  readonly what: string
  readonly expression: string
}

export interface ObjectChanges {
  readonly changes: readonly ObjectChange[]
  readonly risks: readonly Risk[]
  /** Statements that count on the number of columns, which a kept integer changes. */
  readonly positional: readonly Risk[]
}

export function objectChanges(schema: Schema, columns: readonly RenamedColumn[]): ObjectChanges {
  const virtual = schema.tables.filter(table => table.kind === 'virtual')
  const changes = schema.objects.flatMap(object => {
    const change =
      object.type === 'trigger'
        ? triggerChange(object, columns, virtual)
        : object.type === 'table' && virtual.some(table => table.name === object.name)
          ? ftsChange(object, columns)
          : object.type === 'table'
            ? tableChange(object, schema, columns)
            : null
    return change ? [change] : []
  })
  const afterwards = schema.objects.map(object =>
    changes.find(each => each.type === object.type && each.name === object.name),
  )
  const risks = schema.objects.flatMap((object, at) =>
    risksOf({ ...object, sql: afterwards[at]?.after ?? object.sql }, schema, columns),
  )
  const grown = columns.filter(
    column => column.integer !== null && !/^(rowid|_rowid_|oid)$/.test(column.integer),
  )
  const positional = positionalUses(
    schema,
    grown.map(column => column.table),
  )
  return {
    changes,
    positional,
    risks: risks.filter(
      (risk, at) =>
        risks.findIndex(each => each.object === risk.object && each.expression === risk.expression) === at,
    ),
  }
}

/** Triggers of the table that hand its key to a virtual table as a rowid, or that make ids themselves. */
function triggerChange(
  object: SchemaObject,
  columns: readonly RenamedColumn[],
  virtual: readonly Table[],
): ObjectChange | null {
  const own = columns.filter(column => sameName(column.table, object.table) && column.role === 'identity')
  const tokens = tokenize(object.sql).filter(isSignificant)
  const moved = own
    .filter(column => column.integer !== null)
    .flatMap(column =>
      statementsOf(tokens)
        .filter(statement => statement.some(token => virtual.some(table => isName(token, table.name))))
        .flatMap(statement =>
          rowUses(statement, column.column).map(token =>
            edit(object.sql, token, quoteColumn(column.integer!)),
          ),
        ),
    )
  const minted = own.flatMap(column =>
    generatorsIn(tokens, column.column).map(span => ({ ...span, text: sqliteUlidExpression() })),
  )
  if (moved.length + minted.length === 0) return null
  return {
    kind: moved.length > 0 ? 'moved' : 'generator',
    type: 'trigger',
    name: object.name,
    object: object.name,
    before: object.sql,
    after: applyEdits(object.sql, [...moved, ...minted]),
    why:
      moved.length > 0
        ? 'It hands the key to a virtual table as a rowid, which must stay an integer; it will use the legacy one.'
        : 'It makes legacy ids; it will make ULIDs.',
  }
}

/** `content_rowid='id'` of an external-content FTS5 table. */
function ftsChange(object: SchemaObject, columns: readonly RenamedColumn[]): ObjectChange | null {
  const tokens = tokenize(object.sql).filter(isSignificant)
  const content = optionOf(tokens, 'content')
  const rowid = optionOf(tokens, 'content_rowid')
  if (!content || !rowid) return null
  const column = columns.find(
    each =>
      each.integer !== null &&
      sameName(each.table, unquote(content.text)) &&
      sameName(each.column, unquote(rowid.text)),
  )
  if (!column) return null
  return {
    kind: 'moved',
    type: 'table',
    name: object.name,
    object: object.name,
    before: object.sql,
    after: applyEdits(object.sql, [{ start: rowid.start, end: rowid.end, text: quoteText(column.integer!) }]),
    why: 'It finds its rows by the integer key; it will use the legacy one, and its index is built anew.',
  }
}

function optionOf(tokens: readonly Token[], name: string): Token | undefined {
  const at = tokens.findIndex((token, index) => isName(token, name) && tokens[index + 1]?.text === '=')
  return at < 0 ? undefined : tokens[at + 2]
}

/** DEFAULTs that make ids and CHECKs of their length, in the identity's own table. */
function tableChange(
  object: SchemaObject,
  schema: Schema,
  columns: readonly RenamedColumn[],
): ObjectChange | null {
  const table = schema.tables.find(each => each.name === object.name)
  const own = columns.filter(column => sameName(column.table, object.name))
  if (own.length === 0 || table?.kind !== 'table') return null
  const parsed = parseCreateTable(object.sql)
  const edits: TextEdit[] = []
  let kind: ObjectChange['kind'] = 'check'
  for (const { column, role } of own) {
    const definition = parsed.columns.find(each => sameName(each.name, column))
    for (const constraint of definition?.constraints ?? [])
      if (
        constraint.kind === 'default' &&
        role === 'identity' &&
        makesIds(tokensIn(object.sql, constraint.valueSpan))
      ) {
        edits.push(fitted(object.sql, { ...constraint.valueSpan, text: sqliteUlidExpression() }))
        kind = 'generator'
      }
    const checks = [...parsed.columns.flatMap(each => each.constraints), ...parsed.constraints].flatMap(
      constraint => (constraint.kind === 'check' ? [constraint.expressionSpan] : []),
    )
    for (const span of checks) edits.push(...lengthEdits(object.sql, span, column))
  }
  if (edits.length === 0) return null
  return {
    kind,
    type: 'table',
    name: object.name,
    object: object.name,
    before: object.sql,
    after: applyEdits(object.sql, edits),
    why:
      kind === 'generator'
        ? 'It makes legacy ids by default; it will make ULIDs.'
        : 'It checks the length of ids; a ULID has 26 characters.',
  }
}

/** `length(id) = 36`, either way round: the number becomes 26. */
function lengthEdits(sql: string, span: Span, column: string): TextEdit[] {
  const tokens = tokensIn(sql, span)
  return tokens.flatMap((token, at) => {
    const call =
      isName(token, 'length') &&
      tokens[at + 1]?.text === '(' &&
      isName(tokens[at + 2], column) &&
      tokens[at + 3]?.text === ')'
    if (!call) return []
    const after = /^={1,2}$/.test(tokens[at + 4]?.text ?? '') ? tokens[at + 5] : undefined
    const before = /^={1,2}$/.test(tokens[at - 1]?.text ?? '') ? tokens[at - 2] : undefined
    const literal = [after, before].find(each => each?.kind === 'number')
    return literal ? [{ start: literal.start, end: literal.end, text: '26' }] : []
  })
}

/** Spans of what a trigger sets the id to, where that makes ids: `SET id = lower(hex(randomblob(16)))`. */
function generatorsIn(tokens: readonly Token[], column: string): Span[] {
  return tokens.flatMap((token, at) => {
    if (!isName(token, column) || tokens[at + 1]?.text !== '=') return []
    let depth = 0
    let end = at + 2
    for (; end < tokens.length; end++) {
      const { text } = tokens[end]!
      if (text === '(') depth += 1
      if (text === ')') depth -= 1
      if (
        depth < 0 ||
        (depth === 0 && (text === ';' || text === ',' || /^(where|from|returning)$/i.test(text)))
      )
        break
    }
    const value = tokens.slice(at + 2, end)
    return value.length > 0 && makesIds(value) ? [{ start: value[0]!.start, end: value.at(-1)!.end }] : []
  })
}

function makesIds(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, at) =>
      token.kind === 'word' &&
      /^(randomblob|random|uuid|uuid4|uuid7|gen_random_uuid|hex|ulid|newid)$/i.test(token.text) &&
      tokens[at + 1]?.text === '(',
  )
}

const comparisons = new Set(['<', '>', '<=', '>='])
const arithmetic = new Set(['+', '-', '*', '/', '%', '||', '<<', '>>', '&', '|'])
const equalities = new Set(['=', '==', '<>', '!=', 'is', 'in', 'between', 'like', 'glob', 'match', 'regexp'])
/** Functions that tell the old value from the new one. Over text, changing case or quoting it tells nothing. */
const ofNumbers =
  /^(max|min|sum|avg|total|abs|round|typeof|printf|format|iif|length|substr|substring|instr|upper|lower|hex|unhex|replace|trim|quote)$/i
const ofText = /^(max|min|length|substr|substring|instr|unhex|replace|printf|format)$/i

/** Uses of the columns in checks, generated columns, indexes, views and trigger bodies that would mean something else. */
function risksOf(object: SchemaObject, schema: Schema, columns: readonly RenamedColumn[]): Risk[] {
  if (object.type === 'table') return tableRisks(object, schema, columns)
  const tokens = tokenize(object.sql).filter(isSignificant)
  const speaking = columns.filter(
    column => sameName(object.table, column.table) || tokens.some(token => isName(token, column.table)),
  )
  const what = object.type === 'view' ? 'view' : object.type === 'index' ? 'index' : 'trigger'
  // An index that lists the column only keeps it in order, which changes with the column itself.
  return speaking.flatMap(column =>
    riskyUses(object.sql, tokens, column).map(expression => ({ object: object.name, what, expression })),
  )
}

function tableRisks(object: SchemaObject, schema: Schema, columns: readonly RenamedColumn[]): Risk[] {
  if (schema.tables.find(table => table.name === object.name)?.kind !== 'table') return []
  const own = columns.filter(column => sameName(column.table, object.name))
  if (own.length === 0) return []
  const table = parseCreateTable(object.sql)
  const checks = [...table.columns.flatMap(column => column.constraints), ...table.constraints].flatMap(
    constraint => (constraint.kind === 'check' ? [constraint.expressionSpan] : []),
  )
  const generated = table.columns.flatMap(column =>
    column.constraints.flatMap(constraint =>
      constraint.kind === 'generated' ? [{ name: column.name, span: constraint.expressionSpan }] : [],
    ),
  )
  return own.flatMap(column => [
    ...checks.flatMap(span =>
      riskyUses(object.sql, tokensIn(object.sql, span), column).map(expression => ({
        object: object.name,
        what: 'CHECK',
        expression,
      })),
    ),
    ...generated
      .filter(({ span }) => columnUses(object.sql, span, column.column).length > 0)
      .map(({ name, span }) => ({
        object: formatColumnPath(object.name, name),
        what: 'generated column',
        expression: object.sql.slice(span.start, span.end),
      })),
  ])
}

/** The expression around each use of the column that compares, counts with, cuts or sorts by its old value. */
function riskyUses(sql: string, tokens: readonly Token[], column: RenamedColumn): string[] {
  return tokens.flatMap((token, at) => {
    if (!isName(token, column.column) || tokens[at + 1]?.text === '(' || tokens[at + 1]?.text === '.')
      return []
    const first = tokens[at - 1]?.text === '.' ? at - 2 : at // with its qualifier
    const previous = tokens[first - 1]
    const next = tokens[at + 1]
    const beside = [previous, next].map(each => each?.text.toLowerCase() ?? '')
    const value = [tokens[first - 2], tokens[at + 2]]
    const isLiteral = (each: Token | undefined): boolean =>
      each !== undefined &&
      (['number', 'string', 'blob'].includes(each.kind) ||
        (/^[-+(]$/.test(each.text) && isLiteral(tokens[tokens.indexOf(each) + 1])))
    const literal =
      (equalities.has(beside[1]!) &&
        (isLiteral(value[1]) || (beside[1] === 'is' && value[1]?.kind === 'number'))) ||
      (equalities.has(beside[0]!) && isLiteral(value[0]) && value[0]?.text !== '(') ||
      (beside[1] === 'not' && equalities.has(value[1]?.text.toLowerCase() ?? ''))
    const computed =
      comparisons.has(beside[0]!) ||
      comparisons.has(beside[1]!) ||
      arithmetic.has(beside[1]!) ||
      (arithmetic.has(beside[0]!) &&
        !(beside[0] === '*' && tokens[first - 2]?.text.toLowerCase() === 'select'))
    const called =
      (column.numeric ? ofNumbers : ofText).test(functionAround(tokens, first)) &&
      !isPlannedLength(tokens, first, at)
    const cast = beside[0] === '(' && /^cast$/i.test(tokens[first - 2]?.text ?? '')
    const sorted = /^(by|,)$/.test(beside[0]!) && inOrderBy(tokens, first)
    if (!(literal || computed || called || cast || sorted)) return []
    const from = tokens[Math.max(0, first - 2)]!
    const to = tokens[Math.min(tokens.length - 1, at + 2)]!
    return [sql.slice(from.start, to.end).replaceAll(/\s+/g, ' ')]
  })
}

/** `length(id) = 26` is what tableChange has made of it. */
function isPlannedLength(tokens: readonly Token[], first: number, at: number): boolean {
  const number = [tokens[at + 3], tokens[first - 4]].find(each => each?.kind === 'number')
  return /^length$/i.test(tokens[first - 2]?.text ?? '') && number?.text === '26'
}

/** The name before the innermost parenthesis that is open at a token; empty where there is none. */
function functionAround(tokens: readonly Token[], at: number): string {
  let depth = 0
  for (let index = at - 1; index > 0; index--) {
    const { text } = tokens[index]!
    if (text === ')') depth += 1
    if (text === '(' && depth === 0) return tokens[index - 1]!.text
    if (text === '(') depth -= 1
  }
  return ''
}

function inOrderBy(tokens: readonly Token[], at: number): boolean {
  let depth = 0
  for (let index = at - 1; index > 0; index--) {
    const text = tokens[index]!.text.toLowerCase()
    if (text === ')') depth += 1
    if (text === '(') depth -= 1
    if (depth < 0) return false
    if (depth === 0 && text === 'by') return tokens[index - 1]!.text.toLowerCase() === 'order'
    if (depth === 0 && /^(select|from|where|set|values|having|limit|;)$/.test(text)) return false
  }
  return false
}

/** `INSERT INTO t VALUES(...)` and `SELECT *` beside another SELECT, in triggers and views: both need t as it was. */
export function positionalUses(schema: Schema, tables: readonly string[]): Risk[] {
  return schema.objects.flatMap(object => positionalIn(object, tables))
}

function positionalIn(object: SchemaObject, tables: readonly string[]): Risk[] {
  if (object.type !== 'trigger' && object.type !== 'view') return []
  const tokens = tokenize(object.sql).filter(isSignificant)
  const statements = object.type === 'trigger' ? statementsOf(tokens) : [tokens]
  return tables.flatMap(table =>
    statements
      .filter(
        statement =>
          insertsByPosition(statement, table) ||
          (takesAllColumns(statement) && statement.some(token => isName(token, table))),
      )
      .map(statement => ({
        object: object.name,
        what: object.type,
        expression: object.sql
          .slice(statement[0]!.start, statement.at(-1)!.end)
          .replaceAll(/\s+/g, ' ')
          .slice(0, 120),
      })),
  )
}

function insertsByPosition(statement: readonly Token[], table: string): boolean {
  return statement.some(
    (token, at) =>
      /^into$/i.test(token.text) &&
      isName(statement[at + 1], table) &&
      /^(values|select|with)$/i.test(statement[at + 2]?.text ?? ''),
  )
}

function takesAllColumns(statement: readonly Token[]): boolean {
  const words = statement.map(token => token.text.toLowerCase())
  const all = words.some(
    (word, at) => word === '*' && ['select', ',', '.', 'distinct', 'all'].includes(words[at - 1] ?? ''),
  )
  return (
    all && (words.some(word => ['union', 'except', 'intersect'].includes(word)) || words.includes('into'))
  )
}

function statementsOf(tokens: readonly Token[]): Token[][] {
  const begin = tokens.findIndex(token => token.kind === 'word' && /^begin$/i.test(token.text))
  const statements: Token[][] = [[]]
  for (const token of tokens.slice(begin + 1)) {
    if (token.text === ';') statements.push([])
    else statements.at(-1)!.push(token)
  }
  return statements
}

/** `new.id` and `old.id`: the tokens of the column behind them. */
function rowUses(statement: readonly Token[], column: string): Token[] {
  return statement.filter(
    (token, at) =>
      isName(token, column) &&
      statement[at - 1]?.text === '.' &&
      /^(new|old)$/i.test(statement[at - 2]?.text ?? ''),
  )
}

function tokensIn(sql: string, span: Span): Token[] {
  return tokenize(sql.slice(span.start, span.end))
    .filter(isSignificant)
    .map(token => ({ ...token, start: token.start + span.start, end: token.end + span.start }))
}

function isName(token: Token | undefined, name: string): boolean {
  return (
    token !== undefined &&
    (token.kind === 'word' || token.kind === 'quoted') &&
    sameName(unquote(token.text), name)
  )
}

function edit(sql: string, token: Token, text: string): TextEdit {
  return fitted(sql, { start: token.start, end: token.end, text })
}

/** The rowid goes by no quotes: quoted it would be looked for among the columns first. */
function quoteColumn(name: string): string {
  return /^(rowid|_rowid_|oid)$/.test(name) ? name : quoteName(name)
}

/** DuckDB's own CREATE TABLE text, taken apart into columns and constraints, and put together again without a change. */
import { unquote } from '../../schema/names.ts'
import { bracketed, leadingName, pieces, splitAtCommas } from './sql-text.ts'

export interface ColumnText {
  readonly name: string
  /** As the text has it: with quotes where it needs them. */
  readonly spelled: string
  readonly type: string
  readonly collation: string | null
  /** The expression of a generated column. */
  readonly generated: string | null
  readonly default: string | null
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
}

export interface TableText {
  readonly schema: string | null
  readonly name: string
  /** As the text has it: `"my s".t`. */
  readonly spelled: string
  readonly columns: readonly ColumnText[]
  /** Whole constraints of the table: `CHECK((a > 0))`. */
  readonly constraints: readonly string[]
}

/** Takes apart what DuckDB writes. @throws Error for any other text. */
export function parseTable(sql: string): TableText {
  const opening = 'CREATE TABLE '
  const group = bracketed(sql)
  if (group === null || !sql.startsWith(opening)) throw unreadable(sql)
  const spelled = group.before.slice(opening.length).trimEnd()
  const names = pieces(spelled)
    .filter(piece => piece.kind === 'word' || piece.kind === 'quoted')
    .map(piece => unquote(piece.text))
  const items = splitAtCommas(group.inside)
  const first = items.findIndex(isConstraint)
  const columns = first < 0 ? items : items.slice(0, first)
  return {
    schema: names.at(-2) ?? null,
    name: names.at(-1)!,
    spelled,
    columns: columns.map(parseColumn),
    constraints: first < 0 ? [] : items.slice(first),
  }
}

/** The text again. What {@link parseTable} read comes out as it was. */
export function printTable(table: TableText): string {
  return `CREATE TABLE ${table.spelled}(${[...table.columns.map(printColumn), ...table.constraints].join(', ')});`
}

function printColumn(column: ColumnText): string {
  return [
    `${column.spelled} ${column.type}`,
    column.collation === null ? '' : ` COLLATE ${column.collation}`,
    column.generated === null ? '' : ` GENERATED ALWAYS AS(${column.generated})`,
    column.default === null ? '' : ` DEFAULT(${column.default})`,
    column.notNull ? ' NOT NULL' : '',
    column.primaryKey ? ' PRIMARY KEY' : '',
    column.unique ? ' UNIQUE' : '',
  ].join('')
}

// These words are reserved: a column of such a name is in quotes.
function isConstraint(item: string): boolean {
  return item === '' || /^(PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY) ?\(/.test(item)
}

const clauses = new Set(['COLLATE', 'GENERATED', 'DEFAULT', 'NOT', 'PRIMARY', 'UNIQUE'])

function parseColumn(item: string): ColumnText {
  const name = leadingName(item)
  if (name === null) throw unreadable(item)
  const definition = name.rest.trim()
  const starts = pieces(definition).filter(piece => piece.depth === 0 && clauses.has(piece.text))
  const parts = starts.map((start, position) =>
    definition.slice(start.start, starts[position + 1]?.start).trim(),
  )
  const value = (word: string) => parts.find(part => part.startsWith(word))?.slice(word.length) ?? null
  const expression = (word: string) => value(word)?.trim().slice(1, -1) ?? null
  return {
    name: name.name,
    spelled: item.slice(0, item.length - name.rest.length),
    type: definition.slice(0, starts[0]?.start).trim(),
    collation: value('COLLATE ')?.trim() ?? null,
    generated: expression('GENERATED ALWAYS AS'),
    default: expression('DEFAULT'),
    notNull: value('NOT NULL') !== null,
    primaryKey: value('PRIMARY KEY') !== null,
    unique: value('UNIQUE') !== null,
  }
}

function unreadable(text: string): Error {
  return new Error(`This is not a table's text as DuckDB writes it: ${text}`)
}

/** Where the objects of a DuckDB database that are not in the working copy speak of columns. */
import { type ColumnPath, foldName, formatColumnPath, unquote } from '../../schema/names.ts'
import type { StoredUse, StoredUses } from '../stored-uses.ts'
import type { Catalog, DuckObject, DuckTable } from './catalog.ts'
import { byName, copyName } from './copy-name.ts'
import { parseTable } from './create-table.ts'
import { columnUses } from './expression-names.ts'
import { around, meansOtherwise } from './meaning.ts'
import { bracketed, type Piece, pieces, sameDuckName, splitAtCommas } from './sql-text.ts'

export function storedUses(catalog: Catalog): StoredUses {
  const tables = byName(catalog.tables, copyName)
  return columns => {
    const queries = catalog.objects.flatMap(readQuery)
    return columns.flatMap(column => {
      const table = tables.get(foldName(column.table))
      return table === undefined
        ? []
        : [...inTable(table, column), ...queries.flatMap(query => inQuery(query, table, column, catalog))]
    })
  }
}

function inTable(table: DuckTable, column: ColumnPath): readonly StoredUse[] {
  const uses = (expression: string) =>
    columnUses(expression, table).filter(piece => sameDuckName(unquote(piece.text), column.column))
  const generated = parseTable(table.sql).columns.filter(each => each.generated !== null)
  return [
    ...table.checks.flatMap(check =>
      uses(check).map(
        (piece): StoredUse => ({
          column,
          kind: 'CHECK',
          object: copyName(table),
          expression: around(check, piece),
          meaning: meansOtherwise(check, piece),
          doubtful: false,
        }),
      ),
    ),
    ...generated
      .filter(each => uses(each.generated!).length > 0)
      .map(
        (each): StoredUse => ({
          column,
          kind: 'generated column',
          object: formatColumnPath(copyName(table), each.name),
          expression: each.generated!,
          meaning: true,
          doubtful: false,
        }),
      ),
    ...table.indexes.flatMap(index =>
      splitAtCommas(bracketed(index.sql)?.inside ?? '')
        .filter((item, at) => index.columns[at] === null && uses(item).length > 0)
        .map(
          (expression): StoredUse => ({
            column,
            kind: 'index',
            object: copyName({ schema: index.schema, name: index.name }),
            expression,
            meaning: true,
            doubtful: false,
          }),
        ),
    ),
  ]
}

/** A view or a macro, taken apart once for all columns that are looked for in it. */
interface Query extends DuckObject {
  readonly all: readonly Piece[]
  /** Where in it the head ends. */
  readonly body: number
}

function readQuery(object: DuckObject): readonly Query[] {
  if (!['view', 'macro', 'table macro'].includes(object.kind)) return []
  const all = pieces(object.sql).filter(piece => piece.kind !== 'space')
  return [{ ...object, all, body: all.findIndex(piece => piece.depth === 0 && isWord(piece, 'AS')) }]
}

/** A query that names the table, and behind it or behind another name for it, or behind none, the column. */
function inQuery(
  { kind, schema, name, sql, all, body }: Query,
  table: DuckTable,
  column: ColumnPath,
  catalog: Catalog,
): readonly StoredUse[] {
  const names = namesOf(all, body, table, schema)
  if (names.length === 0) return []
  const others = catalog.tables.filter(
    each =>
      each !== table &&
      each.columns.some(other => sameDuckName(other.name, column.column)) &&
      namesOf(all, body, each, schema).length > 0,
  )
  return all.flatMap((piece, at) => {
    if (at <= body || !isName(piece, column.column) || all[at + 1]?.text === '(') return []
    if (isWord(all[at - 1], 'AS')) return []
    const qualifier = all[at - 1]?.text === '.' ? all[at - 2] : undefined
    if (qualifier !== undefined && !names.some(each => isName(qualifier, each))) return []
    return [
      {
        column,
        kind: kind === 'view' ? 'view' : 'macro',
        object: copyName({ schema, name }),
        expression: around(sql, piece),
        meaning: meansOtherwise(sql, piece),
        doubtful: kind !== 'view' || (qualifier === undefined && others.length > 0),
      },
    ]
  })
}

/** What a query of that schema calls the table: by its name, and by the one that it gives it. */
function namesOf(all: readonly Piece[], body: number, table: DuckTable, schema: string): readonly string[] {
  const isNear = table.schema === 'main' || table.schema === schema
  return all.flatMap((piece, at) => {
    if (at <= body || !isName(piece, table.name) || all[at + 1]?.text === '.') return []
    if (all[at - 1]?.text === '.' ? !isName(all[at - 2], table.schema) : !isNear) return []
    const alias = isWord(all[at + 1], 'AS') ? all[at + 2] : undefined
    return alias === undefined ? [table.name] : [unquote(alias.text)]
  })
}

function isName(piece: Piece | undefined, name: string): boolean {
  return (piece?.kind === 'word' || piece?.kind === 'quoted') && sameDuckName(unquote(piece.text), name)
}

function isWord(piece: Piece | undefined, word: string): boolean {
  return piece?.kind === 'word' && piece.text.toUpperCase() === word
}

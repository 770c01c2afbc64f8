/** Names in the expressions of a table: its checks and its generated columns. */
import { unquote } from '../../schema/names.ts'
import type { DuckTable } from './catalog.ts'
import { type Piece, pieces, sameDuckName } from './sql-text.ts'

type Named = Pick<DuckTable, 'name' | 'columns'>

/** Where a column of the table is named: no field behind a dot (but behind the table's name), no function. */
export function columnUses(expression: string, table: Named): readonly Piece[] {
  const all = pieces(expression)
  return all.filter((piece, at) => {
    if (!table.columns.some(column => isNamed(piece, column.name)) || all[at + 1]?.text === '(') return false
    return all[at - 1]?.text !== '.' || isQualifier(all, at - 2, table)
  })
}

/** Where the table itself is named before a column: the `t` of `t.price`. */
export function tableUses(expression: string, table: Named): readonly Piece[] {
  const all = pieces(expression)
  return all.filter((_, at) => isQualifier(all, at, table))
}

/** The text with other names at those places; those for which there is none stay. */
export function renameUses(
  expression: string,
  uses: readonly { readonly at: Piece; readonly name: string | undefined }[],
): string {
  let end = 0
  const parts = uses
    .filter(use => use.name !== undefined)
    .sort((a, b) => a.at.start - b.at.start)
    .map(({ at, name }) => {
      const part = expression.slice(end, at.start) + name
      end = at.start + at.text.length
      return part
    })
  return parts.join('') + expression.slice(end)
}

// A column that is called like the table wins: `t.a` is its field.
function isQualifier(all: readonly Piece[], at: number, table: Named): boolean {
  const piece = all[at]
  return (
    piece !== undefined &&
    isNamed(piece, table.name) &&
    all[at - 1]?.text !== '.' &&
    all[at + 1]?.text === '.' &&
    !table.columns.some(column => sameDuckName(column.name, table.name))
  )
}

function isNamed(piece: Piece, name: string): boolean {
  return (piece.kind === 'word' || piece.kind === 'quoted') && sameDuckName(unquote(piece.text), name)
}

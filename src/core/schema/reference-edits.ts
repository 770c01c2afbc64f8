import { parseCreateTable, type WrittenReference, writtenReferences } from './create-table.ts'
import { quoteName, sameName } from './names.ts'
import { applyEdits, fitted } from './text-edits.ts'

/** Foreign keys of a table by the parent they name; with `from`, only the one of exactly these columns, in order. */
export interface ReferenceChoice {
  readonly parent: string
  readonly from?: readonly string[]
}

/**
 * Writes the parent's columns where the text says only `REFERENCES parent`: left implicit, the reference would follow
 * the parent's key when that moves (HAZARDS A9). Lists that are there stay. A key of another number of columns than
 * given stays too: it is broken as it is, and with a list SQLite would refuse the whole table.
 * @param columns the parent's primary key, in its order
 * @throws RangeError when the table has no such reference
 */
export function makeReferenceExplicit(
  sql: string,
  choice: ReferenceChoice,
  columns: readonly string[],
): string {
  const text = `(${columns.map(quoteName).join(', ')})`
  const implicit = chosen(sql, choice).filter(
    reference => reference.columnsSpan === null && reference.from.length === columns.length,
  )
  return applyEdits(
    sql,
    implicit.map(({ tableSpan: { end } }) => ({ start: end, end, text })),
  )
}

/**
 * Points references at another column of the same parent. They must be explicit ({@link makeReferenceExplicit}).
 * @throws RangeError when the table has no such reference, or none of them lists `column`
 */
export function retargetReference(
  sql: string,
  choice: ReferenceChoice,
  column: string,
  newColumn: string,
): string {
  const uses = chosen(sql, choice).flatMap(reference =>
    reference.columns.filter(target => sameName(target.name, column)),
  )
  if (uses.length === 0)
    throw new RangeError(`No reference to ${choice.parent} lists ${column}: ${head(sql)}`)
  return applyEdits(
    sql,
    uses.map(({ start, end }) => fitted(sql, { start, end, text: quoteName(newColumn) })),
  )
}

function chosen(sql: string, { parent, from }: ReferenceChoice): readonly WrittenReference[] {
  const references = writtenReferences(parseCreateTable(sql)).filter(
    reference =>
      sameName(reference.table, parent) &&
      (from === undefined ||
        (from.length === reference.from.length &&
          from.every((column, position) => sameName(column, reference.from[position]!)))),
  )
  if (references.length > 0) return references
  throw new RangeError(`No reference to ${parent}${from ? ` from ${from.join(', ')}` : ''}: ${head(sql)}`)
}

function head(sql: string): string {
  return sql.slice(0, 60)
}

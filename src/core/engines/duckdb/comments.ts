/** COMMENT ON statements: a table that is made anew has lost its comments (HAZARDS F8). */
import { quoteName as q, quoteText } from '../../schema/names.ts'
import type { DuckIndex, DuckObject, DuckTable } from './catalog.ts'
import { inSchema } from './sql-text.ts'

/** Those of a table and its columns, for the table of that name; its indexes' are {@link indexComment}s. */
export function tableComments(
  table: DuckTable,
  as: { readonly schema: string; readonly name: string } = table,
): readonly string[] {
  const name = inSchema(as.schema, as.name)
  return [
    ...comment('TABLE', name, table.comment),
    ...table.columns.flatMap(column => comment('COLUMN', `${name}.${q(column.name)}`, column.comment)),
  ]
}

export function indexComment(index: DuckIndex): readonly string[] {
  return comment('INDEX', inSchema(index.schema, index.name), index.comment)
}

export function objectComments(object: DuckObject): readonly string[] {
  const name = inSchema(object.schema, object.name)
  return [
    ...comment(
      object.kind === 'table macro' ? 'MACRO TABLE' : object.kind.toUpperCase(),
      name,
      object.comment,
    ),
    ...object.columnComments.flatMap(each => comment('COLUMN', `${name}.${q(each.column)}`, each.comment)),
  ]
}

function comment(kind: string, name: string, text: string | null): readonly string[] {
  return text === null ? [] : [`COMMENT ON ${kind} ${name} IS ${quoteText(text)}`]
}

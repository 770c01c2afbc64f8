/** Full-text tables that hold no text of their own, only an index over a table's or a view's (HAZARDS D1). */
import type { Schema, Table } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, sameName, unquote } from '../schema/names.ts'
import { isSignificant, tokenize } from '../schema/tokens.ts'
import { type Step, statement } from './program.ts'
import type { InsideRecord } from './run-record.ts'

/** Whether the virtual table is a full-text index over the table, or over a view of it. */
export function indexesText(index: Table, table: string, schema: Schema): boolean {
  const content = contentOf(index)
  if (content === null) return false
  const view = schema.objects.find(object => object.type === 'view' && sameName(object.name, content))
  return sameName(content, table) || (view !== undefined && nameUses(view.sql, table).length > 0)
}

/** The name of what it is an index over. */
function contentOf({ sql }: Table): string | null {
  const tokens = tokenize(sql).filter(isSignificant)
  const at = tokens.findIndex(
    (token, n) => nameUses(token.text, 'content').length > 0 && tokens[n + 1]?.text === '=',
  )
  if (at < 0 || !/\bUSING\s+["'`[]?fts[345]/i.test(sql)) return null
  return unquote(tokens[at + 2]?.text ?? '')
}

/** Builds each of them anew whose text has other ids in it now. */
export function refillFullText(
  schema: Schema,
  inside: readonly InsideRecord[],
  phase: 'rewrite' | 'undo',
): Step[] {
  return schema.tables
    .filter(index => index.kind === 'virtual')
    .filter(index =>
      inside.some(
        ({ table, column }) =>
          indexesText(index, table, schema) &&
          // A view may give the column another name.
          (nameUses(index.sql, column).length > 0 || !sameName(contentOf(index) ?? '', table)),
      ),
    )
    .map(index =>
      statement(phase, index.name, `INSERT INTO ${q(index.name)}(${q(index.name)}) VALUES('rebuild')`),
    )
}

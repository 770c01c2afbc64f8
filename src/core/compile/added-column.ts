/** The text that SQLite itself stores after ALTER TABLE ... ADD COLUMN, so that a plan can say it beforehand. */
import { parseCreateTable } from '../schema/create-table.ts'
import { tokenize } from '../schema/tokens.ts'

/**
 * `sql` with `definition` where ALTER TABLE puts it: before the comma that opens the table constraints, or before the
 * closing parenthesis.
 */
export function textWithColumn(sql: string, definition: string): string {
  const table = parseCreateTable(sql)
  const lastColumn = table.columns.at(-1)!
  const comma = tokenize(sql).find(token => token.start >= lastColumn.span.end && token.text === ',')
  const at = table.constraints.length > 0 && comma ? comma.start : table.bodySpan.end - 1
  return `${sql.slice(0, at)}, ${definition}${sql.slice(at)}`
}

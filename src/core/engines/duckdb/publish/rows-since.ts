/**
 * Rows that came since the run that is taken back, in tables whose ids are UUIDs again: they have a ULID, of which DuckDB
 * can keep the bits only. So every text that names such a row has to name it by those bits as well.
 */
import { parseUlid } from '../../../identifiers/index.ts'
import { type ColumnPath, quoteName as q, sameName } from '../../../schema/names.ts'
import type { Connection } from '../../sqlite/open.ts'
import type { TableChange } from './differences.ts'

const ulid = /(?<![0-9A-Za-z])[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}(?![0-9A-Za-z])/g

/** Puts the UUID of such a row in the place of its ULID, anywhere in a text; null where there are no such rows. */
export function renamingOfRowsSince(
  db: Connection,
  identities: readonly ColumnPath[],
): ((text: string) => string) | null {
  const finders = identities
    .filter(({ table, column }) => anyUlid(db, table, column))
    .map(({ table, column }) => db.prepare(`SELECT 1 FROM main.${q(table)} WHERE ${q(column)} = ? LIMIT 1`))
  if (finders.length === 0) return null
  const isSince = (id: string) => finders.some(finder => finder.get(id) !== undefined)
  return text => text.replace(ulid, id => (isSince(id) ? parseUlid(id)!.uuid : id))
}

function anyUlid(db: Connection, table: string, column: string): boolean {
  const c = q(column)
  return (
    db
      .prepare(`SELECT 1 FROM main.${q(table)} WHERE typeof(${c}) = 'text' AND length(${c}) = 26 LIMIT 1`)
      .get() !== undefined
  )
}

/** Whether the column alone tells the rows of its table apart. */
export function isKey({ after }: TableChange, column: string): boolean {
  const only = (columns: readonly (string | null)[]) =>
    columns.length === 1 && columns[0] != null && sameName(columns[0], column)
  return only(after.primaryKey) || after.indexes.some(index => index.unique && only(index.columns))
}

/** The texts under which the tables of a DuckDB database stand in its working copy. */
import { foldName, quoteName as q } from '../../schema/names.ts'
import { type Carried, carry } from './carried.ts'
import type { DuckColumn, DuckIndex, DuckTable } from './catalog.ts'
import { copyName, longIndexName } from './copy-name.ts'

export interface CarriedColumn extends Carried {
  readonly column: DuckColumn
}

/** The columns that are in the working copy: generated ones are made anew by whoever reads the table. */
export function carriedColumns(
  table: DuckTable,
  fits: (column: DuckColumn) => boolean,
): readonly CarriedColumn[] {
  return table.columns
    .filter(column => !column.generated)
    .map(column => ({ column, ...carry(column, fits(column)) }))
}

export function tableText(table: DuckTable, columns: readonly CarriedColumn[]): string {
  const read = new Set(columns.filter(each => each.read !== null).map(({ column }) => column.name))
  const list = (names: readonly string[]) => `(${names.map(q).join(', ')})`
  const whole = (names: readonly string[]) => names.length > 0 && names.every(name => read.has(name))
  const parts = [
    ...columns.map(
      ({ column, declared }) =>
        `${q(column.name)} ${declared}${column.notNull && read.has(column.name) ? ' NOT NULL' : ''}`,
    ),
    ...(whole(table.primaryKey) ? [`PRIMARY KEY ${list(table.primaryKey)}`] : []),
    ...table.uniques.filter(whole).map(names => `UNIQUE ${list(names)}`),
    ...table.foreignKeys
      .filter(key => whole(key.columns))
      .map(
        key =>
          `FOREIGN KEY ${list(key.columns)} REFERENCES ${q(copyName({ schema: key.schema, name: key.table }))}${list(key.to)}`,
      ),
  ]
  return `CREATE TABLE ${q(copyName(table))}(\n  ${parts.join(',\n  ')}\n)`
}

/**
 * An index over columns; null for one over expressions, which stays in DuckDB alone. `taken` are the names of all tables:
 * in SQLite no index may have one of those.
 */
export function copyIndexText(index: DuckIndex, table: DuckTable, taken: ReadonlySet<string>): string | null {
  const names = index.columns.filter(name => name !== null)
  if (names.length < index.columns.length || names.length === 0) return null
  const own = copyName({ schema: index.schema, name: index.name })
  const name = taken.has(foldName(own)) ? longIndexName(index, table) : own
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${q(copyName(table))}(${names.map(q).join(', ')})`
}

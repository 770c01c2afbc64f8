/** The indexes that a table is to have. */
import type { Index } from '../../../schema/model.ts'
import { quoteName as q } from '../../../schema/names.ts'
import type { DuckIndex, DuckTable } from '../catalog.ts'
import { copyName, longIndexName } from '../copy-name.ts'
import { sameDuckName } from '../sql-text.ts'
import { unexpected } from '../unexpected.ts'
import type { Planning, Successor } from './planning.ts'
import { columnNamed, sqlName } from './table-plan.ts'

export function indexNamed(table: DuckTable, name: string): DuckIndex | undefined {
  return table.indexes.find(index =>
    [index.name, copyName({ schema: index.schema, name: index.name }), longIndexName(index, table)].some(
      each => sameDuckName(each, name),
    ),
  )
}

export function missingIndex(path: string, { name, table }: Index): never {
  throw unexpected(path, table, `DuckDB has no index ${name}.`)
}

export function indexFor(
  { path }: Planning,
  table: DuckTable,
  to: DuckTable,
  remembered: DuckTable | null,
  index: Index,
): DuckIndex {
  const known = remembered === null ? undefined : indexNamed(remembered, index.name)
  if (known !== undefined) return known
  const columns = index.columns.map(name => {
    const column = name === null ? null : columnNamed(to, name)
    if (column === null) throw unexpected(path, index.table, `The index ${index.name} is on an expression.`)
    return column.name
  })
  const prefix = `${table.schema}.`
  const name = index.name.startsWith(prefix) ? index.name.slice(prefix.length) : index.name
  // DuckDB has no partial indexes, and lets a unique one hold any number of NULLs: what those of an expansion are partial for.
  return indexOver(table, { name, unique: index.unique, columns, comment: null })
}

/** The index over the columns that take the place of others. */
export function inheriting(index: DuckIndex, table: DuckTable, heirs: readonly Successor[]): DuckIndex {
  const columns = index.columns.map(
    name => heirs.find(each => name !== null && sameDuckName(each.column, name))?.successor ?? name,
  )
  return sameColumns(index, { columns }) ? index : indexOver(table, { ...index, columns })
}

export function sameColumns(a: Pick<DuckIndex, 'columns'>, b: Pick<DuckIndex, 'columns'>): boolean {
  return a.columns.length === b.columns.length && a.columns.every((name, at) => name === b.columns[at])
}

/** An index over columns alone. */
function indexOver(
  { schema, name: table }: DuckTable,
  { name, unique, columns, comment }: Pick<DuckIndex, 'name' | 'unique' | 'columns' | 'comment'>,
): DuckIndex {
  const over = columns.flatMap(column => (column === null ? [] : [q(column)])).join(', ')
  const sql = `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${sqlName({ schema, name: table })}(${over});`
  return { schema, name, table, unique, columns, sql, comment }
}

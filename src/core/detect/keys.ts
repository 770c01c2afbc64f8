/** Which columns name the rows of a table: the only member of a primary key, or of a whole unique index. */
import type { Column, Table } from '../schema/model.ts'
import { sameName } from '../schema/names.ts'

export interface KeyColumn {
  /** The target that it is of, where that is another one than is looked into. */
  readonly target?: string
  readonly table: Table
  readonly column: Column
  readonly primary: boolean
}

export function keyColumns(table: Table): readonly KeyColumn[] {
  if (table.kind !== 'table') return []
  const primary = table.primaryKey.length === 1 ? table.primaryKey[0] : undefined
  const unique = table.indexes
    .filter(index => index.unique && !index.partial && index.columns.length === 1)
    .flatMap(index => (index.columns[0] == null ? [] : [index.columns[0]]))
  return table.columns
    .filter(column => column.generated === 'no')
    .filter(column => [primary, ...unique].some(name => name !== undefined && sameName(name, column.name)))
    .map(column => ({ table, column, primary: primary !== undefined && sameName(primary, column.name) }))
}

/** The key as a reference names it. */
export function nameOfKey({ target, table, column }: KeyColumn) {
  return { ...(target === undefined ? {} : { target }), table: table.name, column: column.name }
}

/** The rows of the key, as it is said to an operator. */
export function rowsOfKey({ target, table }: KeyColumn): string {
  return target === undefined ? table.name : `${table.name} in ${target}`
}

/** Whether a name says "this must stay what it is": a hash of content, or a secret that others hold. */
export function isHashOrSecretName(name: string): boolean {
  return /hash|sha\d*|md5|digest|checksum|etag|crc|fingerprint|token|secret|password|apikey|api_key|signature|nonce/i.test(
    name,
  )
}

/** Tables in which migration tools look for the very values they wrote (HAZARDS E16). */
export function isMigrationTool(table: string): boolean {
  return /^_*(alembic_version|.*schema_?migrations?|.*_migrations?(_lock)?|.*schema_(version|history)|EFMigrationsHistory|ar_internal_metadata|databasechangelog(lock)?|goose_db_version|sqitch.*|skeema.*)$/i.test(
    table,
  )
}

import { quoteName as q } from '../schema/names.ts'
import type { SyncedColumn } from '../schema-changes/sync-names.ts'

/**
 * The statement that finds a row of an expansion by either id, through the index of each. It is printed for programs to use:
 * a view could say no more, and would be one more object in a database of others.
 */
export function lookupStatement({ table, column, ulid }: SyncedColumn): string {
  return `SELECT * FROM ${q(table)} WHERE ${q(column)} = :id OR ${q(ulid)} = :id;`
}

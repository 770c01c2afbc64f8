import type { Store } from './connect.ts'

/** Rows of a query on the catalog: lists as arrays, BIGINT and wider as text. */
export async function rowsOf<Row>(
  store: Store,
  sql: string,
  values: readonly string[] = [],
): Promise<readonly Row[]> {
  const reader = await store.connection.runAndReadAll(sql, [...values])
  return reader.getRowObjectsJson() as unknown as Row[]
}

import type { DuckDBValue } from '@duckdb/node-api'
import type { Store } from './connect.ts'

/** The rows of a query, a chunk at a time: what does not fit into memory can be read so. */
export async function* streamRows(store: Store, sql: string): AsyncGenerator<readonly DuckDBValue[][]> {
  const result = await store.connection.stream(sql)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    yield chunk.getRows()
  }
}

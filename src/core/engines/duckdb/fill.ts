/** Brings rows from SQLite into a table of DuckDB, a chunk at a time: never all of them are in memory at once. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { library, type Store } from './connect.ts'

export type Carrier = 'VARCHAR' | 'BLOB' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN'

/** What a chunk of DuckDB holds at most. */
const CHUNK = 2048
/** Rows between two breaths. */
const FLUSH = 10 * CHUNK

/** Appends `rows`, whose values are in the order of `carriers`, to a table; `temp` or the main database's schema main. */
export async function fill(
  store: Store,
  path: string,
  table: { readonly name: string; readonly temporary: boolean; readonly carriers: readonly Carrier[] },
  rows: Iterable<readonly DuckDBValue[]>,
  filled: (rows: number) => Promise<void>,
): Promise<void> {
  const duckdb = await library(path)
  const types = table.carriers.map((carrier): DuckDBType => duckdb[carrier])
  const appender = await store.connection.createAppender(
    table.name,
    'main',
    ...(table.temporary ? ['temp'] : []),
  )
  let columns = types.map((): DuckDBValue[] => [])
  let pending = 0
  let done = 0
  const append = () => {
    if (pending === 0) return
    const chunk = duckdb.DuckDBDataChunk.create(types)
    chunk.setColumns(columns)
    appender.appendDataChunk(chunk)
    done += pending
    pending = 0
    columns = types.map(() => [])
  }
  try {
    for (const row of rows) {
      for (const [at, value] of row.entries()) columns[at]!.push(value)
      if (++pending < CHUNK) continue
      append()
      if (done % FLUSH === 0) {
        appender.flushSync()
        await filled(done)
      }
    }
    append()
    appender.flushSync()
    await filled(done)
  } finally {
    appender.closeSync()
  }
}

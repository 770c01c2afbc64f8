import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createStore, type Limits, type Store } from '../../engines/duckdb/connect.ts'

/** One thread, so that rows lie in the order in which they were written, whatever machine it is. */
export function demoLimits(path: string): Limits {
  return { memory: '1GB', threads: 1, temporary: `${path}.tmp` }
}

/**
 * Writes a DuckDB file from scratch; what was at the path is gone, and its .wal as well, which a new file must not inherit.
 *
 * @returns how many tables it has, and how many rows they hold together
 */
export async function writeStoreFile(
  path: string,
  fill: (store: Store) => Promise<void>,
): Promise<{ readonly tables: number; readonly rows: number }> {
  mkdirSync(dirname(path), { recursive: true })
  for (const suffix of ['', '.wal']) rmSync(path + suffix, { force: true })
  const store = await createStore(path, demoLimits(path))
  try {
    await store.run('BEGIN')
    await fill(store)
    await store.run('COMMIT')
    return await count(store)
  } finally {
    store.close()
  }
}

async function count(store: Store): Promise<{ readonly tables: number; readonly rows: number }> {
  const names = await store.all('SELECT table_name FROM duckdb_tables()')
  let rows = 0
  for (const [name] of names) {
    const [[found] = []] = await store.all(`SELECT count(*) FROM ${String(name)}`)
    rows += Number(found)
  }
  return { tables: names.length, rows }
}

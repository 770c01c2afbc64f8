/** Looks into DuckDB files through DuckDB's own library alone: no code of the engine takes part. */
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue, type Json } from '@duckdb/node-api'

export interface Duck {
  readonly connection: DuckDBConnection
  /** All rows of a query, as the library gives them: typed. */
  values(sql: string): Promise<readonly (readonly DuckDBValue[])[]>
  /** All rows of a query, as JSON: integers of 64 bits and times are texts. */
  rows(sql: string): Promise<readonly (readonly Json[])[]>
  /** Writes all into the file itself, if it may. */
  close(): void
}

/** Opens as another program would; to be closed by whoever opened it. */
export async function openDuck(path: string, mode: 'READ_ONLY' | 'READ_WRITE' = 'READ_WRITE'): Promise<Duck> {
  const instance = await DuckDBInstance.create(path, { access_mode: mode, threads: '1' })
  const connection = await instance.connect()
  return {
    connection,
    values: async sql => (await connection.runAndReadAll(sql)).getRows(),
    rows: async sql => (await connection.runAndReadAll(sql)).getRowsJson(),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Opens for reading, and closes. */
export async function readingDuck<T>(path: string, look: (duck: Duck) => Promise<T>): Promise<T> {
  const duck = await openDuck(path, 'READ_ONLY')
  try {
    return await look(duck)
  } finally {
    duck.close()
  }
}

/** All rows of a query, each as an array. */
export function duckRows(path: string, sql: string): Promise<readonly (readonly Json[])[]> {
  return readingDuck(path, duck => duck.rows(sql))
}

/** The first column of all rows. */
export async function duckColumn(path: string, sql: string): Promise<readonly Json[]> {
  return (await duckRows(path, sql)).map(row => row[0] ?? null)
}

/** One number. */
export async function duckCount(path: string, sql: string): Promise<number> {
  return Number((await duckColumn(path, sql))[0])
}

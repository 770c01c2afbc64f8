/** DuckDB files as other programs make them: by the library itself, past everything that is tested here. */
import { statSync, truncateSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { type OtherProgram, programOf } from './other-program.ts'

/** Runs statements on a file, which is made where it is not there; what they commit is in the file afterwards. */
export async function inDuck(path: string, ...statements: readonly string[]): Promise<string> {
  await rowsOf(path, statements)
  return path
}

/** The same, but what they commit stays in the .wal. */
export async function inWal(path: string, ...statements: readonly string[]): Promise<string> {
  return inDuck(path, 'PRAGMA disable_checkpoint_on_shutdown', ...statements)
}

/** The same, but the program dies while it writes its first commit there, so that the .wal ends within it. */
export async function inTornWal(path: string, ...statements: readonly string[]): Promise<string> {
  await inWal(path, ...statements)
  truncateSync(`${path}.wal`, Math.floor(statSync(`${path}.wal`).size / 2))
  return path
}

/** A new file in the format of some version of DuckDB. */
export async function inFormat(
  version: string,
  path: string,
  ...statements: readonly string[]
): Promise<string> {
  await rowsOf(':memory:', [`ATTACH '${path}' AS made (STORAGE_VERSION '${version}')`])
  return inDuck(path, ...statements)
}

/** One value, read by a program that may only read. */
export async function valueIn(path: string, sql: string): Promise<unknown> {
  const [row] = await rowsOf(path, [sql], 'READ_ONLY')
  return row![0]
}

async function rowsOf(path: string, statements: readonly string[], mode = 'READ_WRITE') {
  const instance = await DuckDBInstance.create(path, { access_mode: mode })
  try {
    const connection = await instance.connect()
    let rows: unknown[][] = []
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRows()
    connection.closeSync()
    return rows
  } finally {
    instance.closeSync()
  }
}

/** Another process that has the file open, once the statements have run there. */
export async function duckProgram(
  path: string,
  mode: 'READ_ONLY' | 'READ_WRITE',
  ...statements: readonly string[]
): Promise<OtherProgram> {
  return programOf(`
    import('@duckdb/node-api').then(async ({ DuckDBInstance }) => {
      globalThis.instance = await DuckDBInstance.create(${JSON.stringify(path)}, { access_mode: '${mode}' })
      globalThis.connection = await instance.connect()
      for (const sql of ${JSON.stringify(statements)}) await connection.run(sql)
      process.stdout.write('ready')
      setInterval(() => {}, 1 << 30)
    })`)
}

/**
 * Opens DuckDB files. The library is an optional dependency of tens of megabytes: it is imported when the first DuckDB
 * file is met, and never before.
 */
import { existsSync, realpathSync } from 'node:fs'
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { exitCodes, precondition, Refusal } from '../../message.ts'
import { describeDuckDB } from './describe.ts'

export interface Store {
  readonly connection: DuckDBConnection
  /** Runs statements, one after the other. */
  run(sql: string): Promise<void>
  /** All rows of a query, as arrays. */
  all(sql: string, values?: readonly DuckDBValue[]): Promise<DuckDBValue[][]>
  close(): void
}

/** How much memory DuckDB may take before it writes to its temporary folder, and how many threads. */
export interface Limits {
  readonly memory: string
  readonly threads: number
  readonly temporary: string
}

type Library = typeof import('@duckdb/node-api')

/** The library, or a refusal (exit 4) that names the command which installs it. */
export async function library(path: string): Promise<Library> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    throw precondition(
      'DUCKDB.NOT_INSTALLED',
      path,
      'This is a DuckDB database, and the library that reads such files is not installed.',
      `@duckdb/node-api is an optional dependency. ${(error as Error).message}`,
      'Install it beside ulid-migrate: npm install @duckdb/node-api@1.5.6-r.1',
    )
  }
}

/**
 * The real paths of files that this process has open. DuckDB would open one twice, and whichever is closed first lets go
 * of the lock for both (HAZARDS F6).
 */
const opened = new Set<string>()

/**
 * Opens the file at `path`. Reading leaves its bytes and times as they are, and sees what is in its .wal (HAZARDS F6);
 * readers share the file, a writer has it alone. Throws a refusal for a file in use (with the holder's PID), one of a
 * version that can't be read, or a damaged one.
 */
export async function openStore(path: string, mode: 'read-only' | 'write', limits: Limits): Promise<Store> {
  try {
    return await connect(path, mode, limits)
  } catch (error) {
    throw describeDuckDB(error, path)
  }
}

/** Makes a new file at `path` and opens it for writing. What is there already, also a file of 0 bytes, is refused. */
export async function createStore(path: string, limits: Limits): Promise<Store> {
  if (existsSync(path))
    throw precondition(
      'TARGET.EXISTS',
      path,
      'There is a file already.',
      'A new database never takes the place of another file.',
      'Name a path where nothing is.',
    )
  const { DuckDBInstance: Instance } = await library(path)
  try {
    const made = await Instance.create(path)
    made.closeSync()
  } catch (error) {
    throw describeDuckDB(error, path)
  }
  return openStore(path, 'write', limits)
}

/** The same as {@link openStore}, throwing what DuckDB says, for who goes on by that. */
export async function connect(path: string, mode: 'read-only' | 'write', limits: Limits): Promise<Store> {
  if (!existsSync(path)) throw missing(path)
  const { DuckDBInstance: Instance } = await library(path)
  const real = realpathSync(path)
  if (opened.has(real)) throw new Error(`${real} is open in this process already`)
  opened.add(real)
  let instance: DuckDBInstance | undefined
  const close = () => {
    instance?.closeSync()
    opened.delete(real)
  }
  try {
    // Under the name that was given: what views call the database by comes from it.
    instance = await Instance.create(path, {
      access_mode: mode === 'read-only' ? 'READ_ONLY' : 'READ_WRITE',
      memory_limit: limits.memory,
      threads: String(limits.threads),
      temp_directory: limits.temporary,
      // What a file holds must never make this program fetch or load code.
      autoinstall_known_extensions: 'false',
    })
    const connection = await instance.connect()
    const store: Store = {
      connection,
      run: async sql => {
        await connection.run(sql)
      },
      all: async (sql, values) =>
        (await connection.runAndReadAll(sql, values === undefined ? undefined : [...values])).getRows(),
      close: () => {
        connection.closeSync()
        close()
      },
    }
    await store.run("SET TimeZone = 'UTC'")
    return store
  } catch (error) {
    close()
    throw error
  }
}

function missing(path: string): Refusal {
  return new Refusal({
    code: 'TARGET.MISSING',
    object: path,
    message: 'There is no such file.',
    why: existsSync(`${path}.wal`)
      ? 'Only its .wal is there, with the newest commits of a database that is gone or has another name.'
      : 'DuckDB would make an empty one.',
    next: 'Nothing was changed. Look for the file.',
    exit: exitCodes.precondition,
  })
}

/**
 * Makes the n-th statement fail that any connection of this process runs, SQLite's or DuckDB's, as a full disk or a broken one
 * would: once, or from then on. Connections of the tests themselves are made while it is not armed.
 */
import { DuckDBConnection } from '@duckdb/node-api'
import Database from 'better-sqlite3'

export const codes = [
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_NOMEM',
  'SQLITE_CORRUPT',
  'SQLITE_BUSY',
] as const

/** What DuckDB says, which has no codes, where SQLite would give one of those. */
const inDuckDB: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'IO Error: Could not write file "x": No space left on device',
  SQLITE_NOMEM: 'Out of Memory Error: failed to allocate data of size 256.0 KiB',
  SQLITE_CORRUPT: 'IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2',
}

interface Armed {
  readonly at: number
  readonly code: string
  readonly persistent: boolean
  /** Whether only what DuckDB runs counts, and not what runs in a working copy. */
  readonly duckdb?: boolean
}

let armed: Armed | null = null
let count = 0

function step(failed: (code: string) => Error): void {
  if (armed === null || (armed.duckdb && failed !== duckdbError)) return
  count += 1
  if (count === armed.at || (armed.persistent && armed.at > 0 && count > armed.at)) throw failed(armed.code)
}

const sqliteError = (code: string) => new Database.SqliteError(`${code} on purpose, statement ${count}`, code)
const duckdbError = (code: string) =>
  new Error(
    `${inDuckDB[code] ?? 'IO Error: Could not read from file "x": Input/output error'} (on purpose, ${count})`,
  )

type Method = (this: unknown, ...rest: unknown[]) => unknown

function wrap(prototype: object, names: readonly string[], failed: (code: string) => Error): void {
  const methods = prototype as Record<string, Method>
  for (const name of names) {
    const original = methods[name]!
    methods[name] = function (this: unknown, ...rest: unknown[]) {
      step(failed)
      return original.apply(this, rest)
    }
  }
}

let wrapped = false

function wrapOnce(): void {
  if (wrapped) return
  wrapped = true
  const probe = new Database(':memory:')
  const statement = probe.prepare('SELECT 1') as object
  wrap(Object.getPrototypeOf(statement) as object, ['run', 'get', 'all', 'iterate'], sqliteError)
  wrap(Database.prototype, ['exec', 'pragma', 'backup'], sqliteError)
  wrap(DuckDBConnection.prototype, ['run', 'stream', 'createAppender'], duckdbError)
  probe.close()
}

/** Runs `work` with its n-th statement failing. @returns how many statements there were */
export async function withFailure<T>(
  failure: Armed,
  work: () => Promise<T>,
): Promise<{ result: T; count: number }> {
  wrapOnce()
  armed = failure
  count = 0
  try {
    return { result: await work(), count }
  } finally {
    armed = null
  }
}

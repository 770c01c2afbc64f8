/**
 * Makes the n-th statement fail that any connection of this process runs, as a full disk or a broken one would: once, or
 * from then on. Connections of the tests themselves are made while it is not armed.
 */
import Database from 'better-sqlite3'

export const codes = [
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_NOMEM',
  'SQLITE_CORRUPT',
  'SQLITE_BUSY',
] as const

interface Armed {
  readonly at: number
  readonly code: string
  readonly persistent: boolean
}

let armed: Armed | null = null
let count = 0

function step(): void {
  if (armed === null) return
  count += 1
  if (count === armed.at || (armed.persistent && armed.at > 0 && count > armed.at))
    throw new Database.SqliteError(`${armed.code} on purpose, statement ${count}`, armed.code)
}

type Method = (this: unknown, ...rest: unknown[]) => unknown

function wrap(prototype: object, names: readonly string[]): void {
  const methods = prototype as Record<string, Method>
  for (const name of names) {
    const original = methods[name]!
    methods[name] = function (this: unknown, ...rest: unknown[]) {
      step()
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
  wrap(Object.getPrototypeOf(statement) as object, ['run', 'get', 'all', 'iterate'])
  wrap(Database.prototype, ['exec', 'pragma', 'backup'])
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

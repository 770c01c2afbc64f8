/** Watches databases that another program makes: which tables there are, and since when they are the same. */
import { createHash } from 'node:crypto'
import { type BigIntStats, statSync } from 'node:fs'
import type { Context } from '../../context.ts'
import { openForReading } from '../../engines/open.ts'

export interface Seen {
  readonly path: string
  /** Null where it could not be read until now: locked, no database, or of another engine. */
  readonly tables: readonly string[] | null
  /** When its schema was first seen as it is, by the clock of the context. */
  readonly since: number
}

export interface Watch {
  /** Looks at those that were written since; at one that is being written only from time to time. */
  look(): Promise<readonly Seen[]>
  /** Looks at all as they are now, once nobody writes any more. */
  lookOnceMore(): Promise<readonly Seen[]>
}

/** A program that writes all the time is looked at all the same, so often. */
const atLeastMs = 1_000

/**
 * @param paths files that need not be there. Each is opened only after it was written, and for as long as one query
 * takes: a program without patience of its own would fail on a lock of ours.
 */
export function watch(paths: readonly string[], context: Context): Watch {
  const looks = paths.map(path => looker(path, context))
  async function lookAll(patient: boolean): Promise<readonly Seen[]> {
    const seen: Seen[] = []
    for (const look of looks) seen.push(await look(patient))
    return seen
  }
  return { look: () => lookAll(true), lookOnceMore: () => lookAll(false) }
}

interface Content {
  readonly tables: readonly string[]
  /** Equal only for equal schemas. */
  readonly shape: string
}

const nothing: Content = { tables: [], shape: '' }

function looker(path: string, context: Context): (patient: boolean) => Promise<Seen> {
  let content: Content | null = null
  let since = context.now()
  let before: string | null = null
  let read: string | null = null
  let readAt = Number.NEGATIVE_INFINITY
  return async patient => {
    const now = context.now()
    const signature = signatureOf(path)
    const quiet = before === null || signature === before
    before = signature
    if (signature !== read && (!patient || quiet || now - readAt >= atLeastMs)) {
      const found = await readSchema(path, context)
      if (found !== null) {
        if (content === null || found.shape !== content.shape) since = now
        content = found
        read = signature
        readAt = now
      }
    }
    return { path, tables: content?.tables ?? null, since }
  }
}

/** Changes whenever somebody writes; asked of the folder, without opening anything. */
function signatureOf(path: string): string {
  return ['', '-wal', '-journal']
    .map(suffix => {
      const stat = statOf(path + suffix)
      return stat === null ? '' : `${stat.ino}.${stat.size}.${stat.mtimeNs}`
    })
    .join(' ')
}

/** Null where nothing is, or a file where its folder would be. */
function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return null
  }
}

/** Null where it cannot be told now. */
async function readSchema(path: string, context: Context): Promise<Content | null> {
  const stat = statOf(path)
  if (stat === null) return nothing
  if (!stat.isFile()) return null
  try {
    const { db, close } = await openForReading(path, impatient(context))
    try {
      const objects = db
        .prepare<[], { readonly type: string; readonly name: string; readonly sql: string | null }>(
          "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
        )
        .all()
      const tables = objects.filter(object => object.type === 'table').map(object => object.name)
      return { tables, shape: createHash('sha256').update(JSON.stringify(objects)).digest('hex') }
    } finally {
      close()
    }
  } catch {
    return null // locked, half written, gone again: its program is at work under our hands
  }
}

/** Locks of the program that makes the file are no reason to wait, nor to speak of it: the next look comes soon. */
function impatient(context: Context): Context {
  return { ...context, settings: { ...context.settings, waitSeconds: 0 }, emit: () => {} }
}

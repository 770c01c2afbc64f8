/** A target as it is traced in: opened without a trace on the file, with what is known of its ids. */
import { describe } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Connection, Reading } from '../engines/sqlite/open.ts'
import { hasJournal, RUNS, recordedRuns } from '../journal/in-target.ts'
import { type Message, Refusal } from '../message.ts'
import { quoteName as q } from '../schema/names.ts'
import { knownSchemaOf } from '../systems/recognise-schema.ts'
import { type Places, placesIn } from './places.ts'
import { type Reader, readerOf } from './reader.ts'

export interface Looked extends Places {
  readonly reader: Reader
  /** Told from the schema. */
  readonly system: string | null
  readonly migrated: boolean
}

export interface OpenTarget {
  readonly path: string
  /** As it is now. Throws a refusal where it can't be read. */
  look(): Looked
  close(): void
}

/** What is known of the places is kept as long as schema and runs are the same. */
export function openTarget(path: string, { db, close }: Pick<Reading, 'db' | 'close'>): OpenTarget {
  const version = versionOf(db)
  let known: { readonly version: string; readonly looked: Looked } | null = null
  return {
    path,
    look() {
      try {
        const now = version()
        if (known?.version !== now) known = { version: now, looked: lookInto(db) }
        return known.looked
      } catch (error) {
        throw describe(error, path)
      }
    },
    close,
  }
}

function lookInto(db: Connection): Looked {
  const schema = inspect(db)
  const places = placesIn(db, schema, recordedRuns(db))
  return {
    ...places,
    reader: readerOf(db),
    system: knownSchemaOf(schema)?.system ?? null,
    migrated: places.foreign.length > 0 || places.identities.some(each => each.migrated),
  }
}

/** What a run records of itself moves with its status, and not always the schema with it. */
function versionOf(db: Connection): () => string {
  const schemaVersion = db.prepare('PRAGMA schema_version').pluck()
  let runs: { readonly schema: unknown; readonly ask: () => unknown } | null = null
  return () => {
    const schema = schemaVersion.get()
    if (runs === null || runs.schema !== schema) runs = { schema, ask: askRuns(db) }
    return `${String(schema)} ${String(runs.ask())}`
  }
}

function askRuns(db: Connection): () => unknown {
  if (!hasJournal(db)) return () => null
  const runs = db.prepare(`SELECT group_concat(run || what || status) FROM main.${q(RUNS)}`).pluck()
  return () => runs.get()
}

/** Why a target could not be read. Anything but a refusal is a bug, and is thrown on. */
export function unreadMessage(error: unknown, path: string): Message {
  const known = describe(error, path)
  if (!(known instanceof Refusal)) throw known
  const { exit: _, ...message } = known.failure
  return message
}

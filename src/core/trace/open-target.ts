/** A target as it is traced in: opened without a trace on the file, with what is known of its ids. */
import { describe } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Reading } from '../engines/sqlite/open.ts'
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
  let known: { readonly version: string; readonly looked: Looked } | null = null
  const read = (): Looked => {
    const version = versionOf(db)
    if (known?.version === version) return known.looked
    const schema = inspect(db)
    const runs = recordedRuns(db)
    const places = placesIn(db, schema, runs)
    const looked = {
      ...places,
      reader: readerOf(db),
      system: knownSchemaOf(schema)?.system ?? null,
      migrated: places.foreign.length > 0 || places.identities.some(each => each.migrated),
    }
    known = { version, looked }
    return looked
  }
  return {
    path,
    look: () => {
      try {
        return read()
      } catch (error) {
        throw describe(error, path)
      }
    },
    close,
  }
}

/** What a run records of itself moves with its status, and not always the schema with it. */
function versionOf(db: Reading['db']): string {
  const runs = hasJournal(db)
    ? db
        .prepare(`SELECT group_concat(run || what || status) FROM main.${q(RUNS)}`)
        .pluck()
        .get()
    : null
  return `${String(db.pragma('schema_version', { simple: true }))} ${String(runs)}`
}

/** Why a target could not be read. Anything but a refusal is a bug, and is thrown on. */
export function unreadMessage(error: unknown, path: string): Message {
  const known = describe(error, path)
  if (!(known instanceof Refusal)) throw known
  const { exit: _, ...message } = known.failure
  return message
}

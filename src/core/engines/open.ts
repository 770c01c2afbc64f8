/**
 * The seam between the engine and the kinds of databases. Whatever a target is, the engine sees it through a SQLite
 * connection: on the file itself, or on a working copy of its rows whose changes are published when it commits.
 */
import type { Context } from '../context.ts'
import type { Check } from '../documents.ts'
import { engineOf } from './engine-of.ts'
import * as sqlite from './sqlite/open.ts'
import type { Recognised } from './sqlite/recognise.ts'

/** What a change means for a store that does not know SQLite's schema texts. */
export interface Publication {
  /** The snapshot that was taken, as a file of the target's own kind. */
  readonly snapshot: string
  /** Columns that name rows by ULIDs once it is made; `always` where the database shall make them for new rows in any case. */
  readonly identities: readonly {
    readonly table: string
    readonly column: string
    readonly always: boolean
  }[]
  readonly letterCase: 'upper' | 'lower'
  /** Whether a run is taken back: tables become what they were in the store's own words. */
  readonly back?: boolean
  /** Columns that go, and the one that takes the place of each in keys, constraints and the order of columns. */
  readonly successors: readonly {
    readonly table: string
    readonly column: string
    readonly successor: string
  }[]
}

/** A target that nobody else can write to, with the one transaction of a run open on it. */
export interface Writing {
  readonly db: sqlite.Connection
  readonly file: Recognised
  /** A SQLite file with the rows as they were; null where the snapshot is one. */
  readonly before: string | null
  /** See `Reading`. */
  readonly print?: string
  /** Makes the change. What it throws leaves the file as it was, unless the file itself says otherwise. Answers with what was checked on the way. */
  commit(publication: Publication): Promise<readonly Check[]>
  /** Whether nobody else has committed since it was opened. */
  alone(): boolean
  /** Rolls back what is still open, and closes. */
  end(): void
}

/** Opens `path` without changing a byte of it or of its sidecars: see `openForReading` of the engine that it belongs to. */
export async function openForReading(path: string, context: Context): Promise<sqlite.Reading> {
  if (engineOf(path) === 'sqlite') return sqlite.openForReading(path, context)
  const { readStore } = await import('./duckdb/target.ts')
  return readStore(path, context)
}

/** Opens `path` for the one transaction of a run, waiting for other programs up to the settings' limit. */
export async function openForWriting(path: string, context: Context): Promise<Writing> {
  if (engineOf(path) === 'duckdb') {
    const { writeStore } = await import('./duckdb/target.ts')
    return writeStore(path, context)
  }
  const { db, file } = await sqlite.openForWriting(path, context)
  const version = versionOf(db)
  return {
    db,
    file,
    before: null,
    async commit() {
      await sqlite.patiently(context, path, () => db.exec('COMMIT'))
      return []
    },
    alone: () => versionOf(db) === version,
    end: () => sqlite.endTransaction(db),
  }
}

/** Changes when another connection commits, never by a commit of this one (https://sqlite.org/pragma.html#pragma_data_version). */
export function versionOf(db: sqlite.Connection): unknown {
  return db.pragma('data_version', { simple: true })
}

/** Where a rehearsal publishes: a private copy of the store; null for SQLite, where the rehearsal's own copy is that. */
export async function storeToRehearse(path: string, folder: string, context: Context) {
  if (engineOf(path) === 'sqlite') return null
  const { rehearseStore } = await import('./duckdb/target.ts')
  return rehearseStore(path, folder, context)
}

/** What only the store itself can compare with the snapshot of a run: nothing where the engine sees all of it. */
export async function compareStored(
  path: string,
  snapshot: string,
  changed: readonly { readonly table: string; readonly column: string }[],
  context: Context,
): Promise<readonly Check[]> {
  if (engineOf(path) === 'sqlite') return []
  const { compareStore } = await import('./duckdb/target.ts')
  return compareStore(path, snapshot, changed, context)
}

/** A SQLite file with the rows of `path`, a snapshot or a copy of ours, to be attached and read: itself, or a working copy of it. */
export async function attachable(path: string, context: Context): Promise<string> {
  if (engineOf(path) === 'sqlite') return path
  const { workingCopy } = await import('./duckdb/working-copy.ts')
  return workingCopy(path, context)
}

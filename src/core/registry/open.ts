import { join } from 'node:path'
import Database from 'better-sqlite3'
import { claimOwnFile } from '../journal/own-file.ts'
import { precondition, Refusal } from '../message.ts'
import type { Settings } from '../requests.ts'
import { inShell } from '../shell.ts'
import { Registry, type RegistryOptions } from './registry.ts'

/** "ULIR", in the header of the file: another program's database is not taken for a registry. */
const applicationId = 0x554c4952

// An id that several systems know is there once for each of them, so the place belongs to the key. Names of places stand
// once: a row of a million others is its ULID, a small number and what little else there is.
const ddl = `
  CREATE TABLE IF NOT EXISTS place(
    place INTEGER PRIMARY KEY, system TEXT NOT NULL CHECK(length(system) > 0), kind TEXT NOT NULL CHECK(length(kind) > 0),
    UNIQUE(system, kind));
  CREATE TABLE IF NOT EXISTS registration(
    ulid TEXT NOT NULL CHECK(length(ulid) = 26), place INTEGER NOT NULL REFERENCES place, legacy TEXT,
    metadata TEXT CHECK(metadata IS NULL OR json_valid(metadata)), PRIMARY KEY(ulid, place)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS registration_place ON registration(place);
  CREATE UNIQUE INDEX IF NOT EXISTS registration_legacy ON registration(legacy, place) WHERE legacy IS NOT NULL;
  CREATE TABLE IF NOT EXISTS counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
`

export function registryPath({ stateDir }: Pick<Settings, 'stateDir'>): string {
  return join(stateDir, 'registry.sqlite')
}

/**
 * Opens the registry of the state folder, and makes it where there is none. Several processes may have it open at once.
 *
 * Throws a {@link Refusal} (exit 4, `REGISTRY.UNUSABLE`) for a file that can't be opened or is none of ours.
 */
export function openRegistry(
  settings: Pick<Settings, 'stateDir'> & { readonly waitSeconds?: number },
  options: RegistryOptions = {},
): Registry {
  const path = registryPath(settings)
  let db: Database.Database | undefined
  try {
    claimOwnFile(path)
    db = new Database(path, { timeout: (settings.waitSeconds ?? 10) * 1000 })
    const found = db.pragma('application_id', { simple: true })
    const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
    if (found !== applicationId && !isEmpty) throw new Error('It is a database of something else')
    db.pragma('journal_mode = WAL') // readers and the one writer do not wait for each other
    db.pragma('synchronous = NORMAL')
    db.pragma('mmap_size = 1073741824')
    if (isEmpty) db.transaction(() => db?.exec(ddl)).immediate()
    return new Registry(db, options)
  } catch (error) {
    db?.close()
    if (error instanceof Refusal) throw error
    throw precondition(
      'REGISTRY.UNUSABLE',
      path,
      'The registry can not be used.',
      `${error instanceof Error ? error.message : String(error)}. Nothing was registered.`,
      inShell`Check the file: ls -l ${path}; keep the state elsewhere: --state-dir DIR; or move a damaged registry away, and register again from an export`,
    )
  }
}

/** What differs between kinds of files, so that the same attacks fall on all of them. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { change, contentHash, makeDatabase, numbers } from '../support/database.ts'
import { duckContentOf } from '../support/duck-content.ts'
import { duckColumn, openDuck } from '../support/duck-rows.ts'

/** SQLite in one of its modes, or DuckDB. */
export const media = ['DELETE', 'WAL', 'DuckDB'] as const
export type MediumName = (typeof media)[number]

export interface Medium {
  /** What may lie beside the file, and hold some of its content. */
  readonly sidecars: readonly string[]
  make(path: string, data: 'texts' | 'integers', rows: number): Promise<void>
  change(path: string, sql: string): Promise<void>
  /** A hash of all that the file holds, but for our own tables. */
  content(path: string): Promise<string>
  /** Opens the file as the owner's program would, which ends what was begun, and looks whether it is sound. */
  recover(path: string): Promise<Recovered>
  /** Whether no lock of this process is left on it. */
  isFree(path: string): boolean
}

export interface Recovered {
  readonly complaint: string
  /** Our own tables. */
  readonly own: readonly string[]
}

export function mediumOf(name: MediumName): Medium {
  return name === 'DuckDB' ? duckdb : sqlite(name)
}

const sqliteData = {
  texts: (rows: number) => `
  CREATE TABLE jobs(job_id TEXT PRIMARY KEY, at TEXT, note TEXT);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs ON DELETE CASCADE, line TEXT);
  CREATE TABLE tags(job_id TEXT REFERENCES jobs, tag TEXT, PRIMARY KEY(job_id, tag)) WITHOUT ROWID;
  CREATE TABLE audit(what TEXT);
  CREATE INDEX logs_by_job ON logs(job_id);
  CREATE TRIGGER gone AFTER DELETE ON jobs BEGIN INSERT INTO audit VALUES(old.job_id); END;
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value * 7919, value), datetime(1767225600 + value, 'unixepoch'), 'note ' || value FROM ${numbers(rows)};
  INSERT INTO logs(job_id, line) SELECT printf('%08x-1234-4abc-8def-%012x', (value % ${rows + 9}) * 7919, value % ${rows + 9}), 'line ' || value FROM ${numbers(rows * 2)};
  INSERT INTO tags SELECT job_id, 'a' FROM jobs WHERE rowid % 2;`,
  integers: (rows: number) => `
  CREATE TABLE people(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, boss INTEGER REFERENCES people);
  CREATE TABLE notes(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, body TEXT);
  INSERT INTO people SELECT value, 'name ' || value, nullif(value / 2, 0) FROM ${numbers(rows)};
  INSERT INTO notes(person_id, body) SELECT value % ${rows + 9}, 'body ' || value FROM ${numbers(rows * 2)};`,
}

function sqlite(mode: 'DELETE' | 'WAL'): Medium {
  const recover = async (path: string): Promise<Recovered> => {
    const db = new Database(path, { fileMustExist: true })
    try {
      const own = db
        .prepare("SELECT name FROM sqlite_schema WHERE substr(name, 1, 14) = '_ulid_migrate_'")
        .pluck()
        .all() as string[]
      return { complaint: String(db.pragma('integrity_check', { simple: true })), own }
    } finally {
      db.close()
    }
  }
  return {
    sidecars: ['-wal'],
    make: async (path, data, rows) => {
      makeDatabase(path, `PRAGMA journal_mode = ${mode}`, sqliteData[data](rows))
    },
    change: async (path, sql) => {
      change(path, sql)
    },
    content: async path => {
      const hash = contentHash(path)
      await recover(path) // takes the -shm away that a reader who may not write leaves beside a file in WAL mode
      return hash
    },
    recover,
    isFree: path => {
      const db = new Database(path, { timeout: 0 })
      try {
        db.exec('BEGIN IMMEDIATE; ROLLBACK')
        return true
      } catch {
        return false
      } finally {
        db.close()
      }
    },
  }
}

/** References without a key hold orphans; DuckDB has none under a key. */
const duckdbData = {
  texts: (rows: number) => `
  CREATE SEQUENCE log_numbers;
  CREATE TABLE jobs(job_id UUID PRIMARY KEY, created_at TIMESTAMP, note VARCHAR, embedding FLOAT[8]);
  CREATE TABLE logs(n INTEGER PRIMARY KEY DEFAULT nextval('log_numbers'), job_id UUID REFERENCES jobs(job_id), line VARCHAR);
  CREATE TABLE tags(job_id UUID, tag VARCHAR);
  CREATE TABLE sets(name VARCHAR, job_ids VARCHAR[]);
  CREATE INDEX logs_by_job ON logs(job_id);
  CREATE VIEW lines AS SELECT j.note, l.line FROM jobs j JOIN logs l USING (job_id);
  INSERT INTO jobs SELECT ${uuid('r')}, TIMESTAMP '2026-01-01' + to_seconds(r), 'note ' || r, [r, 1, 2, 3, 4, 5, 6, 7] FROM range(1, ${rows + 1}) t(r);
  INSERT INTO logs(job_id, line) SELECT ${uuid(`1 + r % ${rows}`)}, 'line ' || r FROM range(${rows * 2}) t(r);
  INSERT INTO tags SELECT ${uuid(`1 + r % ${rows + 9}`)}, 'a' FROM range(${rows * 2}) t(r);
  INSERT INTO sets SELECT 'set ' || r % 50, [${uuid('1 + r % 700')}, ${uuid('r')}]::VARCHAR[] FROM range(1, ${rows}) t(r);`,
  integers: (rows: number) => `
  CREATE SEQUENCE people_ids START ${rows + 1};
  CREATE TABLE people(id INTEGER PRIMARY KEY DEFAULT nextval('people_ids'), name VARCHAR, boss INTEGER);
  CREATE TABLE notes(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), body VARCHAR);
  INSERT INTO people SELECT r, 'name ' || r, nullif(r // 2, 0) FROM range(1, ${rows + 1}) t(r);
  INSERT INTO notes SELECT r, 1 + r % ${rows}, 'body ' || r FROM range(1, ${rows * 2}) t(r);`,
}

function uuid(number: string): string {
  return `printf('%08x-1234-4abc-8def-%012x', (${number}) * 7919, ${number})::UUID`
}

async function inDuck(path: string, sql: string): Promise<void> {
  const duck = await openDuck(path)
  try {
    await duck.connection.run(sql)
  } finally {
    duck.close()
  }
}

const duckdb: Medium = {
  sidecars: ['.wal', '.wal.checkpoint', '.wal.recovery'],
  make: (path, data, rows) => inDuck(path, duckdbData[data](rows)),
  change: (path, sql) => inDuck(path, sql),
  content: async path => {
    const content = [...(await duckContentOf(path))].sort(([one], [other]) => (one < other ? -1 : 1))
    return createHash('sha256').update(JSON.stringify(content)).digest('hex')
  },
  recover: async path => {
    await inDuck(path, 'CHECKPOINT')
    const left = duckdb.sidecars.filter(suffix => existsSync(path + suffix))
    const own = await duckColumn(
      path,
      "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '_ulid_migrate_')",
    )
    return { complaint: left.length === 0 ? 'ok' : `there still is ${left.join(', ')}`, own: own.map(String) }
  },
  // The library closes a file when the last result is collected that was broken off; an engine's process ends before.
  isFree: () => true,
}

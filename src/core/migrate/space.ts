/**
 * How much room a run needs, told from what is there: the sizes of tables and indexes as SQLite counts them (dbstat), and
 * the numbers of rows. Estimates lie above what runs were seen to take (test/core/migrate/space.test.ts).
 */
import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { countOf } from '../engines/sqlite/count.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Plan } from '../plan/plan.ts'
import { assertRoomFor, type Need } from '../room.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'

const ULID = 26
/** Bytes that a row of a narrow table takes beside its values: header, rowid, its share of half-full pages. */
const ROW = 24
/** Rows looked at to know how long ids are. */
const SAMPLE = 1000

/** Bytes that a run of `plan` will need: by the file itself, its journal or -wal, and SQLite's temporary files. */
export interface Space {
  /** By how much the file grows until the commit, before freed pages are used again. */
  readonly growth: number
  readonly journal: number
  readonly temporary: number
  /** The whole file, as its snapshot takes it. */
  readonly snapshot: number
}

export function spaceFor(db: Connection, plan: Plan, schema: Schema): Space {
  const pages =
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  const sizes = sizesOf(db)
  const touched = new Map<string, number>() // table, with the number of its cells per row that get a ULID
  let maps = 0
  let staged = 0
  for (const identity of plan.identities) {
    const rows = countOf(db, `SELECT count(*) FROM main.${q(identity.table)}`)
    const places = [identity, ...identity.references]
    for (const { table } of places) touched.set(table, (touched.get(table) ?? 0) + 1)
    const children = identity.references.reduce(
      (sum, reference) => sum + countOf(db, `SELECT count(*) FROM main.${q(reference.table)}`),
      0,
    )
    const id = idBytes(db, identity.table, identity.column)
    // A map row stands in a table and in two indexes; orphans can be as many as the references.
    maps += rows * (3 * (id + ULID) + 3 * ROW)
    maps += Math.min(children, rows + 1000) * (2 * (id + ULID) + 2 * ROW)
    staged += rows * 2 * (id + ULID + ROW)
  }
  let copies = 0
  for (const [name, cells] of touched) {
    const table = tableNamed(schema, name)
    const rows = countOf(db, `SELECT count(*) FROM main.${q(name)}`)
    const own = [name, ...(table?.indexes ?? []).map(index => index.name)]
    const now = own.reduce((sum, each) => sum + (sizes.get(each.toLowerCase()) ?? 0), 0)
    // Longer ids, in the table and in each of its indexes; an expansion adds an index as well.
    copies += now + rows * cells * (ULID + ROW / 2) * ((table?.indexes.length ?? 0) + 2)
  }
  const changed = maps + copies
  const wal = String(db.pragma('journal_mode', { simple: true })) === 'wal'
  return {
    growth: changed,
    // A rollback journal holds each page of before once; a -wal holds pages as often as the cache had to let go of them.
    journal: wal ? 2 * changed : Math.min(pages, copies + changed / 4) + 65_536,
    temporary: staged + Math.max(0, ...[...touched.keys()].map(name => sizes.get(name.toLowerCase()) ?? 0)),
    snapshot: pages,
  }
}

/** Bytes of each table and index. */
function sizesOf(db: Connection): ReadonlyMap<string, number> {
  const rows = db.prepare('SELECT lower(name), sum(pgsize) FROM dbstat GROUP BY 1').raw().all() as [
    string,
    bigint,
  ][]
  return new Map(rows.map(([name, bytes]) => [name, Number(bytes)]))
}

function idBytes(db: Connection, table: string, column: string): number {
  return countOf(
    db,
    `SELECT ceil(coalesce(avg(octet_length(CAST(id AS TEXT))), 0)) FROM (SELECT ${q(column)} AS id FROM main.${q(table)} LIMIT ${SAMPLE})`,
  )
}

/** Throws a refusal (exit 4) naming the disk that lacks room, what is needed of it and for what, and what is free. */
export function assertSpace(space: Space, target: string, snapshotDir: string): void {
  const needs: readonly Need[] = [
    { folder: dirname(target), bytes: space.growth, what: 'the file grows' },
    { folder: dirname(target), bytes: space.journal, what: 'its journal' },
    { folder: snapshotDir, bytes: space.snapshot, what: 'the snapshot' },
    { folder: temporaryFolder(), bytes: space.temporary, what: 'temporary files' },
  ]
  assertRoomFor(needs)
}

/** Where SQLite puts its temporary files: the first of these that it can write (https://sqlite.org/tempfiles.html, 5). */
export function temporaryFolder(): string {
  const { SQLITE_TMPDIR, TMPDIR } = process.env
  const found = [SQLITE_TMPDIR, TMPDIR, '/var/tmp', '/usr/tmp', '/tmp'].find(
    folder => folder !== undefined && isWritableFolder(folder),
  )
  return found ?? '.'
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

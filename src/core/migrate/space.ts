/**
 * How much room a run needs, told from what is there: the sizes of tables and indexes as SQLite counts them (dbstat), and
 * the numbers of rows. Estimates lie above what runs were seen to take (test/core/migrate/space.test.ts).
 */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { countOf } from '../engines/sqlite/count.ts'
import { tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { textBytes } from '../engines/sqlite/text-bytes.ts'
import { compilePlaces, hitsIn } from '../inside/hits.ts'
import type { RecordedRun } from '../journal/in-target.ts'
import { type Plan, type PlannedInside, replacedInside } from '../plan/plan.ts'
import { assertRoomFor, type Need } from '../room.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'

const ULID = 26
/** Bytes that a row of a narrow table takes beside its values: header, rowid, its share of half-full pages. */
const ROW = 24
/** Rows looked at to know how long ids are. */
const SAMPLE = 1000

type RunRecorded = Pick<RecordedRun['record'], 'tables' | 'maps'>

/** Bytes that a run of `plan` will need: by the file itself, its journal or -wal, and SQLite's temporary files. */
export interface Space {
  /** By how much the file grows until the commit, before freed pages are used again. */
  readonly growth: number
  readonly journal: number
  readonly temporary: number
  /** The whole file, as its snapshot takes it. */
  readonly snapshot: number
  /** What of the growth the maps are, which an expansion makes elsewhere first. */
  readonly maps: number
}

export function spaceFor(db: Connection, plan: Plan, schema: Schema): Space {
  const sizes = sizesOf(db)
  const touched = new Map<string, number>() // table, with the number of its cells per row that get a ULID
  let maps = 0
  let staged = 0
  for (const identity of plan.identities) {
    const rows = countOf(db, `SELECT count(*) FROM main.${q(identity.table)}`)
    const places = [identity, ...(identity.generatedAt ? [identity] : []), ...identity.references]
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
  for (const { table, column } of (plan.foreign ?? []).flatMap(each => each.references)) {
    touched.set(table, (touched.get(table) ?? 0) + 1)
    const rows = countOf(db, `SELECT count(*) FROM main.${q(table)}`)
    const id = idBytes(db, table, column)
    maps += rows * (2 * (id + ULID) + 2 * ROW)
    staged += rows * 2 * (id + ULID + ROW)
  }
  for (const { table } of replacedInside(plan)) touched.set(table, touched.get(table) ?? 0)
  let copies = 0
  for (const [name, cells] of touched) {
    const rows = countOf(db, `SELECT count(*) FROM main.${q(name)}`)
    // Longer ids, in the table and in each of its indexes; an expansion adds an index as well.
    const indexes = (tableNamed(schema, name)?.indexes.length ?? 0) + 2
    copies += withIndexes(schema, name, sizes) + rows * cells * (ULID + ROW / 2) * indexes
  }
  const kept = replacedInside(plan).reduce((sum, column) => sum + keptBytes(db, column), 0)
  return spaceOf(db, { copies, added: maps + kept, staged, sorted: [...touched.keys()], sizes })
}

/** What an undo of the run will need: its tables are made anew, and its maps get an index for the way back. */
export function spaceForUndo(db: Connection, { tables, maps }: RunRecorded, schema: Schema): Space {
  const sizes = sizesOf(db)
  const names = tables.map(({ table }) => table)
  const copies = names.reduce((sum, name) => sum + withIndexes(schema, name, sizes), 0)
  const own = maps
    .flatMap(({ map, orphans }) => [map, orphans])
    .reduce((sum, name) => sum + (sizes.get(name.toLowerCase()) ?? 0), 0)
  return spaceOf(db, { copies, added: own, staged: own, sorted: names, sizes })
}

/** What it will need to put back a snapshot of so many bytes: every page is written, in one transaction. */
export function spaceForRestore(db: Connection, bytes: number): Space {
  const pages = fileBytes(db)
  const journal = isWal(db) ? bytes * FRAME : pages + 65_536
  return { growth: Math.max(0, bytes - pages), journal, temporary: 0, snapshot: pages, maps: 0 }
}

/** A page in a -wal carries a header of 24 bytes, which is most beside the smallest pages. */
const FRAME = 1 + 24 / 512

interface Written {
  /** Bytes of what is made anew, and of what is made beside it. */
  readonly copies: number
  readonly added: number
  readonly staged: number
  /** Tables that are sorted, one after the other, when their indexes are made. */
  readonly sorted: readonly string[]
  readonly sizes: ReadonlyMap<string, number>
}

function spaceOf(db: Connection, { copies, added, staged, sorted, sizes }: Written): Space {
  const changed = added + copies
  const pages = fileBytes(db)
  return {
    growth: changed,
    // A rollback journal holds each page of before once; a -wal holds pages as often as the cache had to let go of them.
    journal: isWal(db) ? 2 * changed : Math.min(pages, copies + changed / 4) + 65_536,
    temporary: staged + Math.max(0, ...sorted.map(name => sizes.get(name.toLowerCase()) ?? 0)),
    snapshot: pages,
    maps: added,
  }
}

function withIndexes(schema: Schema, name: string, sizes: ReadonlyMap<string, number>): number {
  return [name, ...(tableNamed(schema, name)?.indexes ?? []).map(index => index.name)].reduce(
    (sum, each) => sum + (sizes.get(each.toLowerCase()) ?? 0),
    0,
  )
}

function fileBytes(db: Connection): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
}

function isWal(db: Connection): boolean {
  return String(db.pragma('journal_mode', { simple: true })) === 'wal'
}

/** Bytes of each table and index. */
function sizesOf(db: Connection): ReadonlyMap<string, number> {
  const rows = db.prepare('SELECT lower(name), sum(pgsize) FROM dbstat GROUP BY 1').raw().all() as [
    string,
    bigint,
  ][]
  return new Map(rows.map(([name, bytes]) => [name, Number(bytes)]))
}

/** Each value inside of which an id stands is kept, beside the one that takes its place; and the table grows by as much. */
function keptBytes(db: Connection, { table, column, places }: PlannedInside): number {
  const value = `t.${q(column)}`
  const rows = countOf(db, `SELECT count(${value}) FROM main.${q(table)} t`)
  const sample = db
    .prepare(
      `SELECT typeof(${value}), CASE typeof(${value}) WHEN 'integer' THEN ${value} ELSE CAST(${value} AS BLOB) END
       FROM main.${q(table)} t WHERE typeof(${value}) IN ('text', 'blob', 'integer') LIMIT ${SAMPLE}`,
    )
    .raw()
  const compiled = compilePlaces(places)
  const { decode } = textBytes(db)
  let [seen, bytes] = [0, 0]
  for (const [type, stored] of sample.iterate() as Iterable<['text' | 'blob' | 'integer', Buffer | bigint]>) {
    seen += 1
    const value = type === 'text' ? decode(stored as Buffer) : stored
    const hits = hitsIn(value, type, compiled).length
    const length = typeof stored === 'bigint' ? 8 : stored.length
    if (hits > 0) bytes += 2 * length + 2 * hits * (ULID + 2) + 2 * ROW
  }
  return seen === 0 ? 0 : Math.ceil((1.2 * rows * bytes) / seen)
}

function idBytes(db: Connection, table: string, column: string): number {
  return countOf(
    db,
    `SELECT ceil(coalesce(avg(octet_length(CAST(id AS TEXT))), 0)) FROM (SELECT ${q(column)} AS id FROM main.${q(table)} LIMIT ${SAMPLE})`,
  )
}

/** Makes the snapshot folder, and throws a refusal (exit 4) naming the disk that lacks room, what is needed of it and for what, and what is free. An expansion makes its maps in `scratch`. */
export function assertSpace(space: Space, target: string, snapshotDir: string, scratch?: string): void {
  mkdirSync(snapshotDir, { recursive: true, mode: 0o700 })
  const needs: readonly Need[] = [
    { folder: dirname(target), bytes: space.growth, what: 'the file grows' },
    { folder: dirname(target), bytes: space.journal, what: 'its journal' },
    { folder: snapshotDir, bytes: space.snapshot, what: 'the snapshot' },
    { folder: temporaryFolder(), bytes: space.temporary, what: 'temporary files' },
    ...(scratch === undefined ? [] : [{ folder: scratch, bytes: space.maps, what: 'maps' }]),
  ]
  assertRoomFor(needs)
}

/** The same for a rehearsal: two copies in a folder of our own, on which everything is done. */
export function assertSpaceToRehearse(space: Space, folder: string): void {
  assertRoomFor([
    { folder, bytes: 2 * space.snapshot, what: 'two copies' },
    { folder, bytes: space.growth, what: 'one of them grows' },
    { folder, bytes: space.journal, what: 'its journal' },
    { folder: temporaryFolder(), bytes: space.temporary, what: 'temporary files' },
  ])
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

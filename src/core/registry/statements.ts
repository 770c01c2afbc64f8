/** The SQL of the registry, prepared once for each file that is opened. */
import type Database from 'better-sqlite3'

/** A registration as it stands in its table. */
export type Row = readonly [place: number, legacy: string | null, metadata: string | null, ulid: string]

type Name =
  | 'byUlid'
  | 'byLegacy'
  | 'placesOf'
  | 'inPlace'
  | 'near'
  | 'page'
  | 'one'
  | 'insert'
  | 'replace'
  | 'place'
  | 'insertPlace'
  | 'totals'
  | 'byPlace'
  | 'counters'
  | 'count'
  | 'begin'
  | 'commit'
  | 'version'
  | 'pages'

export type Statements = Readonly<Record<Name, Database.Statement>>

export function prepare(db: Database.Database): Statements {
  const columns = 'SELECT r.place, r.legacy, r.metadata, r.ulid FROM registration r'
  return {
    byUlid: db.prepare('SELECT r.place, r.legacy, r.metadata FROM registration r WHERE r.ulid = ?').raw(),
    byLegacy: db.prepare(`${columns} WHERE r.legacy = ?`).raw(),
    placesOf: db
      .prepare('SELECT place FROM place WHERE system = $system AND ($kind IS NULL OR kind = $kind)')
      .pluck(),
    inPlace: db
      .prepare(`${columns} WHERE r.place = $place AND r.ulid > $after ORDER BY r.ulid LIMIT $limit`)
      .raw(),
    near: db
      .prepare(`${columns} WHERE r.ulid BETWEEN $from AND $to ORDER BY r.ulid, r.place LIMIT $limit`)
      .raw(),
    page: db
      .prepare(`${columns} WHERE (r.ulid, r.place) > ($ulid, $place) ORDER BY r.ulid, r.place LIMIT 1000`)
      .raw(),
    one: db
      .prepare(`${columns} WHERE (r.ulid = ? OR r.legacy = ?) AND r.place = ? ORDER BY r.ulid <> ? LIMIT 1`)
      .raw(),
    insert: db.prepare(
      'INSERT OR IGNORE INTO registration(ulid, place, legacy, metadata) VALUES(?, ?, ?, ?)',
    ),
    replace: db.prepare('UPDATE registration SET metadata = ? WHERE ulid = ? AND place = ?'),
    place: db.prepare('SELECT system, kind FROM place WHERE place = ?'),
    insertPlace: db.prepare('INSERT INTO place(system, kind) VALUES(?, ?)'),
    totals: db
      .prepare(
        `SELECT count(*), count(DISTINCT ulid), (SELECT min(ulid) FROM registration), (SELECT max(ulid) FROM registration)
         FROM registration`,
      )
      .raw(),
    byPlace: db
      .prepare(
        `SELECT p.system, p.kind, (SELECT count(*) FROM registration r WHERE r.place = p.place) FROM place p ORDER BY 1, 2`,
      )
      .raw(),
    counters: db.prepare('SELECT name, value FROM counter').raw(),
    count: db.prepare(
      'INSERT INTO counter(name, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
    ),
    begin: db.prepare('BEGIN'),
    commit: db.prepare('COMMIT'),
    version: db.prepare('PRAGMA data_version').pluck(),
    pages: db
      .prepare('SELECT p.page_count * s.page_size FROM pragma_page_count p, pragma_page_size s')
      .pluck(),
  }
}

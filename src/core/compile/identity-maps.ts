/** The identity maps: each legacy id with its ULID, in the order of time and legacy id; and each orphan with its own. */
import { columnNamed, comparesLike, OWN_PREFIX, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { idTimeSql, keptUlidSql, plausibleSql, rowTimeSql } from '../engines/sqlite/time-sql.ts'
import type { Zone } from '../identifiers/index.ts'
import type { Plan, PlannedIdentity } from '../plan/plan.ts'
import type { Schema, Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { fetchSteps } from './foreign.ts'
import { type Step, statement } from './program.ts'
import type { MapRecord } from './run-record.ts'

export function mapOf(schema: Schema, identity: PlannedIdentity, number: number): MapRecord {
  return {
    map: `${OWN_PREFIX}map_${number}`,
    orphans: `${OWN_PREFIX}orphans_${number}`,
    table: identity.table,
    column: identity.column,
    numeric: columnNamed(tableNamed(schema, identity.table)!, identity.column)!.affinity === 'integer',
    live:
      identity.beside === null
        ? null
        : {
            waiting: `${OWN_PREFIX}waiting_${number}`,
            held: `${OWN_PREFIX}held_${number}`,
            fresh: `${OWN_PREFIX}fresh_${number}`,
          },
    elsewhere: false,
    followed: identity.follows === undefined ? null : `${OWN_PREFIX}followed_${number}`,
  }
}

const STAGE = `${OWN_PREFIX}stage`
const STAGE_TIMED = `${OWN_PREFIX}stage_timed`
const LOST = `${OWN_PREFIX}lost`
const untimed = `SELECT EXISTS (SELECT 1 FROM temp.${STAGE} WHERE rowid = 1 AND ms IS NULL)` // NULLs are staged first

export function mapSteps(
  plan: Plan,
  schema: Schema,
  identity: PlannedIdentity,
  map: MapRecord,
  zone: Zone,
): Step[] {
  const table = tableNamed(schema, identity.table)!
  const object = `${identity.table}.${identity.column}`
  const key = `t.${q(identity.column)}`
  const position = positionOf(table)
  const beside = identity.beside === null ? undefined : columnNamed(table, identity.beside)
  const own = keptUlidSql(beside ? `t.${q(beside.name)}` : key, identity.case)
  const kept = map.followed === null ? own : `coalesce(${followedUlid(map.followed, key)}, ${own})`
  const row = position === null ? 'NULL' : `t.${position}`
  const times = `SELECT ${identityTime(plan, table, identity, zone)} AS ms, ${row} AS pos, ${key} AS legacy, ${kept} AS kept
        FROM ${q(table.name)} t LIMIT -1 OFFSET 0`
  // A ULID that somebody gave to several rows stays with the first of them.
  const rows = beside
    ? `SELECT ms, pos, legacy, CASE WHEN row_number() OVER (PARTITION BY kept ORDER BY pos, legacy) = 1 THEN kept END AS kept FROM (${times})`
    : times
  const legacy = comparesLike(table, identity.column, 'legacy')
  const run = (sql: string, when?: string) => statement('map', object, sql, when)
  // The same seed must not give a row here the ULID that another one has where this identity takes its ULIDs from.
  const domain = identity.follows === undefined ? object : JSON.stringify([plan.target, object])
  return [
    ...mapTables(map, legacy, object),
    ...followSteps(identity, map, legacy, object),
    run(
      `CREATE TEMP TABLE ${STAGE} AS SELECT ${plausibleSql('ms', plan.baseTime)} AS ms, pos, legacy, kept FROM (
        ${rows}) ORDER BY 1, legacy`,
    ),
    // (The OFFSET keeps SQLite from merging the two SELECTs and reading each time three times over.)
    // A row without a time of its own takes its predecessor's in legacy order, the first ones that of the first known.
    run(
      `CREATE TEMP TABLE ${STAGE_TIMED} AS SELECT coalesce(max(ms) OVER (PARTITION BY run),
          (SELECT ms FROM temp.${STAGE} WHERE ms IS NOT NULL ORDER BY legacy LIMIT 1), ${plan.baseTime}) AS ms, pos, legacy, kept
        FROM (SELECT *, count(ms) OVER (ORDER BY legacy ROWS UNBOUNDED PRECEDING) AS run FROM temp.${STAGE}) ORDER BY 1, legacy`,
      untimed,
    ),
    run(`DELETE FROM temp.${STAGE}`, untimed),
    run(
      `INSERT INTO temp.${STAGE} SELECT * FROM temp.${STAGE_TIMED} ORDER BY rowid`,
      `SELECT EXISTS (SELECT 1 FROM temp.sqlite_schema WHERE name = '${STAGE_TIMED}')`,
    ),
    run(`DROP TABLE IF EXISTS temp.${STAGE_TIMED}`),
    assign(object, domain, identity, `INSERT INTO ${q(map.map)}(pos, legacy, ulid) SELECT pos, legacy`),
    run(`DROP TABLE temp.${STAGE}`),
    ...mapIndexes(table, map, object),
    ...orphanSteps(
      plan,
      schema,
      {
        object: `${object} orphans`,
        domain: identity.follows === undefined ? `${object} orphans` : `${domain} orphans`,
        case: identity.case,
        references: identity.references,
        known: map.map,
        kept: map.followed,
      },
      map,
      legacy,
      zone,
    ),
  ]
}

/** Asks those whom the identity follows, before anything is given a ULID of its own. */
function followSteps(identity: PlannedIdentity, map: MapRecord, legacy: string, object: string): Step[] {
  if (identity.follows === undefined || map.followed === null) return []
  const make = `CREATE TABLE ${q(map.followed)}(${legacy} PRIMARY KEY, ulid TEXT NOT NULL UNIQUE) WITHOUT ROWID`
  return [
    statement('map', object, make),
    ...fetchSteps(identity.follows, [identity, ...identity.references], legacy, map.followed, object),
  ]
}

function followedUlid(followed: string, value: string): string {
  return `(SELECT f.ulid FROM ${q(followed)} f WHERE f.legacy = +${value})`
}

/** The two tables of an identity map, empty. */
export function mapTables(map: MapRecord, legacy: string, object: string): Step[] {
  return [
    `CREATE TABLE ${q(map.map)}(pos INTEGER PRIMARY KEY, ${legacy}, ulid TEXT NOT NULL)`,
    `CREATE TABLE ${q(map.orphans)}(${legacy} PRIMARY KEY, ulid TEXT NOT NULL) WITHOUT ROWID`,
  ].map(sql => statement('map', object, sql))
}

/** Made once the tables are filled, where nobody else has to wait for it. */
export function mapIndexes(table: Table, map: MapRecord, object: string): Step[] {
  const index = (of: string, columns: string) =>
    statement('map', object, `CREATE INDEX ${q(`${map.map}_${of}`)} ON ${q(map.map)}(${columns})`)
  return [
    index('legacy', 'legacy, ulid'),
    // Rows without a number are found again by their id alone, in both directions.
    ...(positionOf(table) === null ? [index('ulid', 'ulid, legacy')] : []),
  ]
}

/** A map as it is made where others wait for each statement: its indexes as well are made while it is empty. */
export function emptyMap(schema: Schema, identity: PlannedIdentity, map: MapRecord): Step[] {
  const table = tableNamed(schema, identity.table)!
  const object = `${identity.table}.${identity.column}`
  return [
    ...mapTables(map, comparesLike(table, identity.column, 'legacy'), object),
    ...mapIndexes(table, map, object),
  ]
}

/** The row's own time, of the row `t`. */
export function identityTime(plan: Plan, table: Table, identity: PlannedIdentity, zone: Zone): string {
  const { from, column } = identity.time
  const ofColumn =
    column !== undefined && columnNamed(table, column) ? rowTimeSql(`t.${q(column)}`, zone) : null
  if (from === 'order') return String(plan.baseTime)
  if (from === 'column') return ofColumn ?? 'NULL'
  const ofId = idTimeSql(`t.${q(identity.column)}`)
  return ofColumn === null ? ofId : `coalesce(${ofId}, ${ofColumn})`
}

function assign(object: string, domain: string, of: Pick<PlannedIdentity, 'case'>, insert: string): Step {
  return {
    kind: 'assign',
    phase: 'map',
    object,
    domain,
    case: of.case,
    times: `SELECT ms FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    write: `${insert}, coalesce(kept, CAST(substr(@ulids, (rowid - @from - 1) * @width + 1, @width) AS TEXT)) FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    total: `SELECT count(*) FROM temp.${STAGE}`,
  }
}

/** Ids that name no row, as {@link orphanSteps} needs them. */
export interface Lost {
  readonly object: string
  /** See {@link Assign}. */
  readonly domain: string
  readonly case: PlannedIdentity['case']
  readonly references: PlannedIdentity['references']
  /** The table of those that have a ULID. */
  readonly known: string
  /** The table of ULIDs that are given elsewhere; null where there is none. */
  readonly kept: string | null
}

/** Values that name no row get a ULID each as well, and one only, wherever they stand (invariant 6). */
export function orphanSteps(
  plan: Plan,
  schema: Schema,
  { object, domain, case: letters, references, known, kept }: Lost,
  map: MapRecord,
  legacy: string,
  zone: Zone,
): Step[] {
  if (references.length === 0) return []
  const run = (sql: string) => statement('map', object, sql)
  const own = keptUlidSql('l.legacy', letters)
  const given = kept === null ? own : `coalesce(${followedUlid(kept, 'l.legacy')}, ${own})`
  return [
    run(`CREATE TEMP TABLE ${LOST}(${legacy} PRIMARY KEY, ms INTEGER) WITHOUT ROWID`),
    ...references.map(reference => {
      const child = tableNamed(schema, reference.table)!
      const value = `c.${q(reference.column)}`
      const time =
        reference.time === null
          ? 'NULL'
          : plausibleSql(`(${rowTimeSql(`c.${q(reference.time)}`, zone)})`, plan.baseTime)
      return run(
        `INSERT INTO temp.${LOST}(legacy, ms) SELECT ${value}, min(${time}) FROM ${q(child.name)} c
          WHERE ${value} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${q(known)} m WHERE m.legacy = +${value}) AND NOT ${isSentinel(value)}
          GROUP BY ${value} COLLATE BINARY
          ON CONFLICT(legacy) DO UPDATE SET ms = min(coalesce(ms, excluded.ms), coalesce(excluded.ms, ms))`,
      )
    }),
    run(
      `CREATE TEMP TABLE ${STAGE} AS SELECT coalesce(${plausibleSql('ms', plan.baseTime)}, ${plan.baseTime}) AS ms, legacy, kept FROM (
        SELECT coalesce(${idTimeSql('l.legacy')}, l.ms) AS ms, l.legacy, ${given} AS kept FROM temp.${LOST} l)
        ORDER BY 1, legacy`,
    ),
    assign(object, domain, { case: letters }, `INSERT INTO ${q(map.orphans)}(legacy, ulid) SELECT legacy`),
    run(`DROP TABLE temp.${STAGE}`),
    run(`DROP TABLE temp.${LOST}`),
  ]
}

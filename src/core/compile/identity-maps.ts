/** The identity maps: each legacy id with its ULID, in the order of time and legacy id; and each orphan with its own. */
import { columnNamed, comparesLike, OWN_PREFIX, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { idTimeSql, keptUlidSql, plausibleSql, rowTimeSql } from '../engines/sqlite/time-sql.ts'
import type { Zone } from '../identifiers/index.ts'
import type { Leader, Plan, PlannedIdentity } from '../plan/plan.ts'
import type { Schema, Table } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { fetchSteps, valuesIn } from './foreign.ts'
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
    assign(
      object,
      domainOf(plan, identity),
      identity,
      map.map,
      `INSERT INTO ${q(map.map)}(pos, legacy, ulid) SELECT pos, legacy`,
    ),
    run(`DROP TABLE temp.${STAGE}`),
    ...mapIndexes(table, map, object),
  ]
}

/** Asks those whom the identity follows, before anything is given a ULID of its own. */
function followSteps(identity: PlannedIdentity, map: MapRecord, legacy: string, object: string): Step[] {
  if (identity.follows === undefined || map.followed === null) return []
  const make = `CREATE TABLE ${q(map.followed)}(${legacy} PRIMARY KEY, ulid TEXT NOT NULL UNIQUE) WITHOUT ROWID`
  return [
    statement('map', object, make),
    ...fetchSteps(identity.follows, [valuesIn(identity)], legacy, map.followed, object),
  ]
}

function followedUlid(followed: string, value: string): string {
  return `(SELECT f.ulid FROM ${q(followed)} f WHERE f.legacy = +${value})`
}

/** Where ULIDs come from elsewhere as well, the same seed must not give a row here the one that another has there. */
function domainOf(plan: Plan, { table, column, follows }: PlannedIdentity): string {
  const object = `${table}.${column}`
  return follows === undefined ? object : JSON.stringify([plan.target, object])
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
  return [
    byLegacy(map, object),
    // Rows without a number are found again by their id alone, in both directions.
    ...(positionOf(table) === null ? [mapIndex(map, object, 'ulid', 'ulid, legacy')] : []),
  ]
}

/** The index by which ids are looked up. */
export function byLegacy(map: MapRecord, object: string): Step {
  return mapIndex(map, object, 'legacy', 'legacy, ulid')
}

function mapIndex({ map }: MapRecord, object: string, of: string, columns: string): Step {
  return statement('map', object, `CREATE INDEX ${q(`${map}_${of}`)} ON ${q(map)}(${columns})`)
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

function assign(
  object: string,
  domain: string,
  of: Pick<PlannedIdentity, 'case'>,
  into: string,
  insert: string,
): Step {
  return {
    kind: 'assign',
    phase: 'map',
    object,
    domain,
    case: of.case,
    times: `SELECT ms FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    write: `${insert}, coalesce(kept, CAST(substr(@ulids, (rowid - @from - 1) * @width + 1, @width) AS TEXT)) FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    total: `SELECT count(*) FROM temp.${STAGE}`,
    // Where no row keeps a ULID there is nothing to meet: within a domain no two that are made can be equal.
    clash: `SELECT quote(m.legacy), quote(k.legacy), k.kept FROM temp.${STAGE} k JOIN ${q(into)} m ON m.ulid = k.kept
      WHERE EXISTS (SELECT 1 FROM temp.${STAGE} WHERE kept IS NOT NULL) AND k.kept IS NOT NULL AND m.legacy IS NOT k.legacy
      AND EXISTS (SELECT 1 FROM temp.${STAGE} g WHERE g.legacy IS m.legacy AND g.kept IS NULL) LIMIT 1`,
    again: `DELETE FROM ${q(into)}`,
  }
}

/** A column in which orphans may stand; `where` is a condition on its row `c`. */
export interface Referring {
  readonly table: string
  readonly column: string
  readonly time: string | null
  readonly where?: string
}

/** The values that name no row, while they are gathered. */
export function lostOf({ orphans }: MapRecord): string {
  return orphans.replace('_orphans_', '_lost_')
}

/** How an orphan is noted: once, as old as the earliest row that refers to it. `rows` selects (value, time). */
export function noteLost(map: MapRecord, rows: string): string {
  return `INSERT INTO temp.${lostOf(map)}(legacy, ms) ${rows}
          ON CONFLICT(legacy) DO UPDATE SET ms = min(coalesce(ms, excluded.ms), coalesce(excluded.ms, ms))`
}

/** Condition: the value names no row, and does not stand for nothing either. */
export function isLost(map: MapRecord, value: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.legacy = +${value}) AND NOT ${isSentinel(value)}`
}

/** Whose orphans are gathered, and how they get their ULIDs. */
export interface Orphaned {
  readonly object: string
  /** Definition of the column `legacy`. */
  readonly legacy: string
  /** See {@link Assign}. */
  readonly domain: string
  readonly case: PlannedIdentity['case']
  /** Who may know them. */
  readonly follows: readonly Leader[]
  /** Those of its columns are known from the expansion; what is left are those inside of values. */
  readonly isContracted: boolean
}

export function orphanedOf(plan: Plan, schema: Schema, identity: PlannedIdentity): Orphaned {
  const { table, column, case: letters, follows = [] } = identity
  return {
    object: `${table}.${column} orphans`,
    legacy: comparesLike(tableNamed(schema, table)!, column, 'legacy'),
    // An expansion has given out the first ULIDs of that name; those of its orphans are known by now.
    domain: `${domainOf(plan, identity)} orphans${identity.contracted ? ' inside' : ''}`,
    case: letters,
    follows,
    isContracted: identity.contracted !== undefined,
  }
}

/** Gathers the orphans of an identity from the columns that refer to it. */
export function lostSteps(
  plan: Plan,
  schema: Schema,
  { object, legacy }: Orphaned,
  map: MapRecord,
  referring: readonly Referring[],
  zone: Zone,
): Step[] {
  const run = (sql: string) => statement('map', object, sql)
  return [
    run(`CREATE TEMP TABLE ${lostOf(map)}(${legacy} PRIMARY KEY, ms INTEGER) WITHOUT ROWID`),
    ...referring.map(({ table, column, time, where = '1' }) => {
      const value = `c.${q(column)}`
      return run(
        noteLost(
          map,
          `SELECT ${value}, min(${referringTime(plan, time, 'c', zone)}) FROM ${q(tableNamed(schema, table)!.name)} c
          WHERE ${value} IS NOT NULL AND ${isLost(map, value)} AND ${where}
          GROUP BY ${value} COLLATE BINARY`,
        ),
      )
    }),
  ]
}

/** When a row was made, of the row called so. */
export function referringTime(plan: Plan, column: string | null, row: string, zone: Zone): string {
  return column === null
    ? 'NULL'
    : plausibleSql(`(${rowTimeSql(`${row}.${q(column)}`, zone)})`, plan.baseTime)
}

/** Values that name no row get a ULID each as well, and one only, wherever they stand (invariant 6). */
export function orphanSteps(plan: Plan, of: Orphaned, map: MapRecord): Step[] {
  const { object, legacy, follows } = of
  const run = (sql: string) => statement('map', object, sql)
  const own = keptUlidSql('l.legacy', of.case)
  const kept = map.followed === null ? own : `coalesce(${followedUlid(map.followed, 'l.legacy')}, ${own})`
  return [
    ...(of.isContracted
      ? [
          run(
            `DELETE FROM temp.${lostOf(map)} AS l WHERE EXISTS (SELECT 1 FROM ${q(map.orphans)} m WHERE m.legacy = +l.legacy)`,
          ),
        ]
      : []),
    ...(map.followed === null
      ? []
      : fetchSteps(
          follows,
          [`SELECT legacy FROM temp.${lostOf(map)} WHERE 1`],
          legacy,
          map.followed,
          object,
        )),
    run(
      `CREATE TEMP TABLE ${STAGE} AS SELECT coalesce(${plausibleSql('ms', plan.baseTime)}, ${plan.baseTime}) AS ms, legacy, kept FROM (
        SELECT coalesce(${idTimeSql('l.legacy')}, l.ms) AS ms, l.legacy, ${kept} AS kept FROM temp.${lostOf(map)} l)
        ORDER BY 1, legacy`,
    ),
    assign(object, of.domain, of, map.orphans, `INSERT INTO ${q(map.orphans)}(legacy, ulid) SELECT legacy`),
    run(`DROP TABLE temp.${STAGE}`),
    run(`DROP TABLE temp.${lostOf(map)}`),
  ]
}

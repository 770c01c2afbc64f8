/** A plan and the schema it is bound to become statements: a pure function, tested as text. */

import { zoneOf } from '../detect/choices.ts'
import {
  columnNamed,
  comparesLike,
  keyCollation,
  OWN_PREFIX,
  positionOf,
  tableNamed,
} from '../engines/sqlite/inspect.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { idTimeSql, keptUlidSql, plausibleSql, rowTimeSql } from '../engines/sqlite/time-sql.ts'
import type { Zone } from '../identifiers/index.ts'
import type { Plan, PlannedIdentity } from '../plan/plan.ts'
import type { Column, Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { makeReferenceExplicit, setColumnType } from '../schema/table-edits.ts'
import { keepIntegerText, pureText } from '../schema-changes/integer-keys.ts'
import { type ObjectChange, objectChanges, type RenamedColumn } from '../schema-changes/object-changes.ts'
import { textWithColumn } from './added-column.ts'
import { keepStatistics, putBackStatistics } from './keep-statistics.ts'
import type { Program, Step } from './program.ts'
import { hasQuotedLiterals, rebuild, triggersOf } from './rebuild.ts'
import type { MapRecord, TableRecord } from './run-record.ts'

export interface CompileOptions {
  /** Number of the first identity map; an earlier run's maps stay. */
  readonly firstMap: number
  /** Tests only: rebuild every table, changed or not, to prove that a rebuild by itself changes nothing. */
  readonly rebuildAll?: boolean
}

/** The statements that carry out `plan` on a database with this `schema`. */
export function compile(plan: Plan, schema: Schema, options: CompileOptions): Program {
  const zone = zoneOf(plan.timezone)
  const maps = plan.identities.map((identity, index) => mapOf(schema, identity, options.firstMap + index))
  const { changes: objects } = objectChanges(schema, renamedColumns(plan, schema))
  const changes = tableChanges(plan, schema, maps, objects, options)
  const tables = changes.map(change => change.table)
  const textOf = (object: SchemaObject) =>
    objects.find(each => each.type === object.type && each.name === object.name)?.after ?? object.sql
  const triggers = tables.flatMap(table => triggersOf(schema, table))
  const steps: Step[] = [
    ...plan.identities.flatMap((identity, index) => mapSteps(plan, schema, identity, maps[index]!, zone)),
    ...keepStatistics(schema, tables, 'rewrite'),
    ...triggers.map(trigger => statement('rewrite', trigger.name, `DROP TRIGGER ${q(trigger.name)}`)),
    ...changes.flatMap(change => change.steps),
    ...putBackStatistics(schema, tables, 'rewrite'),
    // In stored order: of two triggers for one event SQLite fires the newest first (HAZARDS C6).
    ...schema.objects
      .filter(object => triggers.includes(object))
      .map(trigger => statement('rewrite', trigger.name, textOf(trigger))),
    ...remakeVirtualTables(objects, 'rewrite'),
  ]
  return {
    steps,
    objects: objectsAfter(schema, changes).map(object =>
      object.type === 'table' && changes.some(each => each.table.name === object.name)
        ? object
        : { ...object, sql: textOf(object) },
    ),
    record: {
      maps,
      tables: changes.map(change => change.record),
      objects: changes.flatMap(change => change.indexes),
      edited: objects
        .filter(change => change.type === 'trigger' || !tables.some(table => table.name === change.name))
        .map(({ type, name, before, after }) => ({ type, name, before, after })),
    },
  }
}

function statement(phase: 'map' | 'rewrite', object: string, sql: string, when?: string): Step {
  return { kind: 'statement', phase, object, sql, ...(when === undefined ? {} : { when }) }
}

function mapOf(schema: Schema, identity: PlannedIdentity, number: number): MapRecord {
  return {
    map: `${OWN_PREFIX}map_${number}`,
    orphans: `${OWN_PREFIX}orphans_${number}`,
    table: identity.table,
    column: identity.column,
    numeric: columnNamed(tableNamed(schema, identity.table)!, identity.column)!.affinity === 'integer',
  }
}

const STAGE = `${OWN_PREFIX}stage`
const STAGE_TIMED = `${OWN_PREFIX}stage_timed`
const LOST = `${OWN_PREFIX}lost`
const untimed = `SELECT EXISTS (SELECT 1 FROM temp.${STAGE} WHERE rowid = 1 AND ms IS NULL)` // NULLs are staged first

function mapSteps(plan: Plan, schema: Schema, identity: PlannedIdentity, map: MapRecord, zone: Zone): Step[] {
  const table = tableNamed(schema, identity.table)!
  const object = `${identity.table}.${identity.column}`
  const key = `t.${q(identity.column)}`
  const position = positionOf(table)
  const beside = identity.beside === null ? undefined : columnNamed(table, identity.beside)
  const kept = keptUlidSql(beside ? `t.${q(beside.name)}` : key, identity.case)
  const legacy = comparesLike(table, identity.column, 'legacy')
  const run = (sql: string, when?: string) => statement('map', object, sql, when)
  return [
    run(`CREATE TABLE ${q(map.map)}(pos INTEGER PRIMARY KEY, ${legacy}, ulid TEXT NOT NULL)`),
    run(`CREATE TABLE ${q(map.orphans)}(${legacy} PRIMARY KEY, ulid TEXT NOT NULL) WITHOUT ROWID`),
    run(
      `CREATE TEMP TABLE ${STAGE} AS SELECT ${plausibleSql('ms', plan.baseTime)} AS ms, pos, legacy, kept FROM (
        SELECT ${identityTime(plan, table, identity, zone)} AS ms, ${position === null ? 'NULL' : `t.${position}`} AS pos, ${key} AS legacy, ${kept} AS kept
        FROM ${q(table.name)} t LIMIT -1 OFFSET 0) ORDER BY 1, legacy`,
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
    assign(object, object, identity, `INSERT INTO ${q(map.map)}(pos, legacy, ulid) SELECT pos, legacy`),
    run(`DROP TABLE temp.${STAGE}`),
    run(`CREATE INDEX ${q(`${map.map}_legacy`)} ON ${q(map.map)}(legacy, ulid)`),
    ...orphanSteps(plan, schema, identity, map, legacy, zone),
    // Rows without a number are found again by their id alone, in both directions.
    ...(position === null
      ? [run(`CREATE INDEX ${q(`${map.map}_ulid`)} ON ${q(map.map)}(ulid, legacy)`)]
      : []),
  ]
}

function identityTime(plan: Plan, table: Table, identity: PlannedIdentity, zone: Zone): string {
  const { from, column } = identity.time
  const ofColumn =
    column !== undefined && columnNamed(table, column) ? rowTimeSql(`t.${q(column)}`, zone) : null
  if (from === 'order') return String(plan.baseTime)
  if (from === 'column') return ofColumn ?? 'NULL'
  const ofId = idTimeSql(`t.${q(identity.column)}`)
  return ofColumn === null ? ofId : `coalesce(${ofId}, ${ofColumn})`
}

function assign(object: string, domain: string, identity: PlannedIdentity, insert: string): Step {
  return {
    kind: 'assign',
    phase: 'map',
    object,
    domain,
    case: identity.case,
    times: `SELECT ms FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    write: `${insert}, coalesce(kept, CAST(substr(@ulids, (rowid - @from - 1) * @width + 1, @width) AS TEXT)) FROM temp.${STAGE} WHERE rowid > @from ORDER BY rowid LIMIT @limit`,
    total: `SELECT count(*) FROM temp.${STAGE}`,
  }
}

/** Values that name no row get a ULID each as well, and one only, wherever they stand (invariant 6). */
function orphanSteps(
  plan: Plan,
  schema: Schema,
  identity: PlannedIdentity,
  map: MapRecord,
  legacy: string,
  zone: Zone,
): Step[] {
  if (identity.references.length === 0) return []
  const object = `${identity.table}.${identity.column} orphans`
  const run = (sql: string) => statement('map', object, sql)
  return [
    run(`CREATE TEMP TABLE ${LOST}(${legacy} PRIMARY KEY, ms INTEGER) WITHOUT ROWID`),
    ...identity.references.map(reference => {
      const child = tableNamed(schema, reference.table)!
      const value = `c.${q(reference.column)}`
      const time =
        reference.time === null
          ? 'NULL'
          : plausibleSql(`(${rowTimeSql(`c.${q(reference.time)}`, zone)})`, plan.baseTime)
      return run(
        `INSERT INTO temp.${LOST}(legacy, ms) SELECT ${value}, min(${time}) FROM ${q(child.name)} c
          WHERE ${value} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${q(map.map)} m WHERE m.legacy = +${value}) AND NOT ${isSentinel(value)}
          GROUP BY ${value} COLLATE BINARY
          ON CONFLICT(legacy) DO UPDATE SET ms = min(coalesce(ms, excluded.ms), coalesce(excluded.ms, ms))`,
      )
    }),
    run(
      `CREATE TEMP TABLE ${STAGE} AS SELECT coalesce(${plausibleSql('ms', plan.baseTime)}, ${plan.baseTime}) AS ms, legacy, kept FROM (
        SELECT coalesce(${idTimeSql('l.legacy')}, l.ms) AS ms, l.legacy, ${keptUlidSql('l.legacy', identity.case)} AS kept FROM temp.${LOST} l)
        ORDER BY 1, legacy`,
    ),
    assign(object, object, identity, `INSERT INTO ${q(map.orphans)}(legacy, ulid) SELECT legacy`),
    run(`DROP TABLE temp.${STAGE}`),
    run(`DROP TABLE temp.${LOST}`),
  ]
}

interface TableChange {
  readonly table: Table
  readonly after: string
  readonly steps: readonly Step[]
  readonly record: TableRecord
  readonly indexes: readonly SchemaObject[]
}

interface ColumnChange {
  readonly column: Column
  readonly beside: string | null
  readonly map: MapRecord
  readonly role: 'identity' | 'reference'
  /** The name under which an integer key goes on. */
  readonly legacy: string | null
  readonly sentinels: Plan['sentinels']
  /** Where old values go that the map can't give back; null where it always can. */
  readonly store: string | null
}

function tableChanges(
  plan: Plan,
  schema: Schema,
  maps: readonly MapRecord[],
  objects: readonly ObjectChange[],
  options: CompileOptions,
): TableChange[] {
  const setAside = hasQuotedLiterals(schema.tables)
  return schema.tables
    .filter(table => table.kind === 'table')
    .flatMap(table => {
      const columns = columnChanges(plan, schema, table, maps)
      const replaced = columns.filter(change => change.beside === null)
      const expanded = columns.filter(change => change.beside !== null)
      const repointed = pointExplicitly(plan, table)
      if (replaced.length > 0 || repointed !== table.sql || (options.rebuildAll && expanded.length === 0))
        return [replaceChange(plan, table, replaced, objects, setAside)]
      return expanded.length > 0 ? [expandChange(schema, table, expanded)] : []
    })
}

function columnChanges(plan: Plan, schema: Schema, table: Table, maps: readonly MapRecord[]): ColumnChange[] {
  return plan.identities.flatMap((identity, index) => {
    const map = maps[index]!
    const parent = tableNamed(schema, identity.table)!
    const storeOf = (column: Column, beside: string | null, at: number) => {
      const needed =
        beside === null
          ? at > 0 &&
            (plan.sentinels === 'null' ||
              !spelledAlike(parent, columnNamed(parent, identity.column)!, column))
          : columnNamed(table, beside) !== undefined
      return needed ? `${map.map.replace('_map_', '_kept_')}_${at}` : null
    }
    const own = sameName(identity.table, table.name)
      ? [columnNamed(table, identity.column)!].map(column => ({
          column,
          beside: identity.beside,
          map,
          role: 'identity' as const,
          legacy: identity.legacy,
          sentinels: plan.sentinels,
          store: storeOf(column, identity.beside, 0),
        }))
      : []
    const references = identity.references
      .map((reference, at) => ({ reference, at: at + 1 }))
      .filter(({ reference }) => sameName(reference.table, table.name))
      .map(({ reference, at }) => {
        const column = columnNamed(table, reference.column)!
        return {
          column,
          beside: reference.beside,
          map,
          role: 'reference' as const,
          legacy: reference.legacy,
          sentinels: plan.sentinels,
          store: storeOf(column, reference.beside, at),
        }
      })
    return [...own, ...references]
  })
}

/**
 * Whether a reference that resolves holds the very bytes of its parent's key. Under other affinities or collations it
 * may be spelled otherwise ('01' for 1, 'A' for 'a'), and undo has to bring that spelling back (HAZARDS B11).
 */
function spelledAlike(parent: Table, key: Column, reference: Column): boolean {
  return (
    key.affinity === 'text' && reference.affinity === 'text' && keyCollation(parent, key.name) === 'BINARY'
  )
}

/** Sets aside, by position, each old value that the map does not hold, beside the ULID that takes its place. */
function keepSteps(table: Table, change: ColumnChange, changes: readonly ColumnChange[]): Step[] {
  if (change.store === null) return []
  const row = rowName(table, changes)
  const column = change.beside === null ? change.column.name : columnNamed(table, change.beside)!.name
  const old = `t.${q(column)}`
  const ulid = lookup(change, 't', table)
  const legacy = (from: string) =>
    `(SELECT m.legacy FROM ${q(from)} m WHERE m.legacy = +${old} AND typeof(m.legacy) = typeof(${old}) AND CAST(m.legacy AS BLOB) IS CAST(${old} AS BLOB))`
  const differs =
    change.beside === null
      ? `${old} IS NOT NULL AND ${ulid} IS NOT ${old} AND ${legacy(change.map.map)} IS NULL AND ${legacy(change.map.orphans)} IS NULL`
      : `${ulid} IS NOT ${old}`
  return [
    statement(
      'rewrite',
      table.name,
      `CREATE TABLE ${q(change.store)}(${row.map(each => each.definition).join(', ')}, value BLOB, ulid TEXT)`,
    ),
    statement(
      'rewrite',
      table.name,
      `INSERT INTO ${q(change.store)} SELECT ${row.map(each => each.value).join(', ')}, ${old}, ${ulid} FROM ${q(table.name)} t WHERE ${differs}`,
    ),
  ]
}

/** What a row is called afterwards: its number, or its key as the rewrite leaves it. */
function rowName(
  table: Table,
  changes: readonly ColumnChange[],
): readonly { readonly definition: string; readonly value: string }[] {
  const position = positionOf(table)
  if (position !== null) return [{ definition: 'pos INTEGER PRIMARY KEY', value: `t.${position}` }]
  return table.primaryKey.map((name, at) => {
    const change = changes.find(each => each.beside === null && sameName(each.column.name, name))
    return { definition: `k${at} BLOB`, value: change ? lookup(change, 't', table) : `t.${q(name)}` }
  })
}

function keptOf(changes: readonly ColumnChange[]): TableRecord['kept'] {
  return changes.flatMap(change =>
    change.store === null ? [] : [{ column: change.beside ?? change.column.name, store: change.store }],
  )
}

/** The ULID of a value; a sentinel has none and stays as it is. */
function lookup(change: ColumnChange, row: string, table: Table): string {
  const value = `${row}.${q(change.column.name)}`
  const position = positionOf(table)
  if (change.role === 'identity' && position !== null)
    return `(SELECT m.ulid FROM ${q(change.map.map)} m WHERE m.pos = ${row}.${position})`
  // The child's affinity must not take part in the comparison, as in a key check: hence the plus (HAZARDS R3).
  const found = (from: string) => `(SELECT m.ulid FROM ${q(from)} m WHERE m.legacy = +${value})`
  return `coalesce(${found(change.map.map)}, ${found(change.map.orphans)}`.concat(
    change.beside !== null
      ? ')'
      : change.sentinels === 'null'
        ? `, CASE WHEN NOT ${isSentinel(value)} THEN ${value} END)`
        : `, ${value})`,
  )
}

/** `REFERENCES parent` would follow the parent's key to its legacy column: there it is made explicit (HAZARDS A9). */
function pointExplicitly(plan: Plan, table: Table): string {
  return plan.identities
    .filter(identity => identity.legacy !== null)
    .filter(identity => table.foreignKeys.some(key => key.implicit && sameName(key.parent, identity.table)))
    .reduce(
      (sql, identity) => makeReferenceExplicit(sql, { parent: identity.table }, [identity.column]),
      table.sql,
    )
}

/** The columns that hold ULIDs under their old names afterwards, and where their integers go. */
export function renamedColumns(plan: Plan, schema: Schema): RenamedColumn[] {
  return plan.identities
    .filter(identity => identity.beside === null)
    .flatMap(identity => {
      const column = (
        table: string,
        name: string,
        role: RenamedColumn['role'],
        legacy: string | null,
      ): RenamedColumn => {
        const of = tableNamed(schema, table)!
        const alias = of.rowidAlias !== null && sameName(of.rowidAlias, name)
        return {
          table,
          column: name,
          role,
          integer: alias ? (legacy ?? of.rowid) : null,
          numeric: columnNamed(of, name)!.affinity === 'integer',
        }
      }
      return [
        column(identity.table, identity.column, 'identity', identity.legacy),
        ...identity.references.map(reference =>
          column(reference.table, reference.column, 'reference', reference.legacy),
        ),
      ]
    })
}

/** An FTS table can't be altered: it is dropped, made anew over the legacy column, and its index is built again. */
export function remakeVirtualTables(
  objects: readonly { type: string; name: string; after: string }[],
  phase: 'rewrite' | 'undo',
): Step[] {
  return objects
    .filter(change => change.type === 'table' && /^\s*CREATE\s+VIRTUAL\b/i.test(change.after))
    .flatMap(({ name, after }): Step[] => [
      { kind: 'statement', phase, object: name, sql: `DROP TABLE ${q(name)}` },
      { kind: 'statement', phase, object: name, sql: after },
      { kind: 'statement', phase, object: name, sql: `INSERT INTO ${q(name)}(${q(name)}) VALUES('rebuild')` },
    ])
}

function replaceChange(
  plan: Plan,
  table: Table,
  changes: readonly ColumnChange[],
  objects: readonly ObjectChange[],
  setAside: boolean,
): TableChange {
  // Under any type but TEXT and BLOB the name of the type would make numbers of ULIDs (HAZARDS B2).
  const own = objects.find(each => each.type === 'table' && each.name === table.name)
  const explicit = pointExplicitly(plan, own ? { ...table, sql: own.after } : table)
  const after = changes.reduce((sql, change) => ulidText(sql, table, change), explicit)
  const isAlias = (change: ColumnChange) =>
    table.rowidAlias !== null && sameName(table.rowidAlias, change.column.name)
  const sources = changes.flatMap(change => [
    { column: change.column.name, expression: lookup(change, 'o', table) },
    ...(change.legacy === null ? [] : [{ column: change.legacy, expression: `o.${q(change.column.name)}` }]),
  ])
  const givesUpAlias = changes.some(change => isAlias(change) && change.legacy === null)
  const rowid = table.rowidAlias === null || givesUpAlias ? 'keep' : 'follows-key'
  return {
    table,
    after,
    steps: [
      ...changes.flatMap(change => keepSteps(table, change, changes)),
      ...rebuild({
        table,
        sql: after,
        sources,
        rowid,
        setAside,
        phase: 'rewrite',
      }),
    ],
    indexes: [],
    record: {
      table: table.name,
      alias: table.rowidAlias !== null,
      before: table.sql,
      after,
      replaced: changes.map(change => ({
        column: change.column.name,
        map: change.map.map,
        orphans: change.map.orphans,
        legacy: change.legacy,
        role: change.role,
      })),
      added: changes.flatMap(change => change.legacy ?? []),
      kept: keptOf(changes),
    },
  }
}

function ulidText(sql: string, table: Table, change: ColumnChange): string {
  const name = change.column.name
  const mintsDefault =
    change.role === 'identity' &&
    !table.foreignKeys.some(key => key.from.length === 1 && sameName(key.from[0]!, name))
  if (change.legacy !== null) return keepIntegerText(sql, name, change.legacy, { mintsDefault })
  if (table.rowidAlias !== null && sameName(table.rowidAlias, name))
    return pureText(sql, name, { mintsDefault })
  return keepsUlids(table, change.column) ? sql : setColumnType(sql, name, 'TEXT')
}

function keepsUlids(table: Table, column: Column): boolean {
  if (table.strict) return /^(TEXT|ANY)$/i.test(column.type)
  return column.affinity === 'text' || column.affinity === 'blob'
}

function expandChange(schema: Schema, table: Table, changes: readonly ColumnChange[]): TableChange {
  const missing = changes.filter(change => !columnNamed(table, change.beside!))
  const definition = (change: ColumnChange) => `${q(change.beside!)} TEXT`
  const after = missing.reduce((sql, change) => textWithColumn(sql, definition(change)), table.sql)
  const indexes = changes
    .filter(
      change =>
        !table.indexes.some(
          index =>
            index.unique && index.columns.length === 1 && sameName(index.columns[0] ?? '', change.beside!),
        ),
    )
    .map(change => indexOn(schema, table, change))
  const run = (sql: string) => statement('rewrite', table.name, sql)
  return {
    table,
    after,
    steps: [
      ...changes.flatMap(change => keepSteps(table, change, changes)),
      ...missing.map(change => run(`ALTER TABLE ${q(table.name)} ADD COLUMN ${definition(change)}`)),
      // First, over the empty column: made afterwards it would take many times as long (HAZARDS B19).
      ...indexes.map(index => run(index.sql)),
      fill(table, changes),
    ],
    indexes,
    record: {
      table: table.name,
      alias: table.rowidAlias !== null,
      before: table.sql,
      after,
      replaced: [],
      added: missing.map(change => change.beside!),
      kept: keptOf(changes),
    },
  }
}

function indexOn(schema: Schema, table: Table, change: ColumnChange): SchemaObject {
  const taken = (name: string) => schema.objects.some(object => sameName(object.name, name))
  const plain = `${table.name}_${change.beside}`
  const name = [plain, ...Array.from({ length: 99 }, (_, n) => `${plain}_${n + 2}`)].find(
    each => !taken(each),
  )!
  const unique = change.role === 'identity' ? 'UNIQUE ' : ''
  return {
    type: 'index',
    name,
    table: table.name,
    sql: `CREATE ${unique}INDEX ${q(name)} ON ${q(table.name)}(${q(change.beside!)})`,
  }
}

function fill(table: Table, changes: readonly ColumnChange[]): Step {
  const position = positionOf(table)
  const set = changes.map(change => `${q(change.beside!)} = ${lookup(change, 't', table)}`).join(', ')
  const update = `UPDATE ${q(table.name)} AS t SET ${set}`
  if (position === null) return statement('rewrite', table.name, update)
  const chunk = `SELECT ${position} AS p FROM ${q(table.name)} WHERE ${position} >= @from ORDER BY ${position} LIMIT @limit`
  return {
    kind: 'chunked',
    phase: 'rewrite',
    object: table.name,
    sql: `${update} WHERE t.${position} IN (${chunk})`,
    first: `SELECT min(${position}) FROM ${q(table.name)}`,
    last: `SELECT max(p) FROM (${chunk})`,
    total: `SELECT count(*) FROM ${q(table.name)}`,
  }
}

function objectsAfter(schema: Schema, changes: readonly TableChange[]): SchemaObject[] {
  const tables = schema.objects.map(object => {
    const change = object.type === 'table' ? changes.find(each => each.table.name === object.name) : undefined
    return change ? { ...object, sql: change.after } : object
  })
  return [...tables, ...changes.flatMap(change => change.indexes)]
}

/**
 * Where in a target ids stand: the identities of migrations, with what refers to them; what holds ids of other targets; and
 * keys that were ULIDs from the start.
 */
import type { MapRecord } from '../compile/run-record.ts'
import { keyColumns } from '../detect/keys.ts'
import type { TracedReference } from '../documents.ts'
import { columnNamed, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isIdName } from '../identifiers/id-name.ts'
import { type Place, pickPlace } from '../inside/place.ts'
import { type RecordedRun, standingRuns } from '../journal/in-target.ts'
import {
  type Leader,
  type PlannedForeign,
  type PlannedIdentity,
  type PlannedReference,
  replacedInside,
} from '../plan/plan.ts'
import type { Column, Schema, Table } from '../schema/model.ts'
import { samePlace } from '../schema/names.ts'
import { idColumns } from './id-columns.ts'

/** A column, or a place in its values, that refers to ids. */
export interface Holder {
  readonly table: Table
  /** What it is called: in an expansion the legacy column. */
  readonly column: Column
  readonly kind: TracedReference['kind']
  /** The column of whole ULIDs; null where ids stand inside of values. */
  readonly ulid: string | null
  /** Whether `column` itself holds legacy ids, beside the ULIDs or in place of them. */
  readonly holdsLegacy: boolean
  readonly place: Place | null
}

/** An identity: where a row is found by either of its ids, and what refers to it. */
export interface IdPlace {
  readonly table: Table
  /** What it is called: in an expansion after its legacy column. */
  readonly column: string
  readonly ulid: string
  /** The column that holds the legacy ids as they go on; null where none does. */
  readonly legacy: string | null
  /** Whether rows are looked for by that column: where it has what no map has. */
  readonly liveLegacy: boolean
  /** The pairs of legacy id and ULID that the run has noted of rows, by position; null where every row holds both. */
  readonly map: string | null
  /** All tables of such pairs, each with an index by legacy id. */
  readonly pairs: readonly string[]
  readonly holders: readonly Holder[]
  /** What other targets call it: the column as it was when the run began. */
  readonly before: string
  /** Identities of other targets that give it its ULIDs. */
  readonly leaders: readonly Leader[]
  readonly migrated: boolean
}

/** What holds ids of other targets, and names no rows here. */
export interface ForeignPlace {
  readonly leaders: readonly Leader[]
  readonly pairs: readonly string[]
  readonly holders: readonly Holder[]
}

export interface Places {
  readonly identities: readonly IdPlace[]
  readonly foreign: readonly ForeignPlace[]
}

export function placesIn(db: Connection, schema: Schema, runs: readonly RecordedRun[]): Places {
  const standing = standingRuns(runs)
  const has = db.prepare('SELECT count(*) FROM main.sqlite_schema WHERE name = ?').pluck()
  const isThere = (table: string) => has.get(table) === 1n
  const migrated = standing.flatMap(run =>
    run.plan.identities.flatMap(
      (identity, at) => identityPlace(schema, run, identity, run.record.maps[at], isThere) ?? [],
    ),
  )
  const foreign = standing.flatMap(run =>
    (run.plan.foreign ?? []).flatMap(
      (each, at) =>
        foreignPlace(schema, run, each, run.record.maps[run.plan.identities.length + at], isThere) ?? [],
    ),
  )
  return { identities: [...migrated, ...bornPlaces(schema, migrated, foreign)], foreign }
}

/** Null where what the run left is not there: somebody has dropped or renamed it since. */
function identityPlace(
  schema: Schema,
  run: RecordedRun,
  identity: PlannedIdentity,
  map: MapRecord | undefined,
  isThere: (table: string) => boolean,
): IdPlace | null {
  const table = tableNamed(schema, identity.table)
  if (!table || !map) return null
  const { name, ulid, legacy } = idColumns(identity)
  const own = [map.map, map.orphans, ...(map.live ? [map.live.waiting] : [])]
  if (!own.every(isThere) || ![name, ulid].every(each => columnNamed(table, each))) return null
  const goesOn = legacy === null ? null : (columnNamed(table, legacy)?.name ?? null)
  return {
    table,
    column: name,
    ulid,
    legacy: goesOn,
    // An integer key gives numbers to later rows as well; any other column that goes on holds what the map has.
    liveLegacy: map.live !== null || (goesOn !== null && goesOn === table.rowidAlias),
    map: map.live === null ? map.map : null,
    pairs: map.live === null ? [map.map, map.orphans] : [map.live.waiting],
    holders: [
      ...wholeHolders(schema, identity.references),
      ...insideHolders(schema, run, of => of.target === undefined && samePlace(of, identity)),
    ],
    before: map.column,
    leaders: identity.follows ?? [],
    migrated: true,
  }
}

function foreignPlace(
  schema: Schema,
  run: RecordedRun,
  { of: leaders, references }: PlannedForeign,
  map: MapRecord | undefined,
  isThere: (table: string) => boolean,
): ForeignPlace | null {
  const pairs = map ? [map.map, map.orphans] : []
  if (pairs.length === 0 || !pairs.every(isThere)) return null
  const isOf = (of: InsideOf) => leaders.some(each => each.target === of.target && samePlace(each, of))
  return {
    leaders,
    pairs,
    holders: [...wholeHolders(schema, references), ...insideHolders(schema, run, isOf)],
  }
}

function wholeHolders(schema: Schema, references: readonly PlannedReference[]): Holder[] {
  return references.flatMap(reference => {
    const { name, ulid } = idColumns(reference)
    const table = tableNamed(schema, reference.table)
    const column = table && columnNamed(table, name)
    // What somebody has dropped since refers to nothing.
    if (!column || !columnNamed(table, ulid)) return []
    return [
      { table, column, kind: reference.kind, ulid, holdsLegacy: reference.beside !== null, place: null },
    ]
  })
}

type InsideOf = NonNullable<RecordedRun['plan']['inside']>[number]['places'][number]['of']

/** An expansion leaves the ids that stand inside of values as they are. */
function insideHolders(schema: Schema, { plan }: RecordedRun, isOf: (of: InsideOf) => boolean): Holder[] {
  const replaced = replacedInside(plan).flatMap(({ places }) => places)
  return (plan.inside ?? []).flatMap(({ table: name, column: columnName, places }) => {
    const table = tableNamed(schema, name)
    const column = table && columnNamed(table, columnName)
    if (!column) return []
    return places
      .filter(({ of, when }) => isOf(of) && (!when || columnNamed(table, when.column)))
      .map(place => ({
        table,
        column,
        kind: place.kind,
        ulid: null,
        holdsLegacy: !replaced.includes(place),
        place: pickPlace(place),
      }))
  })
}

/**
 * Keys that may have been ULIDs from the start: text, the only member of a unique index, and called like an id. To look one
 * value up in each costs next to nothing, while detection, which would know for sure, reads the whole file. What refers to
 * them is known where a foreign key says so.
 */
function bornPlaces(
  schema: Schema,
  migrated: readonly IdPlace[],
  foreign: readonly ForeignPlace[],
): readonly IdPlace[] {
  const holders = [...migrated, ...foreign].flatMap(each => each.holders)
  const isKnown = (table: Table, column: Column) =>
    migrated.some(
      each =>
        each.table === table &&
        [each.column, each.ulid, each.legacy].some(
          name => name !== null && columnNamed(table, name) === column,
        ),
    ) ||
    holders.some(
      each =>
        each.table === table &&
        (each.column === column || (each.ulid !== null && columnNamed(table, each.ulid) === column)),
    )
  return schema.tables
    .flatMap(keyColumns)
    .filter(
      ({ table, column }) => column.affinity === 'text' && isIdName(column.name) && !isKnown(table, column),
    )
    .map(({ table, column }) => ({
      table,
      column: column.name,
      ulid: column.name,
      legacy: null,
      liveLegacy: false,
      map: null,
      pairs: [],
      holders: declaredHolders(schema, table, column),
      before: column.name,
      leaders: [],
      migrated: false,
    }))
}

function declaredHolders(schema: Schema, parent: Table, key: Column): Holder[] {
  return schema.tables.flatMap(table =>
    table.foreignKeys.flatMap(({ from, parent: of, to }) => {
      const column = columnNamed(table, from[0] ?? '')
      const isOf = from.length === 1 && samePlace({ table: of, column: to[0] ?? '' }, placeOf(parent, key))
      return column && isOf
        ? [
            {
              table,
              column,
              kind: 'declared' as const,
              ulid: column.name,
              holdsLegacy: false,
              place: null,
            },
          ]
        : []
    }),
  )
}

function placeOf(table: Table, column: Column) {
  return { table: table.name, column: column.name }
}

/** Whether the rows of the place have numbers. */
export function hasPosition({ table }: IdPlace): boolean {
  return positionOf(table) !== null
}

/**
 * Ids that stand inside of values: in JSON documents, in longer texts, or in some rows only. Each value in which any is
 * found is set aside, beside the value that takes its place, before its table is made anew; all others are copied as
 * they are, byte for byte.
 */

import { columnNamed, positionOf, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Zone } from '../identifiers/index.ts'
import { type LoosePlace, type Place, pickPlace } from '../inside/place.ts'
import { type Plan, type PlannedForeign, type PlannedInside, replacedInside } from '../plan/plan.ts'
import type { Column, Schema, Table } from '../schema/model.ts'
import { formatColumnPath, quoteName as q, quoteText, sameName } from '../schema/names.ts'
import { setColumnType } from '../schema/table-edits.ts'
import {
  type ColumnChange,
  cellsOf,
  isRow,
  keptCells,
  type RowName,
  rowName,
  stepsOf,
} from './column-changes.ts'
import { isLost, noteLost, type Referring, referringTime } from './identity-maps.ts'
import { type Note, type Step, statement, type ValuesInside } from './program.ts'
import type { ColumnSource } from './rebuild.ts'
import type { InsideRecord, MapRecord, TableRecord } from './run-record.ts'

export interface InsideChange {
  readonly table: Table
  readonly column: Column
  readonly time: string | null
  /** Where the values of before go, with the rows that they stood in. */
  readonly store: string
  readonly places: InsideRecord['places']
}

/** What the plan does inside of values. */
export function insideChanges(plan: Plan, schema: Schema, maps: readonly MapRecord[]): InsideChange[] {
  return replacedInside(plan).map(({ table: name, column, time, places }, at) => {
    const table = tableNamed(schema, name)!
    const found = places.map(({ of, ...place }) => {
      return { ...place, ...maps[mapIndex(plan, of)]! }
    })
    const shared = (place: LoosePlace) => found.filter(each => spelling(each) === spelling(place)).length > 1
    return {
      table,
      column: columnNamed(table, column)!,
      time,
      store: `${maps[0]!.map.replace('_map_', '_kept_')}_in_${at}`,
      places: found.map(({ kind, path, pattern, when, map, orphans, numeric }) => ({
        kind,
        ...pickPlace({ path, pattern, when }),
        map,
        orphans: shared({ path, pattern, when }) ? null : orphans,
        numeric,
      })),
    }
  })
}

/** The number of the map in which the ids of such a place are looked up. */
function mapIndex({ identities, foreign = [] }: Plan, of: PlannedInside['places'][number]['of']): number {
  const is = (each: { readonly table: string; readonly column: string }) =>
    each.table === of.table && each.column === of.column
  return of.target === undefined
    ? identities.findIndex(is)
    : identities.length +
        foreign.findIndex(each => each.of.some(leader => leader.target === of.target && is(leader)))
}

function spelling({ path, pattern, when }: LoosePlace): string {
  return JSON.stringify([path ?? null, pattern ?? null, when ?? null])
}

/** A place, and everything that an id which stands there may be one of, in the order in which that is tried. */
export interface Spot {
  readonly place: Place
  readonly of: InsideRecord['places']
}

/** Several identities may share one place: then the value decides. */
export function spotsOf(places: InsideRecord['places']): readonly Spot[] {
  const spots = new Map<string, Spot>()
  for (const each of places) {
    const known = spots.get(spelling(each)) ?? { place: pickPlace(each), of: [] }
    spots.set(spelling(each), { ...known, of: [...known.of, each] })
  }
  return [...spots.values()]
}

/** Whether an id is the whole value at every place, so that SQLite can do it all by itself. */
export function isWhole(places: InsideRecord['places']): boolean {
  return places.every(({ path, pattern }) => path === undefined && pattern === undefined)
}

/** Condition: the place is one in this row. */
function appliesIn({ when }: Place, row: string): string {
  return when === undefined
    ? '1'
    : `coalesce(CAST(${row}.${q(when.column)} AS TEXT) IN (${when.is.map(quoteText).join(', ')}), 0)`
}

/** Where whole values are concerned: what comes in the value's place, by `find` of a map; NULL where it stays. */
export function wholeValue(
  places: InsideRecord['places'],
  row: string,
  find: (place: InsideRecord['places'][number]) => string,
): string {
  const cases = places.map(place => `CASE WHEN ${appliesIn(pickPlace(place), row)} THEN ${find(place)} END`)
  return `coalesce(${[...cases, 'NULL'].join(', ')})`
}

/** The ULID of a legacy id, by the rules of its parent (HAZARDS R3). */
function ulidOf({ map, orphans }: InsideRecord['places'][number], value: string): string {
  const found = (from: string) => `(SELECT m.ulid FROM ${q(from)} m WHERE m.legacy = +${value})`
  return orphans === null ? found(map) : `coalesce(${found(map)}, ${found(orphans)})`
}

/** An id as it was found: the bytes of a text, or an integer. */
export const FOUND_ID = `(CASE typeof(@id) WHEN 'blob' THEN CAST(@id AS TEXT) ELSE @id END)`

/** The columns that hold ids as whole values at such places. */
export function referringInside(
  changes: readonly InsideChange[],
  isAsked: (place: InsideRecord['places'][number]) => boolean,
): readonly Referring[] {
  return changes
    .filter(change => isWhole(change.places))
    .flatMap(({ table, column, time, places }) =>
      places.filter(isAsked).map(place => ({
        table: table.name,
        column: column.name,
        time,
        where: appliesIn(pickPlace(place), 'c'),
      })),
    )
}

/** Whether any value inside of which an orphan of this map may stand is looked into. */
export function mayHoldOrphans(changes: readonly InsideChange[], { orphans }: MapRecord): boolean {
  return changes.some(({ places }) => places.some(place => place.orphans === orphans))
}

/** Asks other targets for the ids that stand inside of the values of one column. */
export function gatherSteps(
  changes: readonly InsideChange[],
  foreign: readonly { readonly foreign: PlannedForeign; readonly map: MapRecord }[],
): Step[] {
  const leadersOf = (map: string) => foreign.find(each => each.map.map === map)?.foreign.of ?? []
  return changes
    .filter(({ places }) => !isWhole(places) && places.some(({ map }) => leadersOf(map).length > 0))
    .flatMap(({ table, column, places }): Step[] => {
      const spots = spotsOf(places)
      const looking = lookInto(table, column, spots, 'map', {})
      const asks = spots.map(({ of }) =>
        of
          .map(({ map }) => ({
            of: leadersOf(map),
            write: `INSERT INTO ${q(map)}(legacy, ulid) SELECT ${FOUND_ID}, @ulid`,
          }))
          .filter(each => each.of.length > 0),
      )
      const object = formatColumnPath(table.name, column.name)
      return [
        ...looking.begin,
        { kind: 'gather', phase: 'map', object, values: looking.values, asks },
        ...looking.end,
      ]
    })
}

/** Notes the orphans that stand inside of the values of one column. */
export function scanSteps(
  plan: Plan,
  changes: readonly InsideChange[],
  maps: readonly MapRecord[],
  zone: Zone,
): Step[] {
  return changes
    .filter(({ places }) => !isWhole(places) && places.some(({ orphans }) => orphans !== null))
    .flatMap(({ table, column, time, places }): Step[] => {
      const spots = spotsOf(places)
      const object = formatColumnPath(table.name, column.name)
      const looking = lookInto(table, column, spots, 'map', { time: referringTime(plan, time, 't', zone) })
      const notes = spots.map(({ of }): Note => {
        const [only] = of
        if (of.length > 1 || only === undefined) return { sql: null, alike: null }
        const map = maps.find(each => each.map === only.map)!
        return {
          sql: noteLost(map, `SELECT ${FOUND_ID}, @ms WHERE ${isLost(map, FOUND_ID)}`),
          // What a pattern cuts out of a text may be anything; what stands at a path of a document has been put there.
          alike: only.pattern === undefined ? null : `SELECT legacy FROM ${q(map.map)} LIMIT 1000`,
        }
      })
      return [
        ...looking.begin,
        { kind: 'scan', phase: 'map', object, values: looking.values, notes },
        ...looking.end,
      ]
    })
}

/** Sets each value that changes aside, beside the one that takes its place. */
export function spliceSteps(change: InsideChange, changes: readonly ColumnChange[]): Step[] {
  const { table, column, places, store } = change
  const old = `t.${q(column.name)}`
  if (isWhole(places)) {
    const fresh = wholeValue(places, 't', place => ulidOf(place, old))
    const where = `${old} IS NOT NULL AND ${fresh} IS NOT NULL AND ${fresh} IS NOT ${old}`
    return stepsOf(table, keptCells(table, changes, { store, old, fresh, where }))
  }
  const row = rowName(table, changes, 't')
  return [
    statement('rewrite', table.name, `CREATE TABLE ${q(store)}(${cellsOf(row)})`),
    ...spliceInto(change, row, q(store), 'rewrite', place => ulidOf(place, FOUND_ID)),
  ]
}

/** Writes every value of the column, in rows `where`, that becomes another by `find`, into `store` under its row's name. */
export function spliceInto(
  { table, column, places }: Pick<InsideChange, 'table' | 'column' | 'places'>,
  row: readonly RowName[],
  store: string,
  phase: 'rewrite' | 'undo',
  find: (place: InsideRecord['places'][number]) => string,
  where = '1',
): Step[] {
  const spots = spotsOf(places)
  const looking = lookInto(table, column, spots, phase, { where })
  return [
    ...looking.begin,
    {
      kind: 'splice',
      phase,
      object: formatColumnPath(table.name, column.name),
      values: looking.values,
      finds: spots.map(({ of }) => {
        const found = `coalesce(${[...of.map(find), 'NULL'].join(', ')})`
        return `SELECT CASE typeof(f) WHEN 'text' THEN CAST(f AS BLOB) WHEN 'integer' THEN f END FROM (SELECT ${found} AS f)`
      }),
      write: `INSERT INTO ${store} SELECT ${row.map(({ value }) => value).join(', ')}, t.${q(column.name)}, CASE WHEN @text THEN CAST(@value AS TEXT) ELSE @value END FROM ${looking.row}`,
    },
    ...looking.end,
  ]
}

/** Rows of a table without row numbers, numbered for as long as they are looked at (HAZARDS B9). */
const ROWS = '_ulid_migrate_rows'

interface Looking {
  readonly begin: readonly Step[]
  readonly values: ValuesInside
  /** The row @n as `t`, to select from. */
  readonly row: string
  readonly end: readonly Step[]
}

function lookInto(
  table: Table,
  column: Column,
  spots: readonly Spot[],
  phase: 'map' | 'rewrite' | 'undo',
  { where = '1', time = 'NULL' }: { readonly where?: string; readonly time?: string },
): Looking {
  const value = `t.${q(column.name)}`
  const places = spots.map(({ place }) => place)
  const known = spots.map(({ of }) => {
    const same = phase === 'undo' ? 'm.ulid =' : 'm.legacy = +'
    return `SELECT EXISTS (${of.map(({ map }) => `SELECT 1 FROM ${q(map)} m WHERE ${same} ${FOUND_ID}`).join(' UNION ALL ')})`
  })
  const position = positionOf(table)
  const due = `typeof(${value}) IN ('text', 'blob', 'integer') AND ${where}`
  const read = [
    time,
    `typeof(${value})`,
    `CASE typeof(${value}) WHEN 'integer' THEN ${value} ELSE CAST(${value} AS BLOB) END`,
    ...places.map(place => appliesIn(place, 't')),
  ].join(', ')
  if (position !== null) {
    const row = `${q(table.name)} t WHERE t.${position} = @n`
    return {
      begin: [],
      end: [],
      row,
      values: {
        places,
        known,
        total: `SELECT count(*) FROM ${q(table.name)} t WHERE ${due}`,
        chunk: `SELECT t.${position} FROM ${q(table.name)} t WHERE t.${position} >= @from AND ${due} ORDER BY t.${position} LIMIT @limit`,
        row: `SELECT ${read} FROM ${row}`,
      },
    }
  }
  const run = (sql: string) => statement(phase, table.name, sql)
  const key = table.primaryKey.map(q)
  const noted = key.map((_, at) => `k${at}`)
  const same = key.map((name, at) => `t.${name} IS r.k${at}`).join(' AND ')
  const row = `temp.${ROWS} r CROSS JOIN ${q(table.name)} t ON ${same} WHERE r.n = @n`
  return {
    begin: [
      run(`CREATE TEMP TABLE ${ROWS}(n INTEGER PRIMARY KEY, ${noted.join(', ')})`),
      run(
        `INSERT INTO temp.${ROWS}(${noted.join(', ')}) SELECT ${key.map(name => `t.${name}`).join(', ')} FROM ${q(table.name)} t WHERE ${due}`,
      ),
    ],
    end: [run(`DROP TABLE temp.${ROWS}`)],
    row,
    values: {
      places,
      known,
      total: `SELECT count(*) FROM temp.${ROWS}`,
      chunk: `SELECT n FROM temp.${ROWS} WHERE n >= @from ORDER BY n LIMIT @limit`,
      row: `SELECT ${read} FROM ${row}`,
    },
  }
}

/** What the column is copied from. */
export function insideSource(change: InsideChange, changes: readonly ColumnChange[]): ColumnSource {
  const { table, column, store } = change
  return {
    column: column.name,
    expression: storedOr(q(store), rowName(table, changes, 'o'), `o.${q(column.name)}`),
  }
}

/** The value that a store holds for the row, else the other one. */
export function storedOr(store: string, row: readonly RowName[], otherwise: string): string {
  return `coalesce((SELECT k.ulid FROM ${store} k WHERE ${isRow(row)}), ${otherwise})`
}

/**
 * The text of the table with a column that can hold ULIDs in some rows and what it held in all others: TEXT would make
 * text of the integers that stay (HAZARDS B2). A document stays what it is under any type.
 */
export function insideText(sql: string, { table, column, places }: InsideChange): string {
  const keeps =
    column.affinity === 'text' || column.affinity === 'blob' || places.every(({ path }) => path !== undefined)
  if (!keeps) return setColumnType(sql, column.name, table.strict ? 'ANY' : 'BLOB')
  return table.strict && /^(INT|INTEGER|REAL)$/i.test(column.type)
    ? setColumnType(sql, column.name, 'ANY')
    : sql
}

/** Those of one table. */
export function insideOf(changes: readonly InsideChange[], table: Table): readonly InsideChange[] {
  return changes.filter(change => sameName(change.table.name, table.name))
}

export function recordOf({ table, column, places }: InsideChange): InsideRecord {
  return { table: table.name, column: column.name, places }
}

export function keptInside(changes: readonly InsideChange[]): TableRecord['kept'] {
  return changes.map(({ column, store }) => ({ column: column.name, store }))
}

/** Which places refer to an identity, with the evidence: how many values match, how many name no row. */

import type { DetectedReference } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import type { Column, Schema, Table } from '../schema/model.ts'
import { quoteName, sameName } from '../schema/names.ts'
import { isIdName, type KeyColumn } from './keys.ts'

interface Place {
  readonly table: Table
  readonly column: Column
}

/** Declared references first, then those that only the values tell of. */
export function findReferences(
  db: Connection,
  schema: Schema,
  key: KeyColumn,
  wanted: WantedReferences,
): readonly DetectedReference[] {
  const declared = declaredPlaces(schema, key)
  const isDeclared = (place: Place) => declared.some(each => samePlace(each, place))
  const named = wanted.added.filter(
    each => sameName(each.parentTable, key.table.name) && sameName(each.parentColumn, key.column.name),
  )
  const isNamed = (place: Place) =>
    named.some(each => sameName(each.table, place.table.name) && sameName(each.column, place.column.name))
  // Small numbers are found in any column of numbers: for integer keys only a name makes a place worth a look.
  const whole = key.column.affinity === 'integer'
  const inferred = candidatePlaces(schema, key, whole).filter(place => !whole || namesAgree(key, place))
  const found: DetectedReference[] = []
  for (const place of declared) found.push(describePlace(db, key, place, 'declared'))
  for (const place of allPlaces(schema).filter(place => isNamed(place) && !isDeclared(place)))
    found.push({
      ...describePlace(db, key, place, 'inferred'),
      choice: 'accepted',
      why: 'named by --reference',
    })
  for (const place of inferred.filter(place => !isDeclared(place) && !isNamed(place))) {
    if (!valuesMeet(db, key, place)) continue
    const reference = describePlace(db, key, place, 'inferred')
    if (reference.matched > 0) found.push(reference)
  }
  return found.map(reference =>
    wanted.removed.some(
      each => sameName(each.table, reference.table) && sameName(each.column, reference.column),
    )
      ? { ...reference, choice: 'offered', why: 'left out by --no-reference' }
      : reference,
  )
}

/** References that the operator added or took away by name. */
export interface WantedReferences {
  readonly added: readonly { table: string; column: string; parentTable: string; parentColumn: string }[]
  readonly removed: readonly { table: string; column: string }[]
}

function samePlace(a: Place, b: Place): boolean {
  return sameName(a.table.name, b.table.name) && sameName(a.column.name, b.column.name)
}

function allPlaces(schema: Schema): Place[] {
  return schema.tables
    .filter(table => table.kind === 'table')
    .flatMap(table =>
      table.columns.filter(column => column.generated === 'no').map(column => ({ table, column })),
    )
}

function declaredPlaces(schema: Schema, key: KeyColumn): Place[] {
  const places = schema.tables.flatMap(table =>
    table.foreignKeys
      .filter(foreign => sameName(foreign.parent, key.table.name))
      .flatMap(foreign => {
        // Of a key of several columns, the member that refers to this one; the others stay (HAZARDS B8).
        const at = foreign.to.findIndex(name => sameName(name, key.column.name))
        const column = at < 0 ? undefined : columnNamed(table, foreign.from[at]!)
        return column ? [{ table, column }] : []
      }),
  )
  return places.filter((place, at) => places.findIndex(other => samePlace(other, place)) === at)
}

/** Columns that could hold the key's values: not the key itself, not declared to refer elsewhere, not numbers only. */
function candidatePlaces(schema: Schema, key: KeyColumn, whole: boolean): Place[] {
  return allPlaces(schema)
    .filter(
      place => !(sameName(place.table.name, key.table.name) && sameName(place.column.name, key.column.name)),
    )
    .filter(place => place.table.rowidAlias !== place.column.name)
    .filter(place => place.column.affinity !== 'real' && (whole || place.column.affinity !== 'integer'))
    .filter(place => !isSpokenFor(schema, place))
}

/** Declared to refer to some other table, or a member of a key of several columns: its values are not this key's. */
function isSpokenFor(schema: Schema, { table, column }: Place): boolean {
  const names = (list: readonly string[]) => list.some(name => sameName(name, column.name))
  const refers = table.foreignKeys.some(
    key => names(key.from) && tableNamed(schema, key.parent) !== undefined,
  )
  const isReferred = schema.tables.some(other =>
    other.foreignKeys.some(key => key.to.length > 1 && sameName(key.parent, table.name) && names(key.to)),
  )
  return refers || isReferred
}

const PROBE = 200

/** A few values tell whether it is worth reading all: names alone need only one match, other columns one in twenty. */
function valuesMeet(db: Connection, key: KeyColumn, place: Place): boolean {
  const child = quoteName(place.column.name)
  const table = quoteName(place.table.name)
  const parent = `SELECT 1 FROM ${quoteName(key.table.name)} p WHERE p.${quoteName(key.column.name)} = +c.${child}`
  if (namesAgree(key, place))
    return (
      db
        .prepare(
          `SELECT EXISTS (SELECT 1 FROM ${table} c WHERE EXISTS (${parent}) AND NOT ${isSentinel(`c.${child}`)})`,
        )
        .pluck()
        .get() === 1n
    )
  // Spread over the table, so that a column filled only by newer rows is not missed.
  const [values, hits] = db
    .prepare(
      `SELECT count(*), count(*) FILTER (WHERE EXISTS (${parent}) AND ${isTelling(`c.${child}`)})
       FROM (SELECT DISTINCT ${child} FROM (
         SELECT ${child} FROM (SELECT ${child} FROM ${table} WHERE ${child} IS NOT NULL LIMIT ${PROBE})
         UNION ALL SELECT ${child} FROM (SELECT ${child} FROM ${table} WHERE ${child} IS NOT NULL ORDER BY ${orderOf(place.table)} DESC LIMIT ${PROBE}))) c`,
    )
    .raw()
    .get() as [bigint, bigint]
  return hits > 0n && Number(hits) >= Number(values) * 0.05
}

/** A short value, or one that stands for nothing, is found in two columns by chance. */
function isTelling(value: string): string {
  return `(octet_length(${value}) >= 8 AND NOT ${isSentinel(value)})`
}

function orderOf(table: Table): string {
  return (
    table.rowid ??
    (table.rowidAlias
      ? quoteName(table.rowidAlias)
      : quoteName(table.primaryKey[0] ?? table.columns[0]!.name))
  )
}

/** `run_id` beside `executions.run_id`, or `job_id` beside `jobs.id`. */
function namesAgree(key: KeyColumn, place: Place): boolean {
  const name = key.column.name
  const generic = /^(id|pk|uid|guid|uuid|rowid|fid|key|code|name)$/i.test(name)
  // Numbers match by chance, so their names must at least say that they are ids: n, seq and year do not.
  const telling = !generic && (key.column.affinity !== 'integer' || isIdName(name))
  if (telling && sameName(name, place.column.name)) return true
  const singular = singularOf(key.table.name)
  const plain = place.column.name.toLowerCase().replaceAll('_', '')
  return [`${singular}id`, `${singular}guid`, `${singular}uuid`, `${singular}`].some(
    each => each.replaceAll('_', '') === plain,
  )
}

/** English plurals as tables are named: jobs, categories, addresses, boxes. */
export function singularOf(table: string): string {
  const name = table.toLowerCase()
  if (/ies$/.test(name)) return name.replace(/ies$/, 'y')
  if (/(ss|x|ch|sh)es$/.test(name)) return name.replace(/es$/, '')
  if (/[^s]s$/.test(name)) return name.replace(/s$/, '')
  return name
}

function describePlace(
  db: Connection,
  key: KeyColumn,
  place: Place,
  kind: 'declared' | 'inferred',
): DetectedReference {
  const child = `c.${quoteName(place.column.name)}`
  // The parent's affinity and collation decide, as in a key check: `+` takes the child's away (HAZARDS B11).
  const hit = `EXISTS (SELECT 1 FROM ${quoteName(key.table.name)} p WHERE p.${quoteName(key.column.name)} = +${child})`
  const from = `FROM (SELECT ${child} AS v, ${hit} AS hit FROM ${quoteName(place.table.name)} c WHERE ${child} IS NOT NULL)`
  const agree = namesAgree(key, place)
  const evidence = agree ? `NOT ${isSentinel('v')}` : isTelling('v')
  const [values, matched, nothings, telling] = (
    db
      .prepare(
        `SELECT count(*), coalesce(sum(hit), 0), count(*) FILTER (WHERE NOT hit AND ${isSentinel('v')}),
           count(*) FILTER (WHERE hit AND ${evidence}) ${from}`,
      )
      .raw()
      .get() as bigint[]
  ).map(Number) as [number, number, number, number]
  const orphans = values - matched - nothings
  const some = (which: string) =>
    db
      .prepare(
        `SELECT DISTINCT CAST(substr(v, 1, 60) AS TEXT) ${from} WHERE ${which} AND NOT ${isSentinel('v')} LIMIT 3`,
      )
      .pluck()
      .all() as string[]
  const orphanSamples = orphans === 0 ? [] : some('NOT hit')
  const composite =
    place.table.primaryKey.length > 1 &&
    place.table.primaryKey.some(name => sameName(name, place.column.name))
  const share = values === 0 ? 0 : telling / values
  // A name and a few numbers agree by chance; nearly all of them do not.
  const filled = Math.max(1, matched + orphans)
  const accepted =
    kind === 'declared' ||
    (telling > 0 && (key.column.affinity === 'integer' ? matched / filled >= 0.95 : agree || share >= 0.5))
  return {
    table: place.table.name,
    column: place.column.name,
    confidence: kind === 'declared' ? 1 : agree ? Math.max(0.8, share) : share,
    matched,
    orphans,
    sentinels: nothings,
    samples: matched === 0 ? orphanSamples : some('hit'),
    orphanSamples,
    leftOut: leftOut(matched + orphans, key),
    why: whyOf(kind, agree, matched, values),
    choice: accepted ? 'accepted' : 'offered',
    kind: kind === 'declared' ? 'declared' : composite ? 'composite' : 'inferred',
  }
}

function leftOut(values: number, key: KeyColumn): string {
  return `${values.toLocaleString('en')} values keep the old ids, and no longer find their rows of ${key.table.name}`
}

function whyOf(kind: 'declared' | 'inferred', agree: boolean, matched: number, values: number): string {
  if (kind === 'declared') return 'declared foreign key'
  const values_ = `${matched} of ${values} values are found in the key`
  return agree ? `no key declared; same name, and ${values_}` : `no key declared; ${values_}`
}

/** Pairs of column and key that a few rows do not rule out; most pairs are, by their names, types or first values. */

import type { IdKind } from '../../documents.ts'
import { columnNamed, tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { kindOf } from '../../identifiers/index.ts'
import type { Schema, Table } from '../../schema/model.ts'
import { type ColumnPath, quoteName as q, sameName, samePlace } from '../../schema/names.ts'
import { type KeyRange, keyRange } from '../key-range.ts'
import type { KeyColumn } from '../keys.ts'
import type { ColumnPlace } from './count-values.ts'
import { nearShare } from './gaps.ts'
import { type Evidence, oddsOf } from './judge.ts'
import { isMeasure, type NameEvidence, nameEvidence } from './name-evidence.ts'
import {
  type ColumnFacts,
  factsOf,
  LISTED,
  listOf,
  type Sample,
  type SampledTable,
  type ValueList,
  valuesOf,
} from './sample.ts'
import { tableWords } from './vocabulary.ts'
import { type ColumnWords, columnWords, ownWords, singularOf, type Ways, wordsOf } from './words.ts'

export interface SampledKey extends SampledTable {
  readonly key: KeyColumn
  readonly facts: ColumnFacts
  /** Lowest and highest of its whole numbers, and how many of the numbers between them it has. */
  readonly low: bigint
  readonly high: bigint
  readonly density: number
  /** Where every number between the lowest and the highest is a row's. */
  readonly range: KeyRange | null
  /** Most of its values are UUIDs, hashes and the like, which no accident makes twice. */
  readonly isMadeByMachine: boolean
  /** How many values of a list name its rows. */
  hits(json: string): number
}

export interface Candidate {
  readonly key: SampledKey
  readonly place: ColumnPlace
  readonly name: NameEvidence
  readonly evidence: Evidence
  readonly odds: number
}

/** The keys that have values to be referred to. */
export function sampleKeys(
  db: Connection,
  keys: readonly KeyColumn[],
  sampled: (table: Table) => SampledTable | undefined,
): SampledKey[] {
  return keys.flatMap(key => {
    const of = sampled(key.table)
    if (!of) return []
    const facts = factsOf(db, of.sample, key.column.name)
    if (facts.distinct === 0) return []
    const c = q(key.column.name)
    const numbers = facts.integers > 0
    // By the key's own index: two lookups.
    const [low, high] = numbers
      ? (db
          .prepare(
            `SELECT (SELECT min(${c}) FROM ${q(key.table.name)}), (SELECT max(${c}) FROM ${q(key.table.name)} WHERE typeof(${c}) = 'integer')`,
          )
          .raw()
          .get() as [bigint | null, bigint | null])
      : [null, null]
    const range = keyRange(db, key, of.rows)
    const first = typeof low === 'bigint' ? low : 0n
    const last = typeof high === 'bigint' ? high : 0n
    return [
      {
        ...of,
        key,
        facts,
        low: first,
        high: last,
        density: Math.min(1, of.rows / Math.max(1, Number(last - first) + 1)),
        range,
        isMadeByMachine: isMadeByMachine(db, of.sample, key.column.name),
        hits: hitsOf(db, key, range),
      },
    ]
  })
}

/** Whether most values are such as no two machines, and no person, make twice. */
function isMadeByMachine(db: Connection, sample: Sample, column: string): boolean {
  const values = db
    .prepare(`${valuesOf(sample, column)} LIMIT 50`)
    .pluck()
    .all() as (string | bigint | Buffer)[]
  const kinds = values.map(value => (typeof value === 'bigint' ? 'integer' : kindOf(value)))
  const made = kinds.filter(kind => unmistakable.has(kind) || (values.length >= 10 && uncertain.has(kind)))
  return made.length * 2 > values.length
}

/** What no accident makes twice. */
export const unmistakable: ReadonlySet<IdKind> = new Set<IdKind>([
  ...(['uuid1', 'uuid2', 'uuid3', 'uuid4', 'uuid5', 'uuid6', 'uuid7', 'uuid8'] as const),
  ...(['ulid', 'ulid-lower', 'objectid', 'ksuid', 'cuid', 'md5', 'sha1', 'sha256', 'blob16'] as const),
  'name-timestamp',
])
/** A person or a standard may write such values as well; a few of them say nothing. */
export const uncertain: ReadonlySet<IdKind> = new Set<IdKind>(['nanoid', 'hex', 'prefixed'])

/** Everything that `place` might refer to, by its name and by a few of its values. */
export function candidatesOf(
  db: Connection,
  schema: Schema,
  place: ColumnPlace,
  of: SampledTable,
  keys: readonly SampledKey[],
  naming: (table: string) => Ways,
): Candidate[] {
  if (isSpokenFor(schema, place)) return []
  const names = withoutStrangers(
    place,
    keys,
    withoutGuesses(keys.map(key => (isPlaceOf(key, place) ? null : nameEvidence(place, key.key, naming)))),
  )
  const strongest = Math.max(0, ...names.map(name => name?.strength ?? 0))
  const { sample, facts } = filled(db, place, of, strongest)
  if (facts.distinct === 0) return []
  const ownKey =
    place.table.primaryKey.length === 1 && sameName(place.table.primaryKey[0]!, place.column.name)
  const words = ownWords(place.table, place.column.name)
  const ownName =
    ownKey &&
    isOwnName(
      words,
      naming(place.table.name),
      keys.filter(({ table }) => table !== place.table).map(({ table }) => naming(table.name)),
    )
  const numeric = (facts.integers + facts.numerals) * 2 >= facts.distinct
  // The row number of a table, called so or after the table itself, is its own; unless the name of another table is the
  // beginning of that table's, and its key is called the same: node_field_data.nid beside node.nid.
  const wider = keys.filter(({ key }) => ownKey && numeric && isBeginning(key, place, naming))
  if (ownKey && ownName && numeric && wider.length === 0) return []
  const measure = isMeasure(words)
  const hasType = hasTypeBeside(place)
  const looks = words.mark === 'id' || hasOwnIndex(place)
  const lists = new Map<boolean, ValueList>()
  const listFor = (numbers: boolean): ValueList => {
    const numerals = numbers && facts.numerals > 0
    const list = lists.get(numerals) ?? listOf(db, sample, place.column.name, numerals)
    lists.set(numerals, list)
    return list
  }
  const look = (at: number): Candidate[] => {
    const [key, name] = [keys[at]!, names[at]]
    if (ownKey && ownName && numeric && !wider.includes(key)) return []
    if (!name || isApart(facts, key)) return []
    const numbers = numeric && key.facts.integers * 2 >= key.facts.distinct
    if (!mayMeet(name.strength, words.mark === 'id', measure, numbers, facts, key)) return []
    const list = listFor(numbers)
    const counts = meet(list, key)
    if (counts.hits === 0) return []
    if (name.strength === 0 && !numbers && counts.telling === 0 && counts.hits < counts.distinct) return []
    const evidence: Evidence = {
      name: name.strength,
      ...counts,
      matched: 0,
      orphans: 0,
      numbers,
      ...(numbers ? gapsMet(list, key, counts.hits) : { within: 0, near: 0 }),
      apart: key.low > 2n * (key.high - key.low + 1n),
      reach: key.high > 0n && facts.high !== null ? Number(facts.high) / Number(key.high) : 0,
      isMeasure: measure,
      looks,
      primary: key.key.primary,
      hasType,
      ownKey,
    }
    const odds = oddsOf(evidence)
    return odds < 0.02 ? [] : [{ key, place, name, evidence, odds }]
  }
  // Where a name says who is meant, those who merely fit are no rivals, and need not be asked.
  const speaks = (at: number) => (names[at]?.strength ?? 0) >= 0.15 || keys[at]!.isMadeByMachine
  const found = new Map([...keys.keys()].filter(speaks).map(at => [at, look(at)]))
  const isNamed = [...found.values()].flat().some(({ name, odds }) => name.strength >= 0.5 && odds >= 1)
  return [...keys.keys()].flatMap(at => found.get(at) ?? (isNamed ? [] : look(at)))
}

/** `id`, `job_id` in jobs; `run_id` in recorder_runs and `attach_id` in attachments, where no other table is called so. */
function isOwnName({ all, stem, mark }: ColumnWords, table: Ways, others: readonly Ways[]): boolean {
  const own = stem.join('')
  const isCalled = (ways: Ways) => ways.some(way => way.join('') === own)
  if (own === '' || table[0]?.join('') === own) return true
  const isTaken = others.some(isCalled)
  if (isCalled(table) && !isTaken) return true
  if (mark === 'id' && table.some(way => way.length === 1 && own.length >= 3 && way[0]!.startsWith(own)))
    return !others.some(ways => ways[0]?.join('') === own)
  if (isTaken) return false
  if (/^[a-z]id$/.test(all.join(''))) return table.some(way => way.some(word => word.startsWith(all[0]![0]!)))
  return mark === 'id' && table.some(way => singularOf(way.at(-1)!) === own)
}

/** Whether the key is called as the place, in a table whose name the place's begins with. */
function isBeginning(
  { table, column }: KeyColumn,
  place: ColumnPlace,
  naming: (table: string) => Ways,
): boolean {
  const { all, stem } = columnWords(column.name)
  // `entity_id` of any table is no more than `id`.
  const isPlain = all.join('') === 'id' || (stem.length > 0 && stem.every(word => tableWords.has(word)))
  if (isPlain || !sameName(column.name, place.column.name)) return false
  const said = (words: readonly string[]) => words.map(singularOf).join(' ')
  return naming(place.table.name).some(name =>
    naming(table.name).some(way => said(name).startsWith(`${said(way)} `)),
  )
}

/** Where a column is called after a table, who else might be called somehow like that is hardly meant: staff_id is of staff. */
function withoutGuesses(names: readonly (NameEvidence | null)[]): readonly (NameEvidence | null)[] {
  if (!names.some(name => name?.outright)) return names
  return names.map(name =>
    name === null || name.outright || name.strength >= 0.9
      ? name
      : { ...name, strength: name.strength * 0.2 },
  )
}

/** `up_users_roles.role_id` means up_roles rather than admin_roles: what belongs together begins with one word. */
function withoutStrangers(
  { table, column }: ColumnPlace,
  keys: readonly SampledKey[],
  names: readonly (NameEvidence | null)[],
): readonly (NameEvidence | null)[] {
  const firstOf = (name: string) => wordsOf(name)[0]
  const [first] = wordsOf(table.name)
  const stem = columnWords(column.name).stem.map(singularOf).join('')
  const meant = [...names.keys()].filter(at => names[at]?.outright)
  const isOwn = (at: number) => firstOf(keys[at]!.table.name) === first
  if (meant.length < 2 || !meant.some(isOwn)) return names
  // A table that is called so without any word before it belongs to all of them.
  const isCommon = (at: number) => wordsOf(keys[at]!.table.name).map(singularOf).join('') === stem
  return names.map((name, at) =>
    name?.outright && !isOwn(at) && !isCommon(at) ? { ...name, strength: name.strength * 0.3 } : name,
  )
}

/** `owner_type` beside `owner_id`: which table is meant is for each row to say. */
function hasTypeBeside({ table, column }: ColumnPlace): boolean {
  const stem = columnWords(column.name).stem.join(' ')
  return (
    stem !== '' &&
    table.columns.some(
      ({ name }) =>
        /^(type|kind|class|model|table)$/.test(wordsOf(name).at(-1) ?? '') &&
        wordsOf(name).slice(0, -1).join(' ') === stem,
    )
  )
}

function isPlaceOf(key: SampledKey, place: ColumnPlace): boolean {
  return sameName(key.table.name, place.table.name) && sameName(key.key.column.name, place.column.name)
}

/** Where the sample found nothing in a column that is called like a reference, its first values are looked for. */
function filled(db: Connection, place: ColumnPlace, of: SampledTable, name: number) {
  const facts = factsOf(db, of.sample, place.column.name)
  if (facts.distinct > 0 || of.sample.whole || name < 0.5) return { sample: of.sample, facts }
  const c = q(place.column.name)
  const sample = {
    from: `(SELECT ${c} FROM ${q(place.table.name)} WHERE ${c} IS NOT NULL LIMIT 200) c`,
    rows: 200,
    whole: false,
  }
  return { sample, facts: factsOf(db, sample, place.column.name) }
}

/** Whether all numbers of the column are below or above those of the key. */
function isApart({ distinct, integers, low, high }: ColumnFacts, { range }: SampledKey): boolean {
  return (
    range !== null &&
    integers === distinct &&
    low !== null &&
    high !== null &&
    (high < range[0] || low > range[1])
  )
}

/** Whether it is worth asking for values: what can't be equal, or would be equal by accident, is not asked for. */
function mayMeet(
  name: number,
  isId: boolean,
  measure: boolean,
  numbers: boolean,
  facts: ColumnFacts,
  key: SampledKey,
): boolean {
  if (name >= 0.5) return true
  if (numbers) {
    if (facts.high !== null && facts.high > 1_000_000n && key.density < 0.01) return true
    return name > 0 || (!measure && (isId || facts.distinct >= 10))
  }
  if (facts.integers * 2 >= facts.distinct || key.facts.integers * 2 >= key.facts.distinct) return name > 0
  return facts.shortest <= key.facts.longest && facts.longest >= key.facts.shortest
}

/** Different values of a sample, how many of them name a row, and how many of those no accident makes. */
export function meet({ count, json }: ValueList, key: SampledKey) {
  const hits = key.hits(json)
  return { distinct: count, hits, telling: key.isMadeByMachine ? hits : 0 }
}

/** Tells how many values of a list name rows of the key. */
function hitsOf(
  db: Connection,
  { table, column }: KeyColumn,
  range: KeyRange | null,
): (json: string) => number {
  const there = `EXISTS (SELECT 1 FROM ${q(table.name)} p WHERE p.${q(column.name)} = +s.v)`
  const isHit =
    range === null
      ? there
      : `CASE typeof(s.v) WHEN 'integer' THEN s.v BETWEEN ${range[0]} AND ${range[1]} ELSE ${there} END`
  let asked: ReturnType<Connection['prepare']> | undefined
  return json => {
    asked ??= db.prepare(`SELECT count(*) FROM (${LISTED}) s WHERE ${isHit}`).pluck()
    return Number(asked.get(json))
  }
}

/** More numbers than these say the same. */
const NUMBERS = 300

/** Of the numbers within the key's range, how many there are, and how many of their neighbours the key has. */
function gapsMet(
  { count, json }: ValueList,
  key: SampledKey,
  hits: number,
): { within: number; near: number } {
  if (key.range !== null || hits * 4 < count) return { within: hits, near: 1 }
  const numbers = (json.match(/(?<=[[,])-?\d+(?=[\],])/g) ?? [])
    .map(BigInt)
    .filter(number => number >= key.low && number <= key.high)
  const some = numbers.filter((_, at) => at % Math.ceil(numbers.length / NUMBERS) === 0)
  const near = nearShare(some, key.low, key.high, list => key.hits(`[${list.join()}]`))
  return { within: numbers.length, near }
}

/** What is looked up by a column alone is asked for by that column: rows of something else, most of the time. */
function hasOwnIndex({ table, column }: ColumnPlace): boolean {
  return table.indexes.some(
    ({ columns, unique }) => !unique && columns.length === 1 && sameName(columns[0] ?? '', column.name),
  )
}

/** Declared to refer to some other table: its values are not this key's. */
function isSpokenFor(schema: Schema, { table, column }: ColumnPlace): boolean {
  const names = (list: readonly string[]) => list.some(name => sameName(name, column.name))
  return table.foreignKeys.some(key => names(key.from) && tableNamed(schema, key.parent) !== undefined)
}

/** Places that declared keys name. */
export function declaredPlaces(schema: Schema, key: KeyColumn): ColumnPlace[] {
  // Of a key of several columns, the member that refers to this one; the others stay (HAZARDS B8).
  const places = placesReferringTo(schema, { table: key.table.name, column: key.column.name }, () => true)
  return places.filter((place, at) => places.findIndex(other => isSamePlace(other, place)) === at)
}

/**
 * Members of declared keys of several columns that hold what a reference holds, as word(talk, line) does of line(talk, line):
 * they name the same rows, and go along with it.
 */
export function memberPlaces(
  schema: Schema,
  reference: ColumnPath,
  keys: readonly KeyColumn[],
): readonly ColumnPlace[] {
  // What names rows by itself leads those who refer to it.
  if (keys.some(({ table, column }) => samePlace({ table: table.name, column: column.name }, reference)))
    return []
  return placesReferringTo(schema, reference, ({ to }) => to.length > 1)
}

/** Columns that refer to this one by a declared key, alone or as a member. */
function placesReferringTo(
  schema: Schema,
  referred: ColumnPath,
  isWanted: (foreign: Table['foreignKeys'][number]) => boolean,
): ColumnPlace[] {
  return schema.tables.flatMap(table =>
    table.foreignKeys
      .filter(foreign => sameName(foreign.parent, referred.table) && isWanted(foreign))
      .flatMap(({ from, to }) => {
        const at = to.findIndex(name => sameName(name, referred.column))
        const column = at < 0 ? undefined : columnNamed(table, from[at]!)
        return column ? [{ table, column }] : []
      }),
  )
}

export function isSamePlace(a: ColumnPlace, b: ColumnPlace): boolean {
  return sameName(a.table.name, b.table.name) && sameName(a.column.name, b.column.name)
}

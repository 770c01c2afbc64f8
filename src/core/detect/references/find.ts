/** Which places refer to which keys: declared, named by the operator, or told by names and values. */

import type { DetectedComposite, DetectedReference } from '../../documents.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import type { Schema } from '../../schema/model.ts'
import { type ColumnPath, quoteName as q, sameName, samePlace } from '../../schema/names.ts'
import { withCommas } from '../../with-commas.ts'
import type { KeyColumn } from '../keys.ts'
import { LEFT_OUT, leftBehind, NAMED } from '../reference-words.ts'
import {
  type Candidate,
  candidatesOf,
  declaredPlaces,
  isSamePlace,
  meet,
  memberPlaces,
  sampleKeys,
} from './candidates.ts'
import { findComposites } from './composite.ts'
import { type ColumnPlace, countValues, type ValueCounts } from './count-values.ts'
import { choiceOf, type Evidence, oddsOf } from './judge.ts'
import { isRelative } from './name-evidence.ts'
import { listOf, type SampledTable } from './sample.ts'
import { columnWords, namingOf, ownWords } from './words.ts'

/** References that the operator added or took away by name. */
export interface WantedReferences {
  readonly added: readonly { table: string; column: string; parentTable: string; parentColumn: string }[]
  readonly removed: readonly { table: string; column: string }[]
}

/** Told how far detection is, between two looks at the database; what it throws ends it. */
export type Breathe = (object: string, done: number, total: number) => Promise<void>

export interface FoundReferences {
  readonly byKey: ReadonlyMap<KeyColumn, readonly DetectedReference[]>
  readonly composites: readonly DetectedComposite[]
}

/** The references to each key, in the order of the keys; declared ones first. */
export async function findReferences(
  db: Connection,
  schema: Schema,
  keys: readonly KeyColumn[],
  sampled: readonly SampledTable[],
  wanted: WantedReferences,
  breathe: (object: string) => Promise<void>,
): Promise<FoundReferences> {
  const sampledKeys = sampleKeys(db, keys, table => sampled.find(each => each.table === table))
  const naming = namingOf(schema.tables.map(table => table.name))
  const found = new Map<KeyColumn, DetectedReference[]>(keys.map(key => [key, []]))
  const certain: ColumnPlace[] = []
  for (const key of keys) {
    for (const place of declaredPlaces(schema, key)) {
      await breathe(place.table.name)
      certain.push(place)
      found.get(key)!.push(certainly(place, key, countValues(db, key, place), 'declared'))
    }
    for (const place of namedPlaces(schema, key, wanted)) {
      if (found.get(key)!.some(each => isReferenceAt(each, place))) continue
      await breathe(place.table.name)
      certain.push(place)
      found.get(key)!.push(certainly(place, key, countValues(db, key, place), 'named'))
    }
  }
  const judged: Judged[] = []
  for (const of of sampled)
    for (const column of of.table.columns.filter(each => each.generated === 'no')) {
      const place = { table: of.table, column }
      if (certain.some(each => isSamePlace(each, place))) continue
      await breathe(of.table.name)
      const candidates = candidatesOf(db, schema, place, of, sampledKeys, naming)
      judged.push(...(await weigh(db, candidates, breathe)))
    }
  for (const each of withNamesakes(withoutEchoes(judged))) {
    const choice = choiceOf(each.confidence)
    if (choice !== null) found.get(each.candidate.key.key)!.push(inferred(each, choice))
  }
  const isRemoved = (reference: ColumnPath) => wanted.removed.some(each => samePlace(each, reference))
  // (A list that grows: what is added is looked at as well.)
  for (const [key, references] of found)
    for (const reference of references) {
      if (reference.choice !== 'accepted' || isRemoved(reference)) continue
      for (const place of memberPlaces(schema, reference, keys)) {
        const isTaken = [...found.values()].flat().some(each => isReferenceAt(each, place))
        if (isTaken) continue
        await breathe(place.table.name)
        references.push(certainly(place, key, countValues(db, key, place), 'declared'))
      }
    }
  const byKey = new Map(
    [...found].map(([key, references]) => [
      key,
      references.map(reference =>
        isRemoved(reference) ? { ...reference, choice: 'offered' as const, why: LEFT_OUT } : reference,
      ),
    ]),
  )
  return { byKey, composites: await findComposites(db, schema, sampled, naming, breathe) }
}

interface Judged {
  readonly candidate: Candidate
  readonly counts: ValueCounts
  readonly confidence: number
}

/** Counting all values is dear: only for the few that the sample speaks for. */
const COUNTED = 3

async function weigh(
  db: Connection,
  candidates: readonly Candidate[],
  breathe: (object: string) => Promise<void>,
): Promise<Judged[]> {
  const isBeside = (one: Candidate) => candidates.some(other => other !== one && fitsAll(other))
  const best = candidates
    .map(each => ({ ...each, odds: oddsBeside(each.evidence, isBeside(each)) }))
    .sort((a, b) => b.odds - a.odds)
  const worth = best.filter(each => each.odds * 50 >= best[0]!.odds).slice(0, COUNTED)
  const counted: { candidate: Candidate; counts: ValueCounts; odds: number }[] = []
  for (const candidate of worth) {
    await breathe(candidate.place.table.name)
    const counts = countValues(db, candidate.key.key, candidate.place, candidate.key.range)
    const { matched, orphans } = counts
    if (repeatsOwnKey(db, candidate, matched) || isCopy(db, candidate)) continue
    const evidence = { ...candidate.evidence, matched, orphans }
    const hasOther = best.some(other => other !== candidate && fitsAll(other))
    counted.push({ candidate, counts, odds: oddsBeside(evidence, hasOther) })
  }
  const rivals = shared(withoutFollowers(db, counted))
  const all = rivals.reduce((sum, each) => sum + each.odds, 1)
  return rivals.map(({ candidate, counts, odds }) => ({ candidate, counts, confidence: odds / all }))
}

/** Whether all values are in the key, from its first to its last. */
function fitsAll({ evidence: { numbers, distinct, hits, reach } }: Candidate): boolean {
  return numbers && hits === distinct && reach > 0.9
}

/** That the gaps of a key are avoided says little where another key, which ends where the values end, has all of them. */
function oddsBeside(evidence: Evidence, hasOther: boolean): number {
  if (!evidence.numbers || !hasOther) return oddsOf(evidence)
  if (evidence.orphans > 0 || evidence.hits < evidence.distinct) return oddsOf({ ...evidence, near: 1 })
  return evidence.name === 0 ? Math.min(oddsOf(evidence), 1.5) : oddsOf(evidence)
}

/**
 * Where some values are ids of one table and others of another, the column refers to neither alone: what each row says
 * decides (see ../inside), or the operator.
 */
function shared<
  T extends { readonly candidate: Candidate; readonly counts: ValueCounts; readonly odds: number },
>(rivals: readonly T[]): T[] {
  const some = rivals.filter(({ candidate, counts }) => candidate.evidence.telling > 0 && counts.orphans > 0)
  return rivals.map(each =>
    some.length > 1 && some.includes(each) ? { ...each, odds: Math.min(each.odds, 2) } : each,
  )
}

/** A column that holds the key of its own row is a copy of it, and refers to no other row. */
function repeatsOwnKey(db: Connection, { key, place, name }: Candidate, matched: number): boolean {
  if (!sameName(key.table.name, place.table.name)) return false
  // `root_id` of a row that is below none, and `original_id` of one that is no copy, are its own; of others they are not.
  const mayBeOwn = name.strength >= 0.5 && columnWords(place.column.name).mark === 'id'
  const [c, k] = [q(place.column.name), q(key.key.column.name)]
  const own = db
    .prepare(`SELECT count(*) FROM ${q(place.table.name)} WHERE ${k} = +${c}`)
    .pluck()
    .get() as bigint
  // One or two rows may well refer to themselves.
  return matched > 2 && Number(own) * (mayBeOwn ? 1 : 2) >= matched + (mayBeOwn ? 0 : 1)
}

/** `uid_lower` beside `uid`: what repeats the key of its own table refers to no other by that. */
function isCopy(db: Connection, { place: { table, column }, key, name }: Candidate): boolean {
  const [own, ...others] = table.primaryKey
  if (own === undefined || others.length > 0 || name.strength >= 0.5 || sameName(own, column.name))
    return false
  if (sameName(key.table.name, table.name)) return false
  const [rows, same] = db
    .prepare(
      `SELECT count(*), count(*) FILTER (WHERE k = v) FROM (SELECT ${q(own)} AS k, ${q(column.name)} AS v FROM ${q(table.name)} WHERE ${q(column.name)} IS NOT NULL LIMIT 1000)`,
    )
    .raw()
    .get() as [bigint, bigint]
  return rows > 2n && same * 2n > rows
}

/** A key whose values are all another's is no rival of that one: who refers to it refers to both, and the wider counts. */
function withoutFollowers<T extends { readonly candidate: Candidate; readonly odds: number }>(
  db: Connection,
  rivals: readonly T[],
): T[] {
  return rivals.filter(
    (one, at) =>
      !rivals.some(
        (other, index) =>
          index !== at &&
          other.candidate.name.strength >= one.candidate.name.strength - 0.05 &&
          isWider(db, other.candidate, one.candidate, index < at),
      ),
  )
}

function isWider(db: Connection, a: Candidate, b: Candidate, first: boolean): boolean {
  if (b.evidence.numbers !== a.evidence.numbers) return false
  // Numbers from 1 on are in every longer key, and every table may have an `id`.
  const [name, other] = [a.key.key.column.name, b.key.key.column.name]
  const { all, stem } = columnWords(name)
  const plain = stem.length === 0 && all.join('') !== 'uid'
  if (a.evidence.numbers && (!sameName(name, other) || plain)) return false
  const there = meet(listOf(db, b.key.sample, b.key.key.column.name), a.key)
  if (there.hits < there.distinct) return false
  const back = meet(listOf(db, a.key.sample, a.key.key.column.name), b.key)
  return back.hits < back.distinct || isBefore(a.key.key, b.key.key, first)
}

/** Of two keys with the same values, the one that leads: a primary key, else the one that stands first. */
function isBefore(a: KeyColumn, b: KeyColumn, first: boolean): boolean {
  return a.primary === b.primary ? first : a.primary
}

/** Of two keys that refer to each other, one leads: where the name says so, else the primary, the wider, the first. */
function withoutEchoes(judged: readonly Judged[]): Judged[] {
  return judged.filter((one, at) => {
    const echo = judged.findIndex(
      other =>
        isSamePlace(other.candidate.place, one.candidate.key.key) &&
        isSamePlace(one.candidate.place, other.candidate.key.key),
    )
    if (echo < 0) return true
    const other = judged[echo]!
    const [a, b] = [one.candidate, other.candidate]
    // Who has rows that the other does not know of is not the one that refers.
    const [lost, otherLost] = [one.counts.orphans > 0, other.counts.orphans > 0]
    if (lost !== otherLost && Math.abs(a.name.strength - b.name.strength) < 0.3) return otherLost
    if (Math.abs(a.name.strength - b.name.strength) > 0.02) return a.name.strength > b.name.strength
    const isPrimary = (place: ColumnPlace) =>
      place.table.primaryKey.some(name => sameName(name, place.column.name))
    if (isPrimary(a.key.key) !== isPrimary(b.key.key)) return isPrimary(a.key.key)
    if (a.key.rows !== b.key.rows) return a.key.rows > b.key.rows
    return at > echo
  })
}

/** A column of the same name in another table, of which it is sure what it means, means the same: created_by, warehouse. */
function withNamesakes(judged: readonly Judged[]): readonly Judged[] {
  const nameOf = ({ table, column }: ColumnPlace) => ownWords(table, column.name)
  const sure = judged.filter(each => choiceOf(each.confidence) === 'accepted')
  return judged.map(one => {
    const { place, key } = one.candidate
    const { all, stem } = nameOf(place)
    const { matched, orphans } = one.counts
    // What is partly something else in this table is for the operator.
    if (matched < (matched + orphans) * 0.9) return one
    if (choiceOf(one.confidence) !== 'offered' || stem.length === 0 || isRelative(nameOf(place))) return one
    const namesakes = sure.filter(
      ({ candidate }) =>
        candidate.place.table !== place.table && nameOf(candidate.place).all.join(' ') === all.join(' '),
    )
    if (namesakes.length === 0 || namesakes.some(({ candidate }) => candidate.key !== key)) return one
    const odds = (one.confidence / (1 - one.confidence)) * 5
    return { ...one, confidence: odds / (1 + odds) }
  })
}

function namedPlaces(schema: Schema, key: KeyColumn, wanted: WantedReferences): ColumnPlace[] {
  const named = wanted.added.filter(
    each => sameName(each.parentTable, key.table.name) && sameName(each.parentColumn, key.column.name),
  )
  return schema.tables
    .filter(table => table.kind === 'table')
    .flatMap(table =>
      table.columns.filter(column => column.generated === 'no').map(column => ({ table, column })),
    )
    .filter(place => named.some(each => isReferenceAt(each, place)))
}

function isReferenceAt(
  reference: { readonly table: string; readonly column: string },
  place: ColumnPlace,
): boolean {
  return sameName(reference.table, place.table.name) && sameName(reference.column, place.column.name)
}

function certainly(
  place: ColumnPlace,
  key: KeyColumn,
  counts: ValueCounts,
  how: 'declared' | 'named',
): DetectedReference {
  return {
    table: place.table.name,
    column: place.column.name,
    confidence: 1,
    ...counts,
    why: how === 'declared' ? 'declared foreign key' : NAMED,
    leftOut: leftBehind(counts.matched + counts.orphans, key.table.name),
    choice: 'accepted',
    kind: how === 'declared' ? 'declared' : kindOf(place),
  }
}

function inferred(
  { candidate, counts, confidence }: Judged,
  choice: DetectedReference['choice'],
): DetectedReference {
  const { place, key, name } = candidate
  const { matched, orphans } = counts
  const values = `${withCommas(matched)} of ${withCommas(matched + orphans)} values are found in the key`
  return {
    table: place.table.name,
    column: place.column.name,
    confidence: Math.floor(confidence * 1000) / 1000,
    ...counts,
    why:
      name.says === ''
        ? `no key declared; ${values}`
        : `no key declared; the name ${name.says}, and ${values}`,
    leftOut: leftBehind(matched + orphans, key.key.table.name),
    choice,
    kind: kindOf(place),
  }
}

function kindOf(place: ColumnPlace): 'inferred' | 'composite' {
  const member =
    place.table.primaryKey.length > 1 &&
    place.table.primaryKey.some(name => sameName(name, place.column.name))
  return member ? 'composite' : 'inferred'
}

/**
 * Finds ids that stand inside of values: in JSON documents, in longer texts, in columns whose meaning another column
 * tells. A sample of each table decides what is looked at; only what survives is counted, row by row.
 */

import type { Connection } from '../../engines/sqlite/open.ts'
import type { Place } from '../../inside/place.ts'
import type { Message } from '../../message.ts'
import type { Column, Schema, Table } from '../../schema/model.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { withCommas } from '../../with-commas.ts'
import { isMigrationTool, type KeyColumn, nameOfKey, rowsOfKey } from '../keys.ts'
import { leftBehind } from '../reference-words.ts'
import { type Evidence, weigh } from './evidence.ts'
import type { InsideReference } from './inside-reference.ts'
import { judge, type Verdict } from './judge.ts'
import { findKeyValues } from './key-values.ts'
import type { KnownIds } from './known-ids.ts'
import { opaqueColumn } from './opaque.ts'
import { findPairs } from './pairs.ts'
import { type ColumnSample, sampleOf } from './sample.ts'
import { columnSpot, documentSpots, type Spot } from './spots.ts'
import { type Ownership, type Suspected, suspicionsOf } from './suspect.ts'
import type { Progress, Suspicion } from './tally.ts'

export interface FoundInside {
  readonly references: readonly InsideReference[]
  /** Columns that can't be seen into, and types that name no identity. */
  readonly findings: readonly Message[]
}

/**
 * Yields between chunks, so that whoever calls can show progress and stop; nothing is open but the reading of a column.
 *
 * @param beside identities that may be meant as well, where ids of `known` seem to stand; nothing else is said of them
 */
export function* findInside(
  db: Connection,
  schema: Schema,
  known: readonly KnownIds[],
  beside: readonly KnownIds[] = [],
): Generator<Progress, FoundInside> {
  const references: InsideReference[] = []
  const findings: Message[] = []
  if (known.length === 0) return { references, findings }
  const isAsked = ({ of }: InsideReference) => known.some(({ key }) => isOf(of, key))
  for (const table of schema.tables) {
    if (table.kind !== 'table' || isMigrationTool(table.name)) continue
    const samples = sampleOf(db, table)
    yield { table: table.name, column: '', rows: 0 }
    for (const sample of samples) {
      const opaque = opaqueColumn(table, sample)
      if (opaque !== null) findings.push(opaque)
      else references.push(...(yield* findInColumn(db, table, sample, known, beside)).filter(isAsked))
    }
    const pairs = yield* findPairs(db, schema, table, samples, known, beside)
    references.push(...pairs.references.filter(isAsked))
    findings.push(...pairs.findings)
    // What a property is called says nothing of another target.
    const own = known.filter(({ key }) => key.target === undefined)
    references.push(...(yield* findKeyValues(db, table, samples, own)))
  }
  return { references, findings }
}

function* findInColumn(
  db: Connection,
  table: Table,
  sample: ColumnSample,
  known: readonly KnownIds[],
  beside: readonly KnownIds[],
): Generator<Progress, readonly InsideReference[]> {
  const { column } = sample
  if (sample.texts.length + sample.blobs.length === 0) return []
  const documents = documentSpots(sample)
  const spots = documents ?? (sample.texts.length > 0 ? [columnSpot(sample)] : [])
  const suspected = spots.flatMap(spot => {
    const suspect = (of: readonly KnownIds[]) =>
      suspicionsOf(spot, of, ({ key }) => ownership(db, table, column, spot, key))
    const found = suspect(known)
    return found.length === 0 ? [] : [...found, ...suspect(beside)]
  })
  if (suspected.length === 0) return []
  const counted: readonly Suspicion[] = suspected.filter(({ irregular }) => irregular === null)
  const weighed = counted.length === 0 ? [] : yield* weigh(db, table, column, counted)
  const cases: Judged[] = suspected.map(one => {
    const evidence = weighed[counted.indexOf(one)] ?? null
    return { one, evidence, verdict: evidence && soften(one, judge({ ...one, evidence })) }
  })
  const references = bestOf(cases).map(each => describe(table, column, each))
  const mentions = suspected
    .filter(
      ({ irregular, known: { key } }) => irregular !== null && !references.some(({ of }) => isOf(of, key)),
    )
    .map(one => mention(table, column, one))
  return [...references, ...mentions]
}

function ownership(
  db: Connection,
  table: Table,
  column: Column,
  spot: Spot,
  key: KeyColumn,
): Ownership | null {
  if (key.target !== undefined || !sameName(key.table.name, table.name)) return null
  if (sameName(key.column.name, column.name)) return 'column'
  return repeatsOwnId(db, table, column, spot, key) ? 'row' : 'table'
}

const SOME_ROWS = 1000

/** Whether documents hold, under the name of the key, the key of the row that they are in. */
function repeatsOwnId(
  db: Connection,
  table: Table,
  column: Column,
  { path, names }: Spot,
  key: KeyColumn,
): boolean {
  if (path === null || path.includes('*') || names.length > 2 || !sameName(names[0]!, key.column.name))
    return false
  const c = q(column.name)
  const [rows, same] = db
    .prepare(
      `SELECT count(*), coalesce(sum(json_extract(d, ?) = k), 0) FROM (SELECT ${c} AS d, ${q(key.column.name)} AS k
       FROM ${q(table.name)} WHERE json_valid(${c}, 9) LIMIT ${SOME_ROWS})`,
    )
    .raw()
    .get(path) as [bigint, bigint]
  return Number(same) >= 5 && Number(same) >= Number(rows) * 0.95
}

interface Judged {
  readonly one: Suspected
  readonly evidence: Evidence | null
  readonly verdict: Verdict | null
}

/** What is written in a file name or in a sentence is found there by others, who are not told. */
function soften({ caution }: Suspected, verdict: Verdict | null): Verdict | null {
  return caution === null || verdict?.choice !== 'accepted'
    ? verdict
    : { choice: 'offered', confidence: Math.min(verdict.confidence, 0.8) }
}

function isOf(of: InsideReference['of'], key: KeyColumn): boolean {
  return (
    of.target === key.target && sameName(of.table, key.table.name) && sameName(of.column, key.column.name)
  )
}

/** Of identities that hold the same values, the one that is named, else the one that holds more of them. */
function bestOf(cases: readonly Judged[]): readonly (Judged & { evidence: Evidence; verdict: Verdict })[] {
  const sound = cases.filter(
    (each): each is Judged & { evidence: Evidence; verdict: Verdict } => each.verdict !== null,
  )
  const byPlace = new Map<string, typeof sound>()
  for (const each of sound) {
    const place = JSON.stringify(each.one.place)
    byPlace.set(place, [...(byPlace.get(place) ?? []), each])
  }
  return [...byPlace.values()].flatMap(same => {
    const [best, ...others] = same.toSorted(
      (a, b) =>
        Number(b.verdict.choice === 'accepted') - Number(a.verdict.choice === 'accepted') ||
        Number(isElsewhere(a)) - Number(isElsewhere(b)) ||
        byName(b) - byName(a) ||
        b.evidence.matched - a.evidence.matched ||
        rank(b) - rank(a) ||
        Number(b.one.known.key.primary) - Number(a.one.known.key.primary),
    )
    // Several targets may know the same rows: each is asked.
    if (isElsewhere(best!)) return [best!, ...others.filter(isElsewhere)]
    const [rivals, apart] = [others.filter(each => isRival(each)), others.filter(each => !isRival(each))]
    // With equal evidence for two, nobody can tell whose ids they are; by name it can be told.
    const even = rivals.some(
      each =>
        each.evidence.matched === best!.evidence.matched &&
        rank(each) === rank(best!) &&
        !isChildOf(each, best!),
    )
    const chosen = even ? { ...best!, verdict: { choice: 'offered' as const, confidence: 0.6 } } : best!
    return [chosen, ...apart.map(withoutOrphans)]
  })
}

function isElsewhere({ one }: Judged): boolean {
  return one.known.key.target !== undefined
}

/** Whether most of its ids are the ids of another, too, so that not both are meant. */
function isRival({ evidence: { matched, shared } }: Judged & { evidence: Evidence }): boolean {
  return matched === 0 || shared * 20 > matched
}

/** What is an id of none is counted for the first of those that share a place. */
function withoutOrphans<J extends Judged & { evidence: Evidence }>(each: J): J {
  return { ...each, evidence: { ...each.evidence, orphans: 0, orphanSamples: [] } }
}

function rank({ one }: Judged): number {
  return (one.agrees === 'id' ? 2 : one.agrees === 'bare' ? 1 : 0) + Number(one.exactly) * 0.5
}

/** Numbers are in many identities; there, the name is more than a few more of them. */
function byName(each: Judged): number {
  return each.one.known.worth === 'machine' ? 0 : rank(each)
}

/** One-to-one tables hold their parent's ids as their own key: the parent is meant. */
function isChildOf({ one }: Judged, parent: Judged): boolean {
  return one.known.key.table.foreignKeys.some(
    ({ from, parent: name }) =>
      sameName(name, parent.one.known.key.table.name) &&
      from.some(each => sameName(each, one.known.key.column.name)),
  )
}

function describe(
  table: Table,
  column: Column,
  { one, evidence, verdict }: Judged & { evidence: Evidence; verdict: Verdict },
): InsideReference {
  const { key } = one.known
  const { matched, orphans, sentinels, samples, orphanSamples } = evidence
  return {
    of: nameOfKey(key),
    table: table.name,
    column: column.name,
    ...one.place,
    kind: one.place.path === undefined ? 'embedded' : 'json',
    confidence: verdict.confidence,
    choice: verdict.choice,
    matched,
    orphans,
    sentinels,
    samples: matched === 0 ? orphanSamples : samples,
    orphanSamples,
    why: whyOf(table, column, one, evidence),
    leftOut: leftBehind(matched + orphans, rowsOfKey(key)),
  }
}

function whyOf(table: Table, column: Column, one: Suspected, evidence: Evidence): string {
  const { matched, orphans, elsewhere, values, holding } = evidence
  const { key } = one.known
  const where = whereOf(one.place)
  const parts = [
    `${withCommas(matched)} of ${withCommas(matched + orphans + elsewhere)} ids ${where} name rows of ${rowsOfKey(key)}`,
    `they stand in ${withCommas(holding)} of ${withCommas(values)} values`,
  ]
  if (elsewhere > 0) parts.push('others name rows of other tables')
  if (one.agrees) parts.push('the name agrees')
  if (isKey(table, column)) parts.push('it is a key itself and follows the ids in it')
  if (one.caution) parts.push(one.caution)
  return parts.join('; ')
}

function whereOf({ path, pattern }: Place): string {
  if (path === undefined) return `written as ${pattern}`
  return pattern === undefined ? `at ${path}` : `at ${path}, written as ${pattern},`
}

function isKey(table: Table, column: Column): boolean {
  return table.primaryKey.length === 1 && sameName(table.primaryKey[0]!, column.name)
}

function mention(table: Table, column: Column, { known, place, irregular }: Suspected): InsideReference {
  const { key } = known
  const texts = irregular!
  return {
    of: nameOfKey(key),
    table: table.name,
    column: column.name,
    ...(place.path === undefined ? {} : { path: place.path }),
    kind: place.path === undefined ? 'embedded' : 'json',
    confidence: 0.2,
    choice: 'mentioned',
    matched: texts.length,
    orphans: 0,
    sentinels: 0,
    samples: texts.slice(0, 3).map(text => text.slice(0, 60)),
    orphanSamples: [],
    why: `ids of ${rowsOfKey(key)} stand in the text of ${texts.length} sampled values, in no regular way`,
    leftOut: 'These texts go on to tell the old ids',
  }
}

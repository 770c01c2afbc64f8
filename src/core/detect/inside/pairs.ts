/**
 * Columns whose values are ids of several identities, where another column tells of which: `commentable_id` beside
 * `commentable_type`; or where only the value tells, since ids made by a machine are found in one identity alone.
 */

import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import type { Message } from '../../message.ts'
import type { Column, Schema, Table } from '../../schema/model.ts'
import { formatColumnPath, quoteName as q, sameName } from '../../schema/names.ts'
import { withCommas } from '../../with-commas.ts'
import { nameOfKey, rowsOfKey } from '../keys.ts'
import { leftBehind } from '../reference-words.ts'
import { isRelative } from '../references/name-evidence.ts'
import { columnWords } from '../references/words.ts'
import { avoidsGaps } from './avoids-gaps.ts'
import type { InsideReference } from './inside-reference.ts'
import { judgeElsewhere, whereNamed } from './judge.ts'
import type { KnownIds } from './known-ids.ts'
import type { ColumnSample } from './sample.ts'
import type { Progress } from './tally.ts'
import { isAnything, isTypeOf, mayBeOfAny, naming, namingAny, textsOfType } from './type-names.ts'
import { agreement, namesExactly } from './words.ts'

export interface FoundPairs {
  readonly references: readonly InsideReference[]
  readonly findings: readonly Message[]
}

/** More types are no types. */
export const MOST_TYPES = 60
/** So many different values are no accident; of ids of another target it takes more. */
export const FEW = 3
const MANY = 10
/** Identities that one column is compared with. */
const MOST_PARENTS = 12
/** Types that may be codes, and different values that are looked at of each. */
const FEW_TYPES = 30
const SOME = 300

export function* findPairs(
  db: Connection,
  schema: Schema,
  table: Table,
  samples: readonly ColumnSample[],
  asked: readonly KnownIds[],
  beside: readonly KnownIds[],
): Generator<Progress, FoundPairs> {
  const known = [...asked, ...beside]
  const references: InsideReference[] = []
  const findings: Message[] = []
  let telling: readonly ColumnSample[] | undefined
  for (const sample of samples.filter(each => mayRefer(table, each))) {
    const { column } = sample
    const held = known.filter(
      each => !isColumn(each, table, column) && each.worth === 'machine' && holds(each, sample),
    )
    const called = samples.find(
      each => each !== sample && isTypeOf(each.column.name, column.name) && typesIn(each).size <= MOST_TYPES,
    )
    const told = (): ColumnSample | undefined => {
      if (!mayBeOfAny(column.name) || isRelative(columnWords(column.name))) return undefined
      if (known.some(each => isColumn(each, table, column) || agreement(each.key, [column.name]) !== null))
        return undefined
      telling ??= tellingWhat(db, schema, table, samples, known)
      return telling.find(each => each !== sample)
    }
    const type = called ?? told()
    if (type === undefined && held.length < 2) continue
    // Of ids of another target at least one has to be there, and a type: without, they are looked for in whole columns.
    const elsewhere = asked.filter(isElsewhere)
    if (elsewhere.length > 0 && (type === undefined || !held.some(isElsewhere))) continue
    yield { table: table.name, column: column.name, rows: 0 }
    if (type === undefined) references.push(...byValue(db, table, column, samples, held))
    else {
      const found = byType(
        {
          db,
          table,
          column,
          type: type.column,
          known,
          held,
          isCalled: called !== undefined || isAnything(column.name),
        },
        textsOfType(db, schema, table, type.column.name),
      )
      references.push(...found.references)
      findings.push(...found.findings)
    }
  }
  return { references, findings }
}

/** Columns whose values are called after tables, as `module`: they may tell what is meant by an id beside them. */
function tellingWhat(
  db: Connection,
  schema: Schema,
  table: Table,
  samples: readonly ColumnSample[],
  known: readonly KnownIds[],
): readonly ColumnSample[] {
  // A type that is called after some column is of that one.
  const others = samples.filter(
    each =>
      mayDecide(each) &&
      !samples.some(other => other !== each && isTypeOf(each.column.name, other.column.name)),
  )
  if (others.length === 0) return []
  const isNamed = namingAny(known.filter(({ key }) => !sameName(key.table.name, table.name)))
  return others.filter(each => {
    const textsOf = textsOfType(db, schema, table, each.column.name)
    const named = [...typesIn(each)].filter(type => isNamed(textsOf(type)))
    return named.length >= 2 && named.length * 2 >= typesIn(each).size
  })
}

/** Not the row number, not what is declared to refer to one table. */
function mayRefer(table: Table, { column, texts, integers, blobs }: ColumnSample): boolean {
  return (
    table.rowidAlias !== column.name &&
    texts.length + integers.length + blobs.length > 0 &&
    !table.foreignKeys.some(({ from }) => from.some(name => sameName(name, column.name)))
  )
}

export function isColumn({ key }: KnownIds, table: Table, column: Column): boolean {
  return (
    key.target === undefined && sameName(key.table.name, table.name) && sameName(key.column.name, column.name)
  )
}

function isElsewhere({ key }: KnownIds): boolean {
  return key.target !== undefined
}

function holds(known: KnownIds, { texts, integers }: ColumnSample): boolean {
  return [...texts, ...integers].some(value => known.fits(value) && known.has(value))
}

function typesIn({ texts, integers }: ColumnSample): Set<string> {
  return new Set([...texts.map(text => text.toString('latin1')), ...integers.map(String)])
}

interface TypedColumn {
  readonly db: Connection
  readonly table: Table
  readonly column: Column
  readonly type: Column
  readonly known: readonly KnownIds[]
  /** Identities whose ids are among the column's values, by the sample. */
  readonly held: readonly KnownIds[]
  /** Whether the columns' names say that one is the type of the other. */
  readonly isCalled: boolean
}

interface Match {
  readonly known: KnownIds
  readonly types: readonly string[]
  /** How well the types name it, see {@link naming}. */
  readonly named: number
  readonly counts: Counts
}

export interface Counts {
  readonly values: number
  readonly matched: number
  readonly nothings: number
}

const noCounts: Counts = { values: 0, matched: 0, nothings: 0 }

function byType(asked: TypedColumn, textsOf: (type: string | bigint) => readonly string[]): FoundPairs {
  const { db, table, column, type, known, held, isCalled } = asked
  const types = db
    .prepare(
      `SELECT DISTINCT ${q(type.name)} FROM ${q(table.name)} WHERE typeof(${q(type.name)}) IN ('text', 'integer') AND ${q(column.name)} IS NOT NULL LIMIT ${MOST_TYPES + 1}`,
    )
    .pluck()
    .all() as (string | bigint)[]
  if (types.length === 0 || types.length > MOST_TYPES) return { references: [], findings: [] }
  const namedBy = new Map(types.map(each => [each, namedIdentities(known, textsOf(each))]))
  const ownName = known.some(
    ({ key }) => agreement(key, [column.name]) === 'id' && namesExactly(key, [column.name]),
  )
  if (isCalled && !ownName && types.length <= FEW_TYPES)
    for (const [each, named] of namedBy)
      if (![...named.values()].some(score => score >= 1)) {
        const [meant, ...others] = byTheirValues(asked, each, named)
        namedBy.set(each, new Map(meant && others.length === 0 ? [[meant, 0.5]] : []))
      }
  const parents = [...new Set([...[...namedBy.values()].flatMap(named => [...named.keys()]), ...held])].slice(
    0,
    MOST_PARENTS,
  )
  const counts = countHits(db, table, column, parents, type)
  const matches: Match[] = []
  const unknown: string[] = []
  for (const each of types) {
    const best = parents
      .map((parent, at) => ({
        known: parent,
        types: [String(each)],
        named: namedBy.get(each)!.get(parent) ?? 0,
        counts: counts.get(String(each))?.[at] ?? noCounts,
      }))
      .filter(match => match.counts.matched > 0 && (match.named > 0 || match.known.worth === 'machine'))
      .filter(match => isCalled || isMet(match))
      .filter(
        match =>
          isCalled ||
          match.known.worth !== 'number' ||
          differentIn(asked, { type, is: match.types }, [match.known], MANY) >= MANY,
      )
      .toSorted(
        (a, b) =>
          b.counts.matched - a.counts.matched ||
          b.named - a.named ||
          Number(isElsewhere(a.known)) - Number(isElsewhere(b.known)) ||
          Number(b.known.key.primary) - Number(a.known.key.primary),
      )[0]
    if (best) matches.push(best)
    else if ((counts.get(String(each))?.[0]?.values ?? 1) > 0) unknown.push(String(each))
  }
  // A column that holds no id of anything is an id of something else.
  if (matches.length === 0) return { references: [], findings: [] }
  const references = together(matches).map(match =>
    referenceOf(
      db,
      table,
      column,
      match,
      { column: type.name, is: match.types },
      isElsewhere(match.known)
        ? choiceElsewhere(match, differentIn(asked, { type, is: match.types }, [match.known], MANY))
        : choiceByType(
            match,
            ownName ||
              (!isCalled && match.known.worth === 'number') ||
              differentIn(asked, { type, is: match.types }, [match.known], FEW) < FEW,
          ),
    ),
  )
  return { references, findings: unknown.length === 0 ? [] : [unknownTypes(table, column, type, unknown)] }
}

/** Two columns of which no name says that they belong together do so where nearly every value is of the table that is named. */
function isMet({ named, counts: { values, matched, nothings } }: Match): boolean {
  return named >= 2 && matched >= MANY && matched >= (values - nothings) * 0.95
}

/**
 * Of a type that names no identity, as `A` or `3`: those whose gaps its numbers avoid, or that have its words. Of several,
 * the ones that begin with the type's letters.
 */
function byTheirValues(
  { db, table, column, type, known }: TypedColumn,
  value: string | bigint,
  begun: ReadonlyMap<KnownIds, number>,
): readonly KnownIds[] {
  const values = db
    .prepare(
      `SELECT DISTINCT ${q(column.name)} FROM ${q(table.name)} c WHERE ${q(type.name)} = ? AND NOT ${isSentinel(`c.${q(column.name)}`)} AND (typeof(${q(column.name)}) = 'integer' OR typeof(${q(column.name)}) = 'text' AND octet_length(${q(column.name)}) <= 100) ORDER BY 1 DESC LIMIT ${SOME}`,
    )
    .pluck()
    .all(value)
    .map(each => (typeof each === 'bigint' ? each : Buffer.from(String(each))))
  const meant = known.filter(each => {
    if (isColumn(each, table, column) || isElsewhere(each) || each.worth === 'machine') return false
    if (each.worth === 'number') return avoidsGaps(each, values) || (begun.has(each) && endsAs(each, values))
    return values.length >= MANY && values.every(id => each.fits(id) && each.has(id))
  })
  const alike = meant.filter(each => begun.has(each))
  return alike.length > 0 ? alike : meant
}

/** Whether numbers are all of an identity, and end about where it ends. */
function endsAs(known: KnownIds, values: readonly (bigint | Buffer)[]): boolean {
  const numbers = values.flatMap(value => (/^\d{1,18}$/.test(String(value)) ? [BigInt(String(value))] : []))
  const highest = numbers.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? 0n
  return (
    numbers.length >= MANY &&
    numbers.length === values.length &&
    highest <= known.last &&
    highest * 10n >= known.last * 9n &&
    numbers.every(number => known.has(number))
  )
}

/** Those that the texts name best. */
function namedIdentities(
  known: readonly KnownIds[],
  texts: readonly string[],
): ReadonlyMap<KnownIds, number> {
  const scores = known.map(each => [each, naming(texts, each)] as const)
  const best = Math.max(0, ...scores.map(([, score]) => score))
  return new Map(scores.filter(([, score]) => score > 0 && score === best))
}

/** Types that mean one identity are one reference. */
function together(matches: readonly Match[]): readonly Match[] {
  const parents = [...new Set(matches.map(({ known }) => known))]
  return parents.map(known => {
    const same = matches.filter(each => each.known === known)
    return {
      known,
      types: same.flatMap(({ types }) => types),
      named: Math.min(...same.map(({ named }) => named)),
      counts: same
        .map(({ counts }) => counts)
        .reduce((sum, each) => ({
          values: sum.values + each.values,
          matched: sum.matched + each.matched,
          nothings: sum.nothings + each.nothings,
        })),
    }
  })
}

export interface Choice {
  readonly choice: InsideReference['choice']
  readonly confidence: number
}

/**
 * `doubtful`: the column by itself names an identity, as device_id does, whatever device_type may say; or it holds one or two
 * different numbers only.
 */
function choiceByType({ known, counts, named }: Match, doubtful: boolean): Choice {
  const share = counts.matched / Math.max(1, counts.values - counts.nothings)
  const confidence = (from: number) => Math.round((from + (0.99 - from) * share) * 100) / 100
  // Ids of machines are found by chance nowhere, and the other column says that they are ids.
  if (known.worth === 'machine') return { choice: 'accepted', confidence: confidence(0.9) }
  return share >= 0.7 && named > 1 && !doubtful
    ? { choice: 'accepted', confidence: confidence(0.85) }
    : { choice: 'offered', confidence: Math.min(0.6, confidence(0.3)) }
}

function choiceElsewhere({ counts, named }: Match, different: number): Choice {
  const others = counts.values - counts.nothings - counts.matched
  const verdict = judgeElsewhere({ distinct: different + others, hits: different })!
  return whereNamed(verdict, named > 0 || counts.matched >= others)
}

function unknownTypes(table: Table, column: Column, type: Column, types: readonly string[]): Message {
  const some = types.slice(0, 5).join(', ')
  return {
    code: 'REFERENCE.UNKNOWN_TYPES',
    severity: 'info',
    object: formatColumnPath(table.name, column.name),
    message: `Of some rows it is not known what they refer to: ${type.name} is ${some}${types.length > 5 ? ' and others' : ''}.`,
    why: 'No table is called so, or none of its rows is named by these values; they keep what they are.',
    next: `If they are ids, say of which: --reference '${table.name}.${column.name}[${type.name}=${types[0]}]=TABLE.COLUMN'`,
  }
}

/** Where no column is called the type: one that decides nevertheless, or the values alone. */
function byValue(
  db: Connection,
  table: Table,
  column: Column,
  samples: readonly ColumnSample[],
  held: readonly KnownIds[],
): readonly InsideReference[] {
  const parents = apart(db, table, column, held.slice(0, MOST_PARENTS))
  if (parents.length < 2) return []
  const all = countHits(db, table, column, parents, null).get('') ?? []
  const values = all[0]?.values ?? 0
  const matched = all.reduce((sum, each) => sum + each.matched, 0)
  if (matched * 2 < values || differentIn({ db, table, column }, null, parents, FEW) < FEW) return []
  // Where every value is an id of one of them, the values say it all; else another column may tell of the others.
  const nothings = all[0]?.nothings ?? 0
  const deciding = (matched === values - nothings ? [] : samples)
    .filter(each => each.column !== column && mayDecide(each))
    .map(each => decided(db, table, column, each.column, parents))
    .find(each => each !== null)
  if (deciding)
    return deciding.matches.map(match =>
      referenceOf(
        db,
        table,
        column,
        match,
        { column: deciding.type.name, is: match.types },
        choiceByType(
          match,
          differentIn({ db, table, column }, { type: deciding.type, is: match.types }, [match.known], FEW) <
            FEW,
        ),
      ),
    )
  return parents.map((known, at) =>
    referenceOf(db, table, column, { known, types: [], named: 0, counts: all[at]! }, null, {
      choice: 'accepted',
      confidence: 0.95,
    }),
  )
}

/** Identities that hold no ids of each other; of two that do, the one with more of them. */
function apart(db: Connection, table: Table, column: Column, held: readonly KnownIds[]): readonly KnownIds[] {
  const counts = countHits(db, table, column, held, null).get('') ?? []
  const byMatches = [...held.keys()].sort((a, b) => counts[b]!.matched - counts[a]!.matched)
  const kept: number[] = []
  for (const at of byMatches) {
    const overlaps = kept.some(other => {
      const both = db
        .prepare(
          `SELECT EXISTS (SELECT 1 FROM ${q(table.name)} c WHERE ${hitIn(held[at]!, column)} AND ${hitIn(held[other]!, column)})`,
        )
        .pluck()
        .get()
      return both === 1n || both === 1
    })
    if (!overlaps) kept.push(at)
  }
  return kept.map(at => held[at]!)
}

function mayDecide(sample: ColumnSample): boolean {
  const types = typesIn(sample)
  const rows = sample.texts.length + sample.integers.length
  return (
    types.size >= 2 &&
    types.size <= MOST_TYPES &&
    types.size * 2 <= Math.max(rows, 4) &&
    sample.filled === rows
  )
}

/** Whether the other column's value says, in all rows, of which identity the id is. */
function decided(
  db: Connection,
  table: Table,
  column: Column,
  type: Column,
  parents: readonly KnownIds[],
): { type: Column; matches: readonly Match[] } | null {
  const counts = countHits(db, table, column, parents, type)
  if (counts.size > MOST_TYPES) return null
  const matches: Match[] = []
  for (const [value, each] of counts) {
    const hit = parents.flatMap((known, at) => (each[at]!.matched > 0 ? [{ known, counts: each[at]! }] : []))
    if (hit.length > 1) return null
    if (hit.length === 1) matches.push({ ...hit[0]!, types: [value], named: 0 })
  }
  const joined = together(matches)
  // A flag that happens to divide a few rows is no type.
  const rows = matches.reduce((sum, each) => sum + each.counts.matched, 0)
  return joined.length < 2 || (type.affinity !== 'text' && rows < 20) ? null : { type, matches: joined }
}

/** How many different values name rows of one of these; the reading ends with the last that is wanted. */
export function differentIn(
  { db, table, column }: Pick<TypedColumn, 'db' | 'table' | 'column'>,
  of: { readonly type: Column; readonly is: readonly string[] } | null,
  parents: readonly KnownIds[],
  most: number,
): number {
  const c = `c.${q(column.name)}`
  const rows =
    of === null ? 'TRUE' : `CAST(c.${q(of.type.name)} AS TEXT) IN (${of.is.map(() => '?').join(', ')})`
  return Number(
    db
      .prepare(
        `SELECT count(*) FROM (SELECT DISTINCT ${c} FROM ${q(table.name)} c WHERE ${c} IS NOT NULL AND ${rows} AND (${parents.map(each => hitIn(each, column)).join(' OR ')}) LIMIT ${most})`,
      )
      .pluck()
      .get(...(of?.is ?? [])),
  )
}

function hitIn(known: KnownIds, column: Column): string {
  return known.isIn(`c.${q(column.name)}`)
}

/** For each type (as text), or for all rows, what the column holds of each identity. */
export function countHits(
  db: Connection,
  table: Table,
  column: Column,
  parents: readonly KnownIds[],
  type: Column | null,
): Map<string, readonly Counts[]> {
  const c = `c.${q(column.name)}`
  const hits = parents.map((parent, at) => `${hitIn(parent, column)} AS h${at}`)
  const sums = parents.map((_, at) => `sum(h${at})`)
  const rows = db
    .prepare(
      `SELECT CAST(t AS TEXT), count(*), count(*) FILTER (WHERE ${isSentinel('v')}) ${sums.map(sum => `, ${sum}`).join('')}
       FROM (SELECT ${type === null ? "''" : `c.${q(type.name)}`} AS t, ${[`${c} AS v`, ...hits].join(', ')}
         FROM ${q(table.name)} c WHERE ${c} IS NOT NULL LIMIT -1) WHERE t IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT ${MOST_TYPES + 1}`,
    )
    .raw()
    .all() as [string, ...bigint[]][]
  return new Map(
    rows
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, values, nothings, ...each]) => [
        value,
        parents.map((_, at) => ({
          values: Number(values),
          nothings: Number(nothings),
          matched: Number(each[at]),
        })),
      ]),
  )
}

export function referenceOf(
  db: Connection,
  table: Table,
  column: Column,
  { known, counts, named }: Match,
  when: InsideReference['when'] | null,
  { choice, confidence }: Choice,
): InsideReference {
  const { key } = known
  const hit = hitIn(known, column)
  const c = `c.${q(column.name)}`
  const rows = when ? ` AND CAST(c.${q(when.column)} AS TEXT) IN (${when.is.map(() => '?').join(', ')})` : ''
  const some = (which: string) =>
    db
      .prepare(
        `SELECT DISTINCT CAST(substr(${c}, 1, 60) AS TEXT) FROM ${q(table.name)} c WHERE ${c} IS NOT NULL AND NOT ${isSentinel(c)} AND ${which}${rows} LIMIT 3`,
      )
      .pluck()
      .all(...(when?.is ?? [])) as string[]
  // Without a type, what is not of this identity may be of another.
  const orphans = when ? counts.values - counts.matched - counts.nothings : 0
  const said = when
    ? `where ${when.column} is ${when.is.slice(0, 3).join(' or ')}${when.is.length > 3 ? ' and so on' : ''}, ${withCommas(counts.matched)} of ${withCommas(counts.values - counts.nothings)} values name rows of ${rowsOfKey(key)}`
    : `${withCommas(counts.matched)} of ${withCommas(counts.values - counts.nothings)} values name rows of ${key.table.name}, others of other tables, and none of two`
  return {
    of: nameOfKey(key),
    table: table.name,
    column: column.name,
    ...(when ? { when } : {}),
    kind: 'polymorphic',
    choice,
    confidence,
    matched: counts.matched,
    orphans,
    sentinels: when ? counts.nothings : 0,
    samples: some(hit),
    orphanSamples: orphans === 0 ? [] : some(`NOT ${hit}`),
    why: named > 0 ? `${said}; the type names it` : said,
    leftOut: leftBehind(counts.matched + orphans, rowsOfKey(key)),
  }
}

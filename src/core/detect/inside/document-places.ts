/** What stands at plain places of JSON documents, as SQL: the values, whose ids they are, and how many of each there are. */
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { formatPath, type PathStep, parsePath } from '../../inside/path.ts'
import { quoteName as q, quoteText } from '../../schema/names.ts'
import type { KnownIds } from './known-ids.ts'
import type { Tallied } from './tally.ts'

/** A path, with all that is asked about what stands there. */
export interface DocumentPlace {
  readonly asked: readonly Tallied[]
  /** SQL, after a table of documents `d`: one row for each of several values; empty where there is one at most. */
  readonly joins: string
  /** SQL: the text or whole number, NULL where there is neither. */
  readonly value: string
  readonly path: string
}

export function placesOf(tallied: readonly Tallied[]): readonly DocumentPlace[] {
  return [...new Set(tallied.map(({ place }) => place.path!))].map(path => ({
    ...follow(parsePath(path)),
    path,
    asked: tallied.filter(({ place }) => place.path === path),
  }))
}

/** SQL: what SQLite reads as this project does, strict JSON text and strict JSONB. */
export function isDocument(c: string): string {
  return `CASE typeof(${c}) WHEN 'text' THEN json_valid(${c}) WHEN 'blob' THEN json_valid(${c}, 8) ELSE 0 END`
}

/** SQL that leads from a document `d` to what stands at the path. */
function follow(path: readonly PathStep[]): Pick<DocumentPlace, 'joins' | 'value'> {
  let joins = ''
  let container = 'd'
  let steps: PathStep[] = []
  let item: string | null = null
  for (const [at, step] of path.entries()) {
    if (step.kind === 'key' || step.kind === 'item') {
      steps.push(step)
      continue
    }
    const [each, under] = [`j${at}`, quoteText(formatPath(steps))]
    const kind = step.kind === 'any-item' ? 'array' : 'object'
    // Of anything but such a container SQLite would go through what it finds.
    joins += `, json_each(CASE json_type(${container}, ${under}) WHEN '${kind}' THEN ${container} ELSE '[]' END, ${under}) ${each}`
    container = `CASE WHEN ${each}.type IN ('object', 'array') THEN ${each}.value END`
    steps = []
    item = step.kind === 'keys' ? `${each}.key` : scalar(`${each}.type`, `${each}.atom`)
  }
  if (item !== null && steps.length === 0) return { joins, value: item }
  const under = quoteText(formatPath(steps))
  return { joins, value: scalar(`json_type(${container}, ${under})`, `json_extract(${container}, ${under})`) }
}

/** SQL: what is written as a whole number and too long for one is a real to SQLite, and no id. */
function scalar(type: string, value: string): string {
  return `CASE ${type} WHEN 'text' THEN ${value} WHEN 'integer' THEN CASE typeof(${value}) WHEN 'integer' THEN ${value} END END`
}

/** Whether its rows are looked up in a table of this file. */
function isJoined({ key, range }: KnownIds): boolean {
  return range === null && key.target === undefined
}

/**
 * SQL: a table with, for each place, its value `v0` and whether that is an id of each identity, `h0_0`, `h0_1` and so on.
 *
 * @param values SQL of a table that has the columns `kept`, and the values as `v0`, `v1` and so on
 */
export function withHits(values: string, kept: readonly string[], places: readonly DocumentPlace[]): string {
  // (A parent may have columns of any name: `s` says which v is meant.)
  const parents = places.flatMap(({ asked }, at) =>
    asked.flatMap(({ known }, index) => (isJoined(known) ? [{ known, at, index }] : [])),
  )
  // The parent's affinity and collation decide, as in a key check: `+` takes the text's away (HAZARDS B11). The key is
  // unique, so that no value is counted twice.
  const joins = parents.slice(0, MOST_JOINS).map(({ known: { key }, at, index }) => ({
    name: `h${at}_${index}`,
    sql: `LEFT JOIN ${q(key.table.name)} p${at}_${index} ON p${at}_${index}.${q(key.column.name)} = +s.v${at}`,
    hit: `p${at}_${index}.${q(key.column.name)} IS NOT NULL`,
  }))
  const hits = places.flatMap(({ asked }, at) =>
    asked.map(({ known }, index) => {
      const name = `h${at}_${index}`
      return `${joins.find(each => each.name === name)?.hit ?? known.isIn(`s.v${at}`)} AS ${name}`
    }),
  )
  const columns = [...kept, ...places.map((_, at) => `v${at}`)].map(name => `s.${name}`)
  return `SELECT ${[...columns, ...hits].join(', ')} FROM (${values}) s ${joins.map(({ sql }) => sql).join(' ')} LIMIT -1`
}

/** SQLite joins up to 64 tables in one statement. */
const MOST_JOINS = 30

/**
 * SQL, over documents `c`, of how many ids stand at a place where one may stand, of how many of them name rows, and of the
 * greatest number; null where that does not say it all.
 */
export function presumedOf({ asked, path }: DocumentPlace, c: string): readonly string[] | null {
  const [{ known }, ...others] = asked as [Tallied, ...Tallied[]]
  if (others.length > 0 || known.key.target !== undefined || known.worth === 'word') return null
  const [type, value] = ['json_type', 'json_extract'].map(ask => `${ask}(${c}, ${quoteText(path)})`)
  const numbers = known.range !== null || known.worth === 'number'
  // (What is extracted has neither affinity nor collation: those of the key decide here, too.)
  const isThere =
    known.range === null
      ? `${value} IN (SELECT ${q(known.key.column.name)} FROM ${q(known.key.table.name)})`
      : `${value} BETWEEN ${known.range[0]} AND ${known.range[1]}`
  const isNumber = `${type} = 'integer'`
  return [
    `count(*) FILTER (WHERE ${type} IN ('text', 'integer'))`,
    `count(*) FILTER (WHERE ${numbers ? isNumber : `${type} IN ('text', 'integer')`} AND ${isThere})`,
    numbers ? `coalesce(max(CASE ${type} WHEN 'integer' THEN ${value} END), 0)` : '0',
  ]
}

/** SQL condition: the value of a place is an id of none. */
export function isOrphan({ asked }: DocumentPlace, at: number): string {
  return `v${at} IS NOT NULL AND ${ownersOf(asked, at)} = 0 AND NOT ${isSentinel(`v${at}`)}`
}

function ownersOf(asked: readonly Tallied[], at: number): string {
  return asked.map((_, index) => `h${at}_${index}`).join(' + ')
}

/** SQL of the sums that {@link addSums} adds to the tallies, over a table of {@link withHits}. */
export function sumsOf({ asked, joins }: DocumentPlace, at: number): readonly string[] {
  const v = `v${at}`
  const owners = ownersOf(asked, at)
  const number = `CASE typeof(${v}) WHEN 'integer' THEN ${v} ELSE CASE WHEN length(${v}) BETWEEN 1 AND 18 AND ${v} NOT GLOB '*[^0-9]*' THEN CAST(${v} AS INTEGER) END END`
  const alone = asked.length === 1
  return [
    joins === '' ? `count(${v})` : 'count(DISTINCT at)',
    `count(${v})`,
    `count(*) FILTER (WHERE ${owners} = 0 AND ${isSentinel(v)})`,
    ...asked.flatMap(({ known }, index) => {
      const h = `h${at}_${index}`
      return [
        `coalesce(sum(${h}), 0)`,
        alone ? '0' : `coalesce(sum(${h} AND ${owners} > 1), 0)`,
        alone ? '0' : `coalesce(sum(NOT ${h} AND ${owners} > 0), 0)`,
        known.worth === 'machine' ? '0' : `coalesce(max(CASE WHEN ${h} THEN ${number} END), 0)`,
      ]
    }),
  ]
}

/** What was counted for one identity: its ids, and the ids of none. */
export interface Added {
  readonly matched: bigint
  readonly orphans: bigint
}

/** Adds what the SQL of {@link sumsOf} gave. */
export function addSums({ asked }: DocumentPlace, sums: readonly bigint[]): readonly Added[] {
  const [holding, held, sentinels, ...each] = sums as [bigint, bigint, bigint, ...bigint[]]
  return asked.map(({ tally }, index) => {
    const [matched, shared, elsewhere, greatest] = each.slice(index * 4, index * 4 + 4) as [
      ...[bigint, bigint, bigint, bigint],
    ]
    const orphans = held - matched - elsewhere - sentinels
    tally.holding += Number(holding)
    tally.matched += Number(matched)
    tally.shared += Number(shared)
    tally.elsewhere += Number(elsewhere)
    tally.sentinels += Number(sentinels)
    tally.orphans += Number(orphans)
    if (greatest > tally.greatest) tally.greatest = greatest
    return { matched, orphans }
  })
}

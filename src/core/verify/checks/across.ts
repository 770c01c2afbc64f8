import { comparesLikeLeader } from '../../compile/foreign.ts'
import { comparesLike, tableNamed } from '../../engines/sqlite/inspect.ts'
import { encodingOf, rawOf, rawSql } from '../../engines/sqlite/raw-value.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { firstKnown, type UlidSource } from '../../journal/ulid-source.ts'
import type { Leader } from '../../plan/plan.ts'
import { formatColumnPath, quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, type Finding, failed, number, passed } from '../check.ts'
import {
  beforeTable,
  type ComparedIdentity,
  type ComparedReference,
  type Comparison,
  foreignIn,
  sideBySide,
} from '../comparison.ts'
import { whileThereIs } from '../temporary-table.ts'
import { alike } from './orphans.ts'
import { wellFormed } from './ulid-format.ts'

export const across: CheckDefinition = {
  id: 'across',
  claim:
    'What named a row of another target holds the very ULID that this row has there, also inside of values; equal ids stayed equal, different ones different.',
  ofUlids: true,
  ofFollowers: true,
  async run(comparison, breathe) {
    const faults: string[] = []
    const gone = new Set<string>()
    let ids = 0
    let asked = 0
    for (const group of groupsOf(comparison)) {
      const told = await whileThereIs(
        comparison.db,
        {
          name: PAIRS,
          definition: `n INTEGER PRIMARY KEY, ${group.definition}, now_)`,
          fill: pairsOf(comparison, group),
        },
        async () => {
          if (group.identity.foreign !== null) faults.push(...tally(comparison, group.identity))
          return askLeaders(comparison, group, breathe)
        },
      )
      ids += told.ids
      asked += told.known
      faults.push(...told.faults)
      for (const each of told.gone) gone.add(each)
    }
    return judged(comparison, { ids, asked, faults, gone: [...gone] })
  },
}

const PAIRS = '_ulid_migrate_across'
const CHUNK = 2_000

/** An identity that follows others, or what refers to one of another target, with all its places. */
interface Group {
  readonly identity: ComparedIdentity
  readonly of: readonly Leader[]
  /** A column `then_` that compares as the legacy ids do. */
  readonly definition: string
  readonly places: readonly (ComparedIdentity | ComparedReference)[]
  /** Tables that say what ids inside of values became: that the values say the same is for another check. */
  readonly maps: readonly string[]
}

function groupsOf({ identities, references, inside, before }: Comparison): readonly Group[] {
  const foreign = new Set([
    ...references.map(each => each.identity).filter(each => each.foreign !== null),
    ...foreignIn(inside),
  ])
  const takesOrphans = (identity: ComparedIdentity) =>
    inside.some(({ places }) => places.some(each => each.identity === identity && each.takesOrphans))
  const placesOf = (identity: ComparedIdentity) => references.filter(each => each.identity === identity)
  return [
    ...identities.flatMap(identity => {
      const table = tableNamed(before, identity.table)
      if (identity.leaders === null || !table) return []
      const definition = comparesLike(table, identity.before, 'then_')
      const places = [identity, ...placesOf(identity)]
      const maps = takesOrphans(identity) ? [identity.orphans] : []
      return [{ identity, of: identity.leaders.of, definition, places, maps }]
    }),
    ...[...foreign].map(identity => ({
      identity,
      of: identity.foreign!.of,
      definition: comparesLikeLeader(identity.foreign!, 'then_'),
      places: placesOf(identity),
      maps: foreignIn(inside).includes(identity) ? [identity.map, identity.orphans] : [],
    })),
  ]
}

/** What each cell held, and what it holds now; each pair once a place. */
function pairsOf(comparison: Comparison, { places, maps }: Group): readonly string[] {
  const within = maps.map(
    name => `INSERT INTO temp.${PAIRS}(then_, now_) SELECT legacy, ulid FROM main.${q(name)}`,
  )
  const cells = places.flatMap(place => {
    const table = tableNamed(comparison.before, place.table)
    if (!table) return []
    const { from, on } = sideBySide(comparison, table)
    const [then, now] = [`o.${q(place.before)}`, `n.${q(place.after)}`]
    return [
      `INSERT INTO temp.${PAIRS}(then_, now_) SELECT DISTINCT ${then}, ${now} FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on} WHERE ${then} IS NOT NULL`,
    ]
  })
  return [...within, ...cells]
}

/** Condition: the value stands for nothing, here and elsewhere. */
function isNothing({ map, orphans }: ComparedIdentity): string {
  const known = [map, orphans].map(name => `EXISTS (SELECT 1 FROM main.${q(name)} m WHERE m.legacy = then_)`)
  return `(${isSentinel('then_')} AND NOT ${known.join(' AND NOT ')})`
}

/** All that can be said of references to elsewhere without asking there. */
function tally({ db, plan }: Comparison, identity: ComparedIdentity): string[] {
  const { map, orphans, foreign } = identity
  const { table, column } = foreign!.of[0]!
  const nothing = isNothing(identity)
  const kept = plan?.sentinels === 'null' ? 'now_ IS NULL' : alike('now_', 'then_')
  const ids = `temp.${PAIRS} WHERE NOT ${nothing}`
  const [split, merged, malformed, unlike, changed] = (
    db
      .prepare(
        `SELECT (SELECT count(*) FROM (SELECT 1 FROM ${ids} GROUP BY then_ HAVING count(DISTINCT now_) > 1)),
           (SELECT count(*) FROM (SELECT 1 FROM ${ids} GROUP BY now_ HAVING count(DISTINCT ${unspelled('then_')}) > 1)),
           (SELECT count(*) FROM ${ids} AND NOT ${wellFormed('now_', foreign!.case)}),
           (SELECT count(*) FROM ${ids} AND now_ IS NOT coalesce(${[map, orphans].map(name => `(SELECT m.ulid FROM main.${q(name)} m WHERE m.legacy = then_)`).join(', ')})),
           (SELECT count(*) FROM temp.${PAIRS} WHERE ${nothing} AND NOT coalesce(${kept}, 0))`,
      )
      .raw()
      .get() as bigint[]
  ).map(Number) as [number, number, number, number, number]
  const of = `of ${formatColumnPath(table, column)}`
  return [
    ...(split > 0 ? [`${number(split)} ids ${of} became several`] : []),
    ...(merged > 0 ? [`${number(merged)} ULIDs stand for several ids ${of}`] : []),
    ...(malformed > 0 ? [`${number(malformed)} ids ${of} became no ULIDs`] : []),
    ...(unlike > 0 ? [`${number(unlike)} ids ${of} became another ULID than their map says`] : []),
    ...(changed > 0 ? [`${number(changed)} sentinels ${of} were changed`] : []),
  ]
}

/** SQL: a UUID as its digits, whatever way it is written; all else as it is. */
function unspelled(value: string): string {
  const digits = `replace(replace(replace(lower(${value}), '-', ''), '{', ''), '}', '')`
  return `CASE WHEN typeof(${value}) = 'blob' AND length(${value}) = 16 THEN lower(hex(${value}))
    WHEN typeof(${value}) = 'text' AND length(${digits}) = 32 AND ${digits} NOT GLOB '*[^0-9a-f]*' THEN ${digits} ELSE ${value} END`
}

interface Told {
  readonly ids: number
  readonly known: number
  readonly faults: readonly string[]
  readonly gone: readonly string[]
}

/** Asks the other targets for every single id. */
async function askLeaders(
  { db, ask }: Comparison,
  { identity, of }: Group,
  breathe: () => Promise<void>,
): Promise<Told> {
  const sources: UlidSource[] = []
  const gone: string[] = []
  const faults: string[] = []
  let ids = 0
  let known = 0
  let wrong = 0
  try {
    for (const leader of of) {
      const source = (await ask?.(leader)) ?? null
      if (source === null) gone.push(leader.target)
      else sources.push(source)
    }
    const encoding = encodingOf(db)
    const read = db
      .prepare(
        `SELECT n, now_, ${rawSql('then_')} FROM temp.${PAIRS} WHERE n > ? AND NOT ${isNothing(identity)} ORDER BY n LIMIT ${CHUNK}`,
      )
      .raw()
    for (let from = 0n; ; ) {
      const rows = read.all(from) as [bigint, unknown, unknown, unknown][]
      const last = rows.at(-1)
      if (last === undefined) break
      from = last[0]
      ids += rows.length
      for (const [, now, ...raw] of rows) {
        const value = rawOf(raw)
        const ulid = firstKnown(sources, value, encoding)
        if (ulid === null) continue
        known += 1
        if (ulid === now) continue
        wrong += 1
        if (faults.length < FAULTS)
          faults.push(`${String(value.value)} has ${ulid} there, and ${String(now)} here`)
      }
      await breathe()
    }
  } finally {
    for (const source of sources) source.close()
  }
  return { ids, known, faults: wrong > 0 ? [`${number(wrong)} ids differ`, ...faults] : [], gone }
}

function judged(
  { strict }: Comparison,
  { ids, asked, faults, gone }: { ids: number; asked: number; faults: string[]; gone: string[] },
): Finding {
  const without = gone.length > 0 ? `; not compared with ${gone.join(', ')}, which has no ULIDs now` : ''
  const detail = `${number(asked)} of ${number(ids)} ids are those of other targets${without}`
  if (faults.length === 0) return passed(ids, detail)
  if (!strict)
    return { ...passed(ids, `${detail}; changed since: ${faults.join('; ')}`), changed: faults.length }
  return failed(ids, `ids are not those of the other target${without}`, faults)
}

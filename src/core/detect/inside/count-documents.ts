/**
 * Counts the ids at plain places of JSON documents inside SQLite: the counts are those of reading each document, and come
 * many times faster. A document that SQLite does not take for JSON is left to whoever reads it; of a key that a document
 * has twice only the first counts here.
 */
import { positionOf } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { formatPath, type PathStep, parsePath } from '../../inside/path.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q, quoteText } from '../../schema/names.ts'
import { LONGEST, MANY, type Progress, type Suspicion, type Tallied } from './tally.ts'

/** Rows that are counted between two breaths. */
const CHUNK = 50_000

/** Whether SQLite finds what stands there by itself: a path that names no odd keys, without a pattern. */
export function isCountedInside(table: Table, { place }: Suspicion): boolean {
  const { path, pattern, when } = place
  return (
    positionOf(table) !== null &&
    path !== undefined &&
    pattern === undefined &&
    when === undefined &&
    parsePath(path).every(step => step.kind !== 'key' || /^[^"\\\p{Cc}]+$/u.test(step.name))
  )
}

/** SQL: what SQLite reads as this project does, strict JSON text and strict JSONB. */
function isDocument(c: string): string {
  return `(typeof(${c}) = 'text' AND json_valid(${c}) OR typeof(${c}) = 'blob' AND json_valid(${c}, 8))`
}

/** SQL condition: the values that {@link countDocuments} leaves to others. */
export function notCounted({ name }: Column): string {
  return `NOT ${isDocument(q(name))}`
}

/** Adds to the tallies. Returns how many values the column has, and how many of them are no documents. */
export function* countDocuments(
  db: Connection,
  table: Table,
  column: Column,
  tallied: readonly Tallied[],
): Generator<Progress, { readonly values: number; readonly unread: number }> {
  const [c, position] = [`t.${q(column.name)}`, `t.${positionOf(table)!}`]
  const from = `FROM ${q(table.name)} t`
  const stretch = db.prepare(
    `SELECT max(at), count(*), total(typeof(v) IN ('text', 'blob', 'integer') AND coalesce(octet_length(v), 0) <= ${LONGEST}), total(${isDocument('v')} AND octet_length(v) <= ${LONGEST})
     FROM (SELECT ${position} AS at, ${c} AS v ${from} WHERE ${position} > ? ORDER BY 1 LIMIT ${CHUNK})`,
  )
  const places = [...new Set(tallied.map(({ place }) => place.path!))].map(path => {
    const asked = tallied.filter(({ place }) => place.path === path)
    return counting(db, { c, position, from }, path, asked)
  })
  let [values, documents, rows] = [0, 0, 0]
  for (let after = -(2n ** 63n); ; ) {
    const [last, looked, held, read] = stretch.raw().get(after) as [bigint | null, bigint, number, number]
    if (last === null) break
    values += held
    documents += read
    rows += Number(looked)
    if (read > 0) for (const count of places) count({ after, last, all: read === Number(looked) ? 1 : 0 })
    yield { table: table.name, column: column.name, rows }
    after = last
  }
  return { values, unread: values - documents }
}

interface Source {
  readonly c: string
  readonly position: string
  readonly from: string
}

/** Rows after one position, up to another; `all` where every one of them is known to be a document. */
interface Stretch {
  readonly after: bigint
  readonly last: bigint
  readonly all: 0 | 1
}

/** Counts one place in the rows between two positions. */
function counting(
  db: Connection,
  { c, position, from }: Source,
  path: string,
  asked: readonly Tallied[],
): (between: Stretch) => void {
  const { joins, value, isId, several } = follow('d', parsePath(path))
  // LIMIT keeps SQLite from putting these expressions wherever they are named, to be worked out each time, and from asking
  // for the content of what is no document.
  const documents = `SELECT ${position} AS at, ${c} AS d ${from}
    WHERE ${position} > @after AND ${position} <= @last AND (@all OR ${isDocument(c)}) AND octet_length(${c}) <= ${LONGEST} LIMIT -1`
  const found = `SELECT at, d, ${value} AS v FROM (${documents})${joins} LIMIT -1`
  const said = `SELECT at, v FROM (${found}) WHERE ${isId} LIMIT -1`
  // The parent's affinity and collation decide, as in a key check: `+` takes the text's away (HAZARDS B11). The key is
  // unique, so that no value is counted twice.
  // (A parent may have columns of any name: `s` says which v is meant.)
  const parents = asked.map(({ known: { key, range } }, index) =>
    range === null
      ? ` LEFT JOIN ${q(key.table.name)} p${index} ON p${index}.${q(key.column.name)} = +s.v`
      : '',
  )
  const hits = asked.map(({ known }, index) =>
    known.range === null ? `p${index}.${q(known.key.column.name)} IS NOT NULL` : known.isIn('s.v'),
  )
  const ids = `SELECT s.at, s.v, ${hits.map((hit, index) => `${hit} AS h${index}`).join(', ')} FROM (${said}) s${parents.join('')} LIMIT -1`
  const owners = asked.map((_, index) => `h${index}`).join(' + ')
  const number = `CASE typeof(v) WHEN 'integer' THEN v ELSE CASE WHEN length(v) BETWEEN 1 AND 18 AND v NOT GLOB '*[^0-9]*' THEN CAST(v AS INTEGER) END END`
  const alone = asked.length === 1
  const sums = asked.map(({ known }, index) =>
    [
      `coalesce(sum(h${index}), 0)`,
      alone
        ? '0, 0'
        : `coalesce(sum(h${index} AND ${owners} > 1), 0), coalesce(sum(NOT h${index} AND ${owners} > 0), 0)`,
      known.worth === 'machine' ? '0' : `coalesce(max(CASE WHEN h${index} THEN ${number} END), 0)`,
    ].join(', '),
  )
  const sum = db
    .prepare(
      `SELECT ${several ? 'count(DISTINCT at)' : 'count(*)'}, count(*), count(*) FILTER (WHERE ${owners} = 0 AND ${isSentinel('v')}), ${sums.join(', ')} FROM (${ids})`,
    )
    .raw()
  const some = (which: string) =>
    db
      .prepare(`SELECT DISTINCT CAST(substr(v, 1, 60) AS TEXT) FROM (${ids}) WHERE ${which} LIMIT ${MANY}`)
      .pluck()
  const matching = asked.map((_, index) => some(`h${index}`))
  const orphaned = some(`${owners} = 0 AND NOT ${isSentinel('v')}`)
  return between => {
    const [holding, held, sentinels, ...each] = sum.get(between) as [bigint, bigint, bigint, ...bigint[]]
    let lost: readonly string[] | undefined
    for (const [index, { tally }] of asked.entries()) {
      const [matched, shared, elsewhere, greatest] = each.slice(index * 4, index * 4 + 4) as [
        ...[bigint, bigint, bigint, bigint],
      ]
      const alone = held - matched - elsewhere - sentinels
      tally.holding += Number(holding)
      tally.matched += Number(matched)
      tally.shared += Number(shared)
      tally.elsewhere += Number(elsewhere)
      tally.sentinels += Number(sentinels)
      tally.orphans += Number(alone)
      if (greatest > tally.greatest) tally.greatest = greatest
      if (matched > 0n && tally.different.size < MANY)
        for (const id of matching[index]!.all(between) as string[]) tally.different.add(id)
      if (alone > 0n && tally.differentOrphans.size < MANY) {
        lost ??= orphaned.all(between) as string[]
        for (const id of lost) tally.differentOrphans.add(id)
      }
    }
  }
}

/** SQL that leads from a document `d` to what stands at the path, and tells whether that is a text or a whole number. */
function follow(document: string, path: readonly PathStep[]) {
  let joins = ''
  let container = document
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
    item =
      step.kind === 'keys'
        ? `${each}.key`
        : `CASE WHEN ${each}.type IN ('text', 'integer') THEN ${each}.atom END`
  }
  const under = quoteText(formatPath(steps))
  const several = joins !== ''
  const isScalar = "typeof(v) IN ('text', 'integer')"
  if (item !== null && steps.length === 0) return { joins, several, value: item, isId: isScalar }
  const type = `json_type(${container}, ${under}) IN ('text', 'integer')`
  const value = `json_extract(${container}, ${under})`
  if (several) return { joins, several, value: `CASE WHEN ${type} THEN ${value} END`, isId: isScalar }
  // A container is extracted as its text, true and false as numbers: what may be one of these is asked for its type.
  const isId = `CASE WHEN v IN (0, 1) OR v GLOB '[[{]*' THEN ${type} ELSE ${isScalar} END`
  return { joins, several, value, isId }
}

/**
 * Counts the ids at plain places of JSON documents inside SQLite: the counts are those of reading each document, and come
 * many times faster. A document that SQLite does not take for JSON is left to whoever reads it; of a key that a document
 * has twice only the first counts here.
 */
import { positionOf } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { parsePath } from '../../inside/path.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import {
  type Added,
  addSums,
  type DocumentPlace,
  isDocument,
  isOrphan,
  placesOf,
  presumedOf,
  sumsOf,
  withHits,
} from './document-places.ts'
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
  const source: Source = {
    c: `t.${q(column.name)}`,
    position: `t.${positionOf(table)!}`,
    from: `FROM ${q(table.name)} t`,
  }
  const places = placesOf(tallied)
  const [first = [], ...others] = batchesOf(places.filter(({ joins }) => joins === ''))
  const read = reading(db, source, first)
  const readAgain = others.map(batch => reading(db, source, batch))
  const count = places.filter(({ joins }) => joins !== '').map(place => counting(db, source, place))
  let [values, documents, rows] = [0, 0, 0]
  for (let stretch = read(-(2n ** 63n)); stretch !== null; stretch = read(stretch.last)) {
    values += stretch.held
    documents += stretch.documents
    rows += stretch.rows
    if (stretch.documents > 0) {
      for (const each of readAgain) each(stretch.after)
      for (const each of count) each(stretch)
    }
    yield { table: table.name, column: column.name, rows }
  }
  return { values, unread: values - documents }
}

/** Places that are counted in one statement: its columns are not of any number. */
const TOGETHER = 20

function batchesOf(places: readonly DocumentPlace[]): readonly (readonly DocumentPlace[])[] {
  const starts = [...places.keys()].filter(at => at % TOGETHER === 0)
  return starts.map(at => places.slice(at, at + TOGETHER))
}

interface Source {
  readonly c: string
  readonly position: string
  readonly from: string
}

/** Rows after one position, up to another. */
interface Stretch {
  readonly after: bigint
  readonly last: bigint
  readonly rows: number
  /** Values that are looked at, and those of them that are documents. */
  readonly held: number
  readonly documents: number
}

/**
 * Reads the rows after a position, as many as go in one stretch, and counts the places where one value may stand: SQLite takes
 * a document apart once for all that one statement asks of it. Null where there are no more rows.
 */
function reading(
  db: Connection,
  { c, position, from }: Source,
  places: readonly DocumentPlace[],
): (after: bigint) => Stretch | null {
  // LIMIT keeps SQLite from putting these expressions wherever they are named, to be worked out each time, and from asking
  // for the content of what is no document.
  const isShort = `coalesce(octet_length(${c}), 0) <= ${LONGEST}`
  const rows = `SELECT ${position} AS at, ${c} AS d, typeof(${c}) IN ('text', 'blob', 'integer') AND ${isShort} AS held,
    CASE WHEN ${isShort} THEN ${isDocument(c)} ELSE 0 END AS document ${from} WHERE ${position} > ? ORDER BY 1 LIMIT ${CHUNK}`
  const kept = ['at', 'held', 'document']
  const values = places.map(({ value }, at) => `CASE WHEN document THEN ${value} END AS v${at}`)
  const ids = withHits(`SELECT ${[...kept, ...values].join(', ')} FROM (${rows}) LIMIT -1`, kept, places)
  const sums = places.map(sumsOf)
  const asked = ['max(at)', 'count(*)', 'total(held)', 'total(document)', ...sums.flat()]
  const sum = db.prepare(`SELECT ${asked.join(', ')} FROM (${ids})`).raw()
  const remember = places.map(place => remembering(db, { c, position, from }, place))
  const presume = presuming(db, { c, position, from }, places)
  let isPlain = true
  return after => {
    const presumed = isPlain ? presume(after) : null
    if (presumed !== null) {
      for (const [index, place] of places.entries())
        remember[index]!(presumed.stretch, addSums(place, presumed.sums[index]!))
      return presumed.stretch
    }
    // Where one stretch is not as presumed, others will not be either.
    isPlain = false
    const [last, looked, held, documents, ...counted] = sum.get(after) as [
      ...[bigint | null, bigint, number, number],
      ...bigint[],
    ]
    if (last === null) return null
    const stretch = { after, last, rows: Number(looked), held, documents }
    let at = 0
    for (const [index, place] of places.entries()) {
      const end = at + sums[index]!.length
      remember[index]!(stretch, addSums(place, counted.slice(at, end)))
      at = end
    }
    return stretch
  }
}

/**
 * Most columns of documents hold nothing else, and at each place ids of one identity, all of which name rows. To find that
 * so takes half the time of telling what else there may be. Null where it is not so, or there are no more rows.
 */
function presuming(
  db: Connection,
  { c, position, from }: Source,
  places: readonly DocumentPlace[],
): (after: bigint) => { readonly stretch: Stretch; readonly sums: readonly (readonly bigint[])[] } | null {
  const presumed = places.flatMap(place => presumedOf(place, c) ?? [])
  if (places.length === 0 || presumed.length < places.length * 3) return () => null
  const end = db
    .prepare(
      `SELECT max(at), count(*) FROM (SELECT ${position} AS at ${from} WHERE ${position} > ? ORDER BY 1 LIMIT ${CHUNK})`,
    )
    .raw()
  const sum = db
    .prepare(
      `SELECT count(*), ${presumed.join(', ')} ${from} WHERE ${position} > @after AND ${position} <= @last AND octet_length(${c}) <= ${LONGEST} AND ${isDocument(c)}`,
    )
    .raw()
  return after => {
    const [last, rows] = end.get(after) as [bigint | null, bigint]
    if (last === null) return null
    const [documents, ...counted] = sum.get({ after, last }) as [bigint, ...bigint[]]
    const sums = places.map((_, at) => counted.slice(at * 3, at * 3 + 3) as [bigint, bigint, bigint])
    if (documents !== rows || sums.some(([ids, matched]) => ids !== matched)) return null
    const read = Number(rows)
    return {
      stretch: { after, last, rows: read, held: read, documents: read },
      sums: sums.map(([ids, matched, greatest]) => [ids, ids, 0n, matched, 0n, 0n, greatest]),
    }
  }
}

/** Counts a place where several values may stand. */
function counting(db: Connection, source: Source, place: DocumentPlace): (stretch: Stretch) => void {
  const sum = db.prepare(`SELECT ${sumsOf(place, 0).join(', ')} FROM (${idsAt(source, place)})`).raw()
  const remember = remembering(db, source, place)
  return stretch => remember(stretch, addSums(place, sum.get(between(stretch)) as bigint[]))
}

/** SQL: the ids at one place, in the rows of a stretch that is bound. */
function idsAt({ c, position, from }: Source, place: DocumentPlace): string {
  const documents = `SELECT ${position} AS at, ${c} AS d ${from}
    WHERE ${position} > @after AND ${position} <= @last AND (@all OR ${isDocument(c)}) AND octet_length(${c}) <= ${LONGEST} LIMIT -1`
  const found = `SELECT at, ${place.value} AS v0 FROM (${documents})${place.joins} LIMIT -1`
  return withHits(`SELECT at, v0 FROM (${found}) WHERE v0 IS NOT NULL LIMIT -1`, ['at'], [place])
}

/** `all` where every row is known to be a document: then none is asked. */
function between({ after, last, rows, documents }: Stretch) {
  return { after, last, all: rows === documents ? 1 : 0 }
}

/** Keeps some of the different ids of a place that were counted, until there are enough. */
function remembering(
  db: Connection,
  source: Source,
  place: DocumentPlace,
): (stretch: Stretch, added: readonly Added[]) => void {
  const ids = idsAt(source, place)
  const some = (which: string) =>
    db
      .prepare(`SELECT DISTINCT CAST(substr(v0, 1, 60) AS TEXT) FROM (${ids}) WHERE ${which} LIMIT ${MANY}`)
      .pluck()
  const matching = place.asked.map((_, index) => some(`h0_${index}`))
  const orphaned = some(isOrphan(place, 0))
  return (stretch, added) => {
    let lost: readonly string[] | undefined
    for (const [index, { tally }] of place.asked.entries()) {
      const { matched, orphans } = added[index]!
      if (matched > 0n && tally.different.size < MANY)
        for (const id of matching[index]!.all(between(stretch)) as string[]) tally.different.add(id)
      if (orphans > 0n && tally.differentOrphans.size < MANY) {
        lost ??= orphaned.all(between(stretch)) as string[]
        for (const id of lost) tally.differentOrphans.add(id)
      }
    }
  }
}

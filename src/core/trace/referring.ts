/** Who refers to an id: by the ULID, and in an expansion by either column; in whole values, and inside of values. */
import type { TracedReference } from '../documents.ts'
import { isUlid } from '../identifiers/index.ts'
import { formatPlace } from '../inside/selector.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { type FoundId, type Tell, ulidsOf } from './find-ids.ts'
import { gatherInside, type InsideSearch, insideSearch } from './inside.ts'
import type { Holder, IdPlace } from './places.ts'
import { anyOf, type Condition, rowColumns, rowText, type Stored } from './query.ts'
import { keyOf, readThrough } from './read-through.ts'
import type { Reader } from './reader.ts'
import type { Steps } from './steps.ts'

const SAMPLES = 3

/** Whose ids the holders hold. */
export interface ReferredTo {
  readonly target: string
  /** `table.column` */
  readonly path: string
  readonly pairs: readonly string[]
  /** Null for an identity of another target. */
  readonly own: IdPlace | null
}

/**
 * The holders that hold what was found, with the first few rows of each.
 *
 * @param identities those of the target: by them the rows that refer are called themselves
 */
export function* referencesTo(
  reader: Reader,
  target: string,
  to: ReferredTo,
  holders: readonly Holder[],
  found: FoundId,
  identities: readonly IdPlace[],
  tell: Tell,
): Steps<TracedReference[]> {
  const references: TracedReference[] = []
  const late: InsideSearch[] = []
  const add = (tally: Tally | null) => {
    if (tally !== null && tally.rows > 0) references.push(referenceOf(target, to, tally))
  }
  for (const holder of holders) {
    const rows = rowsOf(holder, identities)
    if (holder.place === null) add(yield* wholeTally(reader, holder, rows, found, tell))
    else {
      const search = insideSearch(reader, holder, to, found)
      if (search === null) continue
      if (search.indexed === null) late.push(search)
      else add(tallied(holder, false, gatherInside(reader, search, rows)))
    }
  }
  // Documents are large: a column is read once for all the places in it.
  for (const searches of groups(late)) {
    const [{ holder: first }] = searches as [InsideSearch, ...InsideSearch[]]
    tell(nameOf(first))
    const tallies = searches.map(search => ({ search, tally: emptyTally(search.holder, true) }))
    const rows = rowsOf(first, identities)
    const where = anySearch(searches)
    const { read, judge } = { read: searches[0]!.read, judge: searches.map(each => each.judge) }
    yield* readThrough(
      reader,
      {
        table: first.table,
        key: keyOf(first.table),
        columns: [...rows, ...read, ...searches.map(each => each.applies)],
        where,
        object: nameOf(first),
      },
      row => {
        const value = row.slice(rows.length)
        for (const [at, { tally }] of tallies.entries())
          if (value[read.length + at] === 1n && judge[at]!(value)) count(tally, row.slice(0, rows.length))
      },
    )
    for (const { tally } of tallies) add(tally)
  }
  return references
}

interface Tally {
  readonly holder: Holder
  readonly scanned: boolean
  rows: number
  readonly samples: (readonly Stored[])[]
}

function emptyTally(holder: Holder, scanned: boolean): Tally {
  return { holder, scanned, rows: 0, samples: [] }
}

function count(tally: Tally, row: readonly Stored[]): void {
  tally.rows += 1
  if (tally.samples.length < SAMPLES) tally.samples.push(row)
}

function tallied(holder: Holder, scanned: boolean, rows: Iterable<readonly Stored[]>): Tally {
  const tally = emptyTally(holder, scanned)
  for (const row of rows) count(tally, row)
  return tally
}

/** SQL: what a row `c` that refers is called, and behind that its own ULID. */
function rowsOf({ table }: Holder, identities: readonly IdPlace[]): readonly string[] {
  const own = identities.find(each => each.table === table)
  return [...rowColumns(table, 'c'), own === undefined ? 'NULL' : `c.${q(own.ulid)}`]
}

function* wholeTally(
  reader: Reader,
  holder: Holder,
  row: readonly string[],
  found: FoundId,
  tell: Tell,
): Steps<Tally | null> {
  const { table, column, ulid, holdsLegacy } = holder
  const where = anyOf([
    ...(ulid === null ? [] : [{ column: `c.${q(ulid)}`, values: ulidsOf(found) }]),
    ...(holdsLegacy && found.legacy !== null
      ? [{ column: `c.${q(column.name)}`, values: [found.legacy] }]
      : []),
  ])
  if (where === null) return null
  const from = `FROM main.${q(table.name)} c WHERE ${where.sql}`
  const counting = `SELECT count(*) ${from}`
  if (reader.searches(counting, where.values)) {
    const tally = emptyTally(holder, false)
    tally.rows = Number(reader.all(counting, where.values)[0]?.[0] ?? 0)
    if (tally.rows > 0)
      tally.samples.push(...reader.all(`SELECT ${row.join(', ')} ${from} LIMIT ${SAMPLES}`, where.values))
    return tally
  }
  tell(nameOf(holder))
  const tally = emptyTally(holder, true)
  const wanted = { table, key: keyOf(table), columns: row, where, object: nameOf(holder) }
  yield* readThrough(reader, wanted, each => count(tally, each))
  return tally
}

function groups(searches: readonly InsideSearch[]): readonly (readonly InsideSearch[])[] {
  const byColumn = new Map<unknown, InsideSearch[]>()
  for (const search of searches) {
    const known = byColumn.get(search.holder.column)
    if (known) known.push(search)
    else byColumn.set(search.holder.column, [search])
  }
  return [...byColumn.values()]
}

function anySearch(searches: readonly InsideSearch[]): Condition {
  const some = searches.map(each => each.where)
  return { sql: `(${some.map(each => each.sql).join(' OR ')})`, values: some.flatMap(each => each.values) }
}

function nameOf({ table, column }: Holder): string {
  return formatColumnPath(table.name, column.name)
}

function referenceOf(
  target: string,
  to: ReferredTo,
  { holder, scanned, rows, samples }: Tally,
): TracedReference {
  const { table, column, kind, place } = holder
  return {
    target,
    table: table.name,
    column: column.name,
    to: to.path,
    toTarget: to.target,
    kind,
    inside: place === null ? null : formatPlace({ table: table.name, column: column.name }, place),
    rows,
    samples: samples.map(row => rowText(row.slice(0, -1))),
    ids: samples.map(row => ulidIn(row.at(-1))),
    scanned,
  }
}

function ulidIn(value: Stored | undefined): string | null {
  return typeof value === 'string' && isUlid(value) ? value : null
}

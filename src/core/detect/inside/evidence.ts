/** Counts what stands at places of a column, over all of its rows, for the identities that may be meant. */
import type { Connection } from '../../engines/sqlite/open.ts'
import { compilePlaces, hitsIn } from '../../inside/hits.ts'
import type { Place } from '../../inside/place.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import type { KnownIds } from './known-ids.ts'

export interface Suspicion {
  readonly known: KnownIds
  readonly place: Place
}

/** How far the counting has come. */
export interface Progress {
  readonly table: string
  readonly column: string
  readonly rows: number
}

export interface Evidence {
  /** Values of the column that are not NULL. */
  readonly values: number
  /** Values that hold something at the place. */
  readonly holding: number
  readonly matched: number
  readonly orphans: number
  readonly sentinels: number
  /** Different ids that name rows, and that do not: counted up to {@link MANY}. */
  readonly different: number
  readonly differentOrphans: number
  readonly samples: readonly string[]
  readonly orphanSamples: readonly string[]
  /** The greatest number that names a row. */
  readonly greatest: bigint
}

const MANY = 1000
const CHUNK = 2000
/** A longer value is left unread: its rewriting would not be possible either. */
const LONGEST = 2 ** 28

const sentinels = new Set([
  '',
  '0',
  '-1',
  '00000000-0000-0000-0000-000000000000',
  '00000000000000000000000000000000',
  'null',
  'NULL',
  'None',
])

interface Tally {
  holding: number
  matched: number
  orphans: number
  sentinels: number
  greatest: bigint
  readonly different: Set<string>
  readonly differentOrphans: Set<string>
}

/** One reading of the column for all places in it; the answers are in the order of the questions. */
export function* weigh(
  db: Connection,
  table: Table,
  column: Column,
  suspicions: readonly Suspicion[],
): Generator<Progress, readonly Evidence[]> {
  const places = [...new Set(suspicions.map(({ place }) => JSON.stringify(place)))]
  const compiled = compilePlaces(places.map(text => JSON.parse(text) as Place))
  const tallies = suspicions.map(
    (): Tally => ({
      holding: 0,
      matched: 0,
      orphans: 0,
      sentinels: 0,
      greatest: 0n,
      different: new Set(),
      differentOrphans: new Set(),
    }),
  )
  const at = places.map(text =>
    suspicions.flatMap(({ place, known }, index) =>
      JSON.stringify(place) === text ? [{ known, tally: tallies[index]! }] : [],
    ),
  )
  const isId = (place: number, id: Buffer | bigint) => at[place]!.some(({ known }) => known.has(id))
  const c = q(column.name)
  const rows = db
    .prepare(
      `SELECT typeof(${c}), CASE typeof(${c}) WHEN 'integer' THEN ${c} ELSE CAST(${c} AS BLOB) END FROM ${q(table.name)}
       WHERE typeof(${c}) IN ('text', 'blob', 'integer') AND coalesce(octet_length(${c}), 0) <= ${LONGEST}`,
    )
    .raw()
    .iterate() as Iterable<['text' | 'blob' | 'integer', Buffer | bigint]>
  let values = 0
  for (const [type, value] of rows) {
    values += 1
    if (values % CHUNK === 0) yield { table: table.name, column: column.name, rows: values }
    const holding = new Set<Tally>()
    for (const { place, id } of hitsIn(value, type, compiled, isId))
      for (const { known, tally } of at[place]!) {
        holding.add(tally)
        count(tally, id, known)
      }
    for (const tally of holding) tally.holding += 1
  }
  return tallies.map(tally => ({
    ...tally,
    values,
    different: tally.different.size,
    differentOrphans: tally.differentOrphans.size,
    samples: [...tally.different].slice(0, 3),
    orphanSamples: [...tally.differentOrphans].slice(0, 3),
  }))
}

function count(tally: Tally, id: Buffer | bigint, known: KnownIds): void {
  const text = typeof id === 'bigint' ? id.toString() : id.toString('utf8', 0, 60)
  if (known.has(id)) {
    tally.matched += 1
    if (tally.different.size < MANY) tally.different.add(text)
    const number = typeof id === 'bigint' ? id : /^\d{1,18}$/.test(text) ? BigInt(text) : 0n
    if (number > tally.greatest) tally.greatest = number
  } else if (sentinels.has(text)) tally.sentinels += 1
  else {
    tally.orphans += 1
    if (tally.differentOrphans.size < MANY) tally.differentOrphans.add(text)
  }
}

/** Counts what stands at places of a column, over all of its rows, for the identities that may be meant. */
import type { Connection } from '../../engines/sqlite/open.ts'
import { rawSql } from '../../engines/sqlite/raw-value.ts'
import { sentinelTexts } from '../../engines/sqlite/sentinels.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import { type CompiledPlace, compilePlaces, hitsIn, type IsId } from '../../inside/hits.ts'
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
  /** Ids of no identity that is asked about here. */
  readonly orphans: number
  /** Ids that name rows of this identity, and of another that is asked about here. */
  readonly shared: number
  /** Ids of another only. */
  readonly elsewhere: number
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

interface Tally {
  holding: number
  matched: number
  orphans: number
  shared: number
  elsewhere: number
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
  const tallies = suspicions.map(
    (): Tally => ({
      holding: 0,
      matched: 0,
      orphans: 0,
      shared: 0,
      elsewhere: 0,
      sentinels: 0,
      greatest: 0n,
      different: new Set(),
      differentOrphans: new Set(),
    }),
  )
  const groups = grouped(suspicions, tallies)
  const types = [...new Set(groups.flatMap(({ when }) => when?.column ?? []))]
  const { decode } = textBytes(db)
  const c = q(column.name)
  const rows = db
    .prepare(
      `SELECT ${[rawSql(c), ...types.map(type => `CAST(${q(type)} AS TEXT)`)].join(', ')} FROM ${q(table.name)}
       WHERE typeof(${c}) IN ('text', 'blob', 'integer') AND coalesce(octet_length(${c}), 0) <= ${LONGEST}`,
    )
    .raw()
    .iterate() as Iterable<['text' | 'blob' | 'integer', Buffer | bigint, ...(string | null)[]]>
  let values = 0
  for (const [type, stored, ...said] of rows) {
    const value = type === 'text' ? decode(stored as Buffer) : stored
    values += 1
    if (values % CHUNK === 0) yield { table: table.name, column: column.name, rows: values }
    const holding = new Set<Tally>()
    for (const { when, compiled, asked, isId } of groups) {
      if (when && !when.is.some(each => each === said[types.indexOf(when.column)])) continue
      for (const { place, id } of hitsIn(value, type, compiled, isId)) {
        const owners = asked[place]!.filter(({ known }) => known.has(id)).map(({ tally }) => tally)
        for (const { tally } of asked[place]!) {
          holding.add(tally)
          count(tally, id, owners)
        }
      }
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

/** Places that are looked at in the same rows, each once, with all that is asked about it. */
interface Group {
  readonly when: Place['when']
  readonly compiled: readonly CompiledPlace[]
  readonly asked: readonly (readonly { readonly known: KnownIds; readonly tally: Tally }[])[]
  readonly isId: IsId
}

function grouped(suspicions: readonly Suspicion[], tallies: readonly Tally[]): readonly Group[] {
  const keyOf = ({ path, pattern }: Place) => JSON.stringify([path, pattern])
  const whens = new Map(suspicions.map(({ place: { when } }) => [JSON.stringify(when), when]))
  return [...whens].map(([key, when]) => {
    const here = suspicions.flatMap((each, at) =>
      JSON.stringify(each.place.when) === key ? [{ ...each, tally: tallies[at]! }] : [],
    )
    const places = new Map(here.map(({ place }) => [keyOf(place), place]))
    const asked = [...places.keys()].map(place => here.filter(each => keyOf(each.place) === place))
    return {
      when,
      compiled: compilePlaces([...places.values()]),
      asked,
      isId: (place, id) => asked[place]!.some(({ known }) => known.has(id)),
    }
  })
}

function count(tally: Tally, id: Buffer | bigint, owners: readonly Tally[]): void {
  const text = typeof id === 'bigint' ? id.toString() : id.toString('utf8', 0, 60)
  if (owners.includes(tally)) {
    tally.matched += 1
    if (owners.length > 1) tally.shared += 1
    if (tally.different.size < MANY) tally.different.add(text)
    const number = typeof id === 'bigint' ? id : /^\d{1,18}$/.test(text) ? BigInt(text) : 0n
    if (number > tally.greatest) tally.greatest = number
  } else if (owners.length > 0) tally.elsewhere += 1
  else if (sentinelTexts.has(text)) tally.sentinels += 1
  else {
    tally.orphans += 1
    if (tally.differentOrphans.size < MANY) tally.differentOrphans.add(text)
  }
}

/** Reads the values of a column one by one and counts what stands at places in them. */
import type { Connection } from '../../engines/sqlite/open.ts'
import { rawSql } from '../../engines/sqlite/raw-value.ts'
import { sentinelTexts } from '../../engines/sqlite/sentinels.ts'
import { textBytes } from '../../engines/sqlite/text-bytes.ts'
import { type CompiledPlace, compilePlaces, hitsIn, type IsId } from '../../inside/hits.ts'
import type { Place } from '../../inside/place.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q } from '../../schema/names.ts'
import { LONGEST, MANY, type Progress, type Tallied, type Tally } from './tally.ts'

const CHUNK = 2000

/** One reading of the column for all places. `rows` is an SQL condition. Returns how many values were read. */
export function* readValues(
  db: Connection,
  table: Table,
  column: Column,
  tallied: readonly Tallied[],
  rows = 'TRUE',
): Generator<Progress, number> {
  const groups = grouped(tallied)
  const types = [...new Set(groups.flatMap(({ when }) => when?.column ?? []))]
  const { decode } = textBytes(db)
  const c = q(column.name)
  const read = db
    .prepare(
      `SELECT ${[rawSql(c), ...types.map(type => `CAST(${q(type)} AS TEXT)`)].join(', ')} FROM ${q(table.name)}
       WHERE typeof(${c}) IN ('text', 'blob', 'integer') AND coalesce(octet_length(${c}), 0) <= ${LONGEST} AND ${rows}`,
    )
    .raw()
    .iterate() as Iterable<['text' | 'blob' | 'integer', Buffer | bigint, ...(string | null)[]]>
  let values = 0
  for (const [type, stored, ...said] of read) {
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
  return values
}

/** Places that are looked at in the same rows, each once, with all that is asked about it. */
interface Group {
  readonly when: Place['when']
  readonly compiled: readonly CompiledPlace[]
  readonly asked: readonly (readonly Tallied[])[]
  readonly isId: IsId
}

function grouped(tallied: readonly Tallied[]): readonly Group[] {
  const keyOf = ({ path, pattern }: Place) => JSON.stringify([path, pattern])
  const whens = new Map(tallied.map(({ place: { when } }) => [JSON.stringify(when), when]))
  return [...whens].map(([key, when]) => {
    const here = tallied.filter(each => JSON.stringify(each.place.when) === key)
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

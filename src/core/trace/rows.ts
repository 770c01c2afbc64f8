/** What was found and what is near, as documents say it. */
import type { RelatedRow, TracedRow } from '../documents.ts'
import { isUlid, ulidTime } from '../identifiers/index.ts'
import { type FoundId, rowOf } from './find-ids.ts'
import { nearest, nearIn, type TimeWindow } from './near.ts'
import { textOf } from './query.ts'
import type { RegisteredRow } from './registered.ts'
import { rowInShort } from './row-in-short.ts'
import { type Near, nothing, type Told } from './told.ts'

export function foundRows({ path, system, looked, found }: Told): readonly TracedRow[] {
  return found.map(({ place, id }) => ({
    system,
    target: path,
    table: place.table.name,
    column: place.column,
    row: rowOf(id),
    ulid: id.ulid,
    legacy: textOf(id.legacy),
    time: timeIn(id.ulid),
    inShort: looked === null ? [] : rowInShort(looked.reader, place, id),
  }))
}

export function nearOf(told: Told, window: TimeWindow, found: readonly TracedRow[]): Near {
  const { path: target, system, looked } = told
  if (looked === null) return nothing.near
  const isItself = itselfIn(found, window)
  const each = looked.identities.map(place => {
    const name = { target, table: place.table.name, column: place.column }
    const { rows: near, count } = nearIn(looked.reader, place, window)
    const rows = nearest(
      near
        .filter(({ ulid }) => !isItself(ulid))
        .map((row): RelatedRow => ({ system, ...name, ...row, ...momentOf(row.ulid, window) })),
    )
    const own = told.found.filter(({ place: of, id }) => of === place && id.key !== null && isIn(id, window))
    return {
      rows,
      count: {
        ...name,
        rows: count.rows === null ? null : count.rows - own.length,
        more: count.more,
        shown: rows.length,
      },
    }
  })
  return {
    rows: each.flatMap(({ rows }) => rows),
    counts: each.map(({ count }) => count).filter(({ rows }) => rows !== 0),
  }
}

function isIn({ ulid }: FoundId, { from, to }: TimeWindow): boolean {
  return ulid !== null && ulid.toUpperCase() >= from && ulid.toUpperCase() <= to
}

export function registeredNear(
  entries: readonly RegisteredRow[],
  window: TimeWindow,
  found: readonly TracedRow[],
): readonly RelatedRow[] {
  const isItself = itselfIn(found, window)
  return nearest(
    entries
      .filter(({ ulid }) => !isItself(ulid))
      .map(entry => {
        const { inShort: _, ...row } = registeredRow(entry)
        return { ...row, ulid: entry.ulid, ...momentOf(entry.ulid, window) }
      }),
  )
}

export function registeredRow({ target, system, kind, ulid, legacy, inShort }: RegisteredRow): TracedRow {
  return {
    system,
    target,
    table: kind,
    column: 'ulid',
    row: ulid,
    ulid,
    legacy,
    time: timeIn(ulid),
    inShort,
  }
}

function itselfIn(found: readonly TracedRow[], { middle }: TimeWindow): (ulid: string) => boolean {
  const known = new Set([middle, ...found.flatMap(({ ulid }) => ulid?.toUpperCase() ?? [])])
  return ulid => known.has(ulid.toUpperCase())
}

function momentOf(ulid: string, { middle }: TimeWindow): Pick<RelatedRow, 'time' | 'offset'> {
  const time = ulidTime(ulid)
  return { time: new Date(time).toISOString(), offset: (time - ulidTime(middle)) / 1000 }
}

export function timeIn(id: string | null): string | null {
  return id !== null && isUlid(id) ? new Date(ulidTime(id)).toISOString() : null
}

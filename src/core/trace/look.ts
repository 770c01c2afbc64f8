/** One id through all targets that are open: what it names, who refers to that, and what else was made at that time. */
import type {
  NearIdentity,
  RelatedRow,
  Trace,
  TracedReference,
  TracedRow,
  TracedTarget,
} from '../documents.ts'
import { isUlid, ulidTime } from '../identifiers/index.ts'
import type { Message } from '../message.ts'
import type { Leader } from '../plan/plan.ts'
import { formatColumnPath, quoteName as q, samePlace } from '../schema/names.ts'
import { type FoundId, findIds, findUnnamed, rowOf, type Tell } from './find-ids.ts'
import { nearest, nearIn, type TimeWindow, windowAround } from './near.ts'
import { type Looked, unreadMessage } from './open-target.ts'
import type { IdPlace } from './places.ts'
import { rowsAmong, textOf } from './query.ts'
import { referencesTo } from './referring.ts'
import { nothingRegistered, type Registered, type RegisteredRow } from './registered.ts'
import { rowInShort } from './row-in-short.ts'
import { type Spellings, spellingsOf } from './spellings.ts'
import type { Steps } from './steps.ts'

/** A target, or why it could not be opened. */
export type Asked =
  | { readonly path: string; readonly look: () => Looked }
  | { readonly path: string; readonly error: Message }

export interface LookOptions {
  /** What the systems of targets are called, by their paths; else it is told from the schema. */
  readonly systems?: Readonly<Record<string, string>>
  /** Seconds on each side of the id's own time. */
  readonly window?: number
  /** Only what it names. */
  readonly brief?: boolean
  readonly registered?: Registered
}

const WINDOW = 60

/** What one target has said until now. */
interface Told {
  readonly path: string
  readonly system: string | null
  readonly looked: Looked | null
  error: Message | null
  readonly readThrough: Set<string>
  found: Found[]
  rows: readonly TracedRow[]
  references: TracedReference[]
  near: Near
}

/** What of one target lies in the window. */
interface Near {
  readonly rows: readonly RelatedRow[]
  readonly counts: readonly NearIdentity[]
}

const nothing = { found: [], rows: [], references: [], near: { rows: [], counts: [] } }

interface Found {
  readonly place: IdPlace
  readonly id: FoundId
}

export function* lookFor(id: string, asked: readonly Asked[], options: LookOptions = {}): Steps<Trace> {
  const wanted = spellingsOf(id)
  const { window: seconds = WINDOW, registered = nothingRegistered, brief = false } = options
  const all = asked.map(each => toldOf(each, options.systems?.[each.path]))
  const isKnown = () => all.some(each => each.found.length > 0)
  for (const find of [findIds, findUnnamed]) {
    if (isKnown()) break
    yield* inEach(all, function* (told, { reader, identities }, tell) {
      for (const place of identities)
        for (const found of yield* find(reader, place, wanted, tell)) told.found.push({ place, id: found })
    })
  }
  if (!brief) {
    const isLost = !isKnown()
    yield* inEach(all, (told, looked, tell) => refer(told, looked, wanted, all, isLost, tell))
  }
  atEach(all, told => {
    told.rows = foundRows(told)
  })
  const rows = all.flatMap(each => each.rows)
  const ulids = [...wanted.ulids, ...rows.flatMap(({ ulid }) => ulid ?? [])].map(ulid => ulid.toUpperCase())
  const found = [...rows, ...registered([...new Set(ulids)], null).map(registeredRow)]
  const middle = brief ? null : middleOf(id, found)
  const window = middle === null ? null : windowAround(middle, ulidTime(middle), seconds)
  if (window !== null)
    atEach(all, told => {
      told.near = nearOf(told, window, found)
    })
  const beside = window === null ? [] : registeredNear(registered([], window), window, found)
  return {
    id,
    time: timeIn(id),
    found,
    references: all.flatMap(each => each.references),
    related: [...all.flatMap(each => each.near.rows), ...beside].sort(
      (a, b) => a.offset - b.offset || (a.ulid.toUpperCase() < b.ulid.toUpperCase() ? -1 : 1),
    ),
    near: { seconds, ulid: middle, identities: all.flatMap(each => each.near.counts) },
    targets: all.map(targetOf),
  }
}

function toldOf(asked: Asked, named: string | undefined): Told {
  const { path } = asked
  const blank = { path, ...nothing, found: [], references: [], readThrough: new Set<string>() }
  try {
    const looked = 'error' in asked ? null : asked.look()
    const error = 'error' in asked ? asked.error : null
    return { ...blank, looked, error, system: named ?? looked?.system ?? null }
  } catch (error) {
    return { ...blank, looked: null, error: unreadMessage(error, path), system: named ?? null }
  }
}

function targetOf({ path, system, looked, error, readThrough }: Told): TracedTarget {
  const identities = error === null ? (looked?.identities ?? []) : []
  const migrated = identities.filter(each => each.migrated).length
  return {
    target: path,
    system,
    migrated: looked?.migrated ?? false,
    identities: migrated,
    keys: identities.length - migrated,
    readThrough: [...readThrough],
    error,
  }
}

type Work<R> = (told: Told, looked: Looked, tell: Tell) => R

/** A target that turns out to be damaged is said to be so, and the others answer. */
function* inEach(all: readonly Told[], work: Work<Steps<void>>): Steps<void> {
  for (const told of all) {
    if (told.looked === null || told.error !== null) continue
    try {
      yield* work(told, told.looked, object => told.readThrough.add(object))
    } catch (error) {
      fail(told, error)
    }
  }
}

function atEach(all: readonly Told[], work: (told: Told) => void): void {
  for (const told of all) {
    if (told.error !== null) continue
    try {
      work(told)
    } catch (error) {
      fail(told, error)
    }
  }
}

function fail(told: Told, error: unknown): void {
  Object.assign(told, nothing, { found: [], references: [], error: unreadMessage(error, told.path) })
}

/**
 * Who refers, in one target. An id that is known nowhere may still stand in a column: then all are asked, since rows that
 * came since and are gone again are in no map.
 */
function* refer(
  told: Told,
  { reader, identities, foreign }: Looked,
  wanted: Spellings,
  all: readonly Told[],
  isLost: boolean,
  tell: Tell,
): Steps<void> {
  const lost = isLost ? wanted.ulids.slice(0, 1) : []
  for (const place of identities) {
    const own = told.found.filter(each => each.place === place).map(each => each.id)
    const more = [...lost, ...foundAt(place.leaders, all).map(each => each.ulid)]
    const others = named(more).filter(
      each => !own.some(({ ulid }) => ulid?.toUpperCase() === each.ulid?.toUpperCase()),
    )
    const to = {
      target: told.path,
      path: formatColumnPath(place.table.name, place.column),
      pairs: place.pairs,
      own: place,
    }
    for (const each of [...own, ...others]) {
      const found = yield* referencesTo(reader, told.path, to, place.holders, each, identities, tell)
      told.references.push(...found)
      if (found.length > 0 && !own.includes(each)) told.found.push({ place, id: each })
    }
  }
  for (const { leaders, pairs, holders } of foreign) {
    const known = pairs.flatMap(store =>
      rowsAmong(reader, `SELECT ulid, legacy FROM main.${q(store)}`, [
        { column: 'legacy', values: wanted.legacies },
      ]),
    )
    const at = foundAt(leaders, all)
    const leader = at[0]?.leader ?? leaders[0]!
    const to = {
      target: leader.target,
      path: formatColumnPath(leader.table, leader.column),
      pairs,
      own: null,
    }
    const ulids = [...at.map(each => each.ulid), ...known.map(([ulid]) => String(ulid)), ...lost]
    for (const each of named(ulids))
      told.references.push(...(yield* referencesTo(reader, told.path, to, holders, each, identities, tell)))
  }
}

/** Under their ULIDs alone, each once. */
function named(ulids: readonly string[]): readonly FoundId[] {
  const each = new Map(ulids.map(ulid => [ulid.toUpperCase(), ulid]))
  return [...each.values()].map(ulid => ({ key: null, ulid, legacy: null }))
}

/** The ULIDs that were found at these identities of other targets. */
function foundAt(leaders: readonly Leader[], all: readonly Told[]) {
  return leaders.flatMap(leader =>
    all
      .filter(({ path }) => path === leader.target)
      .flatMap(({ found }) => found)
      .flatMap(({ place, id }) =>
        id.ulid !== null && samePlace({ table: place.table.name, column: place.before }, leader)
          ? [{ leader, ulid: id.ulid }]
          : [],
      ),
  )
}

function foundRows({ path, system, looked, found }: Told): readonly TracedRow[] {
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

/** Of a ULID its own time; of a legacy id that of what it names, of a row before that of an orphan. */
function middleOf(id: string, found: readonly TracedRow[]): string | null {
  if (isUlid(id)) return id
  const named = found.find(each => each.row !== null && each.time !== null) ?? found.find(each => each.time)
  return named?.ulid ?? null
}

function nearOf(told: Told, window: TimeWindow, found: readonly TracedRow[]): Near {
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

function registeredNear(
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

function registeredRow({ target, system, kind, ulid, inShort }: RegisteredRow): TracedRow {
  return {
    system,
    target,
    table: kind,
    column: 'ulid',
    row: ulid,
    ulid,
    legacy: null,
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

function timeIn(id: string | null): string | null {
  return id !== null && isUlid(id) ? new Date(ulidTime(id)).toISOString() : null
}

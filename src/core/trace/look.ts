/** One id through all targets that are open: what it names, who refers to that, and what else was made at that time. */
import type { Trace, TracedRow } from '../documents.ts'
import { isUlid, ulidTime } from '../identifiers/index.ts'
import { findIds, findUnnamed } from './find-ids.ts'
import { windowAround } from './near.ts'
import { refer } from './refer.ts'
import { nothingRegistered, type Registered } from './registered.ts'
import { foundRows, nearOf, registeredNear, registeredRow, timeIn } from './rows.ts'
import { spellingsOf } from './spellings.ts'
import type { Steps } from './steps.ts'
import { type Asked, atEach, inEach, targetOf, toldOf } from './told.ts'

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

/** Everything that these targets know of the id. */
export function* lookFor(id: string, asked: readonly Asked[], options: LookOptions = {}): Steps<Trace> {
  const wanted = spellingsOf(id)
  const { window: seconds = WINDOW, registered = nothingRegistered, brief = false } = options
  const all = asked.map(each => toldOf(each, options.systems?.[each.path]))
  const isKnown = () => all.some(each => each.found.length > 0)
  // The maps are read as a whole only for what no target knows by index: a ULID names one thing.
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
  const ulids = rows.flatMap(({ ulid }) => ulid?.toUpperCase() ?? [])
  const own = isUlid(id) ? id.toUpperCase() : id
  const found = [...rows, ...registered([...new Set([own, ...ulids])], null).map(registeredRow)]
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

/** Of a ULID its own time; of a legacy id that of what it names, of a row before that of an orphan. */
function middleOf(id: string, found: readonly TracedRow[]): string | null {
  if (isUlid(id)) return id
  const named = found.find(each => each.row !== null && each.time !== null) ?? found.find(each => each.time)
  return named?.ulid ?? null
}

/**
 * Ids of one target that appear in another: found when several targets are looked at together. What is found by value are
 * ids that a machine made; numbers that fit are no evidence between files, and count where the operator says so.
 */

import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Stopped } from '../context.ts'
import { LEFT_OUT, leftBehind, NAMED } from '../detect/reference-words.ts'
import type { DetectedTarget } from '../documents.ts'
import { columnNamed, inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import { openForReading, type Reading } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import type { Across, AcrossLink, Following } from '../links.ts'
import { Refusal } from '../message.ts'
import { detectIn, watching } from '../migrate/prepare.ts'
import type { Choices, Requests } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'
import { type AcrossKey, keysOf, type Looked } from './keys.ts'
import { columnIn, isLeftOut, namedLinks, noIdentity, ownReference } from './named.ts'
import { type BeforeBy, comesBefore, inOrder, roundAbout } from './order.ts'
import {
  type AcrossPlace,
  choiceOf,
  countAcross,
  type Met,
  meet,
  placesOf,
  sampledValues,
  valuesIn,
} from './places.ts'

export async function findAcross(asked: Requests['across']['targets'], context: Context): Promise<Across> {
  const targets = asked.map(each => ({ ...each, target: resolve(each.target) }))
  const open: Reading[] = []
  try {
    const looked: Looked[] = []
    const documents: DetectedTarget[] = []
    const look = async (target: string, choices: Choices, known?: DetectedTarget) => {
      const one = await lookInto(target, choices, known, context, open)
      if (one === null) return
      looked.push(one)
      if (one.document !== known) documents.push(one.document)
    }
    for (const { target, choices, known } of targets) await look(target, choices, known)
    const paths = targets.map(each => each.target)
    const named = targets.flatMap(({ target, choices }) => namedLinks(choices, target, paths))
    // Whom only the operator names is asked as well, and not migrated.
    for (const { of } of named) if (!looked.some(each => each.target === of.target)) await look(of.target, {})
    const keys = looked.flatMap(keysOf)
    const taking = looked.filter(each => paths.includes(each.target))
    const meetings = [
      ...namedMeetings(named, taking, keys),
      ...(await sampledMeetings(taking, keys, context)),
    ].filter(
      (each, at, all) =>
        all.findIndex(other => isSameLink(other, each)) === at &&
        // Of two answers to one question the operator's holds.
        (each.named || !all.some(other => other.named && isSamePlace(other.place, each.place))),
    )
    const edges = edgesOf(meetings.filter(isFollowed(paths)))
    const order = inOrder(paths, edges)
    const asNamed = order ?? paths
    const links: AcrossLink[] = []
    const follows: Record<string, Following[]> = {}
    const sorted = [...meetings].sort((a, b) => rank(asNamed, a) - rank(asNamed, b))
    for (const [at, meeting] of sorted.entries()) {
      const { place, key } = meeting
      if (
        place.as === 'identity' &&
        !comesBefore(edges, key.target, place.in.target) &&
        !isOutside(paths, key)
      )
        continue
      await watching(context)(place.table, at, sorted.length)
      const counts = await countAcross(place, key, () => context.breathe())
      const link = linkOf(meeting, counts, paths)
      links.push(link)
      if (link.choice === 'accepted') follow(follows, place, key)
    }
    return {
      order: asNamed,
      links,
      follows,
      error: order === null ? roundAbout(paths, edges) : null,
      documents,
    }
  } finally {
    for (const each of open) each.close()
  }
}

/** Null where it can't be looked at: whoever works on it alone says why. */
async function lookInto(
  target: string,
  choices: Choices,
  known: DetectedTarget | undefined,
  context: Context,
  open: Reading[],
): Promise<(Looked & { readonly document: DetectedTarget }) | null> {
  try {
    const reading = await openForReading(target, context)
    open.push(reading)
    const { db, file } = reading
    const schema = inspect(db)
    const looking = { db, schema, target, file, now: context.now() }
    const document =
      known && stillFits(known, schema)
        ? known
        : (await detectIn(looking, choices, watching(context))).document
    return { target, choices, db, schema, document, encoding: encodingOf(db) }
  } catch (error) {
    if (error instanceof Stopped || !(error instanceof Refusal)) throw error
    return null
  }
}

/** Somebody may have changed the schema since. */
function stillFits({ identities }: DetectedTarget, schema: Schema): boolean {
  return identities.every(({ table, column }) => {
    const found = tableNamed(schema, table)
    return found !== undefined && columnNamed(found, column) !== undefined
  })
}

/** A column of one target, and a key of another in which its values are found. */
interface Meeting {
  readonly place: AcrossPlace
  readonly key: AcrossKey
  readonly met: Met
  readonly named: boolean
}

function isSamePlace(a: AcrossPlace, b: AcrossPlace): boolean {
  return a.in.target === b.in.target && samePlace(a, b)
}

function isSameLink(a: Meeting, b: Meeting): boolean {
  return isSamePlace(a.place, b.place) && a.key.target === b.key.target && samePlace(a.key, b.key)
}

function namedMeetings(
  named: ReturnType<typeof namedLinks>,
  looked: readonly Looked[],
  keys: readonly AcrossKey[],
): readonly Meeting[] {
  return named.flatMap(({ target, column, of }) => {
    const child = looked.find(each => each.target === target)
    const ofTarget = keys.filter(each => each.target === of.target)
    if (!child) return []
    const place = columnIn(child.schema, column)
    const parent = { target: of.target, ...pathOf(of.column, ofTarget) }
    const key = ofTarget.find(each => samePlace(each, parent))
    if (!key)
      throw noIdentity(
        parent,
        ofTarget.map(each => formatColumnPath(each.table, each.column)),
      )
    const found = placesOf(child).find(each => samePlace(each, place))
    if (!found) throw ownReference({ target, ...place })
    return [{ place: found, key, met: { distinct: 0, hits: 0 }, named: true }]
  })
}

function pathOf(text: string, keys: readonly AcrossKey[]) {
  const known = keys.find(each => text === formatColumnPath(each.table, each.column))
  if (known) return { table: known.table, column: known.column }
  const [table = text, column = ''] = text.split('.')
  return { table, column }
}

/** What a few values of every column say. Two keys are asked both ways: the few may be the smaller one's. */
export async function sampledMeetings(
  looked: readonly Looked[],
  keys: readonly AcrossKey[],
  context: Context,
): Promise<readonly Meeting[]> {
  const breathe = watching(context)
  const telling = keys
    .map(key => ({ key, values: valuesIn(key.db, key.sample, encodingOf(key.db)) }))
    .filter(({ values }) => values.filter(each => each.telling).length * 2 > values.length)
  const places = looked.flatMap(placesOf)
  const meetings: Meeting[] = []
  for (const [at, place] of places.entries()) {
    await breathe(place.table, at, places.length)
    const others = telling.filter(({ key }) => key.target !== place.in.target)
    const values = others.length === 0 ? [] : sampledValues(place)
    if (!values.some(each => each.telling)) continue
    const own = telling.find(
      ({ key }) => !key.migrated && key.target === place.in.target && samePlace(key, place),
    )
    for (const other of others) {
      const there = meet(values, place.in.encoding, other.key)
      const back = own ? meet(other.values, encodingOf(other.key.db), own.key) : there
      const met = back.hits > there.hits ? back : there
      if (met.hits > 0) meetings.push({ place, key: other.key, met, named: false })
    }
  }
  return meetings
}

/** Whether the column takes its ULIDs from there, as far as its values and the operator say. */
function isFollowed(paths: readonly string[]) {
  return ({ place, met, named }: Meeting) =>
    (named || choiceOf(met)?.choice === 'accepted') &&
    !isLeftOut(place.in.choices, { target: place.in.target, ...place }, paths)
}

/** A target that is asked and not migrated, or has been before. */
function isOutside(paths: readonly string[], key: AcrossKey): boolean {
  return !paths.includes(key.target)
}

/**
 * Who comes before whom. What refers comes after what it refers to. Of two targets whose own rows are called alike, the
 * one that has its ULIDs leads, else the one with more of these rows; that is asked last, so that it never closes a circle.
 */
function edgesOf(meetings: readonly Meeting[]): readonly BeforeBy[] {
  const edges: BeforeBy[] = []
  const add = ({ place, key }: Meeting) => {
    const [first, then] = [key.target, place.in.target]
    if (edges.some(edge => edge.first === first && edge.then === then)) return
    edges.push({ first, then, table: place.table, column: place.column })
  }
  const isMutual = ({ place, key, named }: Meeting) => place.as === 'identity' && !key.migrated && !named
  for (const meeting of meetings) if (!isMutual(meeting)) add(meeting)
  const pairs = meetings.filter(isMutual)
  const weight = (target: string, other: string) =>
    pairs
      .filter(({ place, key }) => key.target === target && place.in.target === other)
      .reduce((sum, { key }) => sum + key.rows, 0)
  const leads = (a: string, b: string) => weight(a, b) - weight(b, a) || (a < b ? 1 : -1)
  const byPath = [...pairs].sort((a, b) => (pathsOf(a) < pathsOf(b) ? -1 : 1))
  for (const pair of byPath) {
    const [key, place] = [pair.key.target, pair.place.in.target]
    const settled = comesBefore(edges, key, place) || comesBefore(edges, place, key)
    if (settled ? comesBefore(edges, key, place) : leads(key, place) > 0) add(pair)
  }
  return edges
}

function pathsOf({ place, key }: Meeting): string {
  return `${key.target}\n${place.in.target}`
}

/** The leader that comes first is asked first. */
function rank(order: readonly string[], { key }: Meeting): number {
  return order.indexOf(key.target)
}

function linkOf(
  { place, key, met, named }: Meeting,
  counts: Awaited<ReturnType<typeof countAcross>>,
  paths: readonly string[],
): AcrossLink {
  const { matched, orphans } = counts
  const held = matched + orphans
  const there = `${formatColumnPath(key.table, key.column)} in ${key.target}`
  const values = `${matched.toLocaleString('en')} of ${held.toLocaleString('en')} values are found there`
  const found = named ? { choice: 'accepted' as const, confidence: 1 } : choiceOf(met)!
  const out = isLeftOut(place.in.choices, { target: place.in.target, ...place }, paths)
  return {
    target: place.in.target,
    table: place.table,
    column: place.column,
    as: place.as,
    of: { target: key.target, table: key.table, column: key.column },
    ...found,
    ...(out ? { choice: 'offered' as const } : {}),
    ...counts,
    why: out
      ? LEFT_OUT
      : named
        ? NAMED
        : `ids made by a machine, and ${values}${met.hits < 3 ? ', but only one or two different ones' : ''}`,
    leftOut:
      place.as === 'identity'
        ? `${matched.toLocaleString('en')} ids get other ULIDs here than in ${there}`
        : leftBehind(held, there),
  }
}

function follow(follows: Record<string, Following[]>, place: AcrossPlace, key: AcrossKey): void {
  const list = follows[place.in.target] ?? []
  follows[place.in.target] = list
  const leader = { target: key.target, table: key.table, column: key.column }
  const at = list.findIndex(each => samePlace(each, place))
  if (at >= 0) {
    list[at] = { ...list[at]!, of: [...list[at]!.of, leader] }
    return
  }
  const { affinity, collation, case: letters } = key
  const { table, column, as } = place
  list.push({ table, column, as, of: [leader], affinity, collation, case: letters })
}

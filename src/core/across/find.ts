/**
 * Ids of one target that appear in another: found when several targets are looked at together. What is found by value are
 * ids that a machine made; numbers that fit are no evidence between files, and count where the operator says so.
 */

import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Stopped } from '../context.ts'
import { isWhole } from '../detect/choices.ts'
import { heldIn } from '../detect/held-choices.ts'
import { LEFT_OUT, leftBehind, NAMED } from '../detect/reference-words.ts'
import type { DetectedTarget } from '../documents.ts'
import { openForReading } from '../engines/open.ts'
import { columnNamed, inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Reading } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import { sameSpot } from '../inside/place.ts'
import type { Across, AcrossLink, Following } from '../links.ts'
import { Refusal } from '../message.ts'
import { detectIn, watching } from '../migrate/prepare.ts'
import type { Choices, Requests } from '../requests.ts'
import type { Schema } from '../schema/model.ts'
import { formatColumnPath, samePlace } from '../schema/names.ts'
import { withCommas } from '../with-commas.ts'
import { insideMeetings, namedInside } from './inside.ts'
import { type AcrossKey, keysOf, type Looked } from './keys.ts'
import { type Meeting, sampledMeetings, wholeMeeting } from './meetings.ts'
import { isLeftOut, namedLinks, noIdentity, ownReference, placeIn } from './named.ts'
import { type BeforeBy, comesBefore, inOrder, roundAbout } from './order.ts'
import { placesOf, tellingKeys } from './places.ts'

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
    const named = targets.flatMap(({ target, choices }) => {
      const schema = looked.find(each => each.target === target)?.schema
      return namedLinks(schema ? heldIn(choices, schema) : choices, target, paths)
    })
    // Whom only the operator names is asked as well, and not migrated.
    for (const { of } of named) if (!looked.some(each => each.target === of.target)) await look(of.target, {})
    const keys = looked.flatMap(keysOf)
    const taking = looked.filter(each => paths.includes(each.target))
    const telling = tellingKeys(keys)
    const meetings = settled([
      ...namedMeetings(named, taking, keys),
      ...(await sampledMeetings(taking, telling, context)),
      ...(await insideMeetings(taking, telling, context)),
    ])
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
      const link = linkOf(meeting, await meeting.count(() => context.breathe()), paths)
      links.push(link)
      if (link.choice === 'accepted') follow(follows, meeting)
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

function isSameSpot(a: Meeting, b: Meeting): boolean {
  return isSameColumn(a, b) && sameSpot(a.place.at, b.place.at)
}

function isSameColumn({ place: a }: Meeting, { place: b }: Meeting): boolean {
  return a.in.target === b.in.target && samePlace(a, b)
}

function isSameLink(a: Meeting, b: Meeting): boolean {
  return isSameSpot(a, b) && a.key.target === b.key.target && samePlace(a.key, b.key)
}

/** Each once; and of two answers to one question the better one. */
function settled(meetings: readonly Meeting[]): readonly Meeting[] {
  return meetings.filter((each, at) => {
    if (meetings.findIndex(other => isSameLink(other, each)) !== at) return false
    if (each.named) return true
    const others = meetings.filter(other => isSameColumn(other, each))
    if (others.some(other => other.named && isSameSpot(other, each))) return false
    // A column that holds ids as whole values has none inside, unless each row says whose id it holds.
    const holds = (kinds: readonly Meeting['kind'][]) =>
      others.some(other => kinds.includes(other.kind) && (other.named || other.choice === 'accepted'))
    switch (each.kind) {
      case 'inferred':
        return !holds(['polymorphic']) && !others.some(other => other.named && other.kind !== 'inferred')
      case 'polymorphic':
        return !others.some(other => other.named && other.kind === 'inferred')
      default:
        return !holds(['inferred'])
    }
  })
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
    const wanted = placeIn(child.schema, column)
    const parent = { target: of.target, ...pathOf(of.column, ofTarget) }
    const key = ofTarget.find(each => samePlace(each, parent))
    if (!key)
      throw noIdentity(
        parent,
        ofTarget.map(each => formatColumnPath(each.table, each.column)),
      )
    const found = placesOf(child).find(each => samePlace(each, wanted))
    const meeting = isWhole(wanted) ? found && wholeMeeting(found, key) : namedInside(child, wanted, key)
    if (!meeting) throw ownReference({ target, ...wanted })
    return [meeting]
  })
}

function pathOf(text: string, keys: readonly AcrossKey[]) {
  const known = keys.find(each => text === formatColumnPath(each.table, each.column))
  if (known) return { table: known.table, column: known.column }
  const [table = text, column = ''] = text.split('.')
  return { table, column }
}

/** Whether the column takes its ULIDs from there, as far as its values and the operator say. */
function isFollowed(paths: readonly string[]) {
  return ({ place, choice }: Meeting) =>
    choice === 'accepted' &&
    !isLeftOut(place.in.choices, { target: place.in.target, ...place, ...place.at }, paths)
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
  { place, key, kind, choice, confidence, named }: Meeting,
  { why, ...counts }: Awaited<ReturnType<Meeting['count']>>,
  paths: readonly string[],
): AcrossLink {
  const { matched, orphans } = counts
  const there = `${formatColumnPath(key.table, key.column)} in ${key.target}`
  const out = isLeftOut(place.in.choices, { target: place.in.target, ...place, ...place.at }, paths)
  return {
    target: place.in.target,
    table: place.table,
    column: place.column,
    ...place.at,
    as: place.as,
    kind,
    of: { target: key.target, table: key.table, column: key.column },
    confidence,
    choice: out ? 'offered' : choice,
    ...counts,
    why: out ? LEFT_OUT : named ? NAMED : why,
    leftOut:
      place.as === 'identity'
        ? `${withCommas(matched)} ids get other ULIDs here than in ${there}`
        : leftBehind(matched + orphans, there),
  }
}

function follow(follows: Record<string, Following[]>, { place, key, kind }: Meeting): void {
  const list = follows[place.in.target] ?? []
  follows[place.in.target] = list
  const leader = { target: key.target, table: key.table, column: key.column }
  const at = list.findIndex(each => samePlace(each, place) && sameSpot(each.place ?? {}, place.at))
  if (at >= 0) {
    list[at] = { ...list[at]!, of: [...list[at]!.of, leader] }
    return
  }
  const { affinity, collation, case: letters } = key
  const { table, column, as } = place
  const inside = kind === 'inferred' ? {} : { place: { ...place.at, kind } }
  list.push({ table, column, as, ...inside, of: [leader], affinity, collation, case: letters })
}

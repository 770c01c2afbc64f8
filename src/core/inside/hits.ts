/**
 * Finds the ids inside of a value: what stands at the places, as bytes with where they stand. A value that is no JSON has
 * nothing at a path, a text that is written otherwise has nothing at a pattern.
 */
import { readEscapes } from './json-escapes.ts'
import { integerOf, textOf } from './json-scalar.ts'
import { readJsonText } from './json-text.ts'
import type { JsonbElement, Token } from './json-token.ts'
import { readJsonb } from './jsonb.ts'
import { type PathStep, parsePath } from './path.ts'
import { type IdFormat, type Pattern, parsePattern, readings } from './pattern.ts'
import type { Place } from './place.ts'

/** A place, read once for all values. */
export interface CompiledPlace {
  readonly path: readonly PathStep[] | null
  readonly pattern: Pattern | null
}

/** What another text is put into: it says which quotes and escapes the new text needs. */
export type Around =
  /** The id is the whole value. */
  | 'value'
  /** A piece of a text, which needs nothing. */
  | 'text'
  /** A JSON string with its quotes, or a JSON number: a number may become a string, and a string a number. */
  | 'json'
  /** A JSON key with its quotes, which stays a string. */
  | 'json-key'
  /** A piece of a JSON string or key. */
  | 'json-text'

export interface Hit {
  /** Byte offsets into the value's bytes: what is replaced (in JSONB without the header). */
  readonly start: number
  readonly end: number
  /** Index of the place. */
  readonly place: number
  /** The id as it stands there: a text as its bytes, without escapes; a number as bigint, however it is written. */
  readonly id: Buffer | bigint
  readonly around: Around
  /** How a number is written at this place. */
  readonly format: IdFormat
  /** In JSONB, the element whose content this is, or is in. */
  readonly element: JsonbElement | null
}

/** @throws RangeError where a path or a pattern says nothing. */
export function compilePlaces(places: readonly Place[]): readonly CompiledPlace[] {
  return places.map(({ path, pattern }) => ({
    path: path === undefined ? null : parsePath(path),
    pattern: pattern === undefined ? null : parsePattern(pattern),
  }))
}

/** Tells of an id whether it is one of the place's identity; decides where a text can be read in several ways. */
export type IsId = (place: number, id: Buffer | bigint) => boolean

/**
 * All ids at these places in one value, in order, never overlapping. The pairs of {@link Place.when} are for whoever
 * reads the rows to judge. An integer is an id as a whole or not at all: nothing stands inside of it.
 */
export function hitsIn(
  value: Buffer | bigint,
  type: 'text' | 'blob' | 'integer',
  places: readonly CompiledPlace[],
  isId?: IsId,
): Hit[] {
  const found: Found[] = []
  const indexes = [...places.keys()]
  for (const place of indexes.filter(each => places[each]!.path === null)) {
    const { pattern } = places[place]!
    if (pattern !== null && typeof value !== 'bigint') found.push(...inText(value, place, pattern, isId))
    else if (pattern === null)
      found.push({ hit: wholeValue(value, place), known: isKnown(isId, place, value) })
  }
  const paths = indexes.filter(each => places[each]!.path !== null)
  if (paths.length > 0 && typeof value !== 'bigint') found.push(...inJson(value, type, places, paths, isId))
  return withoutOverlaps(found)
}

interface Found {
  readonly hit: Hit
  /** Whether it is an id for sure; it then goes before what may be one. */
  readonly known: boolean
}

function isKnown(isId: IsId | undefined, place: number, id: Buffer | bigint): boolean {
  return isId?.(place, id) === true
}

const plain: IdFormat = { kind: 'plain' }

function wholeValue(value: Buffer | bigint, place: number): Hit {
  const end = typeof value === 'bigint' ? value.toString().length : value.length
  return { start: 0, end, place, id: value, around: 'value', format: plain, element: null }
}

function inText(text: Buffer, place: number, pattern: Pattern, isId: IsId | undefined): Found[] {
  const ways = readings(text, pattern)
  const way =
    isId && ways.length > 1 ? (ways.find(ids => ids.every(({ id }) => isId(place, id))) ?? ways[0]) : ways[0]
  return (way ?? []).map(({ start, end, id }) => ({
    hit: { start, end, place, id, around: 'text', format: pattern.format, element: null },
    known: isKnown(isId, place, id),
  }))
}

/** SQLite takes a BLOB for JSONB wherever it can be read so, and else for JSON text. */
function inJson(
  value: Buffer,
  type: 'text' | 'blob' | 'integer',
  places: readonly CompiledPlace[],
  paths: readonly number[],
  isId: IsId | undefined,
): Found[] {
  for (const read of type === 'blob' ? [readJsonb, readJsonText] : [readJsonText]) {
    const found: Found[] = []
    if (read(value, follow(value, places, paths, found, isId))) return found
  }
  return []
}

interface Level {
  /** The places whose path leads into this container. */
  readonly places: readonly number[]
  /** Of the next item; -1 in an object. */
  index: number
  /** Those that lead to the value of the last key. */
  next: readonly number[]
}

/** Follows the paths from token to token. A path has a step a level, so the level tells which step comes next. */
function follow(
  value: Buffer,
  places: readonly CompiledPlace[],
  paths: readonly number[],
  found: Found[],
  isId: IsId | undefined,
): (token: Token) => void {
  const levels: Level[] = []
  const leading = (level: Level, at: number, leads: (step: PathStep) => boolean) =>
    level.places.length === 0 ? none : level.places.filter(place => leads(places[place]!.path![at]!))
  const take = (token: Token, place: number) => {
    for (const hit of inToken(value, token, place, places[place]!.pattern, isId)) found.push(hit)
  }
  return token => {
    const level = levels.at(-1)
    const depth = levels.length
    if (token.kind === 'end') {
      levels.pop()
      return
    }
    if (token.kind === 'key') {
      if (level!.places.length === 0) return
      for (const place of leading(level!, depth - 1, step => step.kind === 'keys')) take(token, place)
      const name = level!.places.length === 0 ? null : textOf(value, token)
      level!.next = leading(
        level!,
        depth - 1,
        step => step.kind === 'any-key' || (step.kind === 'key' && name!.equals(Buffer.from(step.name))),
      )
      return
    }
    const index = level === undefined || level.index < 0 ? -1 : level.index++
    const here =
      level === undefined
        ? paths
        : index < 0
          ? level.next
          : leading(
              level,
              depth - 1,
              step => step.kind === 'any-item' || (step.kind === 'item' && step.index === index),
            )
    if (token.kind === 'object' || token.kind === 'array') {
      const deeper = here.length === 0 ? none : here.filter(place => places[place]!.path!.length > depth)
      levels.push({ places: deeper, index: token.kind === 'array' ? 0 : -1, next: none })
    } else if (token.kind !== 'other') {
      for (const place of here) if (places[place]!.path!.length === depth) take(token, place)
    }
  }
}

const none: readonly number[] = []

function inToken(
  value: Buffer,
  token: Token,
  place: number,
  pattern: Pattern | null,
  isId: IsId | undefined,
): readonly Found[] {
  const { from, to, escapes, element } = token
  if (pattern !== null) {
    if (token.kind === 'number') return []
    const { text, offsets } =
      escapes === 'none'
        ? { text: value.subarray(from, to), offsets: null }
        : readEscapes(value, from, to, escapes)
    return inText(text, place, pattern, isId).map(({ hit, known }) => ({
      hit: {
        ...hit,
        start: offsets?.[hit.start] ?? hit.start + from,
        end: offsets?.[hit.end] ?? hit.end + from,
        around: 'json-text',
        element,
      },
      known,
    }))
  }
  const id = token.kind === 'number' ? integerOf(value, token) : textOf(value, token)
  if (id === null) return []
  const [start, end] = element === null ? [token.start, token.end] : [from, to]
  const around = token.kind === 'key' ? 'json-key' : 'json'
  return [{ hit: { start, end, place, id, around, format: plain, element }, known: isKnown(isId, place, id) }]
}

/** What is known to be an id goes first, then what was found first. */
function withoutOverlaps(found: readonly Found[]): Hit[] {
  if (found.length < 2) return found.map(({ hit }) => hit)
  const kept: Hit[] = []
  const inOrder = [...found].sort((a, b) => a.hit.start - b.hit.start || a.hit.place - b.hit.place)
  let last = inOrder[0]!
  for (const each of inOrder.slice(1)) {
    if (each.hit.start >= last.hit.end && each.hit !== last.hit) {
      kept.push(last.hit)
      last = each
    } else if (each.known && !last.known) last = each
  }
  return [...kept, last.hit]
}

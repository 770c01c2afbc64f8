/**
 * Ids with something around them: what stands before and behind an id, told over all values as one pattern, or not at
 * all. A pattern is only offered where it is the same for nearly all values that hold an id.
 */
import { formatPattern, type IdFormat, type Pattern, parsePattern, readings } from '../../inside/pattern.ts'
import type { KnownIds } from './known-ids.ts'
import { finderOf } from './shapes.ts'

export interface Template {
  readonly pattern: string
  /** What is written around the ids, as far as it is the same everywhere. */
  readonly around: string
  /** Whether there is no more around an id than what a program puts there: no words of a sentence. */
  readonly plain: boolean
}

export interface Templates {
  readonly found: readonly Template[]
  /** Values that hold an id of the identity, and in no regular way. */
  readonly irregular: readonly string[]
}

interface Occurrence {
  readonly text: Buffer
  readonly before: string
  readonly id: string
  readonly after: string
}

/** Fewer occurrences show no pattern. */
const FEW = 3
const MOST_PREFIXES = 4

export function templatesOf(known: KnownIds, texts: readonly Buffer[]): Templates {
  const found = occurrencesOf(known, texts)
  if (found.length === 0) return { found: [], irregular: [] }
  const groups = group(found)
  const templates: Template[] = []
  const irregular: string[] = []
  for (const each of groups) {
    const template = each.length >= FEW ? templateOf(known, each) : null
    if (template) templates.push(template)
    else irregular.push(...each.map(({ text }) => text.toString()))
  }
  return { found: templates, irregular }
}

/** Numbers that stand in texts, and the one way in which all of them are written. */
export interface NumberedTexts {
  readonly template: Template
  readonly numbers: readonly bigint[]
  /** The word right before a sign that says "this one": `user` in `user:17`, `jobs` in `/jobs/17`. */
  readonly follows: string | null
}

/** Numbers that are written in one of several ways among others must be many. */
const MANY = 20

/** Each way in which the same text stands around a number, as in `/jobs/17` or `INV-000123`, in all texts or in many. */
export function numbersIn(texts: readonly Buffer[]): readonly NumberedTexts[] {
  const ways = new Map<string, [Occurrence, ...Occurrence[]]>()
  for (const text of texts) {
    const latin = text.toString('latin1')
    const numbers = [...latin.matchAll(/\d+/g)]
    if (numbers.length !== 1 || numbers[0]![0].length === latin.length) continue
    const [id] = numbers[0]!
    const at = numbers[0]!.index
    const [before, after] = [latin.slice(0, at), latin.slice(at + id.length)]
    const way = `${before}\0${after}`
    const known = ways.get(way)
    if (known) known.push({ text, before, id, after })
    else ways.set(way, [{ text, before, id, after }])
  }
  const decimal = [...ways.values()]
    .filter(({ length }) => length >= FEW && (length >= MANY || length >= texts.length * 0.95))
    .flatMap(found => decimalOf(found) ?? [])
  return decimal.length > 0 ? decimal : hexadecimal(texts)
}

function decimalOf(found: readonly [Occurrence, ...Occurrence[]]): NumberedTexts | null {
  const { id } = found[0]
  const padded =
    id.length > 1 &&
    found.some(each => each.id.startsWith('0')) &&
    found.every(each => each.id.length >= id.length)
  const format: IdFormat = padded
    ? { kind: 'number', base: 10, upper: false, width: id.length }
    : { kind: 'shape', shape: '#' }
  return numbered(
    found,
    format,
    found.map(each => BigInt(each.id)),
  )
}

/** `0x0000041e`: all of one width, with letters in some. */
function hexadecimal(texts: readonly Buffer[]): readonly NumberedTexts[] {
  const found = texts.flatMap(text => {
    const [all, before, id, after] =
      /^(|0x|.*[^0-9A-Za-z]|.*[^0-9A-Za-z]0x)([0-9a-f]{4,15}|[0-9A-F]{4,15})([^0-9A-Za-z]?)$/.exec(
        text.toString('latin1'),
      ) ?? []
    return all === undefined ? [] : [{ text, before: before!, id: id!, after: after! }]
  })
  if (found.length < MANY || found.length < texts.length * 0.95) return []
  const [first, ...others] = found as [Occurrence, ...Occurrence[]]
  const { before, after, id } = first
  const alike = others.every(
    each => each.before === before && each.after === after && each.id.length === id.length,
  )
  if (!alike || before.length + after.length === 0 || !found.some(each => /[a-f]/i.test(each.id))) return []
  const upper = found.some(each => /[A-F]/.test(each.id))
  const format: IdFormat = { kind: 'number', base: 16, upper, width: id.length }
  const numbers = found.map(each => BigInt(`0x${each.id}`))
  return [numbered([first, ...others], format, numbers) ?? []].flat()
}

function numbered(
  [{ before, after }]: readonly [Occurrence, ...Occurrence[]],
  format: IdFormat,
  numbers: readonly bigint[],
): NumberedTexts | null {
  const text = formatPattern({
    before: [Buffer.from(before, 'latin1')],
    after: [Buffer.from(after, 'latin1')],
    format,
    separator: null,
  })
  if (!isWritable(text)) return null
  return {
    template: { pattern: text, around: `${before} ${after}`, plain: !/\S\s+\S/.test(`${before}x${after}`) },
    numbers,
    follows: /([A-Za-z_-]{2,})[:/=#]$/.exec(before)?.[1] ?? null,
  }
}

/** Texts in which exactly one known id stands, and is not all. */
function occurrencesOf(known: KnownIds, texts: readonly Buffer[]): Occurrence[] {
  if (known.shapes.length === 0) return []
  const finder = finderOf(known.shapes)
  return texts.flatMap(text => {
    if (text.length <= known.shortest) return []
    const latin = text.toString('latin1')
    const ids = [...latin.matchAll(finder)]
      .slice(0, 20)
      .filter(([id]) => known.has(Buffer.from(id, 'latin1')))
    if (ids.length !== 1 || ids[0]![0].length === latin.length) return []
    const [id] = ids[0]!
    const at = ids[0]!.index
    return [{ text, before: latin.slice(0, at), id, after: latin.slice(at + id.length) }]
  })
}

/** By what stands before the id, where that is one of a few texts; else all together. */
function group(found: readonly Occurrence[]): readonly (readonly Occurrence[])[] {
  const byBefore = new Map<string, Occurrence[]>()
  for (const each of found) byBefore.set(each.before, [...(byBefore.get(each.before) ?? []), each])
  const few = byBefore.size <= MOST_PREFIXES && [...byBefore.values()].every(({ length }) => length >= FEW)
  return few && found.length > byBefore.size ? [...byBefore.values()] : [found]
}

function templateOf(known: KnownIds, found: readonly Occurrence[]): Template | null {
  const before = commonEnd(found.map(each => each.before))
  const after = commonStart(found.map(each => each.after))
  // With any text on both sides, what is between says too little.
  if (before === null || after === null || (before.open && after.open)) return null
  if ((before.open && before.text === '') || (after.open && after.text === '')) return null
  const ending = endingOf(found.map(({ text }) => text.toString('latin1')))
  const parts = (side: Side, end: string) =>
    side.open
      ? [Buffer.from(end, 'latin1'), Buffer.from(side.text, 'latin1')]
      : [Buffer.from(side.text, 'latin1')]
  const pattern = (format: IdFormat): Pattern => ({
    before: parts(before, ''),
    after: parts(after, ending).toReversed(),
    format,
    separator: null,
  })
  const mask: IdFormat[] = known.shapes.length === 1 ? [{ kind: 'shape', shape: known.shapes[0]!.mask }] : []
  const fitting = [{ kind: 'plain' } as IdFormat, ...mask].find(format => readsAll(pattern(format), found))
  if (fitting === undefined) return null
  const text = formatPattern(pattern(fitting))
  if (!isWritable(text)) return null
  const around = `${before.text} ${after.text}`.trim()
  return { pattern: text, around, plain: !/[^\s,;|]\s+[^\s,;|]/.test(`${before.text}x${after.text}`) }
}

export function isWritable(text: string): boolean {
  try {
    return formatPattern(parsePattern(text)) === text
  } catch {
    return false
  }
}

/** Whether the usual reading of the pattern is the id, everywhere. */
function readsAll(pattern: Pattern, found: readonly Occurrence[]): boolean {
  return found.every(({ text, id }) => {
    const read = readings(text, pattern)[0]?.[0]?.id
    return read !== undefined && typeof read !== 'bigint' && read.toString('latin1') === id
  })
}

/** `.pdf`, where all of them are of one kind. */
export function endingOf(texts: readonly string[]): string {
  const ending = /[^/.](\.[a-z][a-z0-9]{1,4})$/i.exec(texts[0]!)?.[1]
  return ending !== undefined && texts.every(text => text.endsWith(ending)) ? ending : ''
}

interface Side {
  readonly text: string
  /** Whether there is more, and not the same everywhere. */
  readonly open: boolean
}

/** What all texts begin with, up to where a word ends. */
function commonStart(texts: readonly string[]): Side | null {
  const [first] = texts
  if (first === undefined) return null
  if (texts.every(text => text === first)) return { text: first, open: false }
  let length = 0
  while (length < first.length && texts.every(text => text[length] === first[length])) length += 1
  // Within a word, the agreement may be an accident.
  return { text: first.slice(0, length).replace(/[0-9A-Za-z]+$/, ''), open: true }
}

function commonEnd(texts: readonly string[]): Side | null {
  const turned = commonStart(texts.map(text => [...text].reverse().join('')))
  return turned && { ...turned, text: [...turned.text].reverse().join('') }
}

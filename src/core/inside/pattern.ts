/**
 * How an id is written within a longer text: `metric_{id}_*`. One pattern holds one id, or one list of them; a text with
 * ids of two identities is two places. Matching is on bytes, so no text is harmed by being looked at.
 *
 * - `{id}`: one or more characters, none of them a control character.
 * - `*`: any text, possibly none. Where several readings are possible, each divider is the last one that fits:
 *   `{id}_*` reads `cj_17_lines` as `cj_17` and `lines`, `*:{id}` reads `a:b:c` as `a:b` and `c`.
 * - `{id:06}`: a number of at least so many digits, filled with zeros. `{id:hex}`, `{id:HEX}`, `{id:hex8}`: a number in
 *   hexadecimal digits. Only what would be written in just this way is one.
 * - `{id:cj_#}`: an id of this shape, where `#` is a run of digits and `@` a run of letters and digits.
 * - `{id},...`: a list with this separator, which no id in it holds; the separator is all text up to the dots.
 * - A backslash makes `*`, `{`, `}`, `$`, `.` and itself plain.
 *
 * A ULID stands wherever a number or a shape stood, so that the way back is found by the same pattern.
 */

export type IdFormat =
  | { readonly kind: 'plain' }
  | { readonly kind: 'number'; readonly base: 10 | 16; readonly upper: boolean; readonly width: number }
  | { readonly kind: 'shape'; readonly shape: string }

export interface Pattern {
  /** What stands before the id: literal texts with any text between them. */
  readonly before: readonly Buffer[]
  readonly after: readonly Buffer[]
  readonly format: IdFormat
  /** Between the ids of a list; null where there is one id. */
  readonly separator: Buffer | null
}

/** Where an id stands in a text, in bytes. */
export interface IdSpan {
  readonly start: number
  readonly end: number
  readonly id: Buffer | bigint
}

const idPiece = /\{id(?::((?:[^\\}]|\\[\s\S])+))?\}/

/** @throws RangeError that says what is wrong with the text. */
export function parsePattern(text: string): Pattern {
  const masked = text.replaceAll(/\\[\s\S]/g, pair => '\0'.repeat(pair.length))
  const match = idPiece.exec(masked)
  const fail = (why: string) => new RangeError(`${text} is no pattern: ${why}`)
  if (!match) throw fail('it has no {id}')
  const head = text.slice(0, match.index)
  let tail = text.slice(match.index + match[0].length)
  if (idPiece.test(masked.slice(match.index + match[0].length)))
    throw fail('it has {id} twice; ids of two identities are two references, with * in place of the other')
  const list = /^((?:[^\\*{}]|\\[\s\S])+?)\.\.\./.exec(tail)
  if (list) tail = tail.slice(list[0].length)
  if (/^\.\.\./.test(tail)) throw fail('a list needs a separator between {id} and ...')
  const before = literals(head, fail)
  const after = literals(tail, fail)
  if (before.length > 1 && before.at(-1)!.length === 0)
    throw fail('* right before {id} leaves open where the id begins')
  if (after.length > 1 && after[0]!.length === 0)
    throw fail('* right behind {id} leaves open where the id ends')
  const format = text.slice(match.index, match.index + match[0].length).slice(4, -1)
  return {
    before,
    after,
    format: parseFormat(plainText(format)),
    separator: list ? bytes(plainText(list[1]!)) : null,
  }
}

function literals(text: string, fail: (why: string) => RangeError): Buffer[] {
  const parts: string[] = ['']
  for (const piece of text.match(/\\[\s\S]|[\s\S]/g) ?? []) {
    if (piece === '*') parts.push('')
    else if (piece === '{' || piece === '}') throw fail(`a plain ${piece} is written \\${piece}`)
    else parts[parts.length - 1] += plainText(piece)
  }
  // Two stars in a row are one.
  return parts.map(bytes).filter((part, at, all) => part.length > 0 || at === 0 || at === all.length - 1)
}

function plainText(text: string): string {
  return text.replaceAll(/\\([*{}$.\\])/g, '$1')
}

function bytes(text: string): Buffer {
  return Buffer.from(text)
}

function parseFormat(name: string): IdFormat {
  if (name === '') return { kind: 'plain' }
  const decimal = /^0([1-9]\d?)$/.exec(name)
  if (decimal) return { kind: 'number', base: 10, upper: false, width: Number(decimal[1]) }
  const hex = /^(hex|HEX)(\d{0,2})$/.exec(name)
  if (hex) return { kind: 'number', base: 16, upper: hex[1] === 'HEX', width: Number(hex[2]) }
  return { kind: 'shape', shape: name }
}

/** Writes what {@link parsePattern} reads. */
export function formatPattern({ before, after, format, separator }: Pattern): string {
  const escaped = (text: Buffer) => text.toString().replaceAll(/[*{}\\]/g, '\\$&')
  const starred = (texts: readonly Buffer[]) => texts.map(escaped).join('*')
  const list = separator === null ? '' : `${escaped(separator)}...`
  const head = starred(before).replace(/^\$/, '\\$')
  const tail = starred(after)
  return `${head}{id${formatName(format)}}${list}${list === '' && tail.includes('...') ? tail.replaceAll('.', '\\.') : tail}`
}

function formatName(format: IdFormat): string {
  switch (format.kind) {
    case 'plain':
      return ''
    case 'number':
      return format.base === 10
        ? `:0${format.width}`
        : `:${format.upper ? 'HEX' : 'hex'}${format.width || ''}`
    case 'shape':
      return `:${format.shape.replaceAll(/[*{}\\]/g, '\\$&')}`
  }
}

/** How a number is written where the format stands. */
export function writeNumber(id: bigint, format: IdFormat): string {
  if (format.kind !== 'number') return id.toString()
  const digits = (id < 0n ? -id : id).toString(format.base).padStart(format.width, '0')
  return `${id < 0n ? '-' : ''}${format.upper ? digits.toUpperCase() : digits}`
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/

function readId(text: Buffer, format: IdFormat): Buffer | bigint | null {
  if (text.length === 0) return null
  if (format.kind === 'plain') return text.some(byte => byte < 0x20 || byte === 0x7f) ? null : text
  const latin = text.toString('latin1')
  if (ULID.test(latin)) return text
  if (format.kind === 'shape') return shapeOf(format.shape).test(latin) ? text : null
  if (!(format.base === 10 ? /^\d{1,19}$/ : /^[0-9a-fA-F]{1,16}$/).test(latin)) return null
  const id = BigInt(format.base === 10 ? latin : `0x${latin}`)
  return id < 2n ** 63n && writeNumber(id, format) === latin ? id : null
}

const shapes = new Map<string, RegExp>()

function shapeOf(shape: string): RegExp {
  let found = shapes.get(shape)
  if (!found) {
    const latin = Buffer.from(shape).toString('latin1')
    const source = latin
      .replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
      .replaceAll('#', '[0-9]+')
      .replaceAll('@', '[0-9A-Za-z]+')
    found = new RegExp(`^${source}$`)
    shapes.set(shape, found)
  }
  return found
}

/** No text has so many dividers that fit, but for one that is made to be slow. */
const MOST_READINGS = 40

/**
 * The ways to read the text by the pattern, the usual one first. Each is the ids in it, in order: one, or those of a
 * list. None where the text is written otherwise.
 */
export function readings(text: Buffer, pattern: Pattern): readonly (readonly IdSpan[])[] {
  const found: IdSpan[][] = []
  const starts = startsOf(text, pattern.before)
  const ends = endsOf(text, pattern.after)
  for (const start of starts)
    for (const end of ends) {
      if (end <= start) continue
      const ids =
        pattern.separator === null ? one(text, start, end, pattern.format) : list(text, start, end, pattern)
      if (ids !== null) found.push(ids)
      if (found.length >= MOST_READINGS) return found
    }
  return found
}

function one(text: Buffer, start: number, end: number, format: IdFormat): IdSpan[] | null {
  const id = readId(text.subarray(start, end), format)
  return id === null ? null : [{ start, end, id }]
}

/** An empty place in a list is none, as in `1,,2` or a comma at the end. */
function list(text: Buffer, from: number, to: number, { separator, format }: Pattern): IdSpan[] | null {
  const ids: IdSpan[] = []
  for (let start = from; start <= to; ) {
    const next = text.indexOf(separator!, start)
    const end = next < 0 || next > to - separator!.length ? to : next
    if (end > start) {
      const id = readId(text.subarray(start, end), format)
      if (id === null) return null
      ids.push({ start, end, id })
    }
    start = end + separator!.length
    if (end === to) break
  }
  return ids.length === 0 ? null : ids
}

/** Where the id may begin: behind the last literal, the last such place first. */
function startsOf(text: Buffer, before: readonly Buffer[]): number[] {
  const [first, ...rest] = before as [Buffer, ...Buffer[]]
  if (!text.subarray(0, first.length).equals(first)) return []
  const last = rest.pop()
  if (last === undefined) return [first.length]
  let from = first.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at < 0) return []
    from = at + part.length
  }
  const starts: number[] = []
  for (let at = text.lastIndexOf(last); at >= from && starts.length < MOST_READINGS; ) {
    starts.push(at + last.length)
    at = at === 0 ? -1 : text.lastIndexOf(last, at - 1)
  }
  return starts
}

/** Where the id may end: before the first literal behind it, the last such place first. */
function endsOf(text: Buffer, after: readonly Buffer[]): number[] {
  const last = after.at(-1)!
  const rest = after.slice(0, -1)
  let to = text.length - last.length
  if (to < 0 || !text.subarray(to).equals(last)) return []
  const first = rest.shift()
  if (first === undefined) return [to]
  for (const part of rest.toReversed()) {
    const at = to < part.length ? -1 : text.lastIndexOf(part, to - part.length)
    if (at < 0) return []
    to = at
  }
  const ends: number[] = []
  for (let at = to < first.length ? -1 : text.lastIndexOf(first, to - first.length); at >= 0; ) {
    ends.push(at)
    if (ends.length >= MOST_READINGS) break
    at = at === 0 ? -1 : text.lastIndexOf(first, at - 1)
  }
  return ends
}

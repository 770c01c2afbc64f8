/** The content of JSON strings: what it means, and how a text is written in one. On bytes, so that none is harmed. */
import type { Escapes } from './json-token.ts'

export interface Unescaped {
  readonly text: Buffer
  /** For each byte of the text, and for its end, where it stands in the document. */
  readonly offsets: Uint32Array
}

/** Only for content that has escapes; other content is its own text. */
export function readEscapes(bytes: Buffer, from: number, to: number, escapes: Escapes): Unescaped {
  const text = Buffer.allocUnsafe(to - from)
  const offsets = new Uint32Array(to - from + 1)
  let length = 0
  for (let at = from; at < to; ) {
    if (bytes[at] !== BACKSLASH) {
      offsets[length] = at
      text[length++] = bytes[at++]!
      continue
    }
    const [point, next] = escapeAt(bytes, at, to, escapes)
    for (const byte of point === null ? [] : utf8(point)) {
      offsets[length] = at
      text[length++] = byte
    }
    at = next
  }
  offsets[length] = to
  return { text: text.subarray(0, length), offsets: offsets.subarray(0, length + 1) }
}

const BACKSLASH = 0x5c
const short: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 }

/** The character that the escape at `at` stands for (none: a line that goes on), and where it ends. */
function escapeAt(bytes: Buffer, at: number, to: number, escapes: Escapes): [number | null, number] {
  const letter = String.fromCharCode(bytes[at + 1]!)
  if (letter === 'u') {
    const first = hex(bytes, at + 2, 4)
    const second =
      first >= 0xd800 &&
      first < 0xdc00 &&
      at + 12 <= to &&
      bytes[at + 6] === BACKSLASH &&
      bytes[at + 7] === 0x75
        ? hex(bytes, at + 8, 4)
        : 0
    return second >= 0xdc00 && second < 0xe000
      ? [0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), at + 12]
      : [first, at + 6]
  }
  if (escapes === 'json5') {
    if (letter === 'x') return [hex(bytes, at + 2, 2), at + 4]
    if (letter === '\n') return [null, at + 2]
    if (letter === '\r') return [null, bytes[at + 2] === 10 ? at + 3 : at + 2]
    // U+2028 and U+2029, which end a line in JSON5.
    if (bytes[at + 1] === 0xe2 && bytes[at + 2] === 0x80 && (bytes[at + 3]! & 0xfe) === 0xa8)
      return [null, at + 4]
  }
  return [short[letter] ?? bytes[at + 1]!, at + 2]
}

function hex(bytes: Buffer, at: number, digits: number): number {
  return Number.parseInt(bytes.toString('latin1', at, at + digits), 16)
}

/** UTF-8, where half of a pair alone becomes three bytes, as SQLite writes it. */
function utf8(point: number): number[] {
  if (point < 0x80) return [point]
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 0x3f)]
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]
  return [
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 0x3f),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f),
  ]
}

/** Whether the text can not stand in a JSON string as it is. */
export function needsEscapes(text: Buffer): boolean {
  return text.some(byte => byte < 0x20 || byte === 0x22 || byte === BACKSLASH)
}

/** The text as the content of a JSON string; only what has to be is escaped. */
export function writeEscapes(text: Buffer): Buffer {
  if (!needsEscapes(text)) return text
  // One byte is one character here, so JSON's own rules can be asked without harm to any of them.
  return Buffer.from(JSON.stringify(text.toString('latin1')).slice(1, -1), 'latin1')
}

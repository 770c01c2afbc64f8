/**
 * Reads JSON text byte by byte and tells its tokens with where they stand. The grammar is RFC 8259, as `json_valid(x)`
 * judges it, but for three things: a byte order mark is skipped, there is no limit of 1,000 levels, and nothing may stand
 * behind the document, not even a NUL. What only JSON5 allows is no JSON here: programs that write it are few, and a
 * document that is left alone is not harmed.
 */
import type { Token } from './json-token.ts'

const expect = { value: 0, keyOrEnd: 1, key: 2, colon: 3, commaOrEnd: 4, valueOrEnd: 5, done: 6 } as const
type Expected = (typeof expect)[keyof typeof expect]

/** Tells every token; false as soon as the text turns out not to be JSON, and what was told before means nothing. */
export function readJsonText(bytes: Buffer, tell: (token: Token) => void): boolean {
  const inObject: boolean[] = []
  let expected: Expected = expect.value
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const after = (): Expected => (inObject.length === 0 ? expect.done : expect.commaOrEnd)
  for (; at < bytes.length; ) {
    const byte = bytes[at]!
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1
      continue
    }
    const start = at
    if (expected === expect.colon) {
      if (byte !== 0x3a) return false
      expected = expect.value
      at += 1
    } else if (expected === expect.commaOrEnd && byte === 0x2c) {
      expected = inObject.at(-1) ? expect.key : expect.value
      at += 1
    } else if (byte === 0x7d || byte === 0x5d) {
      const empty = byte === 0x7d ? expect.keyOrEnd : expect.valueOrEnd
      if (expected !== expect.commaOrEnd && expected !== empty) return false
      if (inObject.pop() !== (byte === 0x7d)) return false
      expected = after()
      at += 1
      tell({ kind: 'end', start, end: at, from: start, to: at, escapes: 'none', element: null })
    } else if (expected === expect.keyOrEnd || expected === expect.key) {
      const string = byte === 0x22 ? stringEnd(bytes, at) : null
      if (string === null) return false
      at = string.end
      expected = expect.colon
      tell(stringToken('key', start, at, string.escaped))
    } else if (expected === expect.value || expected === expect.valueOrEnd) {
      if (byte === 0x7b || byte === 0x5b) {
        inObject.push(byte === 0x7b)
        expected = byte === 0x7b ? expect.keyOrEnd : expect.valueOrEnd
        at += 1
        const kind = byte === 0x7b ? 'object' : 'array'
        tell({ kind, start, end: at, from: start, to: at, escapes: 'none', element: null })
        continue
      }
      if (byte === 0x22) {
        const string = stringEnd(bytes, at)
        if (string === null) return false
        at = string.end
        tell(stringToken('string', start, at, string.escaped))
      } else {
        const number = byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
        at = number ? numberEnd(bytes, at) : wordEnd(bytes, at)
        if (at < 0) return false
        const kind = number ? 'number' : 'other'
        tell({ kind, start, end: at, from: start, to: at, escapes: 'none', element: null })
      }
      expected = after()
    } else return false
  }
  return expected === expect.done
}

function stringToken(kind: 'key' | 'string', start: number, end: number, escaped: boolean): Token {
  return { kind, start, end, from: start + 1, to: end - 1, escapes: escaped ? 'json' : 'none', element: null }
}

/** Behind the closing quote of the string that begins at `start`; null where there is none, or an escape is none. */
function stringEnd(bytes: Buffer, start: number): { end: number; escaped: boolean } | null {
  let escaped = false
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]!
    if (byte === 0x22) return { end: at + 1, escaped }
    if (byte < 0x20) return null
    if (byte === 0x5c) {
      escaped = true
      const length = escapeLength(bytes, at)
      if (length === 0) return null
      at += length - 1
    }
  }
  return null
}

/** How long the escape at `at` is; 0 where it is none of JSON's. */
export function escapeLength(bytes: Buffer, at: number): number {
  const letter = String.fromCharCode(bytes[at + 1] ?? 0)
  if ('"\\/bfnrt'.includes(letter)) return 2
  return letter === 'u' && /^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', at + 2, at + 6)) ? 6 : 0
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39

function digitsEnd(bytes: Buffer, from: number): number {
  let at = from
  while (isDigit(bytes[at])) at += 1
  return at
}

/** Behind the number; -1 where it is none. */
function numberEnd(bytes: Buffer, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start
  if (!isDigit(bytes[at])) return -1
  at = bytes[at] === 0x30 ? at + 1 : digitsEnd(bytes, at)
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1])) return -1
    at = digitsEnd(bytes, at + 1)
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at += bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1
    if (!isDigit(bytes[at])) return -1
    at = digitsEnd(bytes, at)
  }
  return at
}

function wordEnd(bytes: Buffer, start: number): number {
  for (const word of ['true', 'false', 'null'])
    if (bytes.toString('latin1', start, start + word.length) === word) return start + word.length
  return -1
}

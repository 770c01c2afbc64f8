/**
 * SQLite's binary JSON: every element begins with a header of 1, 2, 3, 5 or 9 bytes, whose low half byte is the type and
 * whose rest is the length of what follows (sqlite.org/jsonb.html). The length of an element is part of the length of all
 * that it is in, so one id of another length changes every header above it.
 */
import { escapeLength } from './json-text.ts'
import type { Escapes, JsonbElement, Token } from './json-token.ts'

export const jsonbType = {
  int: 3,
  int5: 4,
  float: 5,
  float5: 6,
  text: 7,
  textJ: 8,
  text5: 9,
  textRaw: 10,
  array: 11,
  object: 12,
} as const

interface Open {
  readonly element: JsonbElement
  readonly isObject: boolean
  keyNext: boolean
}

/** Tells every token; false as soon as the bytes turn out not to be JSONB, and what was told before means nothing. */
export function readJsonb(bytes: Buffer, tell: (token: Token) => void): boolean {
  const open: Open[] = []
  let at = 0
  do {
    const top = open.at(-1)
    if (top && at === top.element.to) {
      if (top.isObject && !top.keyNext) return false
      open.pop()
      tell({ kind: 'end', start: at, end: at, from: at, to: at, escapes: 'none', element: null })
      continue
    }
    const element = elementAt(bytes, at, top?.element ?? null)
    if (element === null) return false
    const { type, from, to } = element
    const token = { start: at, end: to, from, to, element }
    const isKey = top?.isObject === true && top.keyNext
    if (top?.isObject) top.keyNext = !isKey
    if (type === jsonbType.array || type === jsonbType.object) {
      if (isKey) return false
      open.push({ element, isObject: type === jsonbType.object, keyNext: true })
      tell({ kind: type === jsonbType.array ? 'array' : 'object', ...token, escapes: 'none' })
      at = from
      continue
    }
    const kind = kindOf(type)
    if (isKey && kind !== 'string') return false
    if (!isSound(bytes, element)) return false
    tell({ kind: isKey ? 'key' : kind, ...token, escapes: escapesOf(type) })
    at = to
  } while (open.length > 0)
  return at === bytes.length
}

function elementAt(bytes: Buffer, at: number, parent: JsonbElement | null): JsonbElement | null {
  const limit = parent?.to ?? bytes.length
  const first = bytes[at]
  if (first === undefined || at >= limit) return null
  const type = first & 0x0f
  const code = first >> 4
  const extra = code < 12 ? 0 : 2 ** (code - 12)
  const from = at + 1 + extra
  if (type > jsonbType.object || from > limit) return null
  const size = extra === 0 ? code : sizeAt(bytes, at + 1, extra)
  // The root fills the value; any other element ends within the one it is in.
  if (from + size > limit || (parent === null && from + size !== limit)) return null
  return { at, type, from, to: from + size, parent }
}

function sizeAt(bytes: Buffer, at: number, width: number): number {
  return width < 8 ? bytes.readUIntBE(at, width) : Number(bytes.readBigUInt64BE(at))
}

function kindOf(type: number): 'string' | 'number' | 'other' {
  if (type >= jsonbType.text) return 'string'
  return type >= jsonbType.int ? 'number' : 'other'
}

function escapesOf(type: number): Escapes {
  if (type === jsonbType.textJ) return 'json'
  return type === jsonbType.text5 ? 'json5' : 'none'
}

const numbers: Readonly<Record<number, RegExp>> = {
  [jsonbType.int]: /^-?\d+$/,
  [jsonbType.int5]: /^-?0[xX][0-9a-fA-F]+$/,
  [jsonbType.float]: /^-?(0|[1-9]\d*)(\.\d+([eE][+-]?\d+)?|[eE][+-]?\d+)$/,
  [jsonbType.float5]: /^-?((\d+\.\d*|\.\d+)([eE][+-]?\d+)?|\d+[eE][+-]?\d+)$/,
}

/** Whether what stands in a scalar may stand there. */
function isSound(bytes: Buffer, { at: start, type, from, to }: JsonbElement): boolean {
  // null, true and false are one byte and no more.
  if (type < jsonbType.int) return to - start === 1
  if (type < jsonbType.text) return to - from < 400 && numbers[type]!.test(bytes.toString('latin1', from, to))
  if (type === jsonbType.textRaw) return true
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!
    if (byte === BACKSLASH && type !== jsonbType.text) {
      const length = escapeLength(bytes, at) || (type === jsonbType.text5 ? json5EscapeLength(bytes, at) : 0)
      if (length === 0 || at + length > to) return false
      at += length - 1
    } else if ((byte < 0x20 || byte === 0x22 || byte === BACKSLASH) && type !== jsonbType.text5) return false
  }
  return true
}

const BACKSLASH = 0x5c

/** How long the escape at `at` is that JSON5 has and JSON has not; 0 where it is none. */
function json5EscapeLength(bytes: Buffer, at: number): number {
  const rest = bytes.toString('latin1', at + 1, at + 4)
  const written = /^(['v\n]|0(?!\d)|x[0-9a-fA-F]{2}|\r\n?|\xe2\x80[\xa8\xa9])/.exec(rest)
  return written ? written[0].length + 1 : 0
}

/** The shortest header, which is the one that SQLite writes. */
export function jsonbHeader(type: number, size: number): Buffer {
  if (size < 12) return Buffer.of((size << 4) | type)
  const code = size < 2 ** 8 ? 12 : size < 2 ** 16 ? 13 : 14
  const header = Buffer.alloc(1 + 2 ** (code - 12))
  header[0] = (code << 4) | type
  header.writeUIntBE(size, 1, header.length - 1)
  return header
}

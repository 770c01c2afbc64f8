/** What a token of JSON means: texts as their bytes, whole numbers exactly. */
import { readEscapes } from './json-escapes.ts'
import type { Token } from './json-token.ts'

/** The text of a string or a key. */
export function textOf(bytes: Buffer, { from, to, escapes }: Token): Buffer {
  return escapes === 'none' ? bytes.subarray(from, to) : readEscapes(bytes, from, to, escapes).text
}

/** A whole number of 64 bits that is written as one: 1.0, 1e3 and -0 are measurements, not ids. */
export function integerOf(bytes: Buffer, { from, to }: Token): bigint | null {
  if (to - from > 20) return null
  const text = bytes.toString('latin1', from, to)
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return null
  const number = BigInt(text)
  return BigInt.asIntN(64, number) === number ? number : null
}

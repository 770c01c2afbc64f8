/** The 128 bits that a ULID and a UUID both are: either can be written as the other, and back, without loss. */
import { crockfordAlphabet, crockfordValue } from './crockford.ts'
import { isUlid, ulidTime } from './ulid.ts'
import { readUuid } from './uuid.ts'

const digits = 26

/** A ULID taken apart. */
export interface ParsedUlid {
  /** Canonical: upper case. */
  readonly ulid: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** The 80 bits after the time, as 20 hex digits in lower case. */
  readonly random: string
  /** The same 128 bits as a UUID, in lower case with dashes; its version digit means nothing. */
  readonly uuid: string
}

/** Takes a ULID in either letter case apart; null for any other text. */
export function parseUlid(text: string): ParsedUlid | null {
  if (!isUlid(text)) return null
  const hex = hexOf(text)
  return { ulid: text.toUpperCase(), time: ulidTime(text), random: hex.slice(12), uuid: dashed(hex) }
}

/** The ULID with the bits of a UUID in any spelling; null for any other text. Its time is one only for UUIDv7. */
export function uuidToUlid(text: string): string | null {
  const uuid = readUuid(text)
  if (uuid === null) return null
  let rest = BigInt(`0x${uuid.hex}`)
  let ulid = ''
  for (; ulid.length < digits; rest >>= 5n) ulid = crockfordAlphabet.upper.charAt(Number(rest & 31n)) + ulid
  return ulid
}

function hexOf(ulid: string): string {
  let bits = 0n
  for (let at = 0; at < digits; at++) bits = (bits << 5n) | BigInt(crockfordValue[ulid.charCodeAt(at)]!)
  return bits.toString(16).padStart(32, '0')
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

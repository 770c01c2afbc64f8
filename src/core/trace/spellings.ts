/** An id as somebody typed it, and the values that a database may hold for it. */
import { isUlid } from '../identifiers/index.ts'

export type StoredId = string | bigint | Buffer

export interface Spellings {
  /** ULIDs are compared without case; named in each, so that an index finds them. Empty for what is none. */
  readonly ulids: readonly string[]
  /** What a legacy column may hold. The column's own affinity does the rest, as in any comparison of SQLite's. */
  readonly legacies: readonly StoredId[]
}

export function spellingsOf(text: string): Spellings {
  const digits = text.replaceAll('-', '')
  return {
    ulids: isUlid(text) ? ulidSpellings(text) : [],
    legacies: [
      text,
      ...(isInteger(text) ? [BigInt(text)] : []),
      ...(/^[0-9a-f]{32}$/i.test(digits) ? [Buffer.from(digits, 'hex')] : []),
    ],
  }
}

export function ulidSpellings(ulid: string): readonly string[] {
  return [...new Set([ulid, ulid.toUpperCase(), ulid.toLowerCase()])]
}

/** Written as SQLite writes it: a column without a type holds 1 and '01' as two values. */
export function isInteger(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false
  const value = BigInt(text)
  return String(value) === text && BigInt.asIntN(64, value) === value
}

/** Crockford's base 32: the digits of a ULID. No I, L, O or U, so that nothing reads as something else. */

export type LetterCase = 'upper' | 'lower'

const upper = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export const crockfordAlphabet: Readonly<Record<LetterCase, string>> = {
  upper,
  lower: upper.toLowerCase(),
}

/** The value of an ASCII code in either case, -1 for anything that is no digit. Indexed by code, 0 to 127. */
export const crockfordValue: Int8Array = valueByCode()

/**
 * The digits as bytes, two at a time: ten bits give `first[bits]` and `second[bits]`. Half as many look-ups as digit
 * by digit, which is what the migration's inner loop consists of.
 */
export interface DigitPairs {
  readonly first: Uint8Array
  readonly second: Uint8Array
}

export function digitPairs(letterCase: LetterCase): DigitPairs {
  const digits = Buffer.from(crockfordAlphabet[letterCase], 'ascii')
  return {
    first: Uint8Array.from({ length: 1024 }, (_, bits) => digits[bits >> 5]!),
    second: Uint8Array.from({ length: 1024 }, (_, bits) => digits[bits & 31]!),
  }
}

/**
 * Adds one, in place, to the number whose ASCII digits are `text[from]` to `text[to - 1]`.
 * Returns false where it did not fit; the digits are then all zero.
 */
export function addOne(text: Uint8Array, from: number, to: number, digits: DigitPairs): boolean {
  for (let at = to - 1; at >= from; at--) {
    const next = crockfordValue[text[at]!]! + 1
    text[at] = digits.second[next]! // pair number 32 ends in the digit 0: the carry
    if (next < 32) return true
  }
  return false
}

function valueByCode(): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (const alphabet of Object.values(crockfordAlphabet)) {
    for (const [value, digit] of [...alphabet].entries()) values[digit.charCodeAt(0)] = value
  }
  return values
}

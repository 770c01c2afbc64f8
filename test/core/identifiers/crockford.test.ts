import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addOne,
  crockfordAlphabet,
  crockfordValue,
  digitPairs,
} from '../../../src/core/identifiers/crockford.ts'

const numberOf = (digits: string) =>
  [...digits].reduce((sum, digit) => sum * 32n + BigInt(crockfordValue[digit.charCodeAt(0)]!), 0n)

describe('addOne', () => {
  it.each(['upper', 'lower'] as const)('adds one to any number of %s case digits, in place', letterCase => {
    const alphabet = crockfordAlphabet[letterCase]
    const digit = fc.oneof(fc.constantFrom(...alphabet), fc.constant(alphabet.at(-1)!))
    fc.assert(
      fc.property(fc.array(digit, { minLength: 1, maxLength: 16 }), digits => {
        const before = digits.join('')
        const text = Buffer.from(`<${before}>`)
        const fits = addOne(text, 1, text.length - 1, digitPairs(letterCase))
        const after = text.toString()
        const limit = 32n ** BigInt(digits.length)
        expect(fits).toBe(numberOf(before) + 1n < limit)
        expect(after).toMatch(/^<.*>$/)
        expect(numberOf(after.slice(1, -1))).toBe((numberOf(before) + 1n) % limit)
      }),
    )
  })

  it('says when the number is full', () => {
    const text = Buffer.from('7ZZZ')
    expect(addOne(text, 1, 4, digitPairs('upper'))).toBe(false)
    expect(text.toString()).toBe('7000')
  })
})

describe('digitPairs', () => {
  it('has both digits of every ten bits', () => {
    const { first, second } = digitPairs('lower')
    for (let bits = 0; bits < 1024; bits++) {
      expect(numberOf(String.fromCharCode(first[bits]!, second[bits]!))).toBe(BigInt(bits))
    }
  })
})

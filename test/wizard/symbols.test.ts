import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { asciiSymbols, symbolsFor, unicodeSymbols } from '../../src/wizard/symbols.ts'

it('every symbol takes as many cells as its ASCII counterpart', () => {
  for (const name of Object.keys(unicodeSymbols) as (keyof typeof unicodeSymbols)[])
    expect(stringWidth(String(unicodeSymbols[name])), name).toBe(stringWidth(String(asciiSymbols[name])))
})

it('a locale other than UTF-8 gets ASCII', () => {
  expect(symbolsFor({ LC_ALL: 'de_DE.ISO-8859-1' })).toBe(asciiSymbols)
  expect(symbolsFor({ LANG: 'C' })).toBe(asciiSymbols)
  expect(symbolsFor({ LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' })).toBe(asciiSymbols)
  expect(symbolsFor({ LANG: 'C.UTF-8' })).toBe(symbolsFor({}))
})

/** The readers take for JSON what SQLite takes for JSON. */
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { readJsonText } from '../../../src/core/inside/json-text.ts'
import { readJsonb } from '../../../src/core/inside/jsonb.ts'
import { documents } from './documents.ts'

const db = new Database(':memory:')
afterAll(() => db.close())

const isText = db.prepare('SELECT json_valid(CAST(? AS TEXT), 1)').pluck()
const isJsonb = db.prepare('SELECT json_valid(?, 8)').pluck()
const toJsonb = db.prepare('SELECT jsonb(?)').pluck()

const asText = (bytes: Buffer) => readJsonText(bytes, () => {})
const asJsonb = (bytes: Buffer) => readJsonb(bytes, () => {})

it('JSON text, put together of any pieces', () => {
  const pieces = '[ ] { } , : " "a" 1 - 0 . e E + \\ \\u00e9 \\n null true x'.split(' ')
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces, ' ', '\n', '\t'), { maxLength: 9 }), parts => {
      const bytes = Buffer.from(parts.join(''))
      expect(asText(bytes)).toBe(isText.get(bytes) === 1)
    }),
    { numRuns: 5000 },
  )
})

const harmed = (bytes: Buffer, harm: readonly (readonly [number, number])[]) => {
  const copy = Buffer.from(bytes)
  for (const [at, byte] of harm) if (copy.length > 0) copy[at % copy.length] = byte
  return copy
}
const harm = (byte: fc.Arbitrary<number>) => fc.array(fc.tuple(fc.nat({ max: 200 }), byte), { maxLength: 2 })

it('JSON text with some of its bytes changed', () => {
  fc.assert(
    // A NUL ends a text for SQLite, and not for us.
    fc.property(documents, harm(fc.integer({ min: 1, max: 255 })), ({ text }, changes) => {
      const bytes = harmed(Buffer.from(text), changes)
      if (!bytes.includes(0)) expect(asText(bytes)).toBe(isText.get(bytes) === 1)
    }),
    { numRuns: 3000 },
  )
})

// SQLite is more lenient with damaged numbers and escapes: what we take for JSONB is some to it, too.
it('JSONB with some of its bytes changed', () => {
  fc.assert(
    fc.property(documents, harm(fc.integer({ min: 0, max: 255 })), ({ text }, changes) => {
      const bytes = harmed(toJsonb.get(text) as Buffer, changes)
      if (changes.length === 0 || asJsonb(bytes))
        expect([asJsonb(bytes), isJsonb.get(bytes)]).toEqual([true, 1])
    }),
    { numRuns: 5000 },
  )
})

it('any few bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5 }), array => {
      const bytes = Buffer.from(array)
      if (asJsonb(bytes)) expect([array, isJsonb.get(bytes)]).toEqual([array, 1])
    }),
    { numRuns: 5000 },
  )
})

it('null, true and false in one byte only', () => {
  for (const value of ['00', '01', '02']) expect(asJsonb(Buffer.from(value, 'hex'))).toBe(true)
  for (const value of ['c000', 'c100', 'd20000', '1041'])
    expect(asJsonb(Buffer.from(value, 'hex'))).toBe(false)
})

it('a document in a header of every width, as other programs write them', () => {
  for (const header of ['c1', 'd100', 'd1', 'e1', 'f1'])
    expect(asJsonb(Buffer.from(header, 'hex'))).toBe(false)
  for (const header of ['17', 'c701', 'd70001', 'e700000001', 'f70000000000000001'])
    expect(asJsonb(Buffer.from(`${header}41`, 'hex'))).toBe(true)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeTime,
  inspectId,
  isUlid,
  parseUlid,
  ulidTime,
  uuidToUlid,
} from '../../../src/core/identifiers/index.ts'

const ulid = '01KEXWDFNRRMDJHG5GXSQG2QCQ'
const now = Date.UTC(2026, 10, 27)

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ulids = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.array(fc.nat(31), { minLength: 16, maxLength: 16 }))
  .map(([ms, random]) => encodeTime(ms) + random.map(value => digits[value]).join(''))

describe('a ULID and a UUID are the same 128 bits', () => {
  test('so that one can be written as the other, and back', () => {
    fc.assert(
      fc.property(ulids, each => {
        const parsed = parseUlid(each.toLowerCase())!
        expect(parsed).toMatchObject({ ulid: each, time: ulidTime(each) })
        expect(parsed.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
        expect(parsed.uuid.replaceAll('-', '').slice(12)).toBe(parsed.random)
        expect(uuidToUlid(parsed.uuid)).toBe(each)
      }),
    )
  })

  test.each([
    ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
    ['{019BBBC6-BEB8-C51B-28C0-B0EE6F015D97}', ulid],
    ['019bbbc6beb8c51b28c0b0ee6f015d97', ulid],
  ])('%s is %s', (uuid, expected) => expect(uuidToUlid(uuid)).toBe(expected))

  test('and nothing else is', () => {
    for (const text of ['', 'x', ulid, '019bbbc6-beb8', 'g19bbbc6-beb8-c51b-28c0-b0ee6f015d97'])
      expect(uuidToUlid(text)).toBeNull()
    for (const text of ['', 'x', `8${ulid.slice(1)}`, `${ulid}0`]) expect(parseUlid(text)).toBeNull()
  })
})

describe('an id is told apart', () => {
  test('a ULID in lower case, with its canonical form, its time and its UUID', () => {
    expect(inspectId(ulid.toLowerCase(), now)).toEqual({
      value: ulid.toLowerCase(),
      kind: 'ulid-lower',
      ulid: true,
      time: '2026-01-14T09:12:03.000Z',
      canonical: ulid,
      uuid: '019bbbc6-beb8-c51b-28c0-b0ee6f015d97',
      asUlid: null,
      why: [],
    })
  })

  test('a UUIDv7 in any spelling, which as a ULID has the same time', () => {
    const inspected = inspectId('{018CF3AB-1234-7ABC-8DEF-0123456789AB}', now)
    expect(inspected).toMatchObject({ kind: 'uuid7', canonical: '018cf3ab-1234-7abc-8def-0123456789ab' })
    expect(new Date(ulidTime(inspected.asUlid!)).toISOString()).toBe(inspected.time)
  })

  test('an MD5, which has the digits of a UUID and is none', () => {
    expect(inspectId('9e107d9d372bb6826bd81d3542a419d6', now)).toMatchObject({
      kind: 'md5',
      canonical: null,
      asUlid: null,
    })
  })

  test.each([
    ['42', 'integer', null],
    ['project-20260211-072500', 'name-timestamp', '2026-02-11T07:25:00.000Z'],
    ['', 'text', null],
  ])('%j is %s', (value, kind, time) =>
    expect(inspectId(value, now)).toMatchObject({ kind, time, ulid: false }),
  )
})

describe('why something is no ULID', () => {
  test.each([
    [ulid.slice(1), ['It has 25 characters; a ULID has 26.']],
    [
      `${ulid.slice(0, 25)}U`,
      [`Character 26, "U", is no digit of Crockford's base 32: I, L, O and U are left out.`],
    ],
    [`${ulid.slice(0, 4)}-${ulid.slice(5)}`, [`Character 5, "-", is no digit of Crockford's base 32.`]],
    [`8${ulid.slice(1)}`, ['Its first digit is 8: above 7 the 26 digits hold more than 128 bits.']],
    [
      'a😀',
      ['It has 2 characters; a ULID has 26.', `Character 2, "😀", is no digit of Crockford's base 32.`],
    ],
    ['0'.repeat(26), [expect.stringMatching(/form of a ULID.*1970-01-01/)]],
    [`7${'Z'.repeat(25)}`, [expect.stringMatching(/form of a ULID.*\+010889/)]],
  ])('%j', (value, why) => expect(inspectId(value, now).why).toEqual(why))

  test('is said of every text that is none, and of no other', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), ulids), value => {
        const { ulid: is, why } = inspectId(value, now)
        expect(is).toBe(isUlid(value))
        if (!is) expect(why.length).toBeGreaterThan(0)
      }),
    )
  })
})

import Database from 'better-sqlite3'
import fc from 'fast-check'
import { decodeTime, isValid, encodeTime as packageEncodeTime } from 'ulid'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createUlidFactory,
  encodeTime,
  hasPlausibleTime,
  isUlid,
  sqliteUlidExpression,
  ulidTime,
} from '../../../src/core/identifiers/ulid.ts'

const example = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const lastTime = 2 ** 48 - 1
const anyTime = fc.integer({ min: 0, max: lastTime })

/** A clock that reads these values one after the other. */
const clock =
  (...readings: number[]) =>
  () =>
    readings.shift()!

/** What the random bytes are, for the one test that needs a full millisecond. */
const randomness = vi.hoisted(() => ({ fill: null as number | null }))
vi.mock('node:crypto', async load => {
  const real = await load<typeof import('node:crypto')>()
  const randomFillSync = (buffer: Uint8Array) =>
    randomness.fill === null ? real.randomFillSync(buffer) : buffer.fill(randomness.fill)
  return { ...real, randomFillSync }
})
afterEach(() => {
  randomness.fill = null
})

describe('isUlid', () => {
  it('accepts either letter case, and a mixture', () => {
    expect([example, example.toLowerCase(), '01arz3NDEKTSV4RRFFQ69G5FAV'].map(isUlid)).toEqual([
      true,
      true,
      true,
    ])
  })

  it('rejects a first digit above 7, which the ulid package accepts', () => {
    expect(isValid('8ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe(true)
    expect(isUlid('8ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe(false)
    expect(isUlid('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe(true)
  })

  it.each([...'iloILOuU', 'ſ', '-', ' '])('rejects the character %j anywhere but in the alphabet', wrong => {
    expect(isUlid(`01ARZ3NDEKTSV4RRFFQ69G5FA${wrong}`)).toBe(false)
  })

  it.each([
    '',
    '0000000000000000',
    `${example}0`,
    example.slice(1),
    `${example}\n`,
    ` ${example}`,
    'fallback_1a2b3c4d',
  ])('rejects %j', text => {
    expect(isUlid(text)).toBe(false)
  })
})

describe('ulidTime', () => {
  it('reads the time of the example in the specification', () => {
    expect(ulidTime(example)).toBe(1_469_922_850_259)
    expect(ulidTime(example.toLowerCase())).toBe(1_469_922_850_259)
  })

  it('reads the last millisecond there is', () => {
    expect(ulidTime('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe(lastTime)
  })

  it('refuses what is no ULID, by name', () => {
    expect(() => ulidTime('8ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toThrow(RangeError)
    expect(() => ulidTime('job-17')).toThrow('Not a ULID: "job-17"')
  })
})

describe('encodeTime', () => {
  it('writes what the ulid package writes, and ulidTime reads it back', () => {
    fc.assert(
      fc.property(anyTime, ms => {
        expect(encodeTime(ms)).toBe(packageEncodeTime(ms))
        expect(ulidTime(`${encodeTime(ms)}0000000000000000`)).toBe(ms)
      }),
    )
  })

  it('holds 0 and the last millisecond', () => {
    expect([encodeTime(0), encodeTime(lastTime)]).toEqual(['0000000000', '7ZZZZZZZZZ'])
  })

  it.each([-1, 0.5, lastTime + 1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', ms => {
    expect(() => encodeTime(ms)).toThrow(RangeError)
    expect(() => encodeTime(ms)).toThrow(String(ms))
  })
})

describe('hasPlausibleTime', () => {
  const now = Date.UTC(2026, 1, 11)
  const at = (ms: number) => `${encodeTime(ms)}0000000000000000`

  it('wants a time from 1990 to a year from now', () => {
    expect(hasPlausibleTime(example, now)).toBe(true)
    expect(hasPlausibleTime(at(Date.UTC(1990, 0, 1)), now)).toBe(true)
    expect(hasPlausibleTime(at(Date.UTC(1990, 0, 1) - 1), now)).toBe(false)
    expect(hasPlausibleTime(at(Date.UTC(2026, 11, 31)), now)).toBe(true)
    expect(hasPlausibleTime(at(Date.UTC(2028, 0, 1)), now)).toBe(false)
    expect(hasPlausibleTime('0'.repeat(26), now)).toBe(false)
  })
})

describe('createUlidFactory', () => {
  it('makes canonical ULIDs of the time on the clock', () => {
    const ulid = createUlidFactory({ now: clock(1_469_922_850_259) })()
    expect(isUlid(ulid)).toBe(true)
    expect(ulid).toBe(ulid.toUpperCase())
    expect(decodeTime(ulid)).toBe(1_469_922_850_259)
  })

  it('makes lower case on request', () => {
    const ulid = createUlidFactory({ case: 'lower', now: clock(1_469_922_850_259) })()
    expect(ulid).toBe(ulid.toLowerCase())
    expect(isUlid(ulid)).toBe(true)
  })

  it('is strictly increasing whatever the clock does, and its time is the latest that was read', () => {
    fc.assert(
      fc.property(fc.array(anyTime, { minLength: 1, maxLength: 50 }), readings => {
        const make = createUlidFactory({ now: clock(...readings) })
        const made = readings.map(() => make())
        for (const [i, ulid] of made.entries()) {
          expect(ulidTime(ulid)).toBe(Math.max(...readings.slice(0, i + 1)))
          if (i > 0) expect(ulid > made[i - 1]!).toBe(true)
        }
      }),
    )
  })

  it('takes millisecond 0 for what it is, not for now', () => {
    const make = createUlidFactory({ now: clock(0, 0, 1, 0) })
    const made = [make(), make(), make(), make()]
    expect(made.map(ulidTime)).toEqual([0, 0, 1, 1])
    expect(made).toEqual([...new Set(made)].sort())
  })

  it.each([Number.NaN, -1, 1.5, lastTime + 1])('refuses a clock that reads %d', reading => {
    expect(createUlidFactory({ now: clock(reading) })).toThrow(RangeError)
  })

  it('says so when a millisecond is full, then goes on in the next', () => {
    randomness.fill = 0xff
    const make = createUlidFactory({ now: clock(5, 5, 6) })
    expect(make()).toBe('0000000005ZZZZZZZZZZZZZZZZ')
    expect(make).toThrow(
      new RangeError('No ULID is left in millisecond 5: its random part has reached the end'),
    )
    expect(make()).toBe('0000000006ZZZZZZZZZZZZZZZZ')
  })

  it('draws its random part anew for each millisecond', () => {
    let ms = 1
    const make = createUlidFactory({ now: () => ms++ })
    const parts = Array.from({ length: 5000 }, () => make().slice(10))
    expect(new Set(parts).size).toBe(5000)
    for (let digit = 0; digit < 16; digit++) expect(new Set(parts.map(part => part[digit])).size).toBe(32)
  })
})

describe('sqliteUlidExpression', () => {
  it.each(['', ' STRICT'])('gives every row of a table%s a ULID of the time of the insert', options => {
    const database = new Database(':memory:')
    database.exec(
      `CREATE TABLE t (id TEXT NOT NULL UNIQUE DEFAULT ${sqliteUlidExpression()}, n INTEGER)${options}`,
    )
    const before = Date.now()
    const insert = database.prepare('INSERT INTO t (n) VALUES (?) RETURNING id').pluck()
    const ids = Array.from({ length: 500 }, (_, n) => insert.get(n) as string)
    const after = Date.now()
    database.close()
    for (const id of ids) {
      expect(isUlid(id)).toBe(true)
      expect(id).toBe(id.toUpperCase())
      expect(ulidTime(id)).toBeGreaterThanOrEqual(before)
      expect(ulidTime(id)).toBeLessThanOrEqual(after)
    }
  })

  it('makes lower case on request, and different ones within one statement', () => {
    const database = new Database(':memory:')
    const some = database
      .prepare(`SELECT ${sqliteUlidExpression('lower')} FROM json_each('[1,2,3,4,5,6,7,8,9]')`)
      .pluck()
      .all() as string[]
    database.close()
    expect(new Set(some).size).toBe(9)
    expect(some.every(id => isUlid(id) && id === id.toLowerCase())).toBe(true)
  })
})

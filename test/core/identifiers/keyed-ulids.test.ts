import { createCipheriv, createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crockfordValue } from '../../../src/core/identifiers/crockford.ts'
import { type KeyedUlidOptions, KeyedUlids } from '../../../src/core/identifiers/keyed-ulids.ts'
import { isUlid, ulidTime } from '../../../src/core/identifiers/ulid.ts'

const options: KeyedUlidOptions = { seed: '0123456789abcdef'.repeat(4), domain: 'jobs.job_id', case: 'upper' }
const start = Date.UTC(2026, 0, 1)

const split = (text: Buffer): string[] => text.toString('ascii').match(/.{26}/g) ?? []
const make = (times: readonly number[], changed: Partial<KeyedUlidOptions> = {}) =>
  split(new KeyedUlids({ ...options, ...changed }).fill(times))
const random = (ulid: string) =>
  [...ulid.slice(10)].reduce((sum, digit) => sum * 32n + BigInt(crockfordValue[digit.charCodeAt(0)]!), 0n)

/** Sorted times with many equal neighbours, anywhere in what a ULID holds. */
const times = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.integer({ min: start, max: start + 20 })), {
    maxLength: 300,
  })
  .map(list => list.sort((a, b) => a - b))

describe('KeyedUlids', () => {
  it('gives the same ULIDs for the same seed, domain and times', () => {
    fc.assert(
      fc.property(times, list => {
        expect(make(list)).toEqual(make(list))
      }),
    )
  })

  it('keeps giving what plans of earlier versions were rehearsed with', () => {
    // Computed with openssl and Python from the description alone.
    expect(make([0, start, start, 2 ** 48 - 1])).toEqual([
      '0000000000DH53X9CTQMNGHHKB',
      '01KDVDNA004WP50D93KM7EYTV3',
      '01KDVDNA004WP50D93KM7EYTV4',
      '7ZZZZZZZZZD4PH437E7XZQRMNX',
    ])
  })

  it('gives every row its own ULID, in the order of the rows, with the time of the row inside', () => {
    fc.assert(
      fc.property(times, list => {
        const ulids = make(list)
        expect(ulids.every(isUlid)).toBe(true)
        expect(ulids.map(ulidTime)).toEqual(list)
        expect([...new Set(ulids)].sort()).toEqual(ulids)
      }),
    )
  })

  it('adds exactly one for each further row of a millisecond', () => {
    const ulids = make(Array.from({ length: 40_000 }, () => start))
    const first = random(ulids[0]!)
    for (const [i, ulid] of ulids.entries())
      if (random(ulid) !== first + BigInt(i)) expect.fail(`row ${i}: ${ulid}`)
  })

  it('takes the random part of a millisecond from AES of that millisecond alone, its top bit cleared', () => {
    const key = createHash('sha256').update(Buffer.from(options.seed, 'hex')).update(options.domain).digest()
    fc.assert(
      fc.property(times, list => {
        for (const [i, ulid] of make(list).entries()) {
          if (list[i] === list[i - 1]) continue
          const block = Buffer.alloc(16)
          block.writeUIntBE(list[i]!, 0, 6)
          const bytes = createCipheriv('aes-256-ecb', key, null).update(block)
          const bits = BigInt(`0x${bytes.toString('hex', 0, 10)}`) & ((1n << 79n) - 1n)
          expect(random(ulid)).toBe(bits)
        }
      }),
    )
  })

  it('does not change a ULID when rows of other milliseconds come or go', () => {
    const alone = make([start])
    expect(make([start - 5, start - 5, start, start + 1])[2]).toBe(alone[0])
  })

  it('does not mind how the times are cut into calls', () => {
    fc.assert(
      fc.property(times, fc.array(fc.nat(60), { maxLength: 20 }), (list, sizes) => {
        const generator = new KeyedUlids(options)
        const parts: string[] = []
        let from = 0
        for (const size of [...sizes, list.length]) {
          parts.push(...split(generator.fill(list.slice(from, from + size))))
          from += size
        }
        expect(parts).toEqual(make(list))
      }),
    )
  })

  it('does not mind its own chunks either: 20,000 rows in one call and one by one', () => {
    const list = Array.from({ length: 20_000 }, (_, i) => start + Math.floor(i / 3))
    const generator = new KeyedUlids(options)
    expect(list.flatMap(time => split(generator.fill([time])))).toEqual(make(list))
  })

  it('reads plain arrays, doubles and 64-bit integers alike', () => {
    fc.assert(
      fc.property(times, list => {
        const doubles = new KeyedUlids(options).fill(Float64Array.from(list))
        const integers = new KeyedUlids(options).fill(BigInt64Array.from(list.map(BigInt)))
        expect([split(doubles), split(integers)]).toEqual([make(list), make(list)])
      }),
    )
  })

  it('gives other ULIDs for another seed or domain, and the same in the other letter case', () => {
    const list = Array.from({ length: 200 }, (_, i) => start + i)
    const here = make(list)
    const others = [make(list, { domain: 'jobs.id' }), make(list, { seed: 'f'.repeat(64) })]
    for (const other of others) expect(other.filter(ulid => here.includes(ulid))).toEqual([])
    expect(make(list, { case: 'lower' })).toEqual(here.map(ulid => ulid.toLowerCase()))
    expect(make(list, { seed: options.seed.toUpperCase() })).toEqual(here)
  })

  it('writes into the buffer it is given and leaves the rest of it alone', () => {
    const out = Buffer.alloc(26 * 2 + 3, '#')
    const written = new KeyedUlids(options).fill([start, start], out)
    expect(written.buffer).toBe(out.buffer)
    expect(written.length).toBe(52)
    expect(out.toString()).toBe(`${make([start, start]).join('')}###`)
  })

  it('refuses a buffer that is too small', () => {
    expect(() => new KeyedUlids(options).fill([1, 2], Buffer.alloc(51))).toThrow('2 ULIDs take 52 bytes')
  })

  it('refuses times that decrease, within a call and between calls, and makes nothing', () => {
    const generator = new KeyedUlids(options)
    expect(() => generator.fill([5, 7, 6])).toThrow(
      new RangeError('Times must not decrease: 6 comes after 7'),
    )
    expect(split(generator.fill([6]))).toEqual(make([6]))
    expect(() => generator.fill([5])).toThrow(RangeError)
    expect(split(generator.fill([6]))).toEqual(make([6, 6]).slice(1))
  })

  it.each([-1, 0.5, 2 ** 48, Number.NaN])('refuses the time %d', time => {
    expect(() => new KeyedUlids(options).fill([time])).toThrow(RangeError)
    expect(() => new KeyedUlids(options).fill(Float64Array.of(time))).toThrow(RangeError)
  })

  it('refuses 64-bit integers out of range, the negative too', () => {
    for (const time of [-1n, 1n << 48n, 1n << 62n, -(1n << 63n)]) {
      expect(() => new KeyedUlids(options).fill(BigInt64Array.of(time))).toThrow(RangeError)
    }
  })

  it.each(['', 'ab', 'g'.repeat(64), '0'.repeat(65)])('refuses the seed %j', seed => {
    expect(() => new KeyedUlids({ ...options, seed })).toThrow(RangeError)
  })

  it('makes nothing of nothing', () => {
    expect(new KeyedUlids(options).fill([]).length).toBe(0)
  })
})

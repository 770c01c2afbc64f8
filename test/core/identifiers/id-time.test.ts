import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idTime } from '../../../src/core/identifiers/id-time.ts'
import { parseZone } from '../../../src/core/identifiers/zone.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const blob = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')

describe('idTime', () => {
  it.each([
    // RFC 9562 A.1, A.5, A.6
    ['C232AB00-9414-11EC-B3C8-9F6BDECED846', '2022-02-22T19:22:22.000Z'],
    ['1EC9414C-232A-6B00-B3C8-9F6BDECED846', '2022-02-22T19:22:22.000Z'],
    ['017F22E2-79B0-7CC3-98C4-DC0C0C07398F', '2022-02-22T19:22:22.000Z'],
  ])('reads the UUID %s in every spelling and as a blob', (uuid, expected) => {
    const bare = uuid.replaceAll('-', '').toLowerCase()
    for (const value of [uuid, uuid.toLowerCase(), `{${uuid}}`, `urn:uuid:${uuid}`, bare, blob(uuid)]) {
      expect(iso(idTime(value))).toBe(expected)
    }
  })

  it.each([
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '2016-07-30T23:54:10.259Z'], // 1469922850259, the ULID specification
    ['01arz3ndektsv4rrffq69g5fav', '2016-07-30T23:54:10.259Z'],
    ['507f1f77bcf86cd799439011', '2012-10-17T21:13:27.000Z'],
    ['0ujsszwN8NRY24YaXiTIE2VWDTS', '2017-10-10T03:52:37.000Z'], // 0669F605 + 1400000000 s
    ['0ujtsYcgvSTl8PAuAdqWYSMnLOv', '2017-10-10T04:00:47.000Z'], // 0669F7EF + 1400000000 s
    ['1541815603606036480', '2022-06-28T16:07:40.105Z'], // a tweet whose time Twitter gives, on Wikipedia
    [1541815603606036480n, '2022-06-28T16:07:40.105Z'],
    ['crackerjack-20260211-072500', '2026-02-11T07:25:00.000Z'],
    ['a-20250101-000000-20260211-072500', '2026-02-11T07:25:00.000Z'],
    ['job_20260211_072500_1a2b3c4d', '2026-02-11T07:25:00.000Z'],
    ['backup-20260211T072500.1239Z', '2026-02-11T07:25:00.123Z'],
    ['cj_1767225600000', '2026-01-01T00:00:00.000Z'],
    ['cj-1767225600', '2026-01-01T00:00:00.000Z'],
    ['msg-1767225600001-x7k2p9', '2026-01-01T00:00:00.001Z'],
  ])('reads %s', (value, expected) => {
    expect(iso(idTime(value))).toBe(expected)
  })

  it('reads a name without a zone in the zone it is given, and one with a zone or an epoch in its own', () => {
    const berlin = parseZone('Europe/Berlin')
    expect(iso(idTime('p-20260211-072500', berlin))).toBe('2026-02-11T06:25:00.000Z')
    expect(iso(idTime('p-20260711-072500', berlin))).toBe('2026-07-11T05:25:00.000Z')
    expect(iso(idTime('p-20260711T072500Z', berlin))).toBe('2026-07-11T07:25:00.000Z')
    expect(iso(idTime('p-20260711T072500-0330', berlin))).toBe('2026-07-11T10:55:00.000Z')
    expect(iso(idTime('cj_1767225600000', berlin))).toBe('2026-01-01T00:00:00.000Z')
  })

  it('rounds the 100 ns of a UUIDv1 and v6 down, exactly', () => {
    const epoch = 0x01b21dd213814000n
    const since = BigInt(Date.UTC(1990, 0, 1)) * 10_000n
    const until = BigInt(Date.UTC(2100, 0, 1)) * 10_000n
    const ticks = fc.bigInt({ min: epoch + since, max: epoch + until - 1n })
    fc.assert(
      fc.property(ticks, n => {
        const hex = n.toString(16).padStart(15, '0')
        const v1 = `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-8000-000000000001`
        const v6 = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-6${hex.slice(12)}-8000-000000000001`
        const ms = Number((n - epoch) / 10_000n)
        expect([idTime(v1), idTime(v6)]).toEqual([ms, ms])
      }),
    )
  })

  it.each([
    ['a UUIDv4', randomUUID()],
    ['a UUIDv7 of 1970', '00000000-0001-7000-8000-000000000000'],
    ['a UUIDv1 of 1582', '00000001-0000-1000-8000-000000000000'],
    ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
    ['26 zeros', '0'.repeat(26)],
    ['the greatest ULID', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
    ['an integer', 1767225600000n],
    ['a number', 42],
    ['a real', 1767225600.5],
    ['bare digits', '1767225600000'],
    ['a 64-bit integer past 2040', (1n << 63n) - 1n],
    ['a day that does not exist', 'p-20260230-072500'],
    ['a name before 1990', 'p-19891231-235959'],
    ['an MD5', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a prefixed token', 'err-1a2b3c4d'],
    ['text', 'hello'],
    ['the empty text', ''],
    ['a blob of other length', Buffer.alloc(12, 0x50)],
  ])('finds no time in %s', (_, value) => {
    expect(idTime(value)).toBeNull()
  })

  it('takes a name over the edge of 1990 by its zone for what the instant is', () => {
    expect(idTime('p-19900101-000000', parseZone('+02:00'))).toBeNull()
    expect(iso(idTime('p-19900101-000000', parseZone('-02:00')))).toBe('1990-01-01T02:00:00.000Z')
  })
})

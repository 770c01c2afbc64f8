import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IdKind } from '../../../src/core/documents.ts'
import { kindOf } from '../../../src/core/identifiers/kinds.ts'
import { encodeTime } from '../../../src/core/identifiers/ulid.ts'

const uuids: readonly (readonly [IdKind, string])[] = [
  // RFC 9562, appendix A and B; uuid2 is version 1's example with the version changed.
  ['uuid1', 'C232AB00-9414-11EC-B3C8-9F6BDECED846'],
  ['uuid2', 'C232AB00-9414-21EC-B3C8-9F6BDECED846'],
  ['uuid3', '5df41881-3aed-3515-88a7-2f4a814cf09e'],
  ['uuid4', '919108f7-52d1-4320-9bac-f847db4148a8'],
  ['uuid5', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
  ['uuid6', '1EC9414C-232A-6B00-B3C8-9F6BDECED846'],
  ['uuid7', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F'],
  ['uuid8', '2489E9AD-2EE2-8E00-8EC9-32D5F69181C0'],
]

describe('kindOf a UUID', () => {
  it.each(uuids)('knows %s in every spelling and as a blob', (kind, uuid) => {
    const bare = uuid.replaceAll('-', '')
    const spellings = [
      uuid.toLowerCase(),
      uuid.toUpperCase(),
      uuid.slice(0, 18).toLowerCase() + uuid.slice(18).toUpperCase(),
      `{${uuid}}`,
      `urn:uuid:${uuid.toLowerCase()}`,
      `URN:UUID:${uuid}`,
      bare.toLowerCase(),
      bare.toUpperCase(),
      `{${bare}}`,
      Buffer.from(bare, 'hex'),
      Uint8Array.from(Buffer.from(bare, 'hex')),
    ]
    expect(spellings.map(kindOf)).toEqual(spellings.map(() => kind))
  })

  it.each([
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0'.repeat(32),
    'F'.repeat(32),
    '{00000000-0000-0000-0000-000000000000}',
    'urn:uuid:ffffffff-ffff-ffff-ffff-ffffffffffff',
    '919108f7-52d1-9320-9bac-f847db4148a8', // version 9
    '919108f7-52d1-4320-cbac-f847db4148a8', // Microsoft's variant
  ])('calls %s, which has no version, other', text => {
    expect(kindOf(text)).toBe('other')
  })

  it.each([
    '{919108f7-52d1-4320-9bac-f847db4148a8',
    '919108f7-52d1-4320-9bac-f847db4148a8}',
    '919108f7-52d14320-9bac-f847db4148a8',
    '919108f7-52d1-4320-9bac-f847db4148ag',
    ' 919108f7-52d1-4320-9bac-f847db4148a8',
  ])('does not take %j for one', text => {
    expect(kindOf(text)).toBe('text')
  })

  it('calls most 16-byte blobs and most MD5s what they are, so that a majority is right', () => {
    const blobs = Array.from({ length: 2000 }, () => kindOf(randomBytes(16)))
    const sums = Array.from({ length: 2000 }, (_, n) =>
      kindOf(createHash('md5').update(`${n}`).digest('hex')),
    )
    expect(blobs.filter(kind => kind === 'blob16').length).toBeGreaterThan(1600)
    expect(sums.filter(kind => kind === 'md5').length).toBeGreaterThan(1600)
    expect(sums.every(kind => kind === 'md5' || kind.startsWith('uuid'))).toBe(true)
  })
})

const known: readonly (readonly [IdKind, readonly string[]])[] = [
  ['ulid', ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01arz3NDEKTSV4RRFFQ69G5FAV', '01344567890123456789012345']],
  ['ulid-lower', ['01arz3ndektsv4rrffq69g5fav']],
  ['objectid', ['507f1f77bcf86cd799439011', '507F1F77BCF86CD799439011', '650000000000000000000001']],
  ['ksuid', ['0ujsszwN8NRY24YaXiTIE2VWDTS', '0ujtsYcgvSTl8PAuAdqWYSMnLOv']],
  ['snowflake', ['1541815603606036480', '175928847299117063']],
  ['md5', ['d41d8cd98f00b204e9800998ecf8427e', 'D41D8CD98F00B204E9800998ECF8427E']],
  ['sha1', ['da39a3ee5e6b4b0d3255bfef95601890afd80709']],
  ['sha256', ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']],
  [
    'hex',
    ['1a2b3c4d', 'DEADBEEF', 'e3b0c44298fc1c14', '007f1f77bcf86cd799439011', '1a2b3c4d5e6f708192a3b4c5d6'],
  ],
  ['cuid', ['cjld2cjxh0000qzrmn831i7rn', 'ckopqwooh000001la8mbi2im9', 'tz4a98xxat96iws9zmbrgj3a']],
  ['nanoid', ['V1StGXR8_Z5jdHi6B-myT', 'Uakgb_J5m9g-0JDMbcJqL']],
  [
    'name-timestamp',
    [
      'crackerjack-20260211-072500',
      'my-app-2.0_beta-20260211-072500',
      '20260101-20260211-072500',
      'プロジェクト-20260211-072500',
      'job_20260211_072500_1a2b3c4d',
      'job_20260211_072500',
      'backup-20260211T072500Z',
      'backup_20260211T072500.123+0200',
      'run-2026-02-11T07:25:00Z',
      'export-20260211072500',
      'cj_1767225600000',
      'snap-1767225600000',
      'rem_1767225600',
      'msg-1767225600000-x7k2p9',
      'leap-20240229-000000',
    ],
  ],
  [
    'prefixed',
    [
      'err-1a2b3c4d',
      'user_2fAbC9dEfGh',
      'user_42',
      'PR-1234',
      'Order:550e8400-e29b-41d4-a716-446655440000',
      'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV',
      'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
      'repo:da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'err-deadbeef',
      'report-20261301',
    ],
  ],
  [
    'text',
    [
      '',
      'hello',
      'system:x',
      'fallback_value',
      'feature-login2',
      '0'.repeat(16),
      '0'.repeat(26),
      '7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      '42',
      '1767225600000',
      '9007199254740992',
      '12345678901234567890',
      '2026-02-11 07:25:00',
      '2026-02-11',
      'facade',
      'acknowledgementoftwentyfour',
      'src/core/cli.py::test_42',
      'someone@example.org',
      'x-20260231-072500',
      'x-20261301-072500',
      'x-20260211-246000',
      'x-21000101-000000',
      '20260211-072500',
      '-20260211-072500',
      'a'.repeat(600),
    ],
  ],
]

describe('kindOf text', () => {
  for (const [kind, texts] of known) {
    it.each(texts)(`calls %j ${kind}`, text => {
      expect(kindOf(text)).toBe(kind)
    })
  }

  it('calls every ULID from 1990 to 2100 one, and no earlier or later', () => {
    const [from, until] = [Date.UTC(1990, 0, 1), Date.UTC(2100, 0, 1)]
    const ulid = (ms: number) => `${encodeTime(ms)}ZZZZZZZZZZZZZZZZ`
    fc.assert(
      fc.property(fc.integer({ min: from, max: until - 1 }), ms => {
        expect([kindOf(ulid(ms)), kindOf(ulid(ms).toLowerCase())]).toEqual(['ulid', 'ulid-lower'])
      }),
    )
    expect([kindOf(ulid(from - 1)), kindOf(ulid(until))]).toEqual(['text', 'text'])
  })

  it('answers for any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(typeof kindOf(text)).toBe('string')
      }),
    )
  })

  it('finds the moment behind any name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 255 }), name => {
        expect(kindOf(`${name}-20260211-072500`)).toBe('name-timestamp')
      }),
    )
  })
})

describe('kindOf numbers and blobs', () => {
  it('calls whole numbers integer, of either type and any sign', () => {
    const numbers = [
      0,
      -0,
      1,
      -1,
      2 ** 40,
      0n,
      -1n,
      1767225600000n,
      1767225600000000n,
      1n << 53n,
      -(1n << 63n),
      1e300,
    ]
    expect(numbers.map(kindOf)).toEqual(numbers.map(() => 'integer'))
  })

  it('calls a 64-bit integer with the time of Twitter or Discord in it a snowflake', () => {
    expect([kindOf(1541815603606036480n), kindOf(175928847299117063n)]).toEqual(['snowflake', 'snowflake'])
    expect(kindOf((1n << 63n) - 1n)).toBe('integer')
  })

  it('calls reals and blobs of other lengths other', () => {
    const values = [
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Uint8Array(),
      Buffer.alloc(12),
      Buffer.alloc(17),
    ]
    expect(values.map(kindOf)).toEqual(values.map(() => 'other'))
    expect(kindOf(Buffer.alloc(16))).toBe('blob16')
  })
})

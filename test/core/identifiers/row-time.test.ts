import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime, parseZone } from '../../../src/core/identifiers/row-time.ts'

const utc = parseZone('UTC')
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const read = (value: string | number | bigint | null, zone = utc) => iso(parseTime(value, zone))
const newYear = '2026-01-01T00:00:00.000Z'

describe('parseTime of text', () => {
  it.each([
    ['2026-02-11', '2026-02-11T00:00:00.000Z'],
    ['2026-02-11 07:25', '2026-02-11T07:25:00.000Z'],
    ['2026-02-11 07:25:09', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11T07:25:09', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11t07:25:09z', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11  07:25:09', '2026-02-11T07:25:09.000Z'],
    [' 2026-02-11 07:25:09\n', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11 07:25:09.1', '2026-02-11T07:25:09.100Z'],
    ['2026-02-11 07:25:09,123', '2026-02-11T07:25:09.123Z'],
    ['2026-02-11T07:25:09.123999', '2026-02-11T07:25:09.123Z'],
    ['2026-02-11T07:25:09.123456789Z', '2026-02-11T07:25:09.123Z'],
    ['1969-12-31 23:59:59.9999', '1969-12-31T23:59:59.999Z'],
    ['2026-02-11T07:25:09Z', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11T07:25:09+02:00', '2026-02-11T05:25:09.000Z'],
    ['2026-02-11 07:25:09.5+0200', '2026-02-11T05:25:09.500Z'],
    ['2026-02-11 07:25:09-03', '2026-02-11T10:25:09.000Z'],
    ['2026-02-11 07:25:09 -03:30', '2026-02-11T10:55:09.000Z'],
    ['2026-02-11 07:25:09 UTC', '2026-02-11T07:25:09.000Z'],
    ['2026-02-11 07:25:09.25 +0000 UTC', '2026-02-11T07:25:09.250Z'],
    ['2026-02-11 07:25Z', '2026-02-11T07:25:00.000Z'],
    ['20260211T072509Z', '2026-02-11T07:25:09.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29', '2000-02-29T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31 23:59:59', '9999-12-31T23:59:59.000Z'],
  ])('reads %j', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each([
    '',
    ' ',
    'now',
    '2026-02-30',
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-00-00 00:00:00',
    '2026-02-11 24:00:00',
    '2026-02-11 07:60:00',
    '2026-02-11 07:25:60',
    '2026-02-11 7:25:00',
    '2026-2-11',
    '2026/02/11',
    '11.02.2026',
    '07:25:00',
    '2026-02-11Z',
    '2026-02-11 07:25:00+2',
    '2026-02-11 07:25:00+24:00',
    '2026-02-11 07:25:00 CET',
    '2026-02-11 07-25-00',
    '2026-02-1x 07:25:00',
    '20x6-02-11 07:25:00',
    '2026-02-11 07:25:0٣',
    '1.2.3',
    '1e12',
    '0x10',
    'P1D',
  ])('finds no time in %j', text => {
    expect(parseTime(text, utc)).toBeNull()
  })

  it('reads any instant as Date writes it, in all three layouts', () => {
    const instants = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, date => {
        const text = date.toISOString()
        const second = Math.floor(date.getTime() / 1000) * 1000
        expect(parseTime(text, utc)).toBe(date.getTime())
        expect(parseTime(text.slice(0, 19).replace('T', ' '), utc)).toBe(second)
        expect(parseTime(text.slice(0, 19).replace('T', '  '), utc)).toBe(second)
      }),
    )
  })
})

describe('parseTime of numbers', () => {
  it.each([
    ['seconds', 1_767_225_600n],
    ['milliseconds', 1_767_225_600_000n],
    ['microseconds', 1_767_225_600_000_000n],
    ['nanoseconds', 1_767_225_600_000_000_000n],
    ['seconds in text', '1767225600'],
    ['milliseconds in text', '+1767225600000'],
    ['nanoseconds in text', '1767225600000000000'],
    ['seconds as a real', 1_767_225_600],
    ['milliseconds as a real', 1_767_225_600_000.4],
    ['nanoseconds as a real', 1_767_225_600_000_000_000],
    ['seconds with a fraction, in text', '1767225600.0009'],
    ['a Julian day', 2_461_041.5],
    ['a Julian day in text', '2461041.5'],
  ])('reads %s', (_, value) => {
    expect(read(value)).toBe(newYear)
  })

  it('rounds down what is finer than a millisecond', () => {
    expect(read(1_767_225_600_123_999n)).toBe('2026-01-01T00:00:00.123Z')
    expect(read(1_767_225_600_123_999_999n)).toBe('2026-01-01T00:00:00.123Z')
    expect(read('1767225600123999999')).toBe('2026-01-01T00:00:00.123Z')
    expect(read(1_767_225_600.1239)).toBe('2026-01-01T00:00:00.123Z')
    expect(parseTime(-1n, utc)).toBe(-1000)
    expect(parseTime(-0.0005, utc)).toBe(-1)
    expect(parseTime(-315_619_200_000_000_001n, utc)).toBe(-315_619_200_001)
  })

  it('does not lose a millisecond to the binary fraction of a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }), ms => {
        expect(parseTime(ms / 1000, utc)).toBe(ms)
        expect(parseTime((ms / 1000).toFixed(3), utc)).toBe(ms)
      }),
    )
  })

  it('does not lose a millisecond to a Julian day, as SQLite writes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }), ms => {
        expect(parseTime((ms + 210_866_760_000_000) / 86_400_000, utc)).toBe(ms)
      }),
    )
  })

  it('finds no time in null, NaN, infinity and what 64 bits cannot hold', () => {
    for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, 1e30, '9'.repeat(20), '9'.repeat(30)]) {
      expect(parseTime(value, utc)).toBeNull()
    }
  })
})

describe('parseTime in a zone', () => {
  const berlin = parseZone('Europe/Berlin')

  it('takes text without a zone for that wall clock, summer and winter', () => {
    expect(read('2026-01-15 12:00:00', berlin)).toBe('2026-01-15T11:00:00.000Z')
    expect(read('2026-07-15 12:00:00', berlin)).toBe('2026-07-15T10:00:00.000Z')
    expect(read('2026-07-15', berlin)).toBe('2026-07-14T22:00:00.000Z')
  })

  it('sees a change that comes after midnight in UTC on the evening before it', () => {
    const nuuk = parseZone('America/Nuuk') // from -03 to -02 at 2022-03-27T01:00Z, which was 22:00 there
    expect(read('2022-03-26 21:59:59', nuuk)).toBe('2022-03-27T00:59:59.000Z')
    expect(read('2022-03-26 23:30:00', nuuk)).toBe('2022-03-27T01:30:00.000Z')
  })

  it('leaves text with a zone, and numbers, alone', () => {
    expect(read('2026-07-15 12:00:00Z', berlin)).toBe('2026-07-15T12:00:00.000Z')
    expect(read(1_767_225_600n, berlin)).toBe(newYear)
    expect(read('1767225600', berlin)).toBe(newYear)
  })

  it('takes the earlier instant for an hour that happened twice or not at all', () => {
    expect(read('2026-10-25 01:59:59', berlin)).toBe('2026-10-24T23:59:59.000Z')
    expect(read('2026-10-25 02:30:00', berlin)).toBe('2026-10-25T00:30:00.000Z')
    expect(read('2026-10-25 03:00:00', berlin)).toBe('2026-10-25T02:00:00.000Z')
    expect(read('2026-03-29 01:59:59', berlin)).toBe('2026-03-29T00:59:59.000Z')
    expect(read('2026-03-29 02:30:00', berlin)).toBe('2026-03-29T00:30:00.000Z')
    expect(read('2026-03-29 03:00:00', berlin)).toBe('2026-03-29T01:00:00.000Z')
  })
})

describe('parseZone', () => {
  it.each([
    ['UTC', 'UTC', 0],
    ['utc', 'UTC', 0],
    ['Z', 'UTC', 0],
    ['+02:00', '+02:00', 120],
    ['+0545', '+05:45', 345],
    ['-03', '-03:00', -180],
    ['-00:00', '+00:00', 0],
    ['Asia/Kolkata', 'Asia/Kolkata', 330],
    ['Pacific/Kiritimati', 'Pacific/Kiritimati', 840],
  ])('knows %s', (name, canonical, minutes) => {
    const zone = parseZone(name)
    expect(zone.name).toBe(canonical)
    expect(zone.offsetAt(Date.UTC(2026, 1, 11))).toBe(minutes * 60_000)
  })

  it.each(['', 'Mars/Olympus', '+2', '+25:00', '+02:60', 'CETT', ' UTC'])('refuses %j and names it', name => {
    expect(() => parseZone(name)).toThrow(RangeError)
    expect(() => parseZone(name)).toThrow(JSON.stringify(name))
  })

  it.each(['America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca', 'America/Nuuk'])(
    'finds, for any wall clock that %s shows, an instant at which it shows it, and no earlier one',
    name => {
      const zone = parseZone(name)
      const wall = new Intl.DateTimeFormat('sv-SE', {
        timeZone: name,
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      const shown = (ms: number) => Date.parse(`${wall.format(ms).replace(' ', 'T')}Z`)
      const seconds = { min: Date.UTC(2005, 0, 1) / 1000, max: Date.UTC(2030, 0, 1) / 1000 }
      // Apia left out December 30, 2011; the others change on these days, Nuuk late in the evening of the day before.
      const near = [
        Date.UTC(2011, 11, 30, 10),
        Date.UTC(2022, 2, 27, 1),
        Date.UTC(2026, 10, 1, 6),
        Date.UTC(2026, 3, 4, 15),
      ].map(ms => ms / 1000)
      const instants = fc.oneof(
        fc.integer(seconds),
        ...near.map(at => fc.integer({ min: at - 90_000, max: at + 90_000 })),
      )
      fc.assert(
        fc.property(instants, second => {
          const local = shown(second * 1000)
          const found = local - zone.offsetAt(local)
          expect(shown(found)).toBe(local)
          expect(found).toBeLessThanOrEqual(second * 1000)
        }),
      )
    },
  )
})

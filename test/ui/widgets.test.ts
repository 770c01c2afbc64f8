import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { factLines } from '../../src/ui/facts.ts'
import { footer } from '../../src/ui/footer.ts'
import { about, count, duration, size, tilde, when } from '../../src/ui/format.ts'
import { cell, clip, line, shorten, span, spread, textOf, widthOf, wrap } from '../../src/ui/line.ts'
import { drawnRows, listOf, position, scrolled, windowAround } from '../../src/ui/list.ts'
import { progressBar } from '../../src/ui/progress-bar.ts'
import { rail } from '../../src/ui/rail.ts'
import { table } from '../../src/ui/table.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 60 })

describe('lines', () => {
  it('a cell is exactly as wide as it should be, whatever is in it', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, width) => {
        expect(stringWidth(cell(text, width))).toBe(width)
      }),
    )
  })

  it('nothing that was shortened, clipped or wrapped is wider than its room', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 50 }), (text, width) => {
        expect(stringWidth(shorten(text, width, 'middle'))).toBeLessThanOrEqual(width)
        expect(widthOf(clip(line(text, text), width))).toBeLessThanOrEqual(width)
        for (const part of wrap(text, width)) expect(stringWidth(part)).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('wrapping loses no letter', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{0,80}$/), fc.integer({ min: 3, max: 30 }), (text, width) => {
        expect(wrap(text, width).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })

  it('a long path loses its middle', () => {
    expect(shorten('/home/op/projects/crackerjack/metrics.db', 21, 'middle')).toBe('/home/op/p…metrics.db')
  })

  it('the right end of a line stays whole', () => {
    const spreadOut = spread(line('a very long title indeed'), line('LIVE'), 16)
    expect(textOf(spreadOut)).toBe('a very lon… LIVE')
  })

  it('wide letters count as two cells', () => {
    expect(cell('日本', 5)).toBe('日本 ')
    expect(shorten('日本語', 4)).toBe('日…')
  })
})

describe('lists', () => {
  it('the cursor is always in the window', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 40 }), fc.nat(200), (length, height, at) => {
        const cursor = Math.min(at, Math.max(0, length - 1))
        const window = windowAround(cursor, length, height)
        expect(window.to - window.from).toBe(Math.min(length, height))
        if (length > 0) expect(cursor >= window.from && cursor < window.to).toBe(true)
      }),
    )
  })

  it('say which rows are shown only when some are not', () => {
    expect(position({ from: 0, to: 4 }, 8)).toBe('1-4 of 8')
    expect(position({ from: 0, to: 8 }, 8)).toBe('')
  })

  it('of thousands draw only the rows in sight', () => {
    const drawn: number[] = []
    const at = (index: number) => {
      drawn.push(index)
      return line(`row ${index}`)
    }
    listOf({ length: 2_000, at }, 1_000, { width: 20, height: 5 })
    expect(drawn).toEqual([998, 999, 1000, 1001])
  })

  it('are never taller than their room', () => {
    const rows = Array.from({ length: 30 }, (_, index) => line(`row ${index}`))
    expect(listOf(rows, 20, { width: 20, height: 5 })).toHaveLength(5)
    const end = scrolled(rows, 999, { width: 20, height: 5 }).map(textOf)
    expect(end[3]).toBe('row 29')
  })
})

describe('tables', () => {
  const columns = [
    { title: 'name', gives: 'middle' },
    { title: 'rows', align: 'right' },
    { title: 'extra', rank: 1 },
  ] as const
  const rows = [[{ text: 'a_table_with_a_long_name' }, { text: '12' }, { text: 'something more' }]]

  it('give a little, then lose ranked columns, then letters', () => {
    expect(drawnRows(table(columns, rows, 60).rows).map(textOf)).toEqual([
      'a_table_with_a_long_name     12   something more',
    ])
    expect(textOf(table(columns, rows, 38).rows.at(0)!)).not.toContain('something')
    expect(widthOf(table(columns, rows, 22).rows.at(0)!)).toBeLessThanOrEqual(22)
  })
})

describe('the bar', () => {
  it('is never full before the end', () => {
    expect(textOf(progressBar(1, 10))).toBe('█████████░   99 %')
    expect(textOf(progressBar(1, 10, true))).toBe('██████████  100 %')
  })

  it('claims nothing while nothing is known', () => {
    expect(textOf(progressBar(null, 4))).toBe('░░░░')
  })
})

describe('the footer', () => {
  const keys = [
    { label: 'enter', short: 'on' },
    { label: 's', short: 'statements' },
    { label: '?', short: 'help' },
    { label: 'q', short: 'quit' },
  ]

  it('loses keys from the right, but never the help', () => {
    expect(textOf(footer(keys, 80))).toBe(' enter on   s statements   ? help   q quit')
    expect(textOf(footer(keys, 35))).toBe(' enter on   s statements   ? help')
    expect(textOf(footer(keys, 20))).toBe(' enter on   ? help')
    expect(textOf(footer(keys, 8))).toBe(' ? help')
  })
})

describe('the rail', () => {
  const stops = [
    { name: 'detect', is: 'done' },
    { name: 'dry-run', is: 'now' },
    { name: 'migrate', is: 'to-come' },
  ] as const

  it('names all stops, or the one at hand and how far it is', () => {
    expect(textOf(rail(stops, 60))).toBe(' ✓ detect   ● dry-run   ○ migrate  ')
    expect(textOf(rail(stops, 20))).toBe(' ● dry-run  2 of 3')
  })
})

describe('numbers', () => {
  it('read as people write them', () => {
    expect(count(1_020_114)).toBe('1,020,114')
    expect([0, 999, 1_100_000, 155_000_000, 38_000_000_000].map(size)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.1 MB',
      '155 MB',
      '38 GB',
    ])
    expect([0.2, 6.14, 42, 200, 7_500].map(duration)).toEqual([
      '0.2 s',
      '6.1 s',
      '42 s',
      '3 min 20 s',
      '2 h 5 min',
    ])
    expect([0.2, 6, 100].map(about)).toEqual(['about a second', '5 to 8 s', '1 min 25 s to 2 min 10 s'])
    expect(tilde('/home/op/x.db', '/home/op')).toBe('~/x.db')
  })

  it('times are told from today', () => {
    const now = new Date(2026, 1, 11, 12).getTime()
    expect(when(new Date(2026, 1, 11, 9, 14).toISOString(), now)).toBe('today 09:14')
    expect(when(new Date(2026, 1, 8, 17, 40).toISOString(), now)).toBe('8 Feb 17:40')
    expect(when(new Date(2024, 1, 8).toISOString(), now)).toBe('8 Feb 2024')
  })
})

it('facts put the label above the value where it is narrow', () => {
  expect(factLines([['way back', 'rollback']], 80).map(textOf)).toEqual(['   way back   rollback'])
  expect(factLines([['way back', 'rollback']], 40).map(textOf)).toEqual(['   way back', '     rollback'])
})

it('spans are safe to show', () => {
  expect(span('a\x1b[0mb').text).toBe('a\\x1b[0mb')
})

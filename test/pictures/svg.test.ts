import { expect, test } from 'vitest'
import type { Cell } from '../e2e/terminal.ts'
import { svgOf } from './svg.ts'

const plain = { colour: null, bold: false, dim: false }

/** A row of the screen; Chinese characters take two cells. */
const row = (text: string, style: Partial<Cell> = {}): readonly Cell[] =>
  [...text].map(letter => ({
    text: letter,
    width: /\p{Script=Han}/u.test(letter) ? 2 : 1,
    ...plain,
    ...style,
  }))

const drawn = (...screen: readonly (readonly Cell[])[]) =>
  svgOf(screen, { title: 'A title', description: 'What is <there>' })

/** Where each text begins, and how wide it is, in cells of 8.4 from the margin of 16. */
function placesIn(svg: string): Record<string, readonly [number, number]> {
  const texts = svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)"[^>]*>([^<]*)</g)
  return Object.fromEntries(
    [...texts].map(([, x, width, text]) => [
      text,
      [Math.round((Number(x) - 16) / 8.4), Math.round(Number(width) / 8.4)],
    ]),
  )
}

test('every piece of text has its own place and width, so that columns align in any font', () => {
  expect(placesIn(drawn(row('jobs   41,020 rows  ok')))).toEqual({
    jobs: [0, 4],
    '41,020 rows': [7, 11],
    ok: [20, 2],
  })
})

test('signs and wide characters move nothing, whatever font they come from', () => {
  expect(placesIn(drawn(row('✓ 表t 9')))).toEqual({ '✓': [0, 1], 表: [2, 2], 't 9': [4, 3] })
})

test('rules and bars are shapes: fonts leave gaps between their characters', () => {
  const svg = drawn(row('──────'), row('██░░', { colour: 30 }))
  expect(placesIn(svg)).toEqual({})
  expect(svg).toContain('width="50.4" height="1"/>')
  expect(svg).toContain('width="16.8" height="14" fill="#008787"/>')
  expect(svg).toContain('width="16.8" height="14" opacity="0.3" fill="#008787"/>')
})

test('what is to be seen is said, too, and nothing in it can be taken for markup', () => {
  const svg = drawn(row('<b> & "c"'))
  expect(svg).toContain('<title id="title">A title</title>')
  expect(svg).toContain('<desc id="description">What is &lt;there&gt;</desc>')
  expect(svg).toContain('>&lt;b&gt; &amp; &quot;c&quot;</text>')
})

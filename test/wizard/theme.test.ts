import { expect, it } from 'vitest'
import { manyColours, themeFor } from '../../src/wizard/theme.ts'

/** The colour cube of terminals with 256 colours: six steps each of red, green and blue, from number 16 on. */
function cube(number: number): readonly number[] {
  const steps = [0, 95, 135, 175, 215, 255]
  return [36, 6, 1].map(place => steps[Math.floor((number - 16) / place) % 6]!)
}

/** By WCAG 2. */
function luminance(colour: readonly number[]): number {
  const [red, green, blue] = colour.map(value =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

const coloured = Object.entries(manyColours).filter(([, style]) => style.color !== undefined)

it('some tones have colours', () => {
  expect(coloured.length).toBeGreaterThan(3)
})

it.each(coloured)('%s can be read on black and on white', (_tone, { color = '' }) => {
  const number = Number(/^ansi256\((\d+)\)$/.exec(color)?.[1])
  const light = luminance(cube(number))
  expect((light + 0.05) / 0.05).toBeGreaterThanOrEqual(3)
  expect(1.05 / (light + 0.05)).toBeGreaterThanOrEqual(3)
})

it('a terminal of sixteen colours is sent no others, and neither yellow, cyan nor blue, which have backgrounds they vanish on', () => {
  for (const depth of [1, 4])
    for (const { color } of Object.values(themeFor(depth)))
      expect([undefined, 'red', 'green', 'magenta']).toContain(color)
  for (const depth of [8, 24]) expect(themeFor(depth)).toBe(manyColours)
})

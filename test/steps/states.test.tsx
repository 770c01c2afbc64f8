import { cleanup, render } from 'ink-testing-library'
import stringWidth from 'string-width'
import { afterEach, describe, expect, it } from 'vitest'
import { App } from '../../src/app.tsx'
import type { Size } from '../../src/ui/frame.ts'
import type { Wizard } from '../../src/wizard/state.ts'
import { matrix, states } from './states.ts'

afterEach(cleanup)

/** Draws a state with Ink, as the terminal would get it. */
function drawn(wizard: Wizard, size: Size): readonly string[] {
  const store = { get: () => wizard, dispatch: () => {}, subscribe: () => () => {} }
  return (render(<App store={store} size={size} />).lastFrame() ?? '').split('\n')
}

const sizes = [
  [100, 30],
  [80, 24],
  [60, 16],
  [40, 10],
] as const

const cases = Object.entries(matrix).flatMap(([screen, ways]) =>
  states.flatMap(state => {
    const way = ways[state]
    return typeof way === 'string' ? [] : [[screen, state, way] as const]
  }),
)

describe.each(cases)('%s, %s', (screen, _state, { walk, shows }) => {
  it('is reached', () => {
    const { wizard } = walk()
    expect(wizard.help === null ? wizard.screen.name : 'help').toBe(screen)
  })

  it.each(sizes)('is whole at %i x %i: heading, what it is about, and the keys', (columns, rows) => {
    const { wizard } = walk()
    const lines = drawn(wizard, { columns, rows })
    const frame = lines.join('\n')
    expect(lines, frame).toHaveLength(rows - 1)
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns)
    expect(lines[0], frame).toMatch(/\S/)
    if (screen !== 'quitting') expect(lines.at(-1), frame).toMatch(/(\?|f1) (close )?help/)
    // Below 60 x 16 it need not all be there, but something has to be.
    const body = lines.slice(1, -2).join(' ')
    expect(rows < 16 ? /\S/.test(body) : shows.test(frame.replaceAll(/\s*\n\s*/g, ' ')), frame).toBe(true)
  })
})

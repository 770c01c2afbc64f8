/** What has no room on a small screen is never dropped without a word: something says that there is more. */
import { describe, expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import type { Wizard } from '../../src/wizard/state.ts'
import { matrix, states } from './states.ts'

/** `4-9 of 12`, `3 more lines`, `12 lines more`, `and more: ...`; or the page that a key turns to. */
const announcement = /\d-\d[\d,]* of \d|\d more\b|\d lines more|and more: /

/** Of a log, and of what a command prints, only the last lines are shown by the way; a key shows all of it. */
const tail = /^(\d\d:\d\d:\d\d|\|) /

const texts = (wizard: Wizard, rows: number) =>
  picture(wizard, { columns: 60, rows }).map(content => textOf(content).trim())

const cases = Object.entries(matrix).flatMap(([screen, ways]) =>
  states.flatMap(state => {
    const way = ways[state]
    return typeof way === 'string' ? [] : [[screen, state, way.walk] as const]
  }),
)

describe.each(cases)('%s, %s, at 60 x 16', (_screen, _state, walk) => {
  it('shows all, or says that there is more', () => {
    const { wizard } = walk()
    const small = texts(wizard, 16)
    const cut = texts(wizard, 600).filter(
      text => !announcement.test(text) && !tail.test(text) && !small.includes(text),
    )
    if (cut.length > 0) expect(small.join('\n'), `without ${cut.join('\n')}`).toMatch(announcement)
  })
})

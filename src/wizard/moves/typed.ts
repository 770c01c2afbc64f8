/** Text that is being typed: one grapheme comes, or the last one goes. */
import type { Wizard } from '../state.ts'
import { type Step, show, stay } from './step.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Longer than any name that a file can have. */
const limit = 4096

export function withoutLast(text: string): string {
  return [...segmenter.segment(text)]
    .slice(0, -1)
    .map(each => each.segment)
    .join('')
}

/** Puts a grapheme into the text that is being typed. */
export function type(wizard: Wizard, grapheme: string): Step {
  const { screen } = wizard
  switch (screen.name) {
    case 'targets':
    case 'detect':
      return show(wizard, {
        ...screen,
        cursor: 0,
        filter: { text: (screen.filter.text + grapheme).slice(0, limit), editing: true },
      })
    case 'confirm':
      return show(wizard, { ...screen, typed: (screen.typed + grapheme).slice(0, limit) })
    case 'rollback':
      if (screen.stage.is !== 'typing') return stay(wizard)
      return show(wizard, {
        ...screen,
        stage: { ...screen.stage, typed: (screen.stage.typed + grapheme).slice(0, limit) },
      })
    case 'open':
      return show(wizard, { ...screen, typed: (screen.typed + grapheme).slice(0, limit), completions: [] })
    case 'trace':
      if (screen.stage.is !== 'typing') return stay(wizard)
      return show(wizard, {
        ...screen,
        stage: { ...screen.stage, typed: (screen.stage.typed + grapheme).slice(0, limit) },
      })
    case 'initialize':
    case 'dry-run':
    case 'migrate':
    case 'verify':
    case 'application':
    case 'take-back':
    case 'done':
    case 'quitting':
      return stay(wizard)
  }
}

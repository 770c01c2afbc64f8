/** The filter of a list, while it is typed. */
import type { Action } from '../actions.ts'
import type { DetectScreen, TargetsScreen, Wizard } from '../state.ts'
import { type Step, show, stay } from './step.ts'
import { withoutLast } from './typed.ts'

export function onFilter(wizard: Wizard, screen: TargetsScreen | DetectScreen, action: Action): Step {
  switch (action) {
    case 'next':
      return show(wizard, { ...screen, filter: { ...screen.filter, editing: false } })
    case 'back':
      return show(wizard, { ...screen, cursor: 0, filter: { text: '', editing: false } })
    case 'erase':
      return show(wizard, {
        ...screen,
        cursor: 0,
        filter: { text: withoutLast(screen.filter.text), editing: true },
      })
    default:
      return stay(wizard)
  }
}

import type { Action } from '../actions.ts'
import { confirmEnter } from '../openings.ts'
import { expectRun } from '../progress.ts'
import { type ConfirmScreen, entryOf, type Wizard } from '../state.ts'
import { call, type Step, show, stay, working } from './step.ts'
import { withoutLast } from './typed.ts'

export function onConfirm(wizard: Wizard, screen: ConfirmScreen, action: Action): Step {
  const { journey, rehearsal } = screen
  switch (action) {
    case 'erase':
      return show(wizard, { ...screen, typed: withoutLast(screen.typed) })
    case 'back':
      return show(wizard, {
        name: 'dry-run',
        journey,
        view: 'summary',
        scroll: 0,
        work: { is: 'rehearsed', rehearsal },
      })
    case 'next': {
      // The key is closed until the name matches; this is the one door to a migration, so it looks again.
      if (confirmEnter(wizard) !== null) return stay(wizard)
      const { target } = journey
      const { choices } = entryOf(wizard, target)
      const { wizard: next, start } = call(wizard, 'migrate', { target, choices, plan: rehearsal.plan })
      const work = working(next, start, expectRun(rehearsal.timings))
      return show(next, { name: 'migrate', journey, rehearsal, wholeLog: false, work }, start)
    }
    default:
      return stay(wizard)
  }
}

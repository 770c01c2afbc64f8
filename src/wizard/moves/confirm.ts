import type { Action } from '../actions.ts'
import { confirmEnter } from '../openings.ts'
import type { ConfirmScreen, Wizard } from '../state.ts'
import { passOver } from './journey.ts'
import { migrate } from './running.ts'
import { type Step, show, stay } from './step.ts'
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
    case 'skip':
      return passOver(wizard, journey)
    case 'next': {
      // The key is closed until the name matches; this is the one door to a migration, so it looks again.
      if (confirmEnter(wizard) !== null) return stay(wizard)
      return migrate(wizard, journey, rehearsal)
    }
    default:
      return stay(wizard)
  }
}

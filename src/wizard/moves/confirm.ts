import type { Action } from '../actions.ts'
import { confirmEnter } from '../openings.ts'
import type { ConfirmScreen, Wizard } from '../state.ts'
import { passOver } from './journey.ts'
import { migrate } from './running.ts'
import { call, type Step, show, stay, working } from './step.ts'
import { withoutLast } from './typed.ts'

export function onConfirm(wizard: Wizard, screen: ConfirmScreen, action: Action): Step {
  const { journey, rehearsal, work } = screen
  if (work.is === 'working') {
    if (action !== 'back') return stay(wizard)
    return show(wizard, { ...screen, work: { is: 'asked' } }, { type: 'stop', job: work.job })
  }
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
      return readSchema(wizard, screen)
    }
    default:
      return stay(wizard)
  }
}

/** What was rehearsed may not be there any more. That is found out before a run, a lock or a snapshot is begun. */
function readSchema(wizard: Wizard, screen: ConfirmScreen): Step {
  const { plan, print } = screen.rehearsal
  const { wizard: next, start } = call(wizard, 'check-plan', { target: screen.journey.target, plan, print })
  return show(next, { ...screen, work: working(next, start) }, start)
}

/** The schema is the one that was rehearsed. */
export function onPlanFits(wizard: Wizard): Step {
  const { screen } = wizard
  return screen.name === 'confirm' ? migrate(wizard, screen.journey, screen.rehearsal) : stay(wizard)
}

import type { Action } from '../actions.ts'
import { confirmEnter } from '../openings.ts'
import { type ConfirmScreen, isRehearsal, type Rehearsal, type Wizard } from '../state.ts'
import { passOver } from './journey.ts'
import { goOn, migrate } from './running.ts'
import { call, type Step, show, stay, toTargets, working } from './step.ts'
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
      if (!isRehearsal(rehearsal)) return toTargets(wizard)
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
      return isRehearsal(rehearsal) ? readSchema(wizard, screen, rehearsal) : goOn(wizard, journey, rehearsal)
    }
    default:
      return stay(wizard)
  }
}

/** What was rehearsed may not be there any more. That is found out before a run, a lock or a snapshot is begun. */
function readSchema(wizard: Wizard, screen: ConfirmScreen, { plan, print }: Rehearsal): Step {
  const { wizard: next, start } = call(wizard, 'check-plan', { target: screen.journey.target, plan, print })
  return show(next, { ...screen, work: working(next, start) }, start)
}

/** The schema is the one that was rehearsed. */
export function onPlanFits(wizard: Wizard): Step {
  const { screen } = wizard
  if (screen.name !== 'confirm' || !isRehearsal(screen.rehearsal)) return stay(wizard)
  return migrate(wizard, screen.journey, screen.rehearsal)
}

/** The screens on which the engine writes: initialize and migrate. Leaving them is only possible when it has ended. */
import type { Action } from '../actions.ts'
import type { InitializeScreen, MigrateScreen, Wizard } from '../state.ts'
import { andThen, call, type Step, show, stay, toDetect, working } from './step.ts'

export function onInitialize(wizard: Wizard, screen: InitializeScreen, action: Action): Step {
  if (screen.work.is === 'working') return stay(wizard)
  const { journey } = screen
  switch (action) {
    case 'next': {
      const { wizard: next, start } = call(wizard, 'initialize', { target: journey.target, schema: '' })
      return show(next, { ...screen, work: working(next, start) }, start)
    }
    case 'back':
      return toDetect(wizard, journey)
    default:
      return stay(wizard)
  }
}

export function onMigrate(wizard: Wizard, screen: MigrateScreen, action: Action): Step {
  if (action === 'log') return show(wizard, { ...screen, wholeLog: !screen.wholeLog })
  if (screen.work.is === 'working') return stay(wizard)
  switch (action) {
    case 'next':
    case 'back':
      return andThen(stay(wizard), next => toDetect(next, screen.journey))
    default:
      return stay(wizard)
  }
}

/** Screens without a cursor are text: where there is no room for all of it, it is scrolled. */
import { type Movement, moveText } from '../actions.ts'
import { entryOf, type Wizard } from '../state.ts'
import { type Step, stay } from './step.ts'

/** More lines than such a screen ever has. */
const longest = 200

export function scroll(wizard: Wizard, movement: Movement): Step {
  return stay({ ...wizard, scroll: moveText(wizard.scroll, movement, longest) })
}

export function isScrolled(wizard: Wizard): boolean {
  const { screen } = wizard
  switch (screen.name) {
    case 'initialize':
    case 'confirm':
    case 'application':
    case 'migrate':
    case 'take-back':
      return true
    case 'detect':
      return screen.pane === 'evidence' || entryOf(wizard, screen.journey.target).detection.is === 'failed'
    case 'dry-run':
      return screen.work.is !== 'rehearsed'
    case 'verify':
      return screen.work.is !== 'proved'
    case 'rollback':
      return screen.stage.is !== 'list'
    case 'trace':
      return screen.stage.is !== 'found'
    case 'targets':
    case 'open':
    case 'done':
    case 'quitting':
      return false
  }
}

/** Another text begins at its beginning. */
export function fromTheTop(before: Wizard, after: Wizard): Wizard {
  return after.scroll === 0 || textOf(before) === textOf(after) ? after : { ...after, scroll: 0 }
}

function textOf({ screen }: Wizard): string {
  return [
    screen.name,
    'journey' in screen ? screen.journey.target : '',
    'pane' in screen ? screen.pane : '',
    'work' in screen ? screen.work.is : '',
    'stage' in screen ? screen.stage.is : '',
  ].join(' ')
}

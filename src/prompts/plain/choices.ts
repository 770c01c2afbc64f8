/** What can be chosen now, numbered: read from the key table, as footer and help are. */
import { type Action, isMovement } from '../../wizard/actions.ts'
import { type Binding, bindings, placeOf } from '../../wizard/keys.ts'
import { typing } from '../../wizard/openings.ts'
import { type Wizard, workOf } from '../../wizard/state.ts'

export interface Choice {
  /** What is pressed for it. */
  readonly key: string
  /** How the wizard's help calls that key; it may be typed in place of the number. */
  readonly label: string
  readonly short: string
  readonly long: string
}

/** Those with letters of their own here, those for screens only, and those that a number of a list stands for. */
const unnumbered: ReadonlySet<Action> = new Set([
  'back',
  'help',
  'quit',
  'interrupt',
  'redraw',
  'suspend',
  'erase',
])

/** The bindings of this place that work now. */
export function openBindings(wizard: Wizard): readonly Binding[] {
  return bindings[placeOf(wizard)].filter(binding => binding.closed(wizard) === null)
}

export function choicesOf(wizard: Wizard): readonly Choice[] {
  // What is typed here is the answer itself; Enter comes with it.
  const isTyped = typing(wizard) !== null
  return openBindings(wizard)
    .filter(({ action }) => !unnumbered.has(action) && !isMovement(action) && !(isTyped && action === 'next'))
    .map(({ keys, label, short, long }) => ({
      key: keys[0]!,
      label,
      short: (typeof short === 'string' ? short : short(wizard)) || long,
      long,
    }))
}

/** The key of an action that works now; null where none does. */
export function keyFor(wizard: Wizard, action: Action): string | null {
  return openBindings(wizard).find(binding => binding.action === action)?.keys[0] ?? null
}

/** Going back has a letter of its own, unless a key of the place has the same one: then neither is guessed. */
export const backLetter = 'b'

/** The choice that has the letter for going back as its key, by its number; null where there is none. */
export function choiceCalledBack(wizard: Wizard): number | null {
  const at = choicesOf(wizard).findIndex(({ key }) => key === backLetter)
  return at === -1 ? null : at + 1
}

/** Why the way on is closed, where it is and that needs saying. */
export function whyNotOn(wizard: Wizard): string | null {
  const onward = bindings[placeOf(wizard)].filter(binding => binding.action === 'next')
  if (
    typing(wizard) !== null ||
    workOf(wizard.screen) !== null ||
    onward.some(binding => binding.closed(wizard) === null)
  )
    return null
  return onward.map(binding => binding.closed(wizard)).find(why => why) ?? null
}

/** What Ctrl-C does now, where it does something other than to leave. */
export function interruptWords(wizard: Wizard): string | null {
  const binding = openBindings(wizard).find(each => each.action === 'interrupt' && each.footer)
  if (binding === undefined) return null
  return typeof binding.short === 'string' ? binding.short : binding.short(wizard)
}

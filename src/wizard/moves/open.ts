/** A file that is opened from within the wizard: its path is typed, and Tab completes it. */
import type { Action } from '../actions.ts'
import { openEnter } from '../openings.ts'
import {
  type GivenTarget,
  newEntry,
  type OpenScreen,
  targetsScreen,
  visibleEntries,
  type Wizard,
} from '../state.ts'
import { andThen, askStatus, notice, read, type Step, show, stay, toTargets } from './step.ts'
import { withoutLast } from './typed.ts'

export function onOpen(wizard: Wizard, screen: OpenScreen, action: Action): Step {
  const { typed } = screen
  switch (action) {
    case 'back':
      return toTargets(wizard)
    case 'erase':
      return show(wizard, { ...screen, typed: withoutLast(typed), completions: [] })
    case 'complete':
      return { wizard, commands: [{ type: 'complete', text: typed }] }
    case 'next':
      return openEnter(wizard) === null
        ? { wizard, commands: [{ type: 'find', text: typed.trim() }] }
        : stay(wizard)
    default:
      return stay(wizard)
  }
}

/** The text goes on as far as all completions agree. What was typed meanwhile is not touched. */
export function onCompleted(wizard: Wizard, text: string, completions: readonly string[]): Step {
  const { screen } = wizard
  if (screen.name !== 'open' || screen.typed !== text) return stay(wizard)
  const [first] = completions
  if (first === undefined) return notice(wizard, 'Nothing there begins with that.')
  let { length } = first
  while (!completions.every(each => each.startsWith(first.slice(0, length)))) length -= 1
  return show(wizard, {
    ...screen,
    typed: first.slice(0, Math.max(length, text.length)),
    completions: completions.length > 1 ? completions : [],
  })
}

/** Takes in what is new of it, reads that, and puts the cursor on the first of all. */
export function onFound(wizard: Wizard, text: string, given: readonly GivenTarget[]): Step {
  const { screen } = wizard
  if (screen.name !== 'open' || screen.typed.trim() !== text) return stay(wizard)
  const [first] = given
  if (first === undefined) return notice(wizard, 'There is no such file, and no folder with databases.')
  const added = given.filter(({ target }) => !wizard.entries.some(entry => entry.target === target))
  const opened = { ...wizard, entries: [...wizard.entries, ...added.map(newEntry)] }
  const reading = added.reduce(
    (step, { target }) => andThen(step, next => read(next, target, 'anew')),
    added.length > 0 ? askStatus(opened) : stay(opened),
  )
  return andThen(reading, next => {
    const cursor = visibleEntries(next, targetsScreen.filter).findIndex(
      ({ target }) => target === first.target,
    )
    return show(next, { ...targetsScreen, cursor: Math.max(0, cursor) })
  })
}

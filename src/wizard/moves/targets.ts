import { inTheirOrder } from '../across.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import { takeUp } from '../book.ts'
import { type TargetsScreen, visibleEntries, type Wizard } from '../state.ts'
import { unfinishedOf } from '../unfinished.ts'
import { compareOrNot } from './across.ts'
import { overAll } from './journey.ts'
import { notice, type Step, show, stay, toDetect, withEntry } from './step.ts'
import { takeUpAgain } from './unfinished.ts'

export function onTargets(wizard: Wizard, screen: TargetsScreen, action: Action): Step {
  const entries = visibleEntries(wizard, screen.filter)
  const focused = entries[screen.cursor]
  if (isMovement(action))
    return show(wizard, { ...screen, cursor: moveCursor(screen.cursor, action, entries.length) })
  switch (action) {
    case 'filter':
      return show(wizard, { ...screen, filter: { ...screen.filter, editing: true } })
    case 'toggle':
      if (focused === undefined) return stay(wizard)
      return stay(withEntry(wizard, focused.target, entry => ({ ...entry, selected: !entry.selected })))
    case 'next': {
      if (focused === undefined) return stay(wizard)
      const selected = entries.filter(entry => entry.selected).map(entry => entry.target)
      if (selected.length === 0) {
        const unfinished = unfinishedOf(focused)
        if (unfinished !== null)
          return takeUpAgain(wizard, { target: focused.target, rest: [], of: 1 }, unfinished)
      }
      const [target = focused.target, ...rest] = inTheirOrder(wizard, selected)
      const journey = {
        target,
        rest,
        of: Math.max(1, selected.length),
      }
      return toDetect(selected.length > 1 ? takeUp(wizard, selected) : wizard, journey)
    }
    case 'open':
      return show(wizard, { name: 'open', typed: '', completions: [] })
    case 'all':
      return overAll(wizard)
    case 'compare':
      return compareOrNot(wizard)
    case 'back':
      if (screen.filter.text === '') return notice(wizard, 'This is the start: q quits.')
      return show(wizard, { ...screen, cursor: 0, filter: { text: '', editing: false } })
    default:
      return stay(wizard)
  }
}

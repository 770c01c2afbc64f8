/** Looking up one id in all targets, and on to the rows that refer to it or are near it in time; nothing of it writes. */
import type { Answers } from '../../core/index.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import { followersOf } from '../followers.ts'
import { focusedFollower, traceEnter } from '../openings.ts'
import type { Screen, Traced, TraceScreen, Wizard } from '../state.ts'
import { call, type Step, show, stay, working } from './step.ts'
import { withoutLast } from './typed.ts'

const field = { is: 'typing', typed: '' } as const

/** The field for an id; from the screens where nothing is under way that it would lose. */
export function openTrace(wizard: Wizard, screen: Screen): Step {
  switch (screen.name) {
    case 'targets':
    case 'detect':
    case 'verify':
    case 'done':
      return show(wizard, { name: 'trace', from: screen, trail: [], stage: field })
    default:
      return stay(wizard)
  }
}

export function onTrace(wizard: Wizard, screen: TraceScreen, action: Action): Step {
  const { stage } = screen
  if (action === 'back') return back(wizard, screen)
  if (action === 'trace') return show(wizard, { ...screen, trail: [], stage: field })
  switch (stage.is) {
    case 'typing':
      if (action === 'erase')
        return show(wizard, { ...screen, stage: { ...stage, typed: withoutLast(stage.typed) } })
      if (action !== 'next' || traceEnter(wizard) !== null) return stay(wizard)
      return look(wizard, screen, stage.typed.trim())
    case 'looking':
      return stay(wizard)
    case 'failed':
      return action === 'next' ? look(wizard, screen, stage.id) : stay(wizard)
    case 'found': {
      if (isMovement(action)) {
        const rows = followersOf(stage.trace).length
        return show(wizard, {
          ...screen,
          stage: { ...stage, cursor: moveCursor(stage.cursor, action, rows) },
        })
      }
      const id = focusedFollower(stage)?.id ?? null
      if (action !== 'next' || id === null) return stay(wizard)
      return look(wizard, { ...screen, trail: [...screen.trail, stage] }, id)
    }
  }
}

function look(wizard: Wizard, screen: TraceScreen, id: string): Step {
  const targets = wizard.entries.map(entry => entry.target)
  const systems = Object.fromEntries(
    wizard.entries.flatMap(({ target, given }) => (given.owner ? [[target, given.owner.name]] : [])),
  )
  const { wizard: next, start } = call(wizard, 'trace', { id, targets, everywhere: true, systems })
  return show(next, { ...screen, stage: { is: 'looking', id, work: working(next, start) } }, start)
}

/** To what was looked at before, then to the field, then to where one came from. */
function back(wizard: Wizard, screen: TraceScreen): Step {
  const { stage, trail, from } = screen
  if (stage.is === 'typing') return show(wizard, from)
  const before: Traced | undefined = trail.at(-1)
  const typed = stage.is === 'found' ? stage.trace.id : stage.id
  const shown: TraceScreen =
    before === undefined
      ? { ...screen, stage: { is: 'typing', typed } }
      : { ...screen, trail: trail.slice(0, -1), stage: before }
  return stage.is === 'looking'
    ? show(wizard, shown, { type: 'stop', job: stage.work.job })
    : show(wizard, shown)
}

export function onTraced(wizard: Wizard, screen: TraceScreen, trace: Answers['trace']): Step {
  return show(wizard, { ...screen, stage: { is: 'found', trace, cursor: 0 } })
}

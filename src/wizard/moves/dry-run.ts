import { fileName } from '../../ui/target-name.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import {
  type DryRunScreen,
  detectScreen,
  entryOf,
  type Journey,
  type Rehearsal,
  type Wizard,
} from '../state.ts'
import { call, onward, type Step, show, stay, working } from './step.ts'

export function startRehearsal(wizard: Wizard, journey: Journey): Step {
  const { choices } = entryOf(wizard, journey.target)
  const { wizard: next, start } = call(wizard, 'dry-run', { target: journey.target, choices })
  const work = working(next, start)
  return show(next, { name: 'dry-run', journey, view: 'summary', scroll: 0, work }, start)
}

/** How far a view can be scrolled; the overview is drawn as one page that is about this long at most. */
function rowsOf(screen: DryRunScreen): number {
  if (screen.work.is !== 'rehearsed') return 0
  const { document } = screen.work.rehearsal
  switch (screen.view) {
    case 'statements':
      return document.statements.length
    case 'checks':
      return document.proof.checks.length + document.undo.checks.length
    case 'summary':
      return document.changes.length + document.samples.length + document.findings.length * 3 + 24
  }
}

export function onDryRun(wizard: Wizard, screen: DryRunScreen, action: Action): Step {
  if (isMovement(action))
    return show(wizard, { ...screen, scroll: moveCursor(screen.scroll, action, rowsOf(screen)) })
  const view = (name: DryRunScreen['view']): Step =>
    show(wizard, { ...screen, view: screen.view === name ? 'summary' : name, scroll: 0 })
  switch (action) {
    case 'statements':
      return view('statements')
    case 'checks':
      return view('checks')
    case 'write':
      return screen.work.is === 'rehearsed' ? writePlan(wizard, screen.work.rehearsal) : stay(wizard)
    case 'back':
      if (screen.view !== 'summary') return view('summary')
      if (screen.work.is === 'working')
        return show(wizard, detectScreen(screen.journey), { type: 'stop', job: screen.work.job })
      return show(wizard, detectScreen(screen.journey))
    case 'next':
      if (screen.work.is === 'working') return stay(wizard)
      if (screen.work.is === 'failed') return startRehearsal(wizard, screen.journey)
      if (screen.work.rehearsal.document.changes.length === 0) return onward(wizard, screen.journey)
      return show(wizard, {
        name: 'confirm',
        journey: screen.journey,
        rehearsal: screen.work.rehearsal,
        typed: '',
      })
    default:
      return stay(wizard)
  }
}

function writePlan(wizard: Wizard, rehearsal: Rehearsal): Step {
  const file = `${fileName(rehearsal.document.target)}.plan.json`
  return { wizard, commands: [{ type: 'write', file, text: `${JSON.stringify(rehearsal.plan, null, 2)}\n` }] }
}

import type { Requests } from '../../core/index.ts'
import { fileName } from '../../ui/target-name.ts'
import { allChoices, firstToMigrate, leadersOf, leads } from '../across.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import { schemaDiff } from '../schema-diff.ts'
import {
  type DryRunScreen,
  detectScreen,
  entryOf,
  type Journey,
  type Rehearsal,
  type Wizard,
} from '../state.ts'
import { goFirst } from './across.ts'
import { onward, passOver } from './journey.ts'
import { call, type Step, show, stay, working } from './step.ts'

export function startRehearsal(wizard: Wizard, journey: Journey): Step {
  const { target } = journey
  const { wizard: next, start } = call(wizard, 'dry-run', {
    target,
    choices: allChoices(wizard, entryOf(wizard, target)),
    ...copies(wizard, target),
  })
  const work = working(next, start)
  return show(next, { name: 'dry-run', journey, view: 'summary', scroll: 0, work }, start)
}

/**
 * Copies of rehearsed targets, for those that take their ULIDs from them: one for each target that leads, by a name that
 * the effects put into a folder of their own. Whoever is migrated is asked himself.
 */
function copies(wizard: Wizard, target: string): Pick<Requests['dry-run'], 'keep' | 'rehearsed'> {
  const copyOf = (of: string) => `${wizard.entries.findIndex(entry => entry.target === of)}.db`
  const rehearsed = leadersOf(wizard, target).filter(leader =>
    wizard.entries.some(entry => entry.target === leader && entry.rehearsal?.kept),
  )
  return {
    ...(leads(wizard, target) ? { keep: copyOf(target) } : {}),
    ...(rehearsed.length > 0
      ? { rehearsed: Object.fromEntries(rehearsed.map(leader => [leader, copyOf(leader)])) }
      : {}),
  }
}

/** How far a view can be scrolled; the overview is drawn as one page that is about this long at most. */
function rowsOf(screen: DryRunScreen): number {
  if (screen.work.is !== 'rehearsed') return 0
  const { document } = screen.work.rehearsal
  switch (screen.view) {
    case 'statements':
      return document.statements.length
    case 'schema':
      return schemaDiff(document).length
    case 'checks':
      return document.proof.checks.length + document.undo.checks.length
    case 'summary':
      return document.changes.length + document.samples.length + document.findings.length * 3 + 24
  }
}

export function onDryRun(wizard: Wizard, screen: DryRunScreen, action: Action): Step {
  if (isMovement(action))
    return show(wizard, { ...screen, scroll: moveCursor(screen.scroll, action, rowsOf(screen)) })
  const first = firstToMigrate(wizard, screen.journey.target)
  const view = (name: DryRunScreen['view']): Step =>
    show(wizard, { ...screen, view: screen.view === name ? 'summary' : name, scroll: 0 })
  switch (action) {
    case 'statements':
      return view('statements')
    case 'schema':
      return view('schema')
    case 'checks':
      return view('checks')
    case 'skip':
      return passOver(wizard, screen.journey, screen.work)
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
      if (first !== null) return goFirst(wizard, screen.journey, first)
      return show(wizard, {
        name: 'confirm',
        journey: screen.journey,
        rehearsal: screen.work.rehearsal,
        typed: '',
        work: { is: 'asked' },
      })
    default:
      return stay(wizard)
  }
}

function writePlan(wizard: Wizard, rehearsal: Rehearsal): Step {
  const file = `${fileName(rehearsal.document.target)}.plan.json`
  return { wizard, commands: [{ type: 'write', file, text: `${JSON.stringify(rehearsal.plan, null, 2)}\n` }] }
}

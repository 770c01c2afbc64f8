/** The screens on which the engine writes: initialize and migrate. Leaving them is only possible when it has ended. */
import { knownPlaceOf } from '../../core/index.ts'
import { allChoices } from '../across.ts'
import type { Action } from '../actions.ts'
import { wasInUse } from '../openings.ts'
import { expectRun } from '../progress.ts'
import {
  entryOf,
  type InitializeScreen,
  isRehearsal,
  type Journey,
  type MigrateScreen,
  type Rehearsal,
  type Resumed,
  type Wizard,
  type Working,
} from '../state.ts'
import { passOver } from './journey.ts'
import { call, type Step, show, stay, toDetect, working } from './step.ts'
import { askTakeBack } from './take-back.ts'

export function onInitialize(wizard: Wizard, screen: InitializeScreen, action: Action): Step {
  if (screen.work.is === 'working') return stay(wizard)
  const { journey } = screen
  switch (action) {
    case 'next': {
      const { target } = journey
      const entry = entryOf(wizard, target)
      const known = entry.given.owner === undefined ? null : knownPlaceOf(entry.given.owner, target)
      const asked = screen.missing
        ? { target, schema: known?.schema ?? '', ofSystem: true }
        : { target, schema: '' }
      const { wizard: next, start } = call(wizard, 'initialize', asked)
      return show(next, { ...screen, how: 'known', work: working(next, start) }, start)
    }
    case 'run-command': {
      const { owner: system } = entryOf(wizard, journey.target).given
      if (system === undefined) return stay(wizard)
      const asked = { target: journey.target, named: true, system, run: true, accept: false }
      const { wizard: next, start } = call(wizard, 'initialize-system', asked)
      return show(next, { ...screen, how: 'command', work: working(next, start) }, start)
    }
    case 'skip':
      return passOver(wizard, journey)
    case 'back':
      return toDetect(wizard, journey)
    default:
      return stay(wizard)
  }
}

/** Begins the migration that was rehearsed and confirmed: its plan, and no other. */
export function migrate(wizard: Wizard, journey: Journey, rehearsal: Rehearsal): Step {
  const { target } = journey
  const choices = allChoices(wizard, entryOf(wizard, target))
  const { wizard: next, start } = call(wizard, 'migrate', { target, choices, plan: rehearsal.plan })
  const work = working(next, start, expectRun(rehearsal.timings))
  return show(next, { name: 'migrate', journey, rehearsal, wholeLog: false, work }, start)
}

function pauseOrGoOn(wizard: Wizard, screen: MigrateScreen, work: Working): Step {
  const pausing = !work.pausing
  const command = { type: pausing ? 'pause' : 'resume', job: work.job } as const
  return show(wizard, { ...screen, work: { ...work, pausing } }, command)
}

/** Goes on with an expansion, by the plan with which it was begun: no choice made here has a part in it. */
export function goOn(wizard: Wizard, journey: Journey, rehearsal: Resumed): Step {
  const { wizard: next, start } = call(wizard, 'migrate', { target: journey.target, choices: {} })
  const screen = { name: 'migrate', journey, rehearsal, wholeLog: false } as const
  return show(next, { ...screen, work: working(next, start) }, start)
}

export function onMigrate(wizard: Wizard, screen: MigrateScreen, action: Action): Step {
  // The whole log is read from its end, where it goes on.
  if (action === 'log')
    return show({ ...wizard, scroll: screen.wholeLog ? 0 : -1 }, { ...screen, wholeLog: !screen.wholeLog })
  if (screen.work.is === 'working')
    return action === 'pause' ? pauseOrGoOn(wizard, screen, screen.work) : stay(wizard)
  switch (action) {
    case 'next':
      // What was confirmed is still what would be done: the plan is bound to the schema, and nothing has begun.
      if (wasInUse(screen.work))
        return isRehearsal(screen.rehearsal)
          ? migrate(wizard, screen.journey, screen.rehearsal)
          : goOn(wizard, screen.journey, screen.rehearsal)
      return toDetect(wizard, screen.journey)
    case 'skip':
      return passOver(wizard, screen.journey)
    case 'take-back':
      return askTakeBack(wizard, screen, [screen.journey.target])
    case 'take-all-back':
      return askTakeBack(wizard, screen, wizard.book.done)
    case 'back':
      return toDetect(wizard, screen.journey)
    default:
      return stay(wizard)
  }
}

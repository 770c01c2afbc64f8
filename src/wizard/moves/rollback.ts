import type { CodeRun } from '../../core/index.ts'
import { fileName } from '../../ui/target-name.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import { confirmEnter, focusedRun, mayTryAgain } from '../openings.ts'
import {
  type AnyChoice,
  type CodeChoice,
  onlyReads,
  type RollbackHow,
  type RollbackScreen,
  rollbackRuns,
  type Wizard,
} from '../state.ts'
import { andThen, askStatus, call, type Step, show, stay, toTargets, working } from './step.ts'
import { withoutLast } from './typed.ts'

const list = { is: 'list', cursor: 0 } as const

/** The menu, with the runs as they are now. */
export function openRollback(wizard: Wizard): Step {
  const { screen } = wizard
  if (screen.name === 'quitting' || screen.name === 'open') return stay(wizard)
  const from =
    screen.name === 'rollback' || screen.name === 'take-back' || screen.name === 'trace'
      ? screen.from
      : screen
  const shown = show(wizard, { name: 'rollback', from, stage: list })
  return andThen(andThen(shown, askStatus), askCodeRuns)
}

/** Asks for the runs that changed source code. */
function askCodeRuns(wizard: Wizard): Step {
  const { wizard: next, start } = call(wizard, 'code-runs', {})
  return { wizard: { ...next, codeRunsJob: start.job }, commands: [start] }
}

/** More runs are known now; the cursor stays on the run that it stood on. */
export function withCodeRuns(wizard: Wizard, codeRuns: readonly CodeRun[]): Wizard {
  const known = { ...wizard, codeRuns, codeRunsJob: null }
  const { screen } = wizard
  const focused = focusedRun(wizard)
  if (screen.name !== 'rollback' || screen.stage.is !== 'list' || focused === null) return known
  const runOf = (choice: AnyChoice) => (choice.of === 'code' ? choice.run.run : choice.record.run)
  const same = rollbackRuns(known).findIndex(
    each => each.target === focused.target && runOf(each) === runOf(focused),
  )
  return { ...known, screen: { ...screen, stage: { is: 'list', cursor: Math.max(0, same) } } }
}

function putBack(wizard: Wizard, screen: RollbackScreen, choice: CodeChoice): Step {
  const { wizard: next, start } = call(wizard, 'undo-code', { run: choice.run.run })
  const stage = { is: 'running', choice, how: 'undo', work: working(next, start) } as const
  return show(next, { ...screen, stage }, start)
}

function run(wizard: Wizard, screen: RollbackScreen, choice: AnyChoice, how: RollbackHow): Step {
  if (choice.of === 'code') return putBack(wizard, screen, choice)
  const { wizard: next, start } = call(wizard, 'rollback', {
    target: choice.target,
    mode: how === 'restore' || how === 'weigh' ? 'restore' : 'undo',
    run: choice.record.run,
    dryRun: onlyReads(how),
    ...(how === 'restore' ? { confirm: fileName(choice.target) } : {}),
  })
  return show(next, { ...screen, stage: { is: 'running', choice, how, work: working(next, start) } }, start)
}

export function onRollback(wizard: Wizard, screen: RollbackScreen, action: Action): Step {
  const { stage } = screen
  const toList = (): Step => show(wizard, { ...screen, stage: list })
  switch (stage.is) {
    case 'list':
      return onList(wizard, screen, stage.cursor, action)
    case 'asking':
      if (action === 'next') return run(wizard, screen, stage.choice, 'undo')
      if (action === 'rehearse' && stage.choice.of === 'database')
        return run(wizard, screen, stage.choice, 'rehearse-undo')
      return action === 'back' ? toList() : stay(wizard)
    case 'typing':
      if (action === 'erase')
        return show(wizard, { ...screen, stage: { ...stage, typed: withoutLast(stage.typed) } })
      if (action === 'next' && confirmEnter(wizard) === null)
        return run(wizard, screen, stage.choice, 'restore')
      return action === 'back' ? toList() : stay(wizard)
    case 'running':
      if (action !== 'back' || !onlyReads(stage.how)) return stay(wizard)
      return show(wizard, { ...screen, stage: list }, { type: 'stop', job: stage.work.job })
    case 'finished':
      if (stage.document.rehearsed) {
        if (action === 'next')
          return show(wizard, { ...screen, stage: { is: 'asking', choice: stage.choice } })
        return action === 'back' || action === 'rollback' ? toList() : stay(wizard)
      }
      // The target is another one now: where the operator came from may no longer be true of it.
      if (action === 'next' || action === 'back') return toTargets(wizard)
      return action === 'rollback' ? openRollback(wizard) : stay(wizard)
    case 'put-back':
      if (action === 'next') return toTargets(wizard)
      return action === 'back' || action === 'rollback' ? openRollback(wizard) : stay(wizard)
    case 'failed':
      if (action === 'next' && mayTryAgain(stage)) return run(wizard, screen, stage.choice, stage.how)
      return action === 'next' || action === 'back' || action === 'rollback'
        ? openRollback(wizard)
        : stay(wizard)
  }
}

function onList(wizard: Wizard, screen: RollbackScreen, cursor: number, action: Action): Step {
  const choice = focusedRun(wizard)
  if (isMovement(action)) {
    const rows = rollbackRuns(wizard).length
    return show(wizard, { ...screen, stage: { is: 'list', cursor: moveCursor(cursor, action, rows) } })
  }
  if (action === 'back') return show(wizard, screen.from)
  if (choice === null) return stay(wizard)
  switch (action) {
    case 'next':
      return show(wizard, { ...screen, stage: { is: 'asking', choice } })
    case 'rehearse':
      return choice.of === 'code' ? stay(wizard) : run(wizard, screen, choice, 'rehearse-undo')
    case 'restore':
      if (choice.of === 'code') return stay(wizard)
      // What would be lost is counted, and the snapshot read, before anybody is asked for the name.
      return run(wizard, screen, choice, 'weigh')
    default:
      return stay(wizard)
  }
}

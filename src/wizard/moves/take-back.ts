/** Undoing what this wizard has migrated: asked for once, with the list; then the newest first, one after another. */
import type { RolledBackTarget } from '../../core/index.ts'
import type { Action } from '../actions.ts'
import { noteTakenBack, pageOf } from '../book.ts'
import type { TakeBackScreen, Wizard } from '../state.ts'
import { andThen, call, refresh, type Step, show, stay, toTargets, working } from './step.ts'

/** @param targets in the order in which they were migrated */
export function askTakeBack(wizard: Wizard, from: TakeBackScreen['from'], targets: readonly string[]): Step {
  const newestFirst = [...wizard.book.done].reverse().filter(target => targets.includes(target))
  if (newestFirst.length === 0) return stay(wizard)
  return show(wizard, { name: 'take-back', from, targets: newestFirst, taken: [], stage: { is: 'asking' } })
}

export function onTakeBack(wizard: Wizard, screen: TakeBackScreen, action: Action): Step {
  const { stage } = screen
  switch (stage.is) {
    case 'asking':
      if (action === 'next') return undoFirst(wizard, screen)
      return action === 'back' ? show(wizard, screen.from) : stay(wizard)
    case 'running':
      return stay(wizard)
    case 'failed':
      if (action === 'next') return undoFirst(wizard, screen)
      // Where the operator came from may no longer be true.
      return action === 'back' ? toTargets(wizard) : stay(wizard)
    case 'ended':
      return action === 'next' || action === 'back' ? toTargets(wizard) : stay(wizard)
  }
}

function undoFirst(wizard: Wizard, screen: TakeBackScreen): Step {
  const [target] = screen.targets
  if (target === undefined) return show(wizard, { ...screen, stage: { is: 'ended' } })
  const run = pageOf(wizard, target)?.run ?? ''
  const request = { target, mode: 'undo', dryRun: false, ...(run === '' ? {} : { run }) } as const
  const { wizard: next, start } = call(wizard, 'rollback', request)
  return show(next, { ...screen, stage: { is: 'running', work: working(next, start) } }, start)
}

/** One is back; the next follows as long as each is proved. */
export function onTakenBack(wizard: Wizard, screen: TakeBackScreen, document: RolledBackTarget): Step {
  const [target, ...targets] = screen.targets
  if (target === undefined) return stay(wizard)
  const back = { ...screen, targets, taken: [...screen.taken, document] }
  const noted = noteTakenBack(wizard, target)
  const refreshed = andThen(show(noted, back), next => refresh(next, target))
  if (!document.proof.ok) return andThen(refreshed, next => show(next, { ...back, stage: { is: 'ended' } }))
  return andThen(refreshed, next => undoFirst(next, back))
}

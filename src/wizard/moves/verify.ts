import { fileName } from '../../ui/target-name.ts'
import { type Action, isMovement, moveCursor } from '../actions.ts'
import type { VerifyScreen, Wizard } from '../state.ts'
import { onward } from './journey.ts'
import { call, type Step, show, stay, toTargets, working } from './step.ts'
import { askTakeBack } from './take-back.ts'

export function onVerify(wizard: Wizard, screen: VerifyScreen, action: Action): Step {
  const { work, journey } = screen
  if (isMovement(action)) {
    const rows = work.is === 'proved' ? work.proof.checks.length : 0
    return show(wizard, { ...screen, cursor: moveCursor(screen.cursor, action, rows) })
  }
  switch (action) {
    case 'toggle':
      return show(wizard, { ...screen, details: !screen.details })
    case 'next':
      return work.is === 'working' ? stay(wizard) : onward(wizard, journey)
    case 'verify': {
      return work.is === 'working' ? stay(wizard) : proveRun(wizard, screen)
    }
    case 'write': {
      if (work.is !== 'proved') return stay(wizard)
      const report = {
        schema: 'ulid-migrate.migrate/1',
        targets: screen.migrated === null ? [] : [screen.migrated],
        verified: work.proof,
      }
      const file = `${fileName(journey.target)}.report.json`
      return { wizard, commands: [{ type: 'write', file, text: `${JSON.stringify(report, null, 2)}\n` }] }
    }
    case 'take-back':
      return askTakeBack(wizard, screen, [journey.target])
    case 'take-all-back':
      return askTakeBack(wizard, screen, wizard.book.done)
    case 'back':
      return toTargets(wizard, work.is === 'working' ? work.job : null)
    default:
      return stay(wizard)
  }
}

/** Has the run that stands proved by a fresh process. */
export function proveRun(wizard: Wizard, screen: Omit<VerifyScreen, 'work'>): Step {
  const { wizard: next, start } = call(wizard, 'verify', { target: screen.journey.target })
  return show(next, { ...screen, cursor: 0, work: working(next, start) }, start)
}

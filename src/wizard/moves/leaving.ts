/** The ways out: quitting, Ctrl-C and signals; and the code that the program leaves with. */
import { exitCodes } from '../../core/index.ts'
import { hasProblems } from '../report.ts'
import {
  type Failed,
  isLive,
  type QuittingScreen,
  type Screen,
  type Wizard,
  type Working,
  workOf,
} from '../state.ts'
import { type Step, show, stay } from './step.ts'

export const interrupted = 130

export function leave(wizard: Wizard, code: number): Step {
  return show(
    { ...wizard, help: null },
    { name: 'quitting', code, live: liveRun(wizard.screen) },
    { type: 'leave', code },
  )
}

/** The run that is writing a target, or was when the way out was taken and has not been heard of since. */
export function liveRun(screen: Screen): QuittingScreen['live'] {
  if (screen.name === 'quitting') return screen.live
  const work = workOf(screen)
  if (work === null || !isLive(screen)) return null
  const { job } = work
  if ('journey' in screen) {
    const rehearsal = screen.name === 'migrate' ? screen.rehearsal : null
    return { job, target: screen.journey.target, rehearsal }
  }
  const target =
    screen.name === 'take-back'
      ? screen.targets[0]
      : screen.name === 'rollback' && screen.stage.is === 'running'
        ? screen.stage.choice.target
        : undefined
  return target === undefined ? null : { job, target, rehearsal: null }
}

export function quit(wizard: Wizard): Step {
  return leave(wizard, exitCodeOf(wizard))
}

/** Ctrl-C: while a target is written it stops the run, then kills it; everywhere else it leaves. */
export function interrupt(wizard: Wizard): Step {
  const { screen } = wizard
  if (screen.name === 'quitting') return { wizard, commands: [{ type: 'kill-all' }] }
  const work = workOf(screen)
  if (work === null || !isLive(screen)) return leave(wizard, interrupted)
  switch (work.stopping) {
    case 'no':
      return {
        wizard: withWork(wizard, { ...work, stopping: 'asked' }),
        commands: [{ type: 'stop', job: work.job }],
      }
    case 'asked':
      return {
        wizard: withWork(wizard, { ...work, stopping: 'killed' }),
        commands: [{ type: 'kill', job: work.job }],
      }
    case 'killed':
      return stay(wizard)
  }
}

/** The same screen with its work further on. */
export function withWork(wizard: Wizard, work: Working): Wizard {
  const { screen } = wizard
  switch (screen.name) {
    case 'initialize':
    case 'dry-run':
    case 'migrate':
    case 'verify':
    case 'application':
    case 'confirm':
      return { ...wizard, screen: { ...screen, work } }
    case 'take-back':
      return screen.stage.is === 'running'
        ? { ...wizard, screen: { ...screen, stage: { ...screen.stage, work } } }
        : wizard
    case 'rollback':
      return screen.stage.is === 'running'
        ? { ...wizard, screen: { ...screen, stage: { ...screen.stage, work } } }
        : wizard
    case 'trace':
      return screen.stage.is === 'looking'
        ? { ...wizard, screen: { ...screen, stage: { ...screen.stage, work } } }
        : wizard
    case 'open':
    case 'targets':
    case 'detect':
    case 'done':
    case 'quitting':
      return wizard
  }
}

/** 0 when all is well, 3 after a proof with problems, 130 after Ctrl-C, otherwise what the failure in sight says. */
export function exitCodeOf(wizard: Wizard): number {
  const last = wizard.deeds.at(-1)
  if (last?.did === 'stopped') return interrupted
  if (last?.did === 'migrated' && !last.proof.ok) return exitCodes.verification
  if (last?.did === 'failed' && last.failure.exit === exitCodes.verification) return exitCodes.verification
  if (hasProblems(wizard)) return exitCodes.verification
  return failureInSight(wizard, wizard.screen)?.failure.exit ?? exitCodes.done
}

function failureInSight(wizard: Wizard, screen: Screen): Pick<Failed, 'failure'> | null {
  switch (screen.name) {
    case 'detect': {
      const detection = wizard.entries.find(entry => entry.target === screen.journey.target)?.detection
      return detection?.is === 'failed' ? detection : null
    }
    case 'initialize':
    case 'dry-run':
    case 'migrate':
    case 'verify':
    case 'application':
      return screen.work.is === 'failed' ? screen.work : null
    case 'take-back':
      return screen.stage.is === 'failed' ? screen.stage.work : null
    case 'rollback':
      return screen.stage.is === 'failed' ? screen.stage.work : failureInSight(wizard, screen.from)
    case 'trace':
      // Looking something up changes nothing of what was done.
      return failureInSight(wizard, screen.from)
    case 'open':
    case 'targets':
    case 'confirm':
    case 'done':
    case 'quitting':
      return null
  }
}

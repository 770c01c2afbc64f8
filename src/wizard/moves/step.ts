/** The parts that all moves are made of. A step is the next state, and what is asked of the world on the way. */
import type { Across, Requests } from '../../core/index.ts'
import { acrossOf } from '../across.ts'
import type { Asked, Command, Start } from '../messages.ts'
import { startProgress } from '../progress.ts'
import {
  type DetectScreen,
  detectScreen,
  type Entry,
  entryOf,
  type Job,
  type Journey,
  type Screen,
  targetsScreen,
  type Wizard,
  type Working,
} from '../state.ts'

export interface Step {
  readonly wizard: Wizard
  readonly commands: readonly Command[]
}

export function stay(wizard: Wizard): Step {
  return { wizard, commands: [] }
}

export function show(wizard: Wizard, screen: Screen, ...commands: readonly Command[]): Step {
  return { wizard: { ...wizard, screen }, commands }
}

export function notice(wizard: Wizard, text: string): Step {
  return stay({ ...wizard, notice: text })
}

/** One step after another. (Not `then`: a module that exports that name is taken for a promise when it is imported.) */
export function andThen(step: Step, next: (wizard: Wizard) => Step): Step {
  const after = next(step.wizard)
  return { wizard: after.wizard, commands: [...step.commands, ...after.commands] }
}

export function withEntry(wizard: Wizard, target: string, change: (entry: Entry) => Entry): Wizard {
  return {
    ...wizard,
    entries: wizard.entries.map(entry => (entry.target === target ? change(entry) : entry)),
  }
}

/** Takes the next number for a call of the engine. */
export function call<O extends Asked>(
  wizard: Wizard,
  operation: O,
  request: Requests[O],
): { wizard: Wizard; start: Start } {
  const start = { type: 'start', job: wizard.nextJob, operation, request } as Start
  return { wizard: { ...wizard, nextJob: wizard.nextJob + 1 }, start }
}

export function working(
  wizard: Wizard,
  start: Start,
  expected: Parameters<typeof startProgress>[1] = [],
): Working {
  return {
    is: 'working',
    job: start.job,
    progress: startProgress(wizard.now, expected),
    stopping: 'no',
    pausing: false,
  }
}

/** Other choices, or another target: what the targets have to do with each other may be something else now. */
export function compareAgain(wizard: Wizard, shown: Across | null = acrossOf(wizard)): Step {
  const { comparison } = wizard
  if (comparison.is === 'stopped') return stay(wizard)
  return {
    wizard: { ...wizard, comparison: { is: 'due', shown } },
    commands: comparison.is === 'asking' ? [{ type: 'stop', job: comparison.job }] : [],
  }
}

/** Reads a target (again); what was known stays in sight meanwhile, and a reading under way is given up. */
export function read(wizard: Wizard, target: string, how: 'again' | 'anew'): Step {
  const entry = entryOf(wizard, target)
  const { wizard: next, start } = call(wizard, 'detect', { target, choices: entry.choices })
  const { detection } = entry
  const settled =
    detection.is === 'reading'
      ? detection.settled
      : detection.is === 'known'
        ? { document: detection.document, choices: entry.choices }
        : null
  const kept = how === 'again' ? settled : null
  const superseded: readonly Command[] =
    detection.is === 'reading' ? [{ type: 'stop', job: detection.job }] : []
  const reading = withEntry(next, target, each => ({
    ...each,
    original: how === 'anew' ? null : each.original,
    rehearsal: null,
    detection: {
      is: 'reading',
      job: start.job,
      progress: startProgress(wizard.now),
      shown: kept?.document ?? null,
      settled: kept,
    },
  }))
  return andThen({ wizard: reading, commands: [...superseded, start] }, after => compareAgain(after))
}

/** Asks for the runs of all targets. */
export function askStatus(wizard: Wizard): Step {
  if (wizard.entries.length === 0) return stay(wizard)
  const { wizard: next, start } = call(wizard, 'status', {
    targets: wizard.entries.map(entry => entry.target),
  })
  return { wizard: { ...next, statusJob: start.job }, commands: [start] }
}

/** After a target was changed: what was known of it is old. Choices start from the flags again, or from what was kept. */
export function refresh(wizard: Wizard, target: string): Step {
  const fresh = withEntry(wizard, target, entry => ({
    ...entry,
    choices: entry.kept,
    given: { ...entry.given, choices: entry.kept },
  }))
  return andThen(read(fresh, target, 'anew'), askStatus)
}

/** After a run that left the target as it was: look again, with the choices as they stand. */
export function lookAgain(wizard: Wizard, target: string): Step {
  return andThen(read(wizard, target, 'again'), askStatus)
}

/** @param job what is under way on the screen that is left, and is then stopped; null: nothing */
export function toTargets(wizard: Wizard, job: Job | null = null): Step {
  return job === null ? show(wizard, targetsScreen) : show(wizard, targetsScreen, { type: 'stop', job })
}

export function toDetect(wizard: Wizard, journey: Journey): Step {
  const screen: DetectScreen = detectScreen(journey)
  const { detection } = entryOf(wizard, journey.target)
  const shown = show(wizard, screen)
  return detection.is === 'waiting' || detection.is === 'failed'
    ? andThen(shown, next => read(next, journey.target, 'anew'))
    : shown
}

/** To the next target of the journey, or to its end. */
export function toNext(wizard: Wizard, journey: Journey): Step {
  const [target, ...rest] = journey.rest
  if (target === undefined) return show(wizard, { name: 'done', scroll: 0 })
  return toDetect(wizard, { ...journey, target, rest })
}

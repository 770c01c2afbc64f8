/** `--remember`: what holds for a target by flags and config files is written into the config file. */
import {
  type Choices,
  commandLine,
  type Failure,
  type Kept,
  mayRemember,
  type Remembered,
  remember,
} from '../core/index.ts'
import { tilde } from '../ui/format.ts'
import { keptText } from '../ui/kept.ts'
import { usageFailure } from './failure.ts'
import type { Session } from './session.ts'

/** Remembers the choices of one invocation, target by target; does nothing without the flag. */
export interface Memory {
  /** What stands in the way, asked before a target is touched. */
  obstacle(target: string): Promise<Failure | null>
  /** Says what was written where. */
  keep(target: string): Promise<Failure | null>
  /** For the document; empty without the flag. */
  content(): { readonly remembered?: readonly Kept[] }
}

/** @param options `wait` where it was typed */
export function memoryOf(
  session: Session,
  options: { readonly remember?: true | undefined; readonly wait?: number | undefined },
  typed: Choices,
): Memory {
  const done: Kept[] = []
  const wanted = (target: string) => ({
    file: session.project,
    files: session.configFiles,
    target,
    system: session.keeper(target),
    choices: session.choices(typed, target),
    ...(options.wait === undefined ? {} : { waitSeconds: options.wait }),
  })

  async function keep(target: string): Promise<Failure | null> {
    const remembered: Remembered = await remember(wanted(target))
    if (remembered.type === 'failed') return remembered.error
    done.push(remembered.kept)
    session.note(keptText(remembered.kept, tilde(remembered.kept.file)), ...once(typed))
    return null
  }

  if (!options.remember)
    return { obstacle: () => Promise.resolve(null), keep: () => Promise.resolve(null), content: () => ({}) }
  return { obstacle: target => mayRemember(wanted(target)), keep, content: () => ({ remembered: done }) }
}

/** For the wizard, which asks for it by key. */
export function rememberIn({ project: file, configFiles: files, keeper }: Session) {
  return (target: string, choices: Choices): Promise<Remembered> =>
    remember({ file, files, target, system: keeper(target), choices })
}

/** A plan holds its choices: nothing of them was said here. */
export function nothingToRemember(plan: string): Failure {
  return usageFailure('PLAN.NOT_REMEMBERED', {
    object: plan,
    message: 'The choices of a plan are not written into the config file.',
    why: 'It holds them already, and for good: a later run of it needs no other.',
    next: commandLine('migrate', plan),
  })
}

function once({ seed, baseTime }: Choices): readonly string[] {
  const names = [
    ...(seed === undefined ? [] : ['--seed']),
    ...(baseTime === undefined ? [] : ['--base-time']),
  ]
  return names.length === 0 ? [] : [`Not kept, since it belongs to one run: ${names.join(', ')}`]
}

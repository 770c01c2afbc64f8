/**
 * Consent to a change of a target: a flag, or an answer on the terminal. Questions are asked before the engine starts
 * the change, never while it holds a lock.
 */
import { commandLine, exitCodes, type Failure } from '../core/index.ts'
import { type Choice, QuestionCancelled, type Questions } from '../prompts/questions.ts'
import { printable } from '../ui/printable.ts'
import { failure, usageFailure } from './failure.ts'
import type { Session } from './session.ts'

/** The answer that is missing, with the whole command to copy. */
export function consentMissing(session: Session, flag: readonly string[], object: string): Failure {
  const asked =
    session.context.questions === null ? 'there is no terminal to ask on' : 'no question may be asked'
  return usageFailure('CONSENT.MISSING', {
    object,
    message: `${session.command} changes this target and wants ${flag.join(' ')}.`,
    why: `Nobody has agreed, and ${asked}.`,
    next: commandLine(...session.context.argv.filter(word => word !== '--no-input'), ...flag),
  })
}

type Answer =
  | { readonly type: 'yes' }
  | { readonly type: 'no' }
  | { readonly type: 'failed'; readonly error: Failure }

async function answer<T>(
  session: Session,
  object: string,
  question: (questions: Questions, signal: AbortSignal) => Promise<T>,
  agrees: (given: T) => boolean,
): Promise<Answer> {
  const { questions, interrupts } = session.context
  if (questions === null) return { type: 'failed', error: consentMissing(session, ['--yes'], object) }
  const ending = new AbortController()
  const end = () => ending.abort()
  const unwatch = interrupts.watch({ stop: end, kill: end }, () => {})
  try {
    if (agrees(await question(questions, ending.signal))) return { type: 'yes' }
    if (interrupts.received === null) {
      session.note('Nothing was changed.')
      return { type: 'no' }
    }
    return { type: 'failed', error: cancelled(object) }
  } catch (error) {
    if (!(error instanceof QuestionCancelled)) throw error
    interrupts.record('SIGINT')
    return { type: 'failed', error: cancelled(object) }
  } finally {
    unwatch()
  }
}

function cancelled(object: string): Failure {
  return failure(exitCodes.stopped, 'COMMAND.STOPPED', {
    object,
    message: 'Stopped at the question.',
    why: 'Nothing was changed.',
    next: 'The same command asks again.',
  })
}

/** Asks a yes-or-no question; no is the default. */
export function agree(session: Session, question: string, object: string): Promise<Answer> {
  return answer(
    session,
    object,
    (questions, signal) => questions.confirm(printable(question), signal),
    yes => yes,
  )
}

/** Asks for a name to be typed, for what destroys something. */
export function typeName(session: Session, name: string, object: string): Promise<Answer> {
  const question = `Type ${printable(name)} to go on:`
  return answer(
    session,
    object,
    (questions, signal) => questions.type(question, signal),
    typed => typed === name,
  )
}

/** Asks which of several things to do; null where no answer came. Nobody to ask is for the caller to know before. */
export async function choose<T extends string>(
  session: Session,
  question: string,
  choices: readonly Choice<T>[],
): Promise<T | null> {
  const { questions, interrupts } = session.context
  if (questions === null) return null
  const ending = new AbortController()
  const end = () => ending.abort()
  const unwatch = interrupts.watch({ stop: end, kill: end }, () => {})
  try {
    return await questions.choose(
      printable(question),
      choices.map(each => ({ ...each, name: printable(each.name) })),
      ending.signal,
    )
  } catch (error) {
    if (!(error instanceof QuestionCancelled)) throw error
    interrupts.record('SIGINT')
    return null
  } finally {
    unwatch()
  }
}

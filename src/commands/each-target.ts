/** The same work on several targets: one after the other, under one run, until the first failure. */
import { resolve } from 'node:path'
import { commandLine, exitCodes, type Failure } from '../core/index.ts'
import { targetNames } from '../ui/target-name.ts'
import { failure, messageOf } from './failure.ts'
import { signalExits } from './interrupts.ts'
import type { Session } from './session.ts'

export interface Target {
  /** Absolute. */
  readonly path: string
  /** What the operator calls it. */
  readonly name: string
}

/** What became of one target. A proof that failed leaves a document and an error. */
export type Worked<D> =
  | { readonly type: 'done'; readonly document: D }
  | { readonly type: 'failed'; readonly error: Failure; readonly document?: D }
  | { readonly type: 'declined' }

export interface Ended<D> {
  readonly documents: readonly D[]
  readonly error: Failure | null
  readonly declined: number
  /** Paths of targets that a failure kept from being started. */
  readonly notStarted: readonly string[]
}

export function targetsFrom(session: Session, words: readonly string[]): readonly Target[] {
  const paths = words.map(word => resolve(session.context.folder, word))
  const names = targetNames(paths)
  return paths.map((path, index) => ({ path, name: names[index] ?? path }))
}

/** A signal came between two targets, or a question was cancelled: nothing is under way. */
function stoppedBetween(target: Target, session: Session): Failure {
  return failure(exitCodes.stopped, 'COMMAND.STOPPED', {
    object: target.path,
    message: 'Stopped before this target was started.',
    why: 'Nothing of it was changed.',
    next: commandLine(session.command, target.path),
  })
}

export async function eachTarget<T extends Target, D>(
  session: Session,
  targets: readonly T[],
  work: (target: T) => Promise<Worked<D>>,
): Promise<Ended<D>> {
  const documents: D[] = []
  let declined = 0
  for (const [index, target] of targets.entries()) {
    const worked: Worked<D> =
      session.context.interrupts.received === null
        ? await work(target)
        : { type: 'failed', error: stoppedBetween(target, session) }
    if (worked.type === 'declined') declined += 1
    else if (worked.document !== undefined) documents.push(worked.document)
    if (worked.type === 'failed') {
      const notStarted = targets.slice(index + 1).map(later => later.path)
      session.complain(worked.error, target.path)
      if (notStarted.length > 0) session.note(`Not started: ${notStarted.join(', ')}`)
      return { documents, error: worked.error, declined, notStarted }
    }
  }
  return { documents, error: null, declined, notStarted: [] }
}

/** What kept the command from starting with any of its targets. */
export function failedBefore(session: Session, error: Failure, targets: readonly Target[]): Ended<never> {
  session.complain(error)
  return { documents: [], error, declined: 0, notStarted: targets.map(each => each.path) }
}

/**
 * Ends a command: its document, and its exit code. A signal's code wins over all others.
 *
 * @param content what the document holds besides its targets
 */
export function finish<D>(session: Session, ended: Ended<D>, content: object = {}): number {
  session.document({
    ...content,
    targets: ended.documents,
    ...(ended.error ? { error: messageOf(ended.error) } : {}),
    ...(ended.notStarted.length > 0 ? { notStarted: ended.notStarted } : {}),
  })
  const signal = session.context.interrupts.received
  return signal ? signalExits[signal] : (ended.error?.exit ?? exitCodes.done)
}

import { exitCodes, type Failure } from '../../core/index.ts'
import { failure } from '../failure.ts'
import type { Session } from '../session.ts'

/** A signal came between two steps: nothing is under way. Null where none came. */
export function stopped(session: Session): Failure | null {
  return session.context.interrupts.received === null ? null : stoppedHere('Nothing was under way.')
}

export function stoppedHere(why: string): Failure {
  return failure(exitCodes.stopped, 'RUN.STOPPED', {
    object: 'run',
    message: 'The run was stopped.',
    why: `${why} What was done before stands.`,
    next: 'The same command goes on where it stopped.',
  })
}

/**
 * What an operation of the engine is given besides its request: somewhere to say what happens, a clock, settings, a
 * point at which it can be stopped, and a way to ask a fresh process for a second opinion.
 */
import type { EngineEvent, Outcome, Phase } from './events.ts'
import { exitCodes, Refusal } from './message.ts'
import type { Pause } from './pause.ts'
import type { Answers, Operation, Requests, Settings } from './requests.ts'

export interface Context {
  readonly run: string
  readonly settings: Settings
  /** In a rehearsal: copies of other targets as they will be, by the paths of those. */
  readonly rehearsed?: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  now(): number
  emit(event: EngineEvent): void
  /** Lets messages in and throws {@link Stopped} if one of them was "stop". Called between chunks, never inside one. */
  breathe(): Promise<void>
  /** What the operator wants to rest, where that is possible. */
  readonly pause: Pause
  /** Runs an operation in a fresh engine process. */
  ask<O extends Operation>(operation: O, request: Requests[O]): Promise<Outcome<Answers[O]>>
}

/** Unwinds a run that was asked to stop; whatever it had begun is rolled back on the way out. */
export class Stopped extends Refusal {
  constructor(
    object: string,
    why: string,
    said = {
      message: 'Stopped. The file is as it was.',
      next: 'The same command starts again from a clean state.',
    },
  ) {
    super({ code: 'RUN.STOPPED', object, ...said, why, exit: exitCodes.stopped })
    this.name = 'Stopped'
  }
}

/** Runs `work` as a phase: says that it began, and, when it has ended well, how long it took. */
export async function inPhase<T>(
  context: Context,
  phase: Phase,
  work: () => Promise<T> | T,
  detail: (result: T) => string = () => '',
): Promise<T> {
  context.emit({ type: 'phase', phase, status: 'started' })
  const begun = context.pause.clock()
  const result = await work()
  const seconds = (context.pause.clock() - begun) / 1000
  context.emit({ type: 'phase', phase, status: 'done', seconds, detail: detail(result) })
  return result
}

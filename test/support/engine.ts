/** The engine as its callers meet it: an operation goes in, events and one outcome come out of another process. */
import { join } from 'node:path'
import type { EngineEvent, Outcome, Stamped } from '../../src/core/events.ts'
import type { EngineRun } from '../../src/core/host.ts'
import { createUlidFactory } from '../../src/core/identifiers/index.ts'
import type { Failure } from '../../src/core/message.ts'
import type { Answers, Operation, Requests, Settings } from '../../src/core/requests.ts'
import { runEngine } from './program.ts'

export const newRun = createUlidFactory()

/** Settings whose folders lie in `folder`, away from the targets. */
export function settingsIn(folder: string, waitSeconds = 5): Settings {
  return { stateDir: join(folder, 'state'), snapshotDir: join(folder, 'snapshots'), waitSeconds }
}

export interface Asked<O extends Operation> {
  readonly run: string
  readonly outcome: Outcome<Answers[O]>
  readonly events: readonly Stamped<EngineEvent>[]
}

/** Starts an operation in a process of its own. */
export function begin<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): EngineRun<O> {
  return runEngine({ operation, request, settings, run: newRun() })
}

/** Runs an operation to its end. */
export async function ask<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): Promise<Asked<O>> {
  const work = begin(settings, operation, request)
  const events: Stamped<EngineEvent>[] = []
  for await (const event of work.events) events.push(event)
  return { run: work.run, outcome: await work.outcome, events }
}

/** What an operation that must succeed answers; its refusal fails the test with all its words. */
export async function answerOf<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): Promise<Answers[O]> {
  return resultOf((await ask(settings, operation, request)).outcome)
}

/** What an operation that must be refused is refused with. */
export async function refusalOf<O extends Operation>(
  settings: Settings,
  operation: O,
  request: Requests[O],
): Promise<Failure> {
  const { outcome } = await ask(settings, operation, request)
  if (outcome.type === 'failed') return outcome.error
  throw new Error(`${operation} was not refused: ${JSON.stringify(outcome.value).slice(0, 500)}`)
}

export function resultOf<R>(outcome: Outcome<R>): R {
  if (outcome.type === 'result') return outcome.value
  const { code, object, message, why } = outcome.error
  throw new Error(`${code} ${object}: ${message}\n${why}`)
}

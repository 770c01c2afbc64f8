/** The engine in one process, for the corpus: hundreds of runs, whose second opinions need no process of their own. */

import type { Context } from '../../src/core/context.ts'
import { hashFile } from '../../src/core/engines/sqlite/hash-file.ts'
import type { Outcome } from '../../src/core/events.ts'
import { createUlidFactory } from '../../src/core/identifiers/index.ts'
import { Refusal } from '../../src/core/message.ts'
import type { Answers, Operation, Requests, Settings } from '../../src/core/requests.ts'
import { checkSnapshot } from '../../src/core/snapshot/check.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'

const newRun = createUlidFactory()

export function corpusContext(settings: Settings): Context {
  const context: Context = {
    run: newRun(),
    settings,
    now: Date.now,
    emit: () => {},
    breathe: async () => {},
    ask: (operation, request) => secondOpinion(operation, request, context),
  }
  return context
}

async function secondOpinion<O extends Operation>(
  operation: O,
  request: Requests[O],
  context: Context,
): Promise<Outcome<Answers[O]>> {
  try {
    return { type: 'result', value: (await carryOut(operation, request, context)) as Answers[O] }
  } catch (error) {
    if (error instanceof Refusal) return { type: 'failed', error: error.failure }
    throw error
  }
}

async function carryOut(
  operation: Operation,
  request: Requests[Operation],
  context: Context,
): Promise<unknown> {
  switch (operation) {
    case 'check-snapshot': {
      const { target, snapshot } = request as Requests['check-snapshot']
      return checkSnapshot(target, snapshot, context)
    }
    case 'verify': {
      const { target, run } = request as Requests['verify']
      return verifyPastRun(target, run, context)
    }
    case 'hash-file':
      return { sha256: await hashFile((request as Requests['hash-file']).file) }
    default:
      throw new Error(`the corpus asks for no ${operation}`)
  }
}

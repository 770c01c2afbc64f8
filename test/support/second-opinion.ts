/** What an engine asks of a fresh engine, answered in this process: for what is tried hundreds of times. */
import type { Context } from '../../src/core/context.ts'
import { engineOf } from '../../src/core/engines/engine-of.ts'
import { describe } from '../../src/core/engines/sqlite/describe.ts'
import { hashFile } from '../../src/core/engines/sqlite/hash-file.ts'
import type { Outcome } from '../../src/core/events.ts'
import { Refusal } from '../../src/core/message.ts'
import type { Answers, Operation, Requests } from '../../src/core/requests.ts'
import { proveUndo } from '../../src/core/rollback/prove-undo.ts'
import { checkSnapshot, digestSnapshot } from '../../src/core/snapshot/check.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import { ask } from './engine.ts'

export async function secondOpinion<O extends Operation>(
  operation: O,
  request: Requests[O],
  context: Context,
): Promise<Outcome<Answers[O]>> {
  try {
    const value = await carryOut(operation, request, context)
    return { type: 'result', value: value as Answers[O] }
  } catch (error) {
    // As an engine does it, whatever it was that failed.
    const told = describe(error, 'target' in request ? request.target : '')
    if (told instanceof Refusal) return { type: 'failed', error: told.failure }
    throw told
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
      if (engineOf(target) === 'duckdb') return elsewhere(context, operation, { target, snapshot })
      return checkSnapshot(target, snapshot, context)
    }
    case 'digest-snapshot':
      return digestSnapshot((request as Requests['digest-snapshot']).snapshot, context)
    case 'verify': {
      const { target, run, strict } = request as Requests['verify']
      return verifyPastRun(target, run, context, strict)
    }
    case 'verify-undo': {
      const { target, ...undo } = request as Requests['verify-undo']
      return proveUndo(target, undo, context)
    }
    case 'hash-file':
      return { sha256: await hashFile((request as Requests['hash-file']).file) }
    // Whoever asks holds a lock, which reading the file in the same process would drop (HAZARDS E1, F6).
    case 'last-write':
      return elsewhere(context, operation, request as Requests['last-write'])
    case 'copy-store':
      return elsewhere(context, operation, request as Requests['copy-store'])
    default:
      throw new Error(`No engine asks another one for ${operation}`)
  }
}

async function elsewhere<O extends Operation>(
  context: Context,
  operation: O,
  request: Requests[O],
): Promise<Answers[O]> {
  const { outcome } = await ask(context.settings, operation, request)
  if (outcome.type === 'failed') throw new Refusal(outcome.error)
  return outcome.value
}

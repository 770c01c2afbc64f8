/**
 * The engine's own process: takes one call from its parent, carries it out, tells what happens, answers, ends. When the
 * parent is gone (a closed terminal, a killed screen), it stops at the next chunk; the transaction rolls back.
 */

import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Context, Stopped } from './context.ts'
import { detect } from './detect/detect.ts'
import { describe } from './engines/sqlite/describe.ts'
import { hashFile } from './engines/sqlite/hash-file.ts'
import type { EngineEvent, Outcome, Stamped } from './events.ts'
import type { Control, EngineCall } from './host.ts'
import { tidyAbandoned } from './journal/settle.ts'
import { lastWrite } from './journal/signature.ts'
import { exitCodes, type Failure, Refusal } from './message.ts'
import { migrate } from './migrate/migrate.ts'
import { lookAt, prepare } from './migrate/prepare.ts'
import { rehearse } from './rehearse/rehearse.ts'
import { rehearseUndo } from './rehearse/rehearse-undo.ts'
import type { Answers, Operation, Requests } from './requests.ts'
import { finalize } from './rollback/finalize.ts'
import { proveUndo } from './rollback/prove-undo.ts'
import { restore } from './rollback/restore.ts'
import { undo } from './rollback/undo.ts'
import { sweepScratch } from './scratch.ts'
import { inShell } from './shell.ts'
import { checkSnapshot } from './snapshot/check.ts'
import { listSnapshots } from './snapshot/list.ts'
import { pruneSnapshots } from './snapshot/prune.ts'
import { status } from './status/status.ts'
import { initialize } from './systems/initialize.ts'
import { verifyPastRun } from './verify/past-run.ts'

type Handlers = {
  readonly [O in Operation]: (request: Requests[O], context: Context) => Promise<Answers[O]> | Answers[O]
}

const handlers: Handlers = {
  detect: ({ target, choices }, context) =>
    lookAt(target, context, looking => detect(looking, choices).document),
  plan: async ({ target, choices }, context) => {
    const { plan, detection } = await prepare(target, choices, undefined, context)
    return { plan, detected: detection.document }
  },
  'dry-run': ({ target, choices, plan }, context) => rehearse(target, choices, plan, context),
  migrate: ({ target, choices, plan }, context) => migrate(target, choices, plan, context),
  verify: ({ target, run, strict }, context) => verifyPastRun(resolve(target), run, context, strict),
  rollback: ({ target, mode, run, dryRun, confirm }, context) => {
    if (mode === 'restore')
      return restore(
        target,
        { dryRun, ...(run === undefined ? {} : { run }), ...(confirm === undefined ? {} : { confirm }) },
        context,
      )
    return dryRun ? rehearseUndo(target, run, context) : undo(target, run, context)
  },
  status: ({ targets }, context) => status(targets, context),
  finalize: ({ target, ...options }, context) => finalize(target, options, context),
  snapshots: ({ targets, check }, context) => listSnapshots(targets, check, context),
  'prune-snapshots': ({ target, ...prune }, context) => pruneSnapshots(target, prune, context),
  initialize: ({ target, schema }, context) => initialize(target, schema, context),
  'verify-undo': ({ target, ...undo }, context) => proveUndo(target, undo, context),
  'last-write': ({ target }) => lastWrite(target),
  'hash-file': async ({ file }) => ({ sha256: await hashFile(file) }),
  'check-snapshot': ({ target, snapshot }, context) => checkSnapshot(target, snapshot, context),
}

/** What people ask for; the others are asked by an engine that is at work. */
const asked = new Set<Operation>(['detect', 'dry-run', 'migrate', 'verify', 'rollback', 'finalize'])

let stopAsked = ''

function contextOf(call: EngineCall<Operation>, target: string): Context {
  return {
    run: call.run,
    settings: call.settings,
    now: () => Date.now(),
    emit: event =>
      send({ ...event, at: new Date().toISOString(), run: call.run, target } satisfies Stamped<EngineEvent>),
    breathe: async () => {
      await turn()
      if (stopAsked !== '') throw new Stopped(target, stopAsked)
    },
    ask: async (operation, request) => {
      const { runEngine } = await import('./host.ts') // most engines ask nobody, and start sooner without it
      return runEngine({ operation, request, settings: call.settings, run: call.run }).outcome
    },
  }
}

async function answer<O extends Operation>(call: EngineCall<O>): Promise<Outcome<Answers[O]>> {
  const target = 'target' in call.request ? String(call.request.target) : ''
  process.title = `ulid-migrate ${call.operation} ${call.run}` // so that a lock it holds tells whose it is
  try {
    sweepScratch(call.settings)
    if (asked.has(call.operation)) tidyAbandoned(resolve(target), call.settings, Date.now)
    const handler = handlers[call.operation] as (
      request: Requests[O],
      context: Context,
    ) => Promise<Answers[O]>
    return {
      type: 'result',
      value: await handler(call.request, contextOf(call as EngineCall<Operation>, target)),
    }
  } catch (error) {
    return { type: 'failed', error: failureOf(error, target) }
  }
}

/** What is no refusal is a bug of ours: said as such, with what is needed to find it. */
function failureOf(error: unknown, target: string): Failure {
  const known = describe(error, target)
  if (known instanceof Refusal) return known.failure
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return {
    code: 'ENGINE.BUG',
    severity: 'blocker',
    object: target,
    message: `Something went wrong that should not have: ${message}`,
    why: stack ?? message,
    next: inShell`Any open transaction was rolled back. Please report this with the lines above; see what state things are in: ulid-migrate status ${target}`,
    exit: exitCodes.failed,
  }
}

function send(message: unknown): void {
  // The parent may be gone; then nobody needs the message, and "disconnect" has stopped the run.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

// Terminal signals are for the screen, which asks to stop in its own way.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('SIGTERM', () => {
  stopAsked = 'The engine was asked to end (SIGTERM).'
})
process.on('disconnect', () => {
  stopAsked = 'The program that asked for it is gone.'
})

process.on('message', (message: EngineCall<Operation> | Control) => {
  if ('control' in message) {
    stopAsked = 'It was asked to stop.'
    return
  }
  void answer(message).then(outcome => {
    if (!process.connected) return process.exit()
    process.send?.(outcome, undefined, undefined, () => process.exit())
  })
})

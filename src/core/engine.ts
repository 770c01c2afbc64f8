/**
 * The engine's own process: takes one call from its parent, carries it out, tells what happens, answers, ends. When the
 * parent is gone (a closed terminal, a killed screen), it stops at the next chunk; the transaction rolls back.
 */

import { resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Context, Stopped } from './context.ts'
import { describe } from './engines/sqlite/describe.ts'
import type { EngineEvent, Outcome, Stamped } from './events.ts'
import type { Control, EngineCall } from './host.ts'
import { exitCodes, type Failure, type Message, Refusal } from './message.ts'
import { Pause } from './pause.ts'
import type { Answers, Operation, Requests } from './requests.ts'
import { sweepScratch } from './scratch.ts'
import { inShell } from './shell.ts'

type Handlers = {
  readonly [O in Operation]: (request: Requests[O], context: Context) => Promise<Answers[O]>
}

/** Each brings its own modules: a process that is to hash a file does not wait for all the others. */
const handlers: Handlers = {
  async detect({ target, choices }, context) {
    const { detectIn, lookAt, watching } = await import('./migrate/prepare.ts')
    return lookAt(
      target,
      context,
      async looking => (await detectIn(looking, choices, watching(context))).document,
    )
  },
  async plan({ target, choices }, context) {
    const { begunExpansion, prepare } = await import('./migrate/prepare.ts')
    const begun = await begunExpansion(target, choices, context)
    if (begun) return begun
    const { plan, detection } = await prepare(target, choices, undefined, context)
    return { plan, detected: detection.document }
  },
  async 'dry-run'({ target, choices, plan, keep, rehearsed }, context) {
    const { rehearse } = await import('./rehearse/rehearse.ts')
    const told: Message[] = []
    if (plan === undefined) {
      const { tellKnown } = await import('./across/known.ts')
      await tellKnown(target, choices, {
        ...context,
        emit: event => {
          if (event.type === 'finding') told.push(event.finding)
          context.emit(event)
        },
      })
    }
    const answer = await rehearse(
      target,
      choices,
      plan,
      rehearsed ? { ...context, rehearsed } : context,
      keep,
    )
    // Whoever reads the rehearsal reads that as well: its events are gone by then.
    const findings = [...told, ...answer.document.findings]
    return { ...answer, document: { ...answer.document, findings } }
  },
  async 'check-plan'({ target, plan, print }, context) {
    const { assertFits, lookAt } = await import('./migrate/prepare.ts')
    return lookAt(target, context, looking => {
      assertFits(plan, looking, print)
      return { fingerprint: looking.schema.fingerprint }
    })
  },
  async across({ targets }, context) {
    const { findAcross } = await import('./across/find.ts')
    return findAcross(targets, context)
  },
  async 'plan-contract'({ target, choices }, context) {
    const { planContract } = await import('./contract/contract-plan.ts')
    return planContract(target, choices, context)
  },
  async migrate({ target, choices, plan, confirm, pace }, context) {
    const { migrate } = await import('./migrate/migrate.ts')
    if (plan?.contract) {
      const { assertConfirmed } = await import('./contract/assert-confirmed.ts')
      assertConfirmed(resolve(target), confirm)
    }
    if (plan === undefined) await (await import('./across/known.ts')).tellKnown(target, choices, context)
    return migrate(target, choices, plan, context, pace === undefined ? {} : { pace })
  },
  async verify({ target, run, strict }, context) {
    const { verifyPastRun } = await import('./verify/past-run.ts')
    return verifyPastRun(resolve(target), run, context, strict)
  },
  async rollback({ target, mode, run, dryRun, expansion, confirm }, context) {
    if (mode === 'restore') {
      const { restore } = await import('./rollback/restore.ts')
      return restore(
        target,
        { dryRun, ...(run === undefined ? {} : { run }), ...(confirm === undefined ? {} : { confirm }) },
        context,
      )
    }
    if (expansion) {
      const { assertExpansion } = await import('./rollback/assert-expansion.ts')
      await assertExpansion(target, run, context)
    }
    if (dryRun) {
      const { rehearseUndo } = await import('./rehearse/rehearse-undo.ts')
      return rehearseUndo(target, run, context)
    }
    const { undo } = await import('./rollback/undo.ts')
    return undo(target, run, context)
  },
  async status({ targets, verificationDays }, context) {
    const { status } = await import('./status/status.ts')
    return status(targets, context, path => verificationDays?.of[path] ?? verificationDays?.usually)
  },
  async trace({ id, targets, ...options }, context) {
    const { trace } = await import('./trace/trace.ts')
    return trace(id, targets, context, options)
  },
  async finalize({ target, ...options }, context) {
    const { finalize } = await import('./rollback/finalize.ts')
    return finalize(target, options, context)
  },
  async snapshots({ targets, check }, context) {
    const { listSnapshots } = await import('./snapshot/list.ts')
    return listSnapshots(targets, check, context)
  },
  async 'prune-snapshots'({ target, ...prune }, context) {
    const { pruneSnapshots } = await import('./snapshot/prune.ts')
    return pruneSnapshots(target, prune, context)
  },
  async initialize({ target, schema, ofSystem }, context) {
    const { initialize } = await import('./systems/initialize.ts')
    return initialize(target, schema, context, ofSystem)
  },
  async 'initialize-system'(request, context) {
    const { initializeByCommand } = await import('./systems/initialize-by-command.ts')
    return initializeByCommand(request, context)
  },
  async code(request, context) {
    const { updateCode } = await import('./code/update.ts')
    return updateCode(request, context)
  },
  async 'undo-code'(request, { settings }) {
    const { undoCode } = await import('./code/code-runs.ts')
    return undoCode(request, settings)
  },
  async 'code-runs'(_request, { settings }) {
    const { codeRuns } = await import('./code/code-runs.ts')
    return codeRuns(settings)
  },
  async 'compare-queries'(request, context) {
    const { compareQueries } = await import('./baseline/compare-queries.ts')
    return compareQueries(request, context)
  },
  async 'system-tests'(request, context) {
    const { runTests } = await import('./systems/run-tests.ts')
    return runTests(request, context)
  },
  async 'verify-undo'({ target, ...undo }, context) {
    const { proveUndo } = await import('./rollback/prove-undo.ts')
    return proveUndo(target, undo, context)
  },
  async 'last-write'({ target }) {
    const { duckHeader } = await import('./engines/duckdb/header.ts')
    if (duckHeader(target)) {
      const { writeMark } = await import('./engines/duckdb/mark.ts')
      return { signature: writeMark(target) }
    }
    const { lastWrite } = await import('./journal/signature.ts')
    return lastWrite(target)
  },
  async 'copy-store'({ from, to }, context) {
    const { copyStore } = await import('./engines/duckdb/copy-store.ts')
    return copyStore(from, to, context, 'snapshot')
  },
  async 'hash-file'({ file }) {
    const { hashFile } = await import('./engines/sqlite/hash-file.ts')
    return { sha256: await hashFile(file) }
  },
  async 'digest-snapshot'({ snapshot }, context) {
    const { digestSnapshot } = await import('./snapshot/check.ts')
    return digestSnapshot(snapshot, context)
  },
  async 'check-snapshot'({ target, snapshot }, context) {
    const { engineOf } = await import('./engines/engine-of.ts')
    if (engineOf(target) === 'duckdb') {
      const { checkStore } = await import('./engines/duckdb/check-store.ts')
      return checkStore(target, snapshot, context)
    }
    const { checkSnapshot } = await import('./snapshot/check.ts')
    return checkSnapshot(target, snapshot, context)
  },
}

/** What people ask for; the others are asked by an engine that is at work. */
const asked = new Set<Operation>(['detect', 'dry-run', 'migrate', 'verify', 'rollback', 'finalize'])

let stopAsked = ''
const pause = new Pause()

function contextOf(call: EngineCall<Operation>, target: string): Context {
  return {
    run: call.run,
    settings: call.settings,
    pause,
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
    if (asked.has(call.operation)) {
      const { tidyAbandoned } = await import('./journal/settle.ts')
      tidyAbandoned(resolve(target), call.settings, Date.now)
    }
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

const controls: Readonly<Record<Control['control'], () => void>> = {
  stop: () => {
    stopAsked = 'It was asked to stop.'
  },
  pause: () => pause.ask(),
  resume: () => pause.end(),
}

process.on('message', (message: EngineCall<Operation> | Control) => {
  if ('control' in message) return controls[message.control]()
  void answer(message).then(outcome => {
    if (!process.connected) return process.exit()
    process.send?.(outcome, undefined, undefined, () => process.exit())
  })
})

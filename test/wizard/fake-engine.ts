/**
 * An engine that answers from a script. It remembers what was migrated and undone, so that the wizard can be walked
 * through to the end and back without a database.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type {
  Answers,
  EngineEvent,
  EngineRun,
  Failure,
  Operation,
  Outcome,
  Phase,
  Requests,
  RunRecord,
  Stamped,
} from '../../src/core/index.ts'
import type { Engine } from '../../src/wizard/engine.ts'
import * as documents from './documents.ts'

export interface FakeOptions {
  /** Pause before each event. */
  readonly paceMs: number
  /** Rewriting goes on until it is stopped. */
  readonly endless?: boolean
  /** Something goes wrong in the wizard itself while it does. */
  readonly fault?: 'drawing' | 'rejection' | undefined
  readonly outside?: typeof documents.proof
}

type Script<O extends Operation> = AsyncGenerator<EngineEvent, Outcome<Answers[O]>>

interface Told {
  readonly operation: Operation
  readonly request: Requests[Operation]
}

export class FakeEngine implements Engine {
  /** Every call, in order. */
  readonly calls: Told[] = []
  readonly #options: FakeOptions
  readonly #migrated = new Set<string>()
  readonly #initialized = new Set<string>()
  readonly #runs = new Map<string, RunRecord[]>()

  constructor(options: FakeOptions) {
    this.#options = options
  }

  start<O extends Operation>(operation: O, request: Requests[O]): EngineRun<O> {
    this.calls.push({ operation, request })
    const control = { stopped: false, killed: false }
    const script = this.#script(operation, request, control) as Script<O>
    let resolve: (outcome: Outcome<Answers[O]>) => void = () => {}
    const outcome = new Promise<Outcome<Answers[O]>>(given => {
      resolve = given
    })
    const paceMs = this.#options.paceMs
    async function* events(): AsyncGenerator<Stamped<EngineEvent>> {
      for (;;) {
        await pause(paceMs)
        if (control.killed) return resolve({ type: 'failed', error: lost })
        if (control.stopped) return resolve({ type: 'failed', error: stopped })
        const step = await script.next()
        if (step.done) return resolve(step.value)
        yield { ...step.value, at: new Date().toISOString(), run: 'fake', target: documents.metrics }
      }
    }
    return {
      run: 'fake',
      events: events(),
      outcome,
      stop: () => {
        control.stopped = true
      },
      // What is scripted here is one transaction.
      pause: () => {},
      resume: () => {},
      kill: () => {
        control.killed = true
      },
    }
  }

  #script(
    operation: Operation,
    request: Requests[Operation],
    control: { readonly stopped: boolean },
  ): Script<Operation> {
    const target = 'target' in request ? request.target : ''
    switch (operation) {
      case 'status':
        return this.#status((request as Requests['status']).targets)
      case 'detect':
        return this.#detect(target, (request as Requests['detect']).choices.skip ?? [])
      case 'across':
        return this.#across((request as Requests['across']).targets.map(each => each.target))
      case 'initialize':
        return this.#initialize(target)
      case 'dry-run':
        return this.#dryRun(target)
      case 'check-plan':
        return this.#checkPlan()
      case 'migrate':
        return this.#migrate(target, control)
      case 'verify':
        return this.#verify(target)
      case 'rollback':
        return this.#rollback(request as Requests['rollback'])
      case 'code-runs':
        return this.#codeRuns()
      default:
        throw new Error(`The wizard never asks for ${operation}.`)
    }
  }

  async *#codeRuns(): Script<'code-runs'> {
    yield progress('inspect', 'source code', 1)
    return { type: 'result', value: [] }
  }

  async *#status(targets: readonly string[]): Script<'status'> {
    return {
      type: 'result',
      value: targets.map(target => documents.status(target, this.#runs.get(target) ?? [])),
    }
  }

  async *#detect(target: string, skip: readonly string[]): Script<'detect'> {
    yield progress('inspect', 'jobs', 41_020)
    if (target.includes('missing'))
      return {
        type: 'failed',
        error: documents.failure({
          code: 'TARGET.MISSING',
          object: target,
          message: 'There is no such file.',
          why: 'Nothing is there, and none is made.',
          next: 'Check the path.',
        }),
      }
    if (target === documents.fresh && !this.#initialized.has(target))
      return { type: 'result', value: documents.empty }
    const isMigrated = this.#migrated.has(target) || target === documents.finished
    const found = isMigrated ? { ...documents.migrated, target } : documents.detected(target)
    const identities = found.identities.map(each =>
      skip.includes(`${each.table}.${each.column}`)
        ? { ...each, migrate: false, reason: 'left out by --skip' }
        : each,
    )
    return { type: 'result', value: { ...found, identities } }
  }

  async *#across(order: readonly string[]): Script<'across'> {
    yield progress('inspect', 'jobs', 41_020)
    return { type: 'result', value: { order, links: [], follows: {}, error: null, documents: [] } }
  }

  async *#initialize(target: string): Script<'initialize'> {
    for (const table of ['jobs', 'errors']) yield progress('preconditions', table, 1)
    this.#initialized.add(target)
    return { type: 'result', value: { target, tables: ['jobs', 'errors'] } }
  }

  async *#dryRun(target: string): Script<'dry-run'> {
    yield* phase('copy', '155 MB')
    yield* phase('map', '41,234 identifiers')
    yield* rewriting(5)
    yield* phase('verify', '17 checks')
    yield* phase('undo', 'the same content hash')
    return {
      type: 'result',
      value: {
        print: documents.print,
        document: documents.rehearsed(target),
        plan: { ...documents.plan, target },
      },
    }
  }

  async *#checkPlan(): Script<'check-plan'> {
    yield progress('inspect', 'the schema', 1)
    return { type: 'result', value: { fingerprint: documents.plan.fingerprint } }
  }

  async *#migrate(target: string, control: { readonly stopped: boolean }): Script<'migrate'> {
    yield* phase('preconditions', 'integrity, no other writer, 38 GB free')
    yield* phase('snapshot', '155 MB')
    yield* phase('check-snapshot', 'reopened and compared by another process')
    yield* phase('map', '41,234 identifiers')
    if (this.#options.endless) {
      yield { type: 'phase', phase: 'rewrite', status: 'started' }
      for (let done = 0; !control.stopped; done += 100) {
        yield { ...progress('rewrite', 'hook_executions', 402_118), done } as EngineEvent
        if (done === 1_000) yield* this.#goWrong()
      }
    }
    yield* rewriting(20)
    yield* phase('verify', '17 checks')
    yield* phase('commit', '')
    yield* phase('verify-outside', '17 checks')
    this.#migrated.add(target)
    this.#runs.set(target, [documents.record({ at: new Date().toISOString() })])
    return {
      type: 'result',
      value: documents.done(target, { outside: this.#options.outside ?? documents.proof }),
    }
  }

  *#goWrong(): Generator<EngineEvent> {
    if (this.#options.fault === 'rejection') void Promise.reject(new Error('Nobody caught this.'))
    if (this.#options.fault === 'drawing')
      yield { type: 'phase', phase: 'rewrite', status: 'done', seconds: 1, detail: undrawable }
  }

  async *#verify(target: string): Script<'verify'> {
    for (const check of documents.checks) yield { type: 'check', check }
    return { type: 'result', value: { target, run: 'fake', proof: documents.proof, changedSince: null } }
  }

  async *#rollback(request: Requests['rollback']): Script<'rollback'> {
    const { target, mode, dryRun } = request
    yield* phase(mode, '')
    if (!dryRun) {
      this.#migrated.delete(target)
      this.#runs.set(target, [documents.record({ status: 'undone' })])
    }
    const lost = mode === 'restore' ? { rowsKept: 0, rowsDiscarded: 12 } : {}
    return { type: 'result', value: documents.rolledBack(target, { mode, rehearsed: dryRun, ...lost }) }
  }
}

/** What no screen expects: it cannot be made into text. */
const undrawable = Object.create(null) as string

function* phase(name: Phase, detail: string): Generator<EngineEvent> {
  yield { type: 'phase', phase: name, status: 'started' }
  yield { type: 'phase', phase: name, status: 'done', seconds: 0.4, detail }
}

function* rewriting(steps: number): Generator<EngineEvent> {
  yield { type: 'phase', phase: 'rewrite', status: 'started' }
  for (const [table, total] of [
    ['jobs', 41_020],
    ['errors', 18_220],
  ] as const)
    for (let step = 1; step <= steps; step += 1)
      yield { ...progress('rewrite', table, total), done: Math.floor((total * step) / steps) } as EngineEvent
  yield { type: 'phase', phase: 'rewrite', status: 'done', seconds: 1.6, detail: '59,240 rows' }
}

function progress(name: Phase, object: string, total: number): EngineEvent {
  return { type: 'progress', phase: name, object, unit: 'rows', done: total, total }
}

const stopped: Failure = documents.failure({
  code: 'RUN.STOPPED',
  message: 'The run was stopped.',
  why: 'Somebody asked for it.',
  next: 'Run the same command again to start over.',
  exit: 5,
})

const lost: Failure = documents.failure({
  code: 'ENGINE.LOST',
  message: 'The engine process ended before it was done.',
  why: 'It was ended by SIGKILL.',
  next: 'ulid-migrate status',
  exit: 1,
})

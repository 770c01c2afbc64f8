/** Walks the machine as a person would, without an engine: keys in, state out, and answers to whatever is asked. */
import type {
  Across,
  Answers,
  Choices,
  DetectedSystem,
  EngineEvent,
  Outcome,
  Requests,
  System,
} from '../../src/core/index.ts'
import type { Answer, Asked, Command, Start, WizardMessage } from '../../src/wizard/messages.ts'
import { reduce } from '../../src/wizard/reduce.ts'
import { initialWizard, type Wizard } from '../../src/wizard/state.ts'
import * as documents from './documents.ts'

export const at = Date.parse('2026-02-11T10:00:00.000Z')

type Result<O extends Asked> = Outcome<Answers[O]>

/** Targets that have nothing to do with each other. */
function nothingAcross({ targets }: Requests['across']): Across {
  return { order: targets.map(each => each.target), links: [], follows: {}, error: null, documents: [] }
}

/** What is answered when nothing else is said. */
const usual: { readonly [O in Asked]: (request: Requests[O]) => Answers[O] } = {
  detect: ({ target }) =>
    target === documents.fresh
      ? documents.empty
      : target === documents.finished
        ? documents.migrated
        : documents.detected(target),
  across: nothingAcross,
  status: ({ targets }) =>
    targets.map(target => documents.status(target, target === documents.metrics ? [documents.record()] : [])),
  initialize: ({ target }) => ({ target, tables: ['jobs', 'errors'] }),
  'initialize-system': ({ target, system }) => ({
    target,
    system: system.name,
    status: 'made',
    by: 'command',
    tables: ['jobs', 'errors'],
    findings: [],
  }),
  'dry-run': ({ target }) => ({
    print: documents.print,
    document: documents.rehearsed(target),
    plan: { ...documents.plan, target },
  }),
  'check-plan': ({ plan }) => ({ fingerprint: plan.fingerprint }),
  migrate: ({ target }) => documents.done(target),
  verify: ({ target }) => ({ target, run: 'r', proof: documents.proof, changedSince: null }),
  rollback: ({ target, mode, dryRun }) =>
    documents.rolledBack(target, {
      mode,
      rehearsed: dryRun,
      ...(mode === 'restore' ? { rowsKept: 0, rowsDiscarded: 12 } : {}),
    }),
  'code-runs': () => [],
  'undo-code': ({ run = '' }) => documents.putBack({ run }),
  code: ({ target, system }) => documents.sourceCode({ target, system }),
  'compare-queries': () => [documents.query()],
  trace: ({ id, targets, everywhere }) =>
    everywhere ? documents.referredTo(id) : documents.traced(id, targets[0] ?? ''),
  'system-tests': ({ command, log }) => documents.tested({ command: command.argv, log }),
}

export class Walk {
  wizard: Wizard
  /** Everything that was asked of the world, in order. */
  readonly commands: Command[] = []
  /** Hashes of the plans that were rehearsed. */
  readonly rehearsed: string[] = []
  /** Whether every plan is said to fit as soon as that is asked; else it is left to the test. */
  planFits = true
  readonly #across: ((request: Requests['across']) => Across) | null

  /**
   * @param across what the targets have to do with each other, answered at once; null: that is left to the test
   */
  constructor(
    targets: readonly string[] = [documents.metrics, documents.fresh, documents.finished],
    choices: Choices = {},
    configFiles: readonly string[] = [],
    across: ((request: Requests['across']) => Across) | null = nothingAcross,
    systems: readonly DetectedSystem[] = [],
  ) {
    this.#across = across
    this.wizard = initialWizard(
      targets.map(target => {
        const system = systems.find(each => each.targets.includes(target))?.title
        return { target, choices, configFiles, ...(system === undefined ? {} : { system }) }
      }),
      at,
      systems,
    )
    this.send({ type: 'opened', at })
  }

  /** The targets belong to this system: those at its places, where it has any of them; else all. */
  ownedBy(owner: System): this {
    const isKept = (target: string) => owner.places.some(({ path }) => path === target)
    const someAre = this.wizard.entries.some(({ target }) => isKept(target))
    const entries = this.wizard.entries.map(entry =>
      someAre && !isKept(entry.target) ? entry : { ...entry, given: { ...entry.given, owner } },
    )
    this.wizard = { ...this.wizard, entries }
    return this
  }

  send(message: WizardMessage): this {
    const step = reduce(this.wizard, message)
    this.wizard = step.wizard
    this.commands.push(...step.commands)
    for (const call of step.commands) {
      if (call.type !== 'start') continue
      if (call.operation === 'across' && this.#across !== null)
        this.answerCall(call, { type: 'result', value: this.#across(call.request) })
      if (call.operation === 'check-plan' && this.planFits) this.answerCall(call)
    }
    return this
  }

  press(...keys: readonly string[]): this {
    for (const key of keys) this.send({ type: 'key', key, at })
    return this
  }

  type(text: string): this {
    return this.press(...text)
  }

  /** The engine tells something of the last such call. */
  tell(operation: Asked, event: EngineEvent, when = at): this {
    return this.send({ type: 'event', job: this.last(operation).job, event, at: when })
  }

  started<O extends Asked>(operation: O): Extract<Start, { operation: O }>[] {
    return this.commands.filter(
      (command): command is Extract<Start, { operation: O }> =>
        command.type === 'start' && command.operation === operation,
    )
  }

  last<O extends Asked>(operation: O): Extract<Start, { operation: O }> {
    const call = this.started(operation).at(-1)
    if (call === undefined) throw new Error(`${operation} was never asked for`)
    return call
  }

  /** Answers the last call of an operation: as usual, or with what is given. */
  answer<O extends Asked>(operation: O, outcome?: Result<O>): this {
    const call = this.last(operation)
    return this.answerCall(call, outcome)
  }

  answerCall<O extends Asked>(call: Extract<Start, { operation: O }>, outcome?: Result<O>): this {
    if (call.operation === 'dry-run' && outcome === undefined)
      return this.#rehearse(call.job, call.request as Requests['dry-run'])
    const given = outcome ?? {
      type: 'result',
      value: usual[call.operation as O](call.request as Requests[O]),
    }
    return this.send({
      type: 'answer',
      job: call.job,
      operation: call.operation,
      outcome: given,
      at,
    } as Answer)
  }

  /** Each rehearsal makes a plan of its own, as the engine does with its random seed. */
  #rehearse(job: number, { target, choices }: Requests['dry-run']): this {
    const plan = choices.strategy === 'expand' ? documents.expansion : documents.plan
    const hash = `plan-${this.rehearsed.length + 1}`
    this.rehearsed.push(hash)
    const document = documents.rehearsed(target, { plan: { hash } })
    const outcome = {
      type: 'result',
      value: { print: documents.print, document, plan: { ...plan, target, hash } },
    } as const
    return this.send({ type: 'answer', job, operation: 'dry-run', outcome, at })
  }

  /** All targets have answered. */
  read(): this {
    for (const call of this.started('detect')) this.answerCall(call)
    return this.answer('status')
  }

  /** From detect to the proof of one target, whose name is typed. */
  carryOut(name: string, outside = documents.proof): this {
    this.press('enter').answer('dry-run').press('enter').type(name).press('enter')
    const { request } = this.last('migrate')
    return this.answer('migrate', {
      type: 'result',
      value: documents.done(request.target, { outside }),
    })
  }

  toDetect(): this {
    return this.read().press('enter')
  }

  toDryRun(): this {
    return this.toDetect().press('enter').answer('dry-run')
  }

  toConfirm(): this {
    return this.toDryRun().press('enter')
  }

  toMigrate(): this {
    return this.toConfirm().type('metrics.db').press('enter')
  }

  toVerify(): this {
    return this.toMigrate().answer('migrate')
  }
}

/** An expansion that fills rows. */
export function filling(): Walk {
  return new Walk(undefined, { strategy: 'expand' })
    .toMigrate()
    .tell('migrate', { type: 'phase', phase: 'rewrite', status: 'started' })
}

/** The same, at rest. */
export function paused(): Walk {
  return filling().press('p').tell('migrate', { type: 'pause', status: 'started' })
}

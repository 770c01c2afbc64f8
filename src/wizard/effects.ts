/** Carries out what the machine asks for, and tells it what came of that. The only place that calls the engine. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type Choices,
  type EngineRun,
  exitCodes,
  type Failure,
  type Remembered,
  type Requests,
} from '../core/index.ts'
import { completePath } from './complete-path.ts'
import type { Engine } from './engine.ts'
import type { Answer, Asked, Command, WizardMessage } from './messages.ts'
import type { ReportContent } from './report.ts'
import type { Reports } from './report-file.ts'
import type { GivenTarget, Job } from './state.ts'

export interface World {
  readonly engine: Engine
  readonly dispatch: (message: WizardMessage) => void
  readonly now: () => number
  /** Where plans and reports are written. */
  readonly folder: string
  /** The folder for copies of rehearsed targets that others go by; made when it is first asked for. */
  readonly copies: () => string
  readonly reports: Reports
  /** Writes the choices for a target into the config file. */
  readonly remember: (target: string, choices: Choices) => Promise<Remembered>
  /** What a path that is typed names; nothing where it is not there. */
  readonly find: (text: string) => readonly GivenTarget[]
  readonly redraw: () => void
  readonly suspend: () => void
  /** Called once, when everything has ended. */
  readonly leave: (code: number) => void
}

export interface Effects {
  perform(command: Command): void
  /** Whether the engine is at work. */
  busy(): boolean
}

interface Running extends Pick<EngineRun<Asked>, 'stop' | 'pause' | 'resume' | 'kill'> {
  readonly over: Promise<unknown>
}

/** Each detection is a process that reads a whole file: all targets at once would only stand in each other's way. */
const detectionsAtOnce = 2
/** How long leaving waits for the engine to roll back before it is killed; SQLite then rolls back at the next opening. */
const patienceMs = 10_000

export function createEffects(world: World): Effects {
  const running = new Map<Job, Running>()
  const detecting = new Set<Job>()
  const queued: { readonly job: Job; readonly begin: () => void }[] = []
  let remembering = Promise.resolve()
  let leaving = false

  function begin<O extends Asked>(job: Job, operation: O, request: Requests[O]): void {
    const run = world.engine.start(operation, request)
    const { stop, pause, resume, kill, outcome: over } = run
    running.set(job, { stop, pause, resume, kill, over })
    void relay(job, operation, run)
  }

  async function relay<O extends Asked>(job: Job, operation: O, run: EngineRun<O>): Promise<void> {
    for await (const event of run.events) world.dispatch({ type: 'event', job, event, at: world.now() })
    const outcome = await run.outcome
    running.delete(job)
    detecting.delete(job)
    // The compiler can't see that operation and outcome belong together once both are generic.
    world.dispatch({ type: 'answer', job, operation, outcome, at: world.now() } as unknown as Answer)
    startQueued()
  }

  function startQueued(): void {
    while (!leaving && detecting.size < detectionsAtOnce && queued.length > 0) {
      const { job, begin: go } = queued.shift()!
      detecting.add(job)
      go()
    }
  }

  function stop(job: Job): void {
    const waiting = queued.findIndex(each => each.job === job)
    if (waiting !== -1) queued.splice(waiting, 1)
    running.get(job)?.stop()
  }

  async function leave(code: number): Promise<void> {
    if (leaving) return
    leaving = true
    queued.length = 0
    const runs = [...running.values()]
    for (const run of runs) run.stop()
    let patience: NodeJS.Timeout | undefined
    const enough = new Promise(given => {
      patience = setTimeout(given, patienceMs)
    })
    await Promise.race([Promise.allSettled(runs.map(run => run.over)), enough])
    clearTimeout(patience)
    for (const run of running.values()) run.kill()
    // One turn more, so that the last answers reach the machine before the summary is written.
    setImmediate(() => world.leave(code))
  }

  async function write(file: string, text: string): Promise<void> {
    try {
      await writeFile(resolve(world.folder, file), text, { mode: 0o600 })
      world.dispatch({ type: 'wrote', file, at: world.now() })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      world.dispatch({ type: 'not-written', file, why, at: world.now() })
    }
  }

  // One after the other: what two of them write may be the same file.
  async function remember(target: string, choices: Choices): Promise<void> {
    const outcome = await world.remember(target, choices)
    world.dispatch({ type: 'remembered', target, choices, outcome, at: world.now() })
  }

  async function complete(text: string): Promise<void> {
    const completions = await completePath(text, world.folder)
    world.dispatch({ type: 'completed', text, completions, at: world.now() })
  }

  function find(text: string): void {
    try {
      const given = world.find(text)
      // Whoever asked is still at it.
      setImmediate(() => world.dispatch({ type: 'found', text, given, at: world.now() }))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      setImmediate(() => world.dispatch({ type: 'not-found', why, at: world.now() }))
    }
  }

  function report(content: ReportContent): void {
    try {
      const file = world.reports.write(content)
      world.dispatch({ type: 'reported', report: { file }, at: world.now() })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      world.dispatch({ type: 'reported', report: { why }, at: world.now() })
    }
  }

  function rehearse(job: Job, request: Requests['dry-run']): void {
    try {
      begin(job, 'dry-run', inTheirFolder(request))
    } catch (error) {
      const outcome = { type: 'failed', error: noPlace(request.target, error) } as const
      // Whoever asked is still at it.
      setImmediate(() =>
        world.dispatch({ type: 'answer', job, operation: 'dry-run', outcome, at: world.now() }),
      )
    }
  }

  /** The machine names the copies; where they lie is not its business. */
  function inTheirFolder({ keep, rehearsed, ...request }: Requests['dry-run']): Requests['dry-run'] {
    const placed = (name: string) => join(world.copies(), name)
    return {
      ...request,
      ...(keep === undefined ? {} : { keep: placed(keep) }),
      ...(rehearsed === undefined
        ? {}
        : {
            rehearsed: Object.fromEntries(
              Object.entries(rehearsed).map(([target, name]) => [target, placed(name)]),
            ),
          }),
    }
  }

  function besideTheReport({ log, ...request }: Requests['system-tests']): Requests['system-tests'] {
    return { ...request, log: join(world.reports.folder(), log) }
  }

  return {
    busy: () => running.size > 0,
    perform(command) {
      switch (command.type) {
        case 'start': {
          const { job } = command
          if (command.operation === 'detect') {
            queued.push({ job, begin: () => begin(job, 'detect', command.request) })
            startQueued()
          } else if (command.operation === 'dry-run') rehearse(job, command.request)
          else if (command.operation === 'system-tests')
            begin(job, 'system-tests', besideTheReport(command.request))
          else begin(job, command.operation, command.request)
          return
        }
        case 'stop':
          return stop(command.job)
        case 'pause':
          return running.get(command.job)?.pause()
        case 'resume':
          return running.get(command.job)?.resume()
        case 'kill':
          return running.get(command.job)?.kill()
        case 'kill-all':
          for (const run of running.values()) run.kill()
          return
        case 'write':
          return void write(command.file, command.text)
        case 'report':
          return report(command.content)
        case 'remember':
          remembering = remembering.then(() => remember(command.target, command.choices))
          return
        case 'complete':
          return void complete(command.text)
        case 'find':
          return find(command.text)
        case 'redraw':
          return world.redraw()
        case 'suspend':
          return world.suspend()
        case 'leave':
          return void leave(command.code)
      }
    },
  }
}

function noPlace(target: string, error: unknown): Failure {
  return {
    code: 'WIZARD.NO_COPY',
    severity: 'blocker',
    object: target,
    message: 'There is no place for the copy that other targets are rehearsed with.',
    why: error instanceof Error ? error.message : String(error),
    next: 'Make room there, or name another folder: ULID_MIGRATE_STATE_DIR=FOLDER',
    exit: exitCodes.failed,
  }
}

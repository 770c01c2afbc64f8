/**
 * Runs the engine in a process of its own and gives its events back as an async iterable. The screen process never
 * opens a target: better-sqlite3 can't be interrupted, and reading a database file in the process that has it open
 * drops SQLite's locks (HAZARDS E1). A lost screen is noticed by the engine, which rolls back and ends.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineEvent, Outcome, Stamped } from './events.ts'
import { exitCodes } from './message.ts'
import type { Answers, Operation, Requests, Settings } from './requests.ts'

/** One operation under way. */
export interface EngineRun<O extends Operation> {
  readonly run: string
  /** The engine's process; undefined where it could not be started. */
  readonly pid?: number | undefined
  /** Every event in order; ends after the outcome. */
  readonly events: AsyncIterable<Stamped<EngineEvent>>
  readonly outcome: Promise<Outcome<Answers[O]>>
  /** Asks the engine to stop at the next chunk and roll back. The outcome says what state things are in. */
  stop(): void
  /** Asks an expansion to rest between two of its transactions, when it holds no lock; whatever else is under way goes on. */
  pause(): void
  resume(): void
  /** Kills the engine at once; SQLite rolls back when the file is next opened. */
  kill(): void
}

export interface EngineCall<O extends Operation> {
  readonly operation: O
  readonly request: Requests[O]
  readonly settings: Settings
  /** A ULID; the runs of several targets share one. */
  readonly run: string
}

/** What travels to the engine after its first message. */
export type Control = { readonly control: 'stop' | 'pause' | 'resume' }

// A .ts entry needs tsx in the child; built code does not (HAZARDS G4: this file makes the hop, no other does).
const source = import.meta.url.endsWith('.ts')

/**
 * Starts a module of the engine in a process of its own, with a channel to it. Terminal signals reach a whole group; it
 * gets its own, because it must outlive Ctrl-C to put things in order (TERMINAL 4).
 */
export function startBeside(entry: 'engine' | 'systems/run/keeper', stderr: 'pipe' | 'ignore'): ChildProcess {
  // Node's own fork, not execa: every command starts an engine, and would first read 140 files more.
  const child = fork(fileURLToPath(new URL(`./${entry}.${source ? 'ts' : 'js'}`, import.meta.url)), {
    detached: true,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', stderr, 'ipc'],
    execArgv: source ? ['--import', import.meta.resolve('tsx')] : [],
  })
  // One that can't be started is no fault of this process; who has to know of it listens as well.
  return child.on('error', () => {})
}

/**
 * Starts `operation` in a new engine process.
 *
 * Never throws: a process that dies without a last word becomes a `failed` outcome with code `ENGINE.LOST`.
 */
export function runEngine<O extends Operation>(call: EngineCall<O>): EngineRun<O> {
  const child = startBeside('engine', 'pipe')

  const queue: Stamped<EngineEvent>[] = []
  let wake: () => void = () => {}
  let ended = false
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })

  const outcome = new Promise<Outcome<Answers[O]>>(resolve => {
    child.on('message', (message: unknown) => {
      const event = message as Stamped<EngineEvent> | Outcome<Answers[O]>
      if (event.type === 'result' || event.type === 'failed') resolve(event)
      else {
        queue.push(event)
        wake()
      }
    })
    const lost = (reason: string) =>
      resolve({
        type: 'failed',
        error: {
          code: 'ENGINE.LOST',
          severity: 'blocker',
          object: 'target' in call.request ? String(call.request.target) : 'engine',
          message: 'The engine process ended before it was done.',
          why: [reason, complaint.trim()].filter(Boolean).join('\n'),
          next: 'ulid-migrate status: an unfinished transaction is rolled back when the file is next opened.',
          exit: exitCodes.failed,
        },
      })
    // "exit" may come before the last message has been read; "close" of the channel never does.
    child.on('close', (code: number | null, signal: string | null) =>
      lost(signal ? `It was ended by ${signal}.` : `It exited with code ${code}.`),
    )
    child.on('error', error => lost(error.message))
  })
  // Resolved exactly once; whatever comes after (the exit of a process that has answered) is ignored by the promise.
  void outcome.then(() => {
    ended = true
    wake()
  })
  child.send?.(call, () => {})
  // One that is gone hears nothing; it has answered, or is told as lost.
  const ask = (control: Control['control']) => void child.send?.({ control } satisfies Control, () => {})

  async function* events(): AsyncGenerator<Stamped<EngineEvent>> {
    for (;;) {
      const next = queue.shift()
      if (next) yield next
      else if (ended) return
      else
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
  }

  return {
    run: call.run,
    pid: child.pid,
    events: events(),
    outcome,
    stop: () => ask('stop'),
    pause: () => ask('pause'),
    resume: () => ask('resume'),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** A small world for commands: captured streams, a scripted engine, scripted answers, a clock that stands still. */
import { EventEmitter } from 'node:events'
import type { Context } from '../../src/commands/context.ts'
import type { DemoWriter } from '../../src/commands/demo.ts'
import type { Engine } from '../../src/commands/engine.ts'
import { createInterrupts } from '../../src/commands/interrupts.ts'
import type { Output } from '../../src/commands/output.ts'
import { runProgram } from '../../src/commands/program.ts'
import type {
  Answers,
  EngineEvent,
  EngineRun,
  Operation,
  Outcome,
  Requests,
  Settings,
} from '../../src/core/index.ts'
import type { Questions } from '../../src/prompts/questions.ts'

export const run = '01KEXWDFNRRMDJHG5GXSQG2QCQ'
export const at = '2026-02-11T07:25:00.000Z'

/** What the scripted engine does with one operation. */
type Reply<O extends Operation> = (
  request: Requests[O],
  control: { readonly stopped: Promise<'stop' | 'kill'> },
) => {
  readonly events?: readonly EngineEvent[]
  readonly outcome: Outcome<Answers[O]> | Promise<Outcome<Answers[O]>>
}

export type Script = { readonly [O in Operation]?: Reply<O> }

interface Asked {
  readonly operation: Operation
  readonly request: Requests[Operation]
}

class Captured implements Output {
  text = ''
  readonly colour = false
  readonly terminal = false
  constructor(readonly columns: number | undefined) {}
  write(text: string): Promise<boolean> {
    this.text += text
    return Promise.resolve(true)
  }
}

export interface World {
  readonly argv: readonly string[]
  readonly script?: Script
  readonly questions?: Questions
  readonly wizard?: Context['wizard']
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  readonly signals?: EventEmitter
  readonly writeDemo?: DemoWriter
  /** Of the terminal that stdout is. */
  readonly columns?: number
}

function scripted(
  script: Script,
  asked: Asked[],
  settings: Settings,
  runId: string,
  seen: Settings[],
): Engine {
  return {
    start<O extends Operation>(operation: O, request: Requests[O]) {
      if (operation === 'across' && script.across === undefined) return nothingAcross(runId, request)
      if (operation === 'code-runs' && script[operation] === undefined) return noCodeRuns(runId)
      if (operation === 'code' && script[operation] === undefined) return noCode(runId, request)
      asked.push({ operation, request })
      seen.push(settings)
      const reply = script[operation] as Reply<O> | undefined
      if (!reply) throw new Error(`The script has no reply to ${operation}`)
      let end: (how: 'stop' | 'kill') => void = () => {}
      const stopped = new Promise<'stop' | 'kill'>(resolve => {
        end = resolve
      })
      const { events = [], outcome } = reply(request, { stopped })
      const target = 'target' in request ? String(request.target) : ''
      return {
        run: runId,
        events: (async function* () {
          for (const event of events) yield { ...event, at, run: runId, target }
          await outcome
        })(),
        outcome: Promise.resolve(outcome),
        stop: () => end('stop'),
        pause: () => {},
        resume: () => {},
        kill: () => end('kill'),
      }
    },
  }
}

/** Unless the script says otherwise, no source code was ever changed. */
function noCodeRuns<O extends Operation>(runId: string): EngineRun<O> {
  return answered(runId, [] as unknown as Answers[O])
}

/** Unless the script says otherwise, no source code makes ids. */
function noCode<O extends Operation>(runId: string, request: Requests[O]): EngineRun<O> {
  const { target, system } = request as Requests['code']
  const value: Answers['code'] = {
    target,
    system,
    files: 1,
    sites: [],
    findings: [],
    changed: [],
    made: [],
    diff: '',
    written: false,
    generators: [],
    using: [],
  }
  return answered(runId, value as Answers[O])
}

function answered<O extends Operation>(runId: string, value: Answers[O]): EngineRun<O> {
  return {
    run: runId,
    events: (async function* () {})(),
    outcome: Promise.resolve({ type: 'result', value }),
    stop: () => {},
    pause: () => {},
    resume: () => {},
    kill: () => {},
  }
}

/** Unless the script says otherwise, several targets have nothing to do with each other. */
function nothingAcross<O extends Operation>(runId: string, request: Requests[O]): EngineRun<O> {
  const { targets } = request as Requests['across']
  const value: Answers['across'] = {
    order: targets.map(each => each.target),
    links: [],
    follows: {},
    error: null,
    documents: [],
  }
  return answered(runId, value as Answers[O])
}

/** Runs one command line in this world. */
export async function invoke(world: World) {
  const stdout = new Captured(world.columns)
  const stderr = new Captured(world.columns)
  const asked: Asked[] = []
  const settings: Settings[] = []
  const exit = await runProgram(
    {
      argv: world.argv,
      environment: { HOME: '/home/op', ...world.environment },
      folder: world.folder ?? '/data',
      stdout,
      stderr,
      questions: world.questions ?? null,
      wizard: world.wizard ?? null,
      noWizard: world.wizard ? '' : 'stdin is not a terminal.',
      engine: (given, id) => scripted(world.script ?? {}, asked, given, id, settings),
      interrupts: createInterrupts(world.signals ?? new EventEmitter()),
      newRun: () => run,
      clock: () => new Date(at),
      loadDemo: () =>
        Promise.resolve(world.writeDemo ?? (() => Promise.resolve({ files: [], findings: [] }))),
    },
    '0.0.0-test',
  )
  const lines = (text: string) => text.split('\n').filter(Boolean)
  return {
    exit,
    stdout: stdout.text,
    stderr: stderr.text,
    asked,
    settings,
    json: () => JSON.parse(stdout.text) as Record<string, unknown>,
    events: () => lines(stderr.text).map(line => JSON.parse(line) as Record<string, unknown>),
  }
}

/** Somebody at the terminal who gives these answers. */
export function answering(answer: {
  readonly confirm?: boolean
  readonly type?: string
  /** One after the other. */
  readonly choose?: readonly string[]
}) {
  const questions: string[] = []
  const offered: string[][] = []
  const left = [...(answer.choose ?? [])]
  return {
    questions,
    /** What could be chosen, question by question. */
    offered,
    confirm: (message: string) => {
      questions.push(message)
      return Promise.resolve(answer.confirm ?? false)
    },
    type: (message: string) => {
      questions.push(message)
      return Promise.resolve(answer.type ?? '')
    },
    choose: <T extends string>(
      message: string,
      choices: readonly { readonly value: T; readonly name: string }[],
    ) => {
      questions.push(message)
      offered.push(choices.map(each => each.name))
      const given = left.shift()
      return Promise.resolve(choices.find(each => each.value === given)?.value ?? null)
    },
  }
}

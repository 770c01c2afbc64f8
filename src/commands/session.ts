/**
 * One invocation of a command: which engine it asks, how it speaks. A command says what happened; the session decides
 * by --json, --events, -q and -v on which stream and in which form that appears.
 */
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import {
  type Answers,
  basesIn,
  type Choices,
  type ConfigFile,
  type Configured,
  configuredFor,
  exitCodes,
  type Failure,
  type LoadedConfig,
  layered,
  newConfigIn,
  type Operation,
  type Outcome,
  type Requests,
  type Settings,
  type System,
  settingsFrom,
  systemsFrom,
} from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import { agree } from './consent.ts'
import type { Context } from './context.ts'
import { messageOf } from './failure.ts'
import type { TargetOptions } from './options.ts'
import type { Output } from './output.ts'
import { progressLines } from './progress.ts'
import { paintMark } from './reports/marks.ts'
import { failureReport } from './reports/message.ts'
import { keeperOf } from './system-words.ts'

/** What a session is told by flags; commands without an engine give fewer. */
export type SessionOptions = Partial<TargetOptions> & { readonly confirm?: readonly string[] | undefined }

type Loaded = Extract<LoadedConfig, { readonly type: 'loaded' }>

export interface Session {
  readonly command: string
  readonly context: Context
  readonly settings: Settings
  readonly configFiles: readonly ConfigFile[]
  /** The config file that choices are remembered in; it need not be there. */
  readonly project: string
  readonly run: string
  readonly json: boolean
  readonly verbose: boolean
  /** Whether a question may be asked: there is somebody, and no flag forbids it. */
  readonly mayAsk: boolean
  /** The folder of all systems, absolute, where one was named by flag or environment. */
  readonly projects: string | null
  /** All systems that are known here, in their order; each with where it was looked for. */
  systems(): readonly System[]
  /** The name of the system that keeps a target where it is, if config files speak of systems at all. */
  keeper(target: string): string | null
  /** What the config files say of a target. */
  configured(target: string): Configured
  /** What holds for a target: what was typed, over what the config files say. */
  choices(typed: Choices, target: string): Choices
  /** The settings that hold for a target: how long to wait may be said of each in the config files. */
  settingsFor(target: string): Settings
  /** Runs one operation to its end, showing its events; signals reach it. Never throws. */
  ask<O extends Operation>(operation: O, request: Requests[O], shown: Shown): Promise<Outcome<Answers[O]>>
  /** Prints lines of a result on stdout, unless there is a document instead. */
  print(lines: readonly string[]): void
  /** Prints the one document of --json; without --json nothing. */
  document(content: object): void
  /** Says something on stderr that is neither a result nor an error. */
  note(...lines: readonly string[]): void
  /** Shows a failure on stderr. */
  complain(failure: Failure, target?: string): void
}

/** How an operation's events are shown. */
interface Shown {
  readonly name: string
  /** False where the result lists the findings anyway. */
  readonly findings: boolean
}

/** JSON that has room for 64-bit integers: as numbers where they are exact, else as text. */
export function toJson(content: unknown): string {
  return JSON.stringify(content, (_key, value: unknown) => {
    if (typeof value !== 'bigint') return value
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  })
}

export function createSession(
  context: Context,
  command: string,
  options: SessionOptions,
  { files: configFiles, project }: Pick<Loaded, 'files' | 'project'> = {
    files: [],
    project: newConfigIn(context.folder),
  },
): Session {
  const projects = options.projects ? resolve(context.folder, options.projects) : null
  const settings = settingsFrom(options, context.environment, context.folder)
  const run = context.newRun()
  const json = options.json === true
  const verbose = options.verbose === true

  const lines = (output: Output, text: readonly string[]) => {
    const colour = output.colour && options.color !== false && !json
    if (text.length > 0) void output.write(`${text.map(line => paintMark(line, colour)).join('\n')}\n`)
  }
  const event = (content: object) =>
    void context.stderr.write(`${toJson({ schema: 'ulid-migrate.event/1', ...content })}\n`)
  const stamp = (type: string, target?: string) => ({
    at: context.clock().toISOString(),
    run,
    type,
    ...(target === undefined ? {} : { target }),
  })

  function note(...text: readonly string[]): void {
    if (text.length === 0) return
    if (options.events) event({ ...stamp('note'), text: text.join('\n') })
    else lines(context.stderr, text.map(printable))
  }

  const systems = () =>
    systemsFrom(configFiles, {
      folder: context.folder,
      home: context.environment.HOME || homedir(),
      ...basesIn(context.environment),
      ...(projects === null ? {} : { projects }),
    })
  const speaksOfSystems = configFiles.some(({ config }) => config.systems !== undefined)
  const keeper = (target: string) => (speaksOfSystems ? (keeperOf(systems(), target)?.name ?? null) : null)
  const configured = (target: string) => configuredFor(configFiles, target, keeper(target))
  function settingsFor(target: string): Settings {
    const { waitSeconds } = configured(target)
    return options.wait !== undefined || waitSeconds === null ? settings : { ...settings, waitSeconds }
  }

  async function once<O extends Operation>(
    operation: O,
    request: Requests[O],
    shown: Shown,
  ): Promise<Outcome<Answers[O]>> {
    const target = 'target' in request ? String(request.target) : ''
    const work = context.engine(settingsFor(target), run).start(operation, request)
    const unwatch = context.interrupts.watch(work, note)
    const progress = progressLines({ ...shown, verbose })
    try {
      for await (const happened of work.events) {
        if (options.events) event(happened)
        else if (!options.quiet) lines(context.stderr, progress(happened))
      }
      const outcome = await work.outcome
      return outcome.type === 'failed' ? withOrigin(outcome, configured(target).files) : outcome
    } finally {
      unwatch()
    }
  }

  const session: Session = {
    command,
    context,
    settings,
    configFiles,
    project,
    run,
    json,
    verbose,
    mayAsk: context.questions !== null && options.input !== false && options.events !== true,
    projects,
    systems,
    keeper,
    configured,
    choices: (typed, target) => layered(typed, configured(target).choices),
    settingsFor,
    note,
    print(text) {
      if (!json) lines(context.stdout, text)
    },
    document(content) {
      if (json) void context.stdout.write(`${toJson({ schema: `ulid-migrate.${command}/1`, ...content })}\n`)
    },
    complain(failure, target) {
      if (options.events) event({ ...stamp('failed', target), error: messageOf(failure) })
      else lines(context.stderr, failureReport(failure))
    },
    async ask(operation, request, shown) {
      for (;;) {
        const outcome = await once(operation, request, shown)
        if (outcome.type !== 'failed' || outcome.error.code !== 'LOCK.HELD' || !session.mayAsk) return outcome
        const { object, why } = outcome.error
        const answer = await agree(session, `${object} is in use. ${why} Try again?`, object)
        if (answer.type !== 'yes') return outcome
      }
    },
  }
  return session
}

/** The engine speaks of flags; what it does not accept may as well stand in a config file. */
function withOrigin(failed: { readonly type: 'failed'; readonly error: Failure }, files: readonly string[]) {
  const { error } = failed
  if (error.exit !== exitCodes.usage || files.length === 0) return failed
  const why = [error.why, `Choices for this target also stand in ${files.join(' and ')}.`].join('\n')
  return { ...failed, error: { ...error, why } }
}

import { lstatSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { commandLine, exitCodes, type Failure, type Message, newConfigIn } from '../core/index.ts'
import { printable } from '../ui/printable.ts'
import { wantsPlain } from '../wizard/wants-plain.ts'
import type { Context } from './context.ts'
import { walk } from './demo-walk.ts'
import { eachTarget, finish, targetsFrom } from './each-target.ts'
import { failure } from './failure.ts'
import { examples } from './help.ts'
import { openMore } from './open-more.ts'
import { wholeNumber } from './option-values.ts'
import { engineCommand } from './options.ts'
import { rememberIn } from './remember.ts'
import { type DemoFile, demoReport, walkReport, walkSummary } from './reports/demo.ts'
import { createSession } from './session.ts'

/** Writes the demo's databases. Throws, with a `failure`, where the folder is somebody else's. */
export type DemoWriter = (options: {
  readonly directory: string
  readonly rows?: number
  readonly seed?: number
}) => Promise<{
  readonly files: readonly DemoFile[]
  /** What was left out, and why. */
  readonly findings: readonly Message[]
}>

/** `demo DIR`: small databases of every shape, to try everything on; `--open` goes the whole way with them. */
export function demoCommand(context: Context, ended: (exit: number) => void) {
  return engineCommand('demo')
    .summary('make small databases to try everything on')
    .addHelpText(
      'before',
      examples(
        ['Make the databases, and open the wizard on them', 'ulid-migrate demo demo --open'],
        ['Larger, and other data', 'ulid-migrate demo demo --rows 100000 --seed 7'],
      ),
    )
    .description(
      'Makes databases of every shape in DIR. Their ledger and snapshots lie in DIR/.state, nothing of yours.',
    )
    .argument('<dir>', 'a folder that is new, empty, or an earlier demo')
    .option('--rows <n>', 'rows of the main table of each database (default: 2000)', wholeNumber(1))
    .option('--seed <n>', 'the same seed makes the same data (default: 1)', wholeNumber(0))
    .option('--open', 'open the wizard on it; without a terminal, go the whole way headless')
    .action(async (dir, options) => {
      const directory = resolve(context.folder, dir)
      const stateDir = options.stateDir ?? join(directory, '.state')
      const session = createSession(
        context,
        'demo',
        { ...options, stateDir },
        { files: [], project: newConfigIn(directory) },
      )
      const nothing = { documents: [], declined: 0, notStarted: [] }
      const { rows, seed } = options
      const wrote = await write(context, {
        directory,
        ...(rows === undefined ? {} : { rows }),
        ...(seed === undefined ? {} : { seed }),
      })
      if (wrote.type === 'failed') {
        session.complain(wrote.error)
        return ended(finish(session, { ...nothing, error: wrote.error }, { directory }))
      }
      const { files, findings } = wrote
      const headless = session.json || options.events || options.input === false
      if (options.open && context.wizard !== null && !headless) {
        const targets = files.map(file => ({ target: file.path, choices: {}, configFiles: [] }))
        return ended(
          await context.wizard({
            targets,
            systems: [],
            remember: rememberIn(session),
            find: openMore(session, {}),
            settingsFor: () => session.settings,
            inline: false,
            plain: wantsPlain(context.environment),
          }),
        )
      }
      session.print(demoReport(directory, files, findings))
      if (!options.open) {
        const next = commandLine(directory, '--state-dir', session.settings.stateDir)
        session.print(['', `  next: ${printable(next)}`])
        const documents = files.map(({ path, ...file }) => ({ target: path, ...file }))
        return ended(finish(session, { ...nothing, documents, error: null }, { directory, findings }))
      }
      const targets = targetsFrom(
        session,
        files.map(file => file.path),
      )
      const done = await eachTarget(session, targets, async target => {
        const walked = await walk(session, target)
        if (walked.type === 'done') session.print(walkReport(walked.document))
        return walked
      })
      session.print(walkSummary(done.documents, files.length))
      ended(finish(session, done, { directory, findings }))
    })
}

type Wrote =
  | ({ readonly type: 'wrote' } & Awaited<ReturnType<DemoWriter>>)
  | { readonly type: 'failed'; readonly error: Failure }

async function write(context: Context, options: Parameters<DemoWriter>[0]): Promise<Wrote> {
  try {
    const writeDemo = await context.loadDemo()
    const wrote = await writeDemo(options)
    forgetEarlier(join(options.directory, '.state'))
    return { type: 'wrote', ...wrote }
  } catch (error) {
    return { type: 'failed', error: asFailure(error, options.directory) }
  }
}

// The databases were just written anew, so runs and snapshots of their predecessors describe nothing any more.
function forgetEarlier(state: string): void {
  if (lstatSync(state, { throwIfNoEntry: false })?.isDirectory()) rmSync(state, { recursive: true })
}

function asFailure(error: unknown, directory: string): Failure {
  if (error instanceof Error && 'failure' in error) return error.failure as Failure
  return failure(exitCodes.failed, 'DEMO.FAILED', {
    object: directory,
    message: 'The demo could not be written.',
    why: error instanceof Error ? error.message : String(error),
    next: commandLine('demo', 'ANOTHER-FOLDER'),
  })
}

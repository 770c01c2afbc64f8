import {
  configuredTargets,
  detectSystem,
  exitCodes,
  type Failure,
  type Trace,
  type TracedTarget,
} from '../core/index.ts'
import type { Context } from './context.ts'
import { finish, targetsFrom } from './each-target.ts'
import { failure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { missingFolder, type Named, nameTargets, refused, systemsOf } from './named.ts'
import { seconds } from './option-values.ts'
import { targetCommand } from './options.ts'
import { traceReport } from './reports/trace.ts'
import type { Session } from './session.ts'
import { systemsHere } from './system-words.ts'

/** `trace`: what databases know of a ULID or a legacy id. Nothing found is an answer, and no failure. */
export function traceCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('trace')
    .summary('find what a ULID or a legacy id names, what refers to it, and what is near it in time')
    .addHelpText(
      'before',
      examples(
        ['A ULID, in all databases that are known', 'ulid-migrate trace 01KEXWDFNRRMDJHG5GXSQG2QCQ'],
        ['An id of before, in one database', 'ulid-migrate trace project-20260211-072500 app.db'],
        [
          'And what was made within an hour of it',
          'ulid-migrate trace 01KEXWDFNRRMDJHG5GXSQG2QCQ --window 3600',
        ],
      ),
    )
    .description(
      'Finds the row that a ULID or a legacy id names, under both ids, the references to it, and what else was made at that time, in all systems. Never writes.',
    )
    .argument('<id>', 'a ULID, in either letter case, or an id of before')
    .argument(
      '[targets...]',
      'databases or systems; when none is named, all of the ledger, of the systems here and of the config files',
    )
    .option('--window <seconds>', 'how far before and after its time to look (default: 60)', seconds)
    .option('--everywhere', 'in the databases named, and in all others that are known')
    .action((id, words, options) =>
      inSession(context, ended, 'trace', options, async session => {
        const everywhere = words.length > 0 && options.everywhere === true
        const known = words.length === 0 || everywhere ? knownTargets(session) : nobody
        const meant = words.length > 0 ? nameTargets(session, words) : known
        const error = meant.error ?? known.error
        if (error !== null) return refused(session, { ...meant, error })
        const paths = [...meant.targets, ...known.targets].map(target => target.path)
        const systems = keepersOf(session)
        const outcome = await session.ask(
          'trace',
          {
            id,
            targets: [...new Set(paths)],
            // To the engine, no target means all of the ledger's.
            ...(everywhere || (words.length === 0 && paths.length > 0) ? { everywhere: true } : {}),
            ...(Object.keys(systems).length === 0 ? {} : { systems }),
            ...(options.window === undefined ? {} : { window: options.window }),
          },
          { name: 'trace', findings: true },
        )
        if (outcome.type === 'failed') return end([], outcome.error)
        const { targets: documents, ...content } = outcome.value
        const unreadable = unread(outcome.value)
        if (unreadable === null)
          session.print(
            documents.length === 0 && outcome.value.found.length === 0
              ? [`No runs in ${session.settings.stateDir}: name the databases to look into.`]
              : traceReport(outcome.value),
          )
        return end(documents, unreadable, content)

        function end(found: readonly TracedTarget[], failed: Failure | null, more: object = {}): number {
          if (failed) session.complain(failed)
          return finish(
            session,
            { documents: found, error: failed, declined: 0, notStarted: [] },
            { ...systemsOf(meant), ...more },
          )
        }
      }),
    )
}

const nobody: Named = { targets: [], systems: [], error: null }

/**
 * The databases of the systems here and those that config files name; the ledger's are the engine's to know. What can't be
 * read is among them, so that it is said.
 */
function knownTargets(session: Session): Named {
  const error = missingFolder(session)
  if (error !== null) return { ...nobody, error }
  const systems = systemsHere(session).map(system => detectSystem(system, session.projects))
  const paths = [
    ...systems.flatMap(({ places }) =>
      places.filter(({ found }) => found !== 'nothing').map(({ path }) => path),
    ),
    ...session.configFiles.flatMap(configuredTargets),
  ]
  return { targets: targetsFrom(session, [...new Set(paths)]), systems, error: null }
}

/** The systems that keep databases where they are, by the paths of those. */
function keepersOf(session: Session): Readonly<Record<string, string>> {
  const places = session
    .systems()
    .flatMap(({ name, places: all }) => all.filter(({ there }) => there).map(({ path }) => [path, name]))
  return Object.fromEntries(places.toReversed())
}

/** Where no target at all could be read, "not found" would be no answer. */
function unread({ id, targets }: Trace): Failure | null {
  const errors = targets.flatMap(({ error }) => error ?? [])
  if (targets.length === 0 || errors.length < targets.length) return null
  return failure(exitCodes.precondition, 'TRACE.NOTHING_READ', {
    object: id,
    message: 'None of the databases could be read.',
    why: errors.map(({ object, message }) => `${object}: ${message}`).join('\n'),
    next: 'Name others, or make these readable: ulid-migrate trace ID TARGET',
  })
}

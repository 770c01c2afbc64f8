import { exitCodes, type Failure, type Trace, type TracedTarget } from '../core/index.ts'
import type { Context } from './context.ts'
import { finish } from './each-target.ts'
import { failure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameKnown, refused, systemsOf } from './named.ts'
import { targetCommand } from './options.ts'
import { traceReport } from './reports/trace.ts'

/** `trace`: what migrated databases know of a ULID or a legacy id. Nothing found is an answer, and no failure. */
export function traceCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('trace')
    .summary('find what a ULID or a legacy id names, and what refers to it')
    .addHelpText(
      'before',
      examples(
        ['A ULID, in all databases of the ledger', 'ulid-migrate trace 01KEXWDFNRRMDJHG5GXSQG2QCQ'],
        ['An id of before, in one database', 'ulid-migrate trace project-20260211-072500 app.db'],
      ),
    )
    .description(
      'Finds the row that a ULID or a legacy id names, under both ids, and the references to it. Never writes.',
    )
    .argument('<id>', 'a ULID, in either letter case, or an id of before')
    .argument('[targets...]', 'databases or systems; all in the ledger when none is named')
    .action((id, words, options) =>
      inSession(context, ended, 'trace', options, async session => {
        const meant = nameKnown(session, words)
        if (meant.error !== null) return refused(session, meant)
        const targets = meant.targets.map(target => target.path)
        const outcome = await session.ask('trace', { id, targets }, { name: 'trace', findings: true })
        if (outcome.type === 'failed') return end([], outcome.error)
        const { targets: documents, ...content } = outcome.value
        const error = unread(outcome.value)
        if (error === null)
          session.print(
            documents.length === 0
              ? [`No runs in ${session.settings.stateDir}: name the databases to look into.`]
              : traceReport(outcome.value),
          )
        return end(documents, error, content)

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

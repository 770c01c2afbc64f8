import { type CodeRun, configuredTargets, type Requests } from '../core/index.ts'
import type { Context } from './context.ts'
import { type Ended, finish } from './each-target.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameKnown, refused, systemsOf } from './named.ts'
import { targetCommand } from './options.ts'
import { codeRunsReport } from './reports/code.ts'
import { statusReport } from './reports/status.ts'
import type { Session } from './session.ts'

/** `status`: runs, phases, and what is due; of the targets named, or of all in the ledger. */
export function statusCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('status')
    .summary('list runs, and what is due')
    .addHelpText(
      'before',
      examples(
        ['All runs in the ledger', 'ulid-migrate status'],
        ['One database', 'ulid-migrate status app.db'],
        ['For a script', 'ulid-migrate status --json'],
      ),
    )
    .description(
      'Lists runs, their phases and what is due, of these targets or of all in the ledger. Never writes.',
    )
    .argument('[targets...]', 'databases or systems; all in the ledger when none is named')
    .action((words, options) =>
      inSession(context, ended, 'status', options, async session => {
        const meant = nameKnown(session, words, { looking: true })
        if (meant.error !== null) return refused(session, meant)
        const targets = meant.targets.map(target => target.path)
        const nothing = { declined: 0, notStarted: [] }
        // To the engine, no target means all of them.
        if (targets.length === 0 && meant.systems.length > 0)
          return finish(session, { documents: [], error: null, ...nothing }, systemsOf(meant))
        const outcome = await session.ask(
          'status',
          { targets, ...watched(session, targets) },
          { name: 'status', findings: true },
        )
        if (outcome.type === 'failed') {
          session.complain(outcome.error)
          return finish(session, { documents: [], error: outcome.error, ...nothing }, systemsOf(meant))
        }
        const documents = outcome.value
        const code = await codeRunsOf(session, words)
        if (documents.length + code.length === 0) session.print([`No runs in ${session.settings.stateDir}`])
        for (const document of documents) session.print(statusReport(document, session.verbose))
        session.print(codeRunsReport(code))
        return finish(session, { documents, error: null, ...nothing } satisfies Ended<unknown>, {
          ...systemsOf(meant),
          ...(code.length > 0 ? { code } : {}),
        })
      }),
    )
}

/** Runs that changed source code, where nobody asks for certain databases. */
async function codeRunsOf(session: Session, words: readonly string[]): Promise<readonly CodeRun[]> {
  if (words.length > 0) return []
  const outcome = await session.ask('code-runs', {}, { name: 'status', findings: false })
  if (outcome.type === 'result') return outcome.value
  session.complain(outcome.error)
  return []
}

/** How long the config files say that expansions are to be watched; nothing where they do not. */
function watched(session: Session, targets: readonly string[]): Pick<Requests['status'], 'verificationDays'> {
  const days = (path: string) => session.configured(path).verificationDays
  const usually = days('')
  const known = [...targets, ...session.configFiles.flatMap(configuredTargets)]
  const of = Object.fromEntries(
    known.flatMap(path => {
      const said = days(path)
      return said === null ? [] : [[path, said]]
    }),
  )
  if (usually === null && Object.keys(of).length === 0) return {}
  return { verificationDays: { ...(usually === null ? {} : { usually }), of } }
}

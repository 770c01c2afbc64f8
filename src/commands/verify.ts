import { commandLine } from '../core/index.ts'
import type { Context } from './context.ts'
import { eachTarget, finish } from './each-target.ts'
import { failedProof } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameAll, refused, systemsOf, thatRan } from './named.ts'
import { targetCommand } from './options.ts'
import { verifyReport } from './reports/verify.ts'

/** `verify`: proves the last run of a target again, from outside. */
export function verifyCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('verify')
    .summary('prove the last run again, from outside')
    .addHelpText(
      'before',
      examples(
        ['The last run of a database', 'ulid-migrate verify app.db'],
        ['Every check, with its evidence', 'ulid-migrate verify app.db -v'],
        ['All databases of a system', 'ulid-migrate verify crackerjack --projects ~/projects'],
      ),
    )
    .description('Compares the target with the snapshot of its run, cell by cell. Never writes.')
    .argument('[targets...]', 'migrated databases, or systems; all systems when none is named')
    .option('--run <id>', 'another run than the last')
    .action((words, options) =>
      inSession(context, ended, 'verify', options, async session => {
        const run = options.run === undefined ? {} : { run: options.run }
        const meant = await thatRan(session, nameAll(session, words))
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, async target => {
          const outcome = await session.ask(
            'verify',
            { target: target.path, ...run },
            { name: target.name, findings: true },
          )
          if (outcome.type === 'failed') return outcome
          const document = outcome.value
          session.print(verifyReport(document, session.verbose))
          const error = failedProof(document.proof, target.path, commandLine('rollback', target.path))
          return error ? { type: 'failed', error, document } : { type: 'done', document }
        })
        return finish(session, done, systemsOf(meant))
      }),
    )
}

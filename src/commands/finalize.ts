import { byName } from './by-name.ts'
import type { Context } from './context.ts'
import { eachTarget, finish } from './each-target.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameTargets, refused, systemsOf, thatRan } from './named.ts'
import { repeated } from './option-values.ts'
import { targetCommand } from './options.ts'
import { finalizeReport } from './reports/finalize.ts'

/** `finalize`: drops what undo lives on. */
export function finalizeCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('finalize')
    .summary('drop the maps that undo lives on: no undo from then on')
    .addHelpText(
      'before',
      examples(
        ['What would be dropped', 'ulid-migrate finalize app.db --dry-run'],
        ['Drop it', 'ulid-migrate finalize app.db --confirm app.db'],
      ),
    )
    .description(
      'Drops the maps and records of earlier runs from a target. Undo ends here; its snapshots stay, and restore with them.',
    )
    .argument('<targets...>', 'migrated databases, or systems')
    .option('--dry-run', 'say what would be dropped, and leave the target as it is')
    .option(
      '--confirm <name>',
      'agree to it, by the file name of the target; repeatable',
      repeated(/./, 'the file name of a target'),
    )
    .action((words, options) =>
      inSession(context, ended, 'finalize', options, async session => {
        const meant = await thatRan(session, nameTargets(session, words))
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, target =>
          byName(
            session,
            target,
            options.confirm ?? [],
            options.dryRun === true,
            how =>
              session.ask('finalize', { target: target.path, ...how }, { name: target.name, findings: true }),
            document => ({
              report: finalizeReport(document, session.verbose),
              nothing: document.tables.length === 0,
            }),
          ),
        )
        return finish(session, done, systemsOf(meant))
      }),
    )
}

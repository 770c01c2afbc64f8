import type { Context } from './context.ts'
import { eachTarget, finish } from './each-target.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameTargets, refused, systemsOf, thatRan } from './named.ts'
import { targetCommand } from './options.ts'
import { rollBack } from './rollback.ts'

/** `collapse`: takes an expansion back, at any time. It is the undo of that run, and refuses any other. */
export function collapseCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('collapse')
    .summary('take an expansion back: the ULID columns and their triggers go')
    .addHelpText(
      'before',
      examples(
        ['Rehearse it', 'ulid-migrate collapse app.db --dry-run'],
        ['Do it', 'ulid-migrate collapse app.db --yes'],
      ),
    )
    .description(
      'Takes an expansion back: its ULID columns, indexes and triggers go, and every row written since stays, by its legacy id.',
    )
    .argument('<targets...>', 'expanded databases, or systems')
    .option('--dry-run', 'rehearse, and leave the target as it is')
    .option('--run <id>', 'another run than the last')
    .option('--yes', 'agree to it')
    .action((words, options) =>
      inSession(context, ended, 'collapse', options, async session => {
        const agreed = { yes: options.yes === true, names: [] }
        const meant = await thatRan(session, nameTargets(session, words))
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, target =>
          rollBack(session, target, agreed, {
            target: target.path,
            mode: 'undo',
            expansion: true,
            dryRun: options.dryRun === true,
            ...(options.run === undefined ? {} : { run: options.run }),
          }),
        )
        return finish(session, done, systemsOf(meant))
      }),
    )
}

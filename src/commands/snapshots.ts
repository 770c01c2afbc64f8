import { Argument } from '@commander-js/extra-typings'
import { exitCodes, type Failure, type SnapshotsTarget } from '../core/index.ts'
import { byName } from './by-name.ts'
import type { Context } from './context.ts'
import { eachTarget, finish } from './each-target.ts'
import { failure, usageFailure } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { nameKnown, nameTargets, refused, systemsOf } from './named.ts'
import { repeated, wholeNumber } from './option-values.ts'
import { targetCommand } from './options.ts'
import { prunedReport, snapshotsReport } from './reports/snapshots.ts'
import type { Session } from './session.ts'

/** `snapshots [list|check|prune]`: what there is to restore from; the only command that ever deletes any of it. */
export function snapshotsCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('snapshots')
    .summary('list, check or prune the snapshots')
    .addHelpText(
      'before',
      examples(
        ['All of them, with age and size', 'ulid-migrate snapshots'],
        ['Whether those of a database are whole', 'ulid-migrate snapshots check app.db'],
        ['What is older than 90 days', 'ulid-migrate snapshots prune app.db --older-than 90 --dry-run'],
        ['', 'ulid-migrate snapshots prune app.db --older-than 90 --confirm app.db'],
      ),
    )
    .description(
      'Lists the snapshots with age and size; checks their checksums and what is in them; deletes those that are named.',
    )
    .addArgument(
      new Argument('[what]', 'what to do (default: list)')
        .choices(['list', 'check', 'prune'] as const)
        .default('list' as const),
    )
    .argument(
      '[targets...]',
      'databases or systems; list and check take all in the ledger when none is named',
    )
    .option('--run <id>', 'prune the snapshot of this run; repeatable', repeated(/./, 'the ULID of a run'))
    .option('--older-than <days>', 'prune what is older than so many days', wholeNumber(0))
    .option('--dry-run', 'say what would be deleted')
    .option(
      '--confirm <name>',
      'agree to the deletion, by the file name of the target; repeatable',
      repeated(/./, 'the file name of a target'),
    )
    .action((what, words, options) =>
      inSession(context, ended, 'snapshots', options, async session => {
        if (what !== 'prune') return look(session, words, what === 'check')
        const wrong = notEnough(words, options)
        if (wrong) {
          session.complain(wrong)
          return finish(session, { documents: [], error: wrong, declined: 0, notStarted: [] })
        }
        const { olderThan } = options
        const which = {
          runs: options.run ?? [],
          ...(olderThan === undefined ? {} : { olderThanDays: olderThan }),
        }
        const meant = nameTargets(session, words)
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, target =>
          byName(
            session,
            target,
            options.confirm ?? [],
            options.dryRun === true,
            how =>
              session.ask(
                'prune-snapshots',
                { target: target.path, ...which, ...how },
                { name: target.name, findings: true },
              ),
            document => ({ report: prunedReport(document), nothing: document.pruned.length === 0 }),
          ),
        )
        return finish(session, done, systemsOf(meant))
      }),
    )
}

async function look(session: Session, words: readonly string[], check: boolean): Promise<number> {
  const meant = nameKnown(session, words)
  if (meant.error !== null) return refused(session, meant)
  const targets = meant.targets.map(target => target.path)
  const outcome = await session.ask('snapshots', { targets, check }, { name: 'snapshots', findings: true })
  const nothing = { declined: 0, notStarted: [] }
  if (outcome.type === 'failed') {
    session.complain(outcome.error)
    return finish(session, { documents: [], error: outcome.error, ...nothing }, systemsOf(meant))
  }
  const documents = outcome.value
  if (documents.length === 0) session.print([`No snapshots are known in ${session.settings.stateDir}`])
  for (const document of documents) session.print(snapshotsReport(document))
  const error = check ? notSound(documents) : null
  if (error) session.complain(error)
  return finish(session, { documents, error, ...nothing }, systemsOf(meant))
}

function notSound(documents: readonly SnapshotsTarget[]): Failure | null {
  const bad = documents.flatMap(each => each.snapshots).filter(each => each.state !== 'sound')
  const [first] = bad
  if (!first) return null
  return failure(exitCodes.verification, 'SNAPSHOT.UNSOUND', {
    object: first.path,
    message: `${bad.length} of the snapshots are not what the runs took.`,
    why: bad.map(each => `${each.path} is ${each.state}`).join('\n'),
    next: 'Do not restore from these. Undo does without them: ulid-migrate rollback TARGET',
  })
}

function notEnough(
  words: readonly string[],
  options: { readonly run?: readonly string[]; readonly olderThan?: number },
): Failure | null {
  const named = options.run !== undefined || options.olderThan !== undefined
  if (words.length > 0 && named) return null
  return usageFailure('SNAPSHOT.UNNAMED', {
    object: 'snapshots prune',
    message: 'Pruning wants to know what to delete.',
    why: 'Nothing is deleted that was not named: a target, and a run or an age.',
    next: 'ulid-migrate snapshots prune TARGET --older-than 30, or --run ID; see: ulid-migrate snapshots list',
  })
}

import { basename, resolve } from 'node:path'
import type { ContractChoices, DryRunTarget, MigratedTarget, Plan } from '../core/index.ts'
import { isNameOf } from '../ui/target-name.ts'
import { consentMissing, typeName } from './consent.ts'
import type { Context } from './context.ts'
import { eachTarget, finish, type Target, type Worked } from './each-target.ts'
import { failedProof } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { reported } from './migrate.ts'
import { nameTargets, refused, systemsOf, thatRan } from './named.ts'
import { repeated } from './option-values.ts'
import { targetCommand } from './options.ts'
import { dryRunReport } from './reports/dry-run.ts'
import type { Session } from './session.ts'

type Contracted = DryRunTarget | MigratedTarget

/** `contract`: brings an expansion to its end. Its plan is rehearsed, snapshotted, proved and undone as any other. */
export function contractCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('contract')
    .summary('finish an expansion: the legacy ids go, and the ULIDs become the keys')
    .addHelpText(
      'before',
      examples(
        ['Rehearse it', 'ulid-migrate contract app.db --dry-run'],
        [
          'Do it; the ULID columns take the old names',
          'ulid-migrate contract app.db --take-names --confirm app.db',
        ],
        [
          'Before its time, and keep the old ids in columns of their own',
          'ulid-migrate contract app.db --early --keep-legacy --confirm app.db',
        ],
      ),
    )
    .description(
      'Finishes an expansion: the ULID columns become the keys, references switch to them, legacy columns and triggers go. It is rehearsed, snapshotted and proved, and can be undone.',
    )
    .argument('<targets...>', 'expanded databases, or systems')
    .option('--dry-run', 'rehearse, and leave the target as it is')
    .option('--keep-legacy', 'the legacy columns stay, as legacy_<name>')
    .option('--take-names', 'the ULID columns take the names of the legacy ones')
    .option('--early', 'before the verification period is over')
    .option(
      '--accept <object>',
      'go on in spite of the finding on OBJECT; repeatable',
      repeated(/./, 'a name'),
    )
    .option(
      '--confirm <name>',
      'agree to it, by the file name of the target; repeatable',
      repeated(/./, 'the file name of a target'),
    )
    .action((words, options) =>
      inSession(context, ended, 'contract', options, async session => {
        const choices: ContractChoices = {
          ...(options.keepLegacy ? { keepLegacy: true } : {}),
          ...(options.takeNames ? { takeNames: true } : {}),
          ...(options.early ? { early: true } : {}),
          ...(options.accept ? { accept: options.accept } : {}),
        }
        const names = options.confirm ?? []
        const meant = await thatRan(session, nameTargets(session, words))
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, target =>
          options.dryRun ? rehearse(session, target, choices) : contract(session, target, choices, names),
        )
        return finish(session, done, systemsOf(meant))
      }),
    )
}

/** The name that the operator gave, or types now, goes to the engine, which compares it. */
async function contract(
  session: Session,
  target: Target,
  choices: ContractChoices,
  names: readonly string[],
): Promise<Worked<Contracted>> {
  const planned = await plan(session, target, choices)
  if (planned.type === 'failed') return planned
  const named = names.find(name => isNameOf(name, target.path)) ?? names[0]
  let confirm = named
  if (confirm === undefined) {
    const name = basename(target.path)
    if (!session.mayAsk)
      return { type: 'failed', error: consentMissing(session, ['--confirm', name], target.path) }
    const rehearsed = await rehearsal(session, target, planned)
    if (rehearsed.type === 'failed') return rehearsed
    session.note(...dryRunReport(rehearsed.document, {}, session.verbose))
    const answer = await typeName(session, name, target.path)
    if (answer.type === 'no') return { type: 'declined' }
    if (answer.type === 'failed') return answer
    confirm = name
  }
  const outcome = await session.ask(
    'migrate',
    { target: target.path, choices: {}, plan: planned.plan, confirm },
    { name: target.name, findings: true },
  )
  if (outcome.type === 'failed') return outcome
  return reported(session, target, outcome.value)
}

async function rehearse(
  session: Session,
  target: Target,
  choices: ContractChoices,
): Promise<Worked<Contracted>> {
  const planned = await plan(session, target, choices)
  if (planned.type === 'failed') return planned
  const rehearsed = await rehearsal(session, target, planned)
  if (rehearsed.type === 'done') session.print(dryRunReport(rehearsed.document, {}, session.verbose))
  return rehearsed
}

type Planned = { readonly type: 'planned'; readonly plan: Plan; readonly findings: DryRunTarget['findings'] }

async function plan(
  session: Session,
  target: Target,
  choices: ContractChoices,
): Promise<Planned | Extract<Worked<Contracted>, { type: 'failed' }>> {
  const days = session.configured(resolve(target.path)).verificationDays
  const outcome = await session.ask(
    'plan-contract',
    { target: target.path, choices: { ...choices, ...(days === null ? {} : { verificationDays: days }) } },
    { name: target.name, findings: false },
  )
  return outcome.type === 'failed' ? outcome : { type: 'planned', ...outcome.value }
}

async function rehearsal(
  session: Session,
  target: Target,
  { plan: planned, findings }: Planned,
): Promise<Extract<Worked<DryRunTarget>, { type: 'done' | 'failed' }>> {
  const outcome = await session.ask(
    'dry-run',
    { target: target.path, choices: {}, plan: planned },
    { name: target.name, findings: false },
  )
  if (outcome.type === 'failed') return outcome
  const document = { ...outcome.value.document, findings }
  const afterwards = 'The target is unchanged. See -v, and report it.'
  const error =
    failedProof(document.proof, target.path, afterwards) ??
    failedProof(document.undo, target.path, afterwards)
  return error ? { type: 'failed', error, document } : { type: 'done', document }
}

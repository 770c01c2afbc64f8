import { basename } from 'node:path'
import { commandLine, type Requests, type RolledBackTarget } from '../core/index.ts'
import { isNameOf } from '../ui/target-name.ts'
import { agree, consentMissing, typeName } from './consent.ts'
import type { Context } from './context.ts'
import { eachTarget, finish, type Target, type Worked } from './each-target.ts'
import { failedProof } from './failure.ts'
import { inSession } from './in-session.ts'
import { nameTargets, refused, systemsOf, thatRan } from './named.ts'
import { repeated } from './option-values.ts'
import { targetCommand } from './options.ts'
import { rollbackReport } from './reports/rollback.ts'
import type { Session } from './session.ts'

type Request = Requests['rollback']

/** What the operator agreed to by flag. */
interface Agreed {
  readonly yes: boolean
  readonly names: readonly string[]
}

/** `rollback`: undo keeps the rows written since; `--restore` puts the snapshot back as it was. */
export function rollbackCommand(context: Context, ended: (exit: number) => void) {
  return targetCommand('rollback')
    .summary('bring the old ids back and keep newer rows; or restore the snapshot')
    .description('Undoes a migration and keeps the rows written since, or puts its snapshot back.')
    .argument('<targets...>', 'migrated databases, or systems')
    .option('--restore', 'put the snapshot back as it was; rows written since are lost')
    .option('--dry-run', 'rehearse, and leave the target as it is')
    .option('--run <id>', 'another run than the last')
    .option('--yes', 'agree to the undo')
    .option(
      '--confirm <name>',
      'agree to the restore, by the file name of the target; repeatable',
      repeated(/./, 'the file name of a target'),
    )
    .action((words, options) =>
      inSession(context, ended, 'rollback', options, async session => {
        const agreed = { yes: options.yes === true, names: options.confirm ?? [] }
        const meant = await thatRan(session, nameTargets(session, words))
        if (meant.error !== null) return refused(session, meant)
        const done = await eachTarget(session, meant.targets, target =>
          rollBack(session, target, agreed, {
            target: target.path,
            mode: options.restore ? 'restore' : 'undo',
            dryRun: options.dryRun === true,
            ...(options.run === undefined ? {} : { run: options.run }),
          }),
        )
        return finish(session, done, systemsOf(meant))
      }),
    )
}

/** One target: rehearsed and asked about, unless that was agreed to by flag; then carried out. */
export async function rollBack(
  session: Session,
  target: Target,
  agreed: Agreed,
  asked: Request,
): Promise<Worked<RolledBackTarget>> {
  const named = agreed.names.find(name => isNameOf(name, target.path)) ?? agreed.names[0]
  // The engine compares the name; one that names another target is its refusal to make.
  let request: Request = named === undefined ? asked : { ...asked, confirm: named }
  if (!asked.dryRun && !agreed.yes && named === undefined) {
    const consent = await consentTo(session, target, asked)
    if (consent.type !== 'agreed') return consent
    request = consent.request
  } else if (!asked.dryRun && !agreed.yes && asked.mode === 'undo') {
    return { type: 'failed', error: consentMissing(session, ['--yes'], target.path) }
  }
  const outcome = await session.ask('rollback', request, { name: target.name, findings: true })
  if (outcome.type === 'failed') return outcome
  const document = outcome.value
  session.print(rollbackReport(document, session.verbose))
  const next = commandLine('status', target.path)
  const error = failedProof(document.proof, target.path, next)
  return error ? { type: 'failed', error, document } : { type: 'done', document }
}

type Consent =
  | { readonly type: 'agreed'; readonly request: Request }
  | Exclude<Worked<RolledBackTarget>, { type: 'done' }>

/** Rehearses, shows what would be kept and lost, and asks: yes for an undo, the typed name for a restore. */
async function consentTo(session: Session, target: Target, asked: Request): Promise<Consent> {
  const flag = asked.mode === 'restore' ? ['--confirm', basename(target.path)] : ['--yes']
  if (!session.mayAsk) return { type: 'failed', error: consentMissing(session, flag, target.path) }
  const shown = { name: target.name, findings: true }
  const rehearsal = await session.ask('rollback', { ...asked, dryRun: true }, shown)
  if (rehearsal.type === 'failed') return rehearsal
  session.note(...rollbackReport(rehearsal.value, session.verbose))
  const name = basename(target.path)
  const answer =
    asked.mode === 'restore'
      ? await typeName(session, name, target.path)
      : await agree(
          session,
          asked.expansion
            ? `Take the expansion of ${target.name} back?`
            : `Undo the migration of ${target.name}?`,
          target.path,
        )
  if (answer.type === 'no') return { type: 'declined' }
  if (answer.type === 'failed') return answer
  return { type: 'agreed', request: asked.mode === 'restore' ? { ...asked, confirm: name } : asked }
}

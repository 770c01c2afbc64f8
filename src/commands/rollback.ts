import { basename } from 'node:path'
import { type CodeUndone, commandLine, type Requests, type RolledBackTarget } from '../core/index.ts'
import { isNameOf } from '../ui/target-name.ts'
import { agree, consentMissing, typeName } from './consent.ts'
import type { Context } from './context.ts'
import { type Ended, eachTarget, failedBefore, finish, type Target, type Worked } from './each-target.ts'
import { failedProof } from './failure.ts'
import { examples } from './help.ts'
import { inSession } from './in-session.ts'
import { type Named, refused, systemsOf } from './named.ts'
import { repeated } from './option-values.ts'
import { targetCommand } from './options.ts'
import { columns } from './reports/columns.ts'
import { rollbackReport } from './reports/rollback.ts'
import { leftOver, noSnapshot, rollBackCode } from './rollback/roll-back-code.ts'
import { type CodePart, type Part, takenBack } from './rollback/taken-back.ts'
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
    .addHelpText(
      'before',
      examples(
        ['Rehearse the undo', 'ulid-migrate rollback app.db --dry-run'],
        ['The old ids back, rows written since kept', 'ulid-migrate rollback app.db --yes'],
        [
          'The snapshot back; rows written since are lost',
          'ulid-migrate rollback app.db --restore --confirm app.db',
        ],
      ),
    )
    .description(
      'Undoes a migration and keeps the rows written since, or puts its snapshot back. Of a system or a source tree, the updates of source code as well.',
    )
    .argument('<targets...>', 'migrated databases, source trees, or systems')
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
        const dryRun = options.dryRun === true
        const mode = options.restore ? 'restore' : 'undo'
        const { parts: found, named } = await takenBack(session, words, options.run)
        if (named.error !== null) return refused(session, named)
        const code = found.filter(part => part.of === 'code')
        const parts = options.restore ? found.filter(part => part.of === 'database') : found
        if (parts.length === 0 && code[0] !== undefined)
          return finish(session, failedBefore(session, noSnapshot(code[0]), code))
        session.note(...announcement(parts, code, mode))
        const done = await eachTarget(session, parts, async (part): Promise<Worked<Undone>> => {
          if (part.of === 'code') {
            const before = parts.slice(0, parts.indexOf(part))
            const without = before.flatMap(each => (each.of === 'code' ? [each.run.run] : []))
            const worked = await rollBackCode(session, part, { yes: agreed.yes, dryRun, without })
            return as(worked, document => ({ of: 'code', document }))
          }
          const run = options.run === undefined ? {} : { run: options.run }
          const worked = await rollBack(session, part, agreed, { target: part.path, mode, dryRun, ...run })
          return as(worked, document => ({ of: 'database', document }))
        })
        return end(session, done, named)
      }),
    )
}

type Undone =
  | { readonly of: 'database'; readonly document: RolledBackTarget }
  | { readonly of: 'code'; readonly document: CodeUndone }

function as<D, U>(worked: Worked<D>, tell: (document: D) => U): Worked<U> {
  switch (worked.type) {
    case 'declined':
      return worked
    case 'done':
      return { type: 'done', document: tell(worked.document) }
    case 'failed': {
      const { document, error } = worked
      return { type: 'failed', error, ...(document === undefined ? {} : { document: tell(document) }) }
    }
  }
}

/** What is about to be taken back, where that is more than the word itself says. */
function announcement(
  parts: readonly Part[],
  code: readonly CodePart[],
  mode: Requests['rollback']['mode'],
): readonly string[] {
  if (code.length === 0) return []
  if (mode === 'restore')
    return code.map(({ path }) => `Left as it is: the source code in ${path}; a restore is about databases.`)
  return [
    'To be taken back, what was done last first:',
    ...columns(parts.map(part => [part.at, part.of === 'code' ? 'source code' : 'database', part.path])),
  ]
}

function end(session: Session, done: Ended<Undone>, named: Named): number {
  const databases = done.documents.flatMap(each => (each.of === 'database' ? [each.document] : []))
  const code = done.documents.flatMap(each => (each.of === 'code' ? [each.document] : []))
  const left = done.error === null ? leftOver(code) : null
  if (left) session.complain(left)
  return finish(
    session,
    { ...done, documents: databases, error: done.error ?? left },
    { ...systemsOf(named), ...(code.length > 0 ? { code } : {}) },
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

/** Consent to what destroys something: the target's name, by flag, or typed where there is a terminal. */
import { basename } from 'node:path'
import type { Failure, Outcome } from '../core/index.ts'
import { isNameOf } from '../ui/target-name.ts'
import { consentMissing, typeName } from './consent.ts'
import type { Target, Worked } from './each-target.ts'
import type { Session } from './session.ts'

/** What would be done, and whether that is anything at all. */
interface Shown<D> {
  readonly document: D
  readonly report: readonly string[]
  readonly nothing: boolean
}

/**
 * Carries out `work` on `target` once its name is among `names` or was typed. Before a question is asked, `work` is asked
 * what it would do, and that is shown; where that is nothing, nothing is asked. The engine compares the name itself.
 */
export async function byName<D>(
  session: Session,
  target: Target,
  names: readonly string[],
  dryRun: boolean,
  work: (how: { readonly dryRun: boolean; readonly confirm?: string }) => Promise<Outcome<D>>,
  show: (document: D) => Omit<Shown<D>, 'document'>,
): Promise<Worked<D>> {
  let confirm = names.find(name => isNameOf(name, target.path)) ?? names[0]
  if (!dryRun && confirm === undefined) {
    const asked = await ask(session, target, work, show)
    if ('done' in asked) return asked.done
    confirm = asked.name
  }
  const outcome = await work(confirm === undefined ? { dryRun } : { dryRun, confirm })
  if (outcome.type === 'failed') return outcome
  session.print(show(outcome.value).report)
  return { type: 'done', document: outcome.value }
}

async function ask<D>(
  session: Session,
  target: Target,
  work: (how: { readonly dryRun: boolean }) => Promise<Outcome<D>>,
  show: (document: D) => Omit<Shown<D>, 'document'>,
): Promise<{ readonly done: Worked<D> } | { readonly name: string }> {
  const name = basename(target.path)
  const failed = (error: Failure) => ({ done: { type: 'failed', error } as const })
  const would = await work({ dryRun: true })
  if (would.type === 'failed') return failed(would.error)
  const { report, nothing } = show(would.value)
  if (nothing) {
    session.print(report)
    return { done: { type: 'done', document: would.value } }
  }
  if (!session.mayAsk) return failed(consentMissing(session, ['--confirm', name], target.path))
  session.note(...report)
  const answer = await typeName(session, name, target.path)
  if (answer.type === 'no') return { done: { type: 'declined' } }
  return answer.type === 'failed' ? failed(answer.error) : { name }
}

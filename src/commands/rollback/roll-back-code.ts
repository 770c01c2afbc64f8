/** One update of source code, put back: told and asked about, unless that was agreed to by flag; then carried out. */
import { type CodeUndone, commandLine, exitCodes, type Failure } from '../../core/index.ts'
import { counted } from '../../ui/format.ts'
import { agree, consentMissing } from '../consent.ts'
import type { Worked } from '../each-target.ts'
import { failure, usageFailure } from '../failure.ts'
import { undoneReport } from '../reports/code.ts'
import type { Session } from '../session.ts'
import type { CodePart } from './taken-back.ts'

interface How {
  readonly yes: boolean
  readonly dryRun: boolean
  /** Runs that are taken back before it. */
  readonly without: readonly string[]
}

export async function rollBackCode(
  session: Session,
  { path, name, run: { run } }: CodePart,
  { yes, dryRun, without }: How,
): Promise<Worked<CodeUndone>> {
  const ask = (rehearsed: boolean) =>
    session.ask('undo-code', rehearsed ? { run, dryRun: true, without } : { run }, { name, findings: true })
  if (!dryRun && !yes) {
    if (!session.mayAsk) return { type: 'failed', error: consentMissing(session, ['--yes'], path) }
    const would = await ask(true)
    if (would.type === 'failed') return would
    session.note(...undoneReport(would.value))
    const answer = await agree(session, `Put the source code of ${name} back?`, path)
    if (answer.type === 'no') return { type: 'declined' }
    if (answer.type === 'failed') return answer
  }
  const outcome = await ask(dryRun)
  if (outcome.type === 'failed') return outcome
  session.print(undoneReport(outcome.value))
  return { type: 'done', document: outcome.value }
}

/** What others changed since stands as it is, and so the source is not what it was; null where all of it is. */
export function leftOver(documents: readonly CodeUndone[]): Failure | null {
  const first = documents.find(each => each.left.length > 0 && !each.rehearsed)
  if (first === undefined) return null
  const left = documents.flatMap(each => each.left)
  return failure(exitCodes.failed, 'CODE.LEFT', {
    object: left[0]!,
    message: `${counted(left.length, 'file')} of source code changed since, and ${left.length === 1 ? 'was' : 'were'} left.`,
    why: `What was written into ${left.length === 1 ? 'it' : 'them'} since would be lost: ${left.join(', ')}.`,
    next: `Take out by hand what the run put there, or put the file back; then again: ${commandLine('rollback', first.target, '--run', first.run)}`,
  })
}

/** A restore puts a snapshot of a database back, and there is none of source code. */
export function noSnapshot({ path }: CodePart): Failure {
  return usageFailure('CODE.NO_SNAPSHOT', {
    object: path,
    message: 'Source code has no snapshot to restore.',
    why: 'It goes back by undo: a copy of each file is put in its place, but for files that changed since.',
    next: commandLine('rollback', path),
  })
}

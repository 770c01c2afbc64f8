/** The dry run of a system: every database that is to be migrated, on a copy, with its queries timed on both. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  acrossFindings,
  type ComparedQuery,
  type DryRunTarget,
  discard,
  type Failure,
  isEmpty,
  makeScratch,
  type Plan,
  queriesOf,
  queryFindings,
  type System,
} from '../../core/index.ts'
import { leads } from '../across.ts'
import type { Target } from '../each-target.ts'
import { failedProof } from '../failure.ts'
import { dryRunReport } from '../reports/dry-run.ts'
import { atOnce } from './at-once.ts'
import { worseQueries } from './queries.ts'
import { choicesFor, leadersAmong, type Run } from './run.ts'
import { stopped } from './stopped.ts'

export interface Rehearsed {
  readonly target: Target
  readonly plan: Plan
  readonly document: DryRunTarget
}

type Outcome =
  | { readonly type: 'rehearsed'; readonly all: readonly Rehearsed[] }
  | { readonly type: 'failed'; readonly error: Failure }

const afterwards =
  'The target is unchanged. Leave the identity at fault alone with --skip TABLE.COLUMN, or see -v.'

export async function rehearseSystem(run: Run, system: System, targets: readonly Target[]): Promise<Outcome> {
  const { session, across } = run
  const folder = makeScratch(session.settings, 'rehearsal')
  const copies: Record<string, string> = {}
  const all: Rehearsed[] = []
  let error: Failure | null = null
  const paths = targets.map(each => each.path)
  try {
    await atOnce(
      targets,
      run.jobs,
      target => targets.filter(each => leadersAmong(run, target.path, paths).includes(each.path)),
      async target => {
        const keep = join(folder, `${paths.indexOf(target.path)}.db`)
        const outcome = await rehearseOne(run, system, target, keep, copies)
        if ('plan' in outcome) all.push(outcome)
        else error ??= outcome
        if (leads(target, across)) copies[target.path] = keep
        else rmSync(keep, { force: true })
        return 'plan' in outcome ? 'done' : 'failed'
      },
    )
    return error === null ? { type: 'rehearsed', all } : { type: 'failed', error }
  } finally {
    discard(folder)
  }
}

async function rehearseOne(
  run: Run,
  system: System,
  target: Target,
  keep: string,
  rehearsed: Readonly<Record<string, string>>,
): Promise<Rehearsed | Failure> {
  const { session, book, across } = run
  const interrupted = stopped(session)
  if (interrupted) return interrupted
  const choices = choicesFor(run, target.path)
  const shown = { name: target.name, findings: false }
  const outcome = await session.ask(
    'dry-run',
    { target: target.path, choices, rehearsed: { ...rehearsed }, keep },
    shown,
  )
  if (outcome.type === 'failed') return outcome.error
  const { plan, document: told } = outcome.value
  const document = { ...told, findings: [...told.findings, ...acrossFindings(target.path, across)] }
  const failed =
    failedProof(document.proof, target.path, afterwards) ??
    failedProof(document.undo, target.path, afterwards)
  let queries: readonly ComparedQuery[] = []
  if (!failed && !isEmpty(plan)) {
    const compared = await session.ask(
      'compare-queries',
      { target: keep, before: target.path, queries: queriesOf(system) },
      shown,
    )
    if (compared.type === 'failed') return compared.error
    queries = compared.value
  }
  const slower = queryFindings(queries, target.path, 'rehearsed')
  book.noteTarget(target.path, {
    rehearsal: {
      proof: document.proof,
      undo: document.undo,
      seconds: document.estimate.rehearsalSeconds,
      queries,
    },
    findings: [...document.findings, ...slower],
  })
  if (!run.quiet)
    session.note(
      ...dryRunReport({ ...document, findings: [...document.findings, ...slower] }, choices, session.verbose),
    )
  return (
    failed ??
    worseQueries(queries, choices.accept ?? [], target.path, 'rehearsed', session.context.argv) ?? {
      target,
      plan,
      document,
    }
  )
}

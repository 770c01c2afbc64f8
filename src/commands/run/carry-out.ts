/** The change itself: the databases of one system, migrated by the plans that were rehearsed, and proved. */
import {
  commandLine,
  type Failure,
  type MigratedTarget,
  migratedPage,
  type Plan,
  type TargetReport,
} from '../../core/index.ts'
import type { Target } from '../each-target.ts'
import { reported } from '../migrate.ts'
import { atOnce } from './at-once.ts'
import { choicesFor, leadersAmong, type Run } from './run.ts'
import { standingRun } from './standing.ts'
import { stopped } from './stopped.ts'

/** A database that is to be changed; an expansion that was begun goes on by its own plan. */
export interface Due {
  readonly target: Target
  readonly plan: Plan | null
}

/** Null where all are migrated; else the first failure. */
export async function carryOut(run: Run, due: readonly Due[]): Promise<Failure | null> {
  const paths = due.map(each => each.target.path)
  let error: Failure | null = null
  await atOnce(
    due,
    run.jobs,
    ({ target }) => due.filter(each => leadersAmong(run, target.path, paths).includes(each.target.path)),
    async each => {
      const failed = stopped(run.session) ?? (await migrateOne(run, each))
      error ??= failed
      return failed ? 'failed' : 'done'
    },
  )
  return error
}

async function migrateOne(run: Run, { target, plan }: Due): Promise<Failure | null> {
  const { session, book } = run
  const outcome = await session.ask(
    'migrate',
    { target: target.path, choices: choicesFor(run, target.path), ...(plan === null ? {} : { plan }) },
    { name: target.name, findings: true },
  )
  if (outcome.type === 'failed') {
    book.noteTarget(target.path, {
      status: 'failed',
      ...(await standsAfterAll(run, target, plan)),
    })
    return outcome.error
  }
  const document = outcome.value
  const worked = reported(session, target, document)
  book.noteTarget(target.path, factsOf(document, run))
  if (worked.type !== 'failed') return null
  book.noteTarget(target.path, { status: 'failed' })
  return worked.error
}

function factsOf(document: MigratedTarget, { session }: Run): Partial<TargetReport> {
  return { ...migratedPage(document), ...(document.status === 'succeeded' ? { run: session.run } : {}) }
}

/** What failed may be committed all the same: then it has to be taken back as what succeeded. */
async function standsAfterAll({ session }: Run, { path, name }: Target, plan: Plan | null) {
  const standing = await standingRun(session, path, name)
  if ('code' in standing || standing.run === null) return {}
  const { run, strategy, identifiers, snapshot } = standing.run
  // An expansion that was gone on with keeps the name of the run that began it.
  if (run !== session.run && plan !== null) return {}
  return {
    run,
    ofThisRun: true,
    strategy,
    identifiers,
    snapshot,
    wayBack: [commandLine('rollback', path, '--yes')],
  }
}

/** One system, the whole way: what is done is proved again, the rest rehearsed, agreed to, migrated, and proved. */
import {
  commandLine,
  dueOfSystem,
  dueOfTarget,
  exitCodes,
  type Failure,
  isEmpty,
  obstacleTo,
  type System,
  type TargetReport,
  workingFolder,
} from '../../core/index.ts'
import { targetNames } from '../../ui/target-name.ts'
import { choose, consentMissing } from '../consent.ts'
import type { Target } from '../each-target.ts'
import { failedProof, failure } from '../failure.ts'
import { findingReport } from '../reports/message.ts'
import { verifyReport } from '../reports/verify.ts'
import { carryOut, type Due } from './carry-out.ts'
import { followersOf, skip } from './left-out.ts'
import { proveSystem, testBefore } from './prove.ts'
import { type Rehearsed, rehearseSystem } from './rehearse.ts'
import type { Run } from './run.ts'
import { lookAtSourceOf } from './source.ts'
import { standingRun } from './standing.ts'
import { stopped, stoppedHere } from './stopped.ts'

export type Ran =
  | { readonly type: 'done' | 'skipped' }
  | { readonly type: 'stopped' | 'failed'; readonly error: Failure }

export async function runSystem(run: Run, system: System): Promise<Ran> {
  const { session, book } = run
  session.note('', `${system.title}${system.folder === null ? '' : `  ${system.folder}`}`)
  for (const finding of book.system(system.name).findings) session.note(...findingReport(finding))
  for (const { status, findings } of book.system(system.name).targets)
    if (status === 'unreadable' || status === 'empty' || status === 'skipped')
      session.note(...findings.flatMap(each => findingReport(each)))
  const ran = await withSource(run, system, await allOf(run, system))
  const { targets, source } = book.system(system.name)
  const status =
    ran.type !== 'done'
      ? ran.type
      : targets.some(each => each.status === 'migrated' || each.status === 'done-before')
        ? 'done'
        : targets.some(each => each.status === 'skipped')
          ? 'skipped'
          : 'nothing-to-do'
  const changed = targets.some(each => each.ofThisRun)
  book.note(system.name, {
    status,
    ...(changed || source !== null ? { due: dueOfSystem(system, source) } : {}),
  })
  await noteDue(run, system)
  return ran
}

/** Where all went well, its source code is looked at as well: without it new ids would be of the old kind. */
async function withSource(run: Run, system: System, ran: Ran): Promise<Ran> {
  if (ran.type !== 'done') return ran
  const error = await lookAtSourceOf(run, system)
  return error ? { type: 'stopped', error } : ran
}

async function allOf(run: Run, system: System): Promise<Ran> {
  const { book } = run
  const targets = targetsOf(run, system)
  const facts = (target: Target) => book.target(target.path)
  const failed = (error: Failure): Ran =>
    error.exit === exitCodes.stopped ? { type: 'stopped', error } : { type: 'failed', error }

  const done = targets.filter(target => isDone(facts(target)))
  for (const target of done) {
    const error = stopped(run.session) ?? (await proveAgain(run, target))
    if (error) return failed(error)
  }
  const waiting = targets.filter(target => facts(target).status === 'waiting')
  const begun = waiting.filter(target => facts(target).state === 'expanding')
  const others = waiting.filter(target => !begun.includes(target))
  let rehearsed: readonly Rehearsed[] = []
  let changed = false
  if (waiting.length > 0) {
    const obstacle = testsCanRun(run, system) ?? (await testBefore(run, system))
    if (obstacle) return failed(obstacle)
    const rehearsal = await rehearseSystem(run, system, others)
    if (rehearsal.type === 'failed') return failed(rehearsal.error)
    rehearsed = rehearsal.all
    for (const { target, plan } of rehearsed)
      if (isEmpty(plan)) book.noteTarget(target.path, { status: 'nothing-to-do' })
    const due = waiting.flatMap((target): readonly Due[] => {
      if (begun.includes(target)) return [{ target, plan: null }]
      const plan = rehearsed.find(each => each.target.path === target.path)?.plan
      return plan === undefined || isEmpty(plan) ? [] : [{ target, plan }]
    })
    if (due.length > 0) {
      const answer = await agreed(run, system, due)
      if (answer.type !== 'done') return answer
      changed = true
      const error = await carryOut(run, due)
      if (error) return failed(error)
    }
  }
  const ours = targets.filter(target => facts(target).ofThisRun)
  if (ours.length === 0 || (!changed && takeOver(run, system))) return { type: 'done' }
  const error = await proveSystem(run, system, ours, rehearsed)
  return error ? failed(error) : { type: 'done' }
}

/** What the run that this one goes on with has proved of the whole system need not be proved again. */
function takeOver({ book }: Run, { name }: System): boolean {
  const before = book.earlier?.systems.find(each => each.system === name)
  if (before?.status !== 'done') return false
  book.note(name, { tests: before.tests, checks: before.checks })
  return true
}

function targetsOf({ book, across }: Run, { name }: System): readonly Target[] {
  const paths = book.system(name).targets.map(each => each.target)
  const names = targetNames(paths)
  const at = (path: string) => (across.order.includes(path) ? across.order.indexOf(path) : paths.length)
  return paths
    .map((path, index) => ({ path, name: names[index] ?? path }))
    .sort((a, b) => at(a.path) - at(b.path))
}

/** Nothing of it is left for a plan: not where rows were added since whose ids are of the old kind, or an expansion goes on. */
function isDone({ run, status, state }: TargetReport): boolean {
  return status === 'waiting' && run !== '' && (state === 'migrated' || state === 'expanded')
}

/** A database that is migrated already is not migrated again; what was said of it has to hold. */
async function proveAgain({ session, book }: Run, target: Target): Promise<Failure | null> {
  const outcome = await session.ask('verify', { target: target.path }, { name: target.name, findings: true })
  if (outcome.type === 'failed') {
    // Its snapshot was pruned: that may be so, long after.
    if (!outcome.error.code.startsWith('SNAPSHOT.')) return outcome.error
    const { exit: _, ...finding } = outcome.error
    book.noteTarget(target.path, {
      status: 'done-before',
      findings: [{ ...finding, severity: 'warning' }],
      wayBack: [commandLine('rollback', target.path, '--yes')],
    })
    return null
  }
  const { proof } = outcome.value
  session.print(verifyReport(outcome.value, session.verbose))
  const error = failedProof(proof, target.path, commandLine('rollback', target.path))
  book.noteTarget(target.path, {
    status: error ? 'failed' : 'done-before',
    outside: proof,
    wayBack: [commandLine('rollback', target.path, '--yes')],
  })
  return error
}

/** Whether what proves the system afterwards can be run at all is known before anything is changed. */
function testsCanRun({ session, tests }: Run, { name, title, test, folder }: System): Failure | null {
  if (tests === 'none' || test === null || folder === null) return null
  const obstacle = obstacleTo(test, folder, session.context.environment.PATH ?? '')
  if (obstacle === null) return null
  return failure(exitCodes.precondition, 'TESTS.NO_PROGRAM', {
    object: name,
    message: `The tests of ${title} can not be run.`,
    why: `${obstacle.why} Their command is ${test.argv.join(' ')}, to be run in ${workingFolder(test, folder)}.`,
    next: `Install it; or name another command, "test" of the system in the config file; or do without: ${commandLine('run', name, '--tests', 'none')}`,
  })
}

async function agreed(run: Run, system: System, due: readonly Due[]): Promise<Ran> {
  if (run.agreed) return { type: 'done' }
  const { session } = run
  const object = due[0]!.target.path
  if (!session.mayAsk) return { type: 'failed', error: consentMissing(session, ['--yes'], object) }
  const many = due.length === 1 ? 'one database' : `${due.length} databases`
  const answer = await choose(session, `Migrate ${many} of ${system.title}?`, [
    { value: 'migrate', name: `migrate ${due.map(each => each.target.name).join(', ')}` },
    { value: 'skip', name: `skip this system and go on with the next${alsoLeft(run, due)}` },
    { value: 'stop', name: 'stop here' },
  ])
  if (answer === 'migrate') return { type: 'done' }
  if (answer === 'skip') {
    skip(
      run,
      due.map(each => each.target),
    )
    return { type: 'skipped' }
  }
  return { type: 'stopped', error: stoppedHere(`${system.title} was not begun.`) }
}

/** Said before it is chosen. */
function alsoLeft(run: Run, due: readonly Due[]): string {
  const followers = followersOf(
    run,
    due.map(each => each.target.path),
  )
  return followers.length === 0 ? '' : `; left with it, because they hold its ids: ${followers.join(', ')}`
}

/** What each database waits for now, as status tells it; and until when an expansion is to be watched. */
async function noteDue({ session, book }: Run, { name }: System): Promise<void> {
  if (session.context.interrupts.received !== null) return
  for (const { target, ofThisRun } of book.system(name).targets) {
    if (!ofThisRun) continue
    const known = await standingRun(session, target, name)
    if ('code' in known) continue // the report says what was done; what is due can be asked at any time
    book.noteTarget(target, { due: dueOfTarget(known.status) })
  }
}

/** A run in earnest: preconditions, snapshot, one transaction with the proof inside it, and a second proof from outside. */
import { basename, resolve } from 'node:path'
import { contractedIdentities } from '../compile/expansion.ts'
import { type Context, inPhase } from '../context.ts'
import type { MigratedTarget, Proof, Timing } from '../documents.ts'
import { described } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { expandingRun, lastMigration, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { type RunEntry, recorded } from '../journal/recorded.ts'
import { assertLeaders } from '../journal/ulid-source.ts'
import { unfinished } from '../journal/unfinished.ts'
import { exitCodes, Refusal } from '../message.ts'
import { isEmpty, isInSteps, leadersOf, type Plan } from '../plan/plan.ts'
import type { Choices, Pace } from '../requests.ts'
import { inShell } from '../shell.ts'
import type { Snapshot } from '../snapshot/take.ts'
import { withChecks } from '../verify/prove.ts'
import { type Applied, type ApplyOptions, apply } from './apply.ts'
import { assertInStep } from './assert-in-step.ts'
import { assertSound } from './assert-sound.ts'
import { backfillAgain, outOfStep } from './backfill-again.ts'
import { type Changing, changeTarget } from './change.ts'
import { expand, expandFurther } from './expand.ts'
import { assertFingerprint, assertFits, lookAt, prepare } from './prepare.ts'
import { proveOutside } from './prove-outside.ts'
import { publicationOf } from './publication.ts'
import { assertSpace, spaceFor } from './space.ts'

/** Migrates `target` by `given`, or by the plan that the choices amount to. Throws a refusal; then nothing was changed. */
export async function migrate(
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
  options: MigrateOptions = {},
): Promise<MigratedTarget> {
  const path = resolve(target)
  return described(path, async () => {
    const { begun, behind } = await lookAt(path, context, ({ db, file }) => ({
      begun: expandingRun(recordedRuns(db)),
      behind: file.engine === 'sqlite' || given ? undefined : outOfStep(db),
    }))
    if (begun) return takeUp(path, begun, choices, given, context, options)
    // As one that was begun: status and the screen send here for it, whatever else there is to migrate.
    if (behind && choices.only === undefined) return backfillAgain(path, behind, context)
    const plan = await inPhase(context, 'inspect', () => planFor(target, choices, given, context))
    await proveLastRun(path, context)
    if (isEmpty(plan) && !options.rebuildAll)
      return behind ? backfillAgain(path, behind, context) : nothingToDo(path, plan)
    await assertLeaders(plan, path, context)
    const carry = isInSteps(plan) ? expand : carryOut
    return recorded(context, path, 'migrate', (entry, told) => carry(path, plan, entry, told, options))
  })
}

export interface MigrateOptions extends ApplyOptions {
  readonly pace?: Partial<Pace>
}

/**
 * An expansion that was begun goes on by its own plan, in its own name, whatever choices come with the command: they were
 * made when it began. A plan or a strategy that is another one is refused.
 */
async function takeUp(
  path: string,
  begun: RecordedRun,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
  options: MigrateOptions,
): Promise<MigratedTarget> {
  if (choices.strategy === 'replace' || (given && given.hash !== begun.plan.hash))
    throw unfinished(
      path,
      begun.run,
      given ? 'The plan that was given is another one.' : 'Replacing its ids is another plan.',
    )
  const own = { ...context, run: begun.run }
  return recorded(own, path, 'migrate', (entry, told) => expandFurther(path, entry, told, options), true)
}

async function carryOut(
  path: string,
  plan: Plan,
  entry: RunEntry,
  context: Context,
  options: ApplyOptions,
): Promise<MigratedTarget> {
  const work = async ({ db, file: target, snapshot }: Changing) => {
    const schema = inspect(db)
    assertFingerprint(plan, schema, path)
    await inPhase(context, 'preconditions', () => {
      assertSound(db, path)
      // Once more, with the lock: programs have written since the plan was made.
      if (plan.contract) assertInStep(db, contractedIdentities(plan), path, plan.engine)
      assertSpace(spaceFor(db, plan, schema), target.path, context.settings.snapshotDir)
    })
    const taken = await snapshot()
    const follows = [...new Set(leadersOf(plan).map(leader => leader.target))]
    entry.facts({
      strategy: plan.identities[0]?.strategy ?? 'replace',
      ...(follows.length > 0 ? { follows } : {}),
    })
    const applied = await apply(db, plan, schema, taken, context, options)
    options.lie?.(db)
    entry.facts({ snapshotSha256: await taken.sha256, identifiers: applied.identifiers })
    return { applied, taken }
  }
  const { value, proof, checks, seconds } = await changeTarget(
    path,
    entry,
    context,
    work,
    (_, strict) => proveOutside(path, context.run, strict, context),
    () => publicationOf(plan),
  )
  const applied = {
    ...value.applied,
    proof: withChecks(value.applied.proof, checks),
    timings: [...value.applied.timings, { phase: 'commit' as const, object: '', seconds }],
  }
  return documentOf(path, plan, applied, value.taken, proof)
}

/**
 * A run that was committed and not proved from outside, because the proof failed or the program was killed, is proved
 * before anything else is done, also where nothing else is to do: no run that comes later can pass over it.
 */
async function proveLastRun(path: string, context: Context): Promise<void> {
  const last = await lookAt(path, context, ({ db }) => lastMigration(recordedRuns(db))?.run)
  if (last === undefined) return
  const ledger = new Ledger(context.settings, () => context.now())
  const entry = ledger.runs(path).find(each => each.run === last && each.what === 'migrate')
  ledger.close()
  if (!entry || entry.facts.proved === 'passed') return
  const outcome = await inPhase(context, 'verify-outside', () =>
    context.ask('verify', { target: path, run: last }),
  )
  const failed = outcome.type === 'failed' ? [] : outcome.value.proof.checks.filter(check => !check.ok)
  if (outcome.type === 'result' && outcome.value.proof.ok) return
  throw new Refusal({
    code: 'PROOF.FAILED',
    object: path,
    message: `The run ${last} is committed, and its proof from outside failed. Nothing more is done until that is settled.`,
    why:
      outcome.type === 'failed'
        ? `${outcome.error.message} ${outcome.error.why}`
        : failed.map(check => `${check.id}: ${check.detail}`).join('\n'),
    next: waysBack(path),
    exit: exitCodes.verification,
  })
}

/** Both ways back, as commands. */
function waysBack(path: string): string {
  return inShell`Undo, which keeps the rows written since: ulid-migrate rollback ${path} --yes; or put the snapshot back: ulid-migrate rollback ${path} --restore --confirm ${basename(path)}`
}

/** A plan that is given needs no second detection, only a schema that it fits. */
async function planFor(
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
): Promise<Plan> {
  if (!given) return (await prepare(target, choices, undefined, context)).plan
  await lookAt(target, context, looking => assertFits(given, looking))
  return given
}

function documentOf(
  path: string,
  plan: Plan,
  applied: Applied,
  snapshot: Snapshot,
  outside: Proof,
): MigratedTarget {
  const timings: readonly Timing[] = applied.timings
  return {
    target: path,
    status: 'succeeded',
    strategy: plan.identities[0]?.strategy ?? 'replace',
    plan: plan.hash,
    identities: plan.identities.length,
    identifiers: applied.identifiers,
    references: applied.references,
    snapshot: snapshot.path,
    proof: applied.proof,
    outside,
    timings,
  }
}

function nothingToDo(path: string, plan: Plan): MigratedTarget {
  const proof = { ok: true, checks: [] }
  return {
    target: path,
    status: 'nothing-to-do',
    strategy: 'replace',
    plan: plan.hash,
    identities: 0,
    identifiers: 0,
    references: 0,
    snapshot: '',
    proof,
    outside: proof,
    timings: [],
  }
}

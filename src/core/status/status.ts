/** What is known of targets: their state, the runs over them, and what is due. */
import { basename, resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { RunRecord, StatusTarget } from '../documents.ts'
import { lastMigration, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { Refusal } from '../message.ts'
import { detectIn, lookAt } from '../migrate/prepare.ts'
import { isRunning } from '../processes.ts'
import { rowsSince } from '../rollback/rows-since.ts'
import { inShell } from '../shell.ts'
import { glanceAt } from '../snapshot/as-taken.ts'
import { statsOf } from '../stat.ts'
import { drift, expansionsIn, over, unfinishedIn } from './expansions.ts'

/** The status of `targets`, or of all that the ledger knows. Never fails for one target: its state says what is wrong. */
export async function status(
  targets: readonly string[],
  context: Context,
  daysOf: (path: string) => number | undefined = () => undefined,
): Promise<readonly StatusTarget[]> {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    const paths = targets.length > 0 ? targets.map(target => resolve(target)) : ledger.targets()
    const found: StatusTarget[] = []
    for (const path of paths) found.push(await statusOf(path, ledger, context, daysOf(path)))
    return found
  } finally {
    ledger.close()
  }
}

async function statusOf(
  path: string,
  ledger: Ledger,
  context: Context,
  days: number | undefined,
): Promise<StatusTarget> {
  const seen = await look(path, context, days)
  const known = ledger.runs(path)
  const runs = await merge(known, seen.recorded, path, context)
  const stopped = runs
    .filter(run => run.status === 'stopped')
    .map(
      run =>
        `The ${run.what} ${run.run} was stopped, and ${whatItLeft(run, seen.state)}. Start it again: ${commandOf(run, path)}`,
    )
  const unproved = unprovedIn(seen.recorded, known)
  return {
    target: path,
    state: seen.state,
    runs,
    expansions: seen.expansions,
    unfinished: seen.unfinished,
    unproved,
    due: [
      ...(runs[0]?.status === 'stopped' ? stopped.slice(0, 1) : []),
      ...toGoOn(seen.unfinished, known, path),
      ...toProve(unproved, path),
      ...drift(seen.expansions, path, seen.engine),
      ...over(seen.expansions, path, context.now()),
    ],
  }
}

/** An expansion that nobody is at work on. */
function toGoOn(unfinished: StatusTarget['unfinished'], known: ReturnType<Ledger['runs']>, path: string) {
  if (unfinished === null) return []
  const entry = known.find(each => each.run === unfinished.run && each.what === 'migrate')
  if (entry?.status === 'running' && isRunning(entry.mark)) return []
  return [
    `The expansion ${unfinished.run} stands at ${unfinished.percent} %. ${inShell`Go on with it: ulid-migrate migrate ${path}; or take it back: ulid-migrate collapse ${path}`}`,
  ]
}

/** The migration that stands was committed; whether it was also proved from outside, the ledger says. */
function unprovedIn(
  recorded: readonly RecordedRun[],
  known: ReturnType<Ledger['runs']>,
): StatusTarget['unproved'] {
  const last = lastMigration(recorded)
  const entry = known.find(each => each.run === last?.run && each.what === 'migrate')
  if (!entry || entry.facts.proved === 'passed') return null
  if (entry.status === 'running' && isRunning(entry.mark)) return null
  return { run: entry.run, failed: entry.facts.proved === 'failed' }
}

function toProve(unproved: StatusTarget['unproved'], path: string): readonly string[] {
  if (unproved === null) return []
  const was = unproved.failed ? 'failed its proof' : 'was not proved'
  return [
    `The run ${unproved.run} is committed and ${was} from outside. ${inShell`Prove it: ulid-migrate verify ${path}`}`,
  ]
}

/** A migration and its undo are recorded in the target by their own commit; the other two leave no such sign. */
function whatItLeft({ what }: RunRecord, state: StatusTarget['state']): string {
  const isTold = (what === 'migrate' || what === 'undo') && state !== 'missing' && state !== 'unreadable'
  return isTold ? 'changed nothing' : 'changed nothing or everything: the state says which'
}

function commandOf({ what, strategy }: RunRecord, path: string): string {
  switch (what) {
    case 'migrate':
      return strategy === 'contract'
        ? inShell`ulid-migrate contract ${path} --confirm ${basename(path)}`
        : inShell`ulid-migrate migrate ${path}`
    case 'undo':
      return inShell`ulid-migrate rollback ${path}`
    case 'restore':
      return inShell`ulid-migrate rollback ${path} --restore --confirm ${basename(path)}`
    case 'finalize':
      return inShell`ulid-migrate finalize ${path} --confirm ${basename(path)}`
  }
}

async function look(
  path: string,
  context: Context,
  days: number | undefined,
): Promise<
  Pick<StatusTarget, 'state' | 'expansions' | 'unfinished'> & {
    recorded: readonly RecordedRun[]
    engine: 'sqlite' | 'duckdb'
  }
> {
  try {
    return await lookAt(path, context, async looking => {
      const recorded = recordedRuns(looking.db)
      return {
        state: (await detectIn(looking, {}, () => context.breathe())).document.state,
        recorded,
        engine: looking.file.engine,
        unfinished: unfinishedIn(looking.db, recorded),
        expansions: expansionsIn(looking.db, looking.schema, recorded, days),
      }
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return {
      state: error.failure.code === 'TARGET.MISSING' ? 'missing' : 'unreadable',
      recorded: [],
      engine: 'sqlite',
      expansions: [],
      unfinished: null,
    }
  }
}

/**
 * The ledger's runs, corrected by the target's own record, which commits with the data: a run that the ledger saw only
 * begin is finished if the target records it, and stopped if its process is gone. Runs the ledger lost are added.
 */
async function merge(
  known: ReturnType<Ledger['runs']>,
  recorded: readonly RecordedRun[],
  path: string,
  context: Context,
): Promise<RunRecord[]> {
  const entries = known.map(entry => {
    const { mark, facts, ...run } = entry
    const inTarget = recorded.find(each => each.run === run.run && each.what === run.what)
    // Of two attempts under one run, the one that failed is not the one that the target records.
    const status: RunRecord['status'] =
      inTarget && (run.status !== 'failed' || inTarget.status === 'expanding')
        ? inTarget.status
        : run.status === 'running' && !isRunning(mark)
          ? 'stopped'
          : run.status
    const snapshotState = glanceAt(run.snapshot, facts)
    return { ...run, status, snapshotState, identifiers: inTarget?.identifiers ?? run.identifiers }
  })
  const lost = recorded
    .filter(each => !known.some(entry => entry.run === each.run && entry.what === each.what))
    .map(each => ({
      run: each.run,
      what: each.what,
      at: each.at,
      status: each.status,
      strategy: each.plan.identities[0]?.strategy ?? ('' as const),
      identifiers: each.identifiers,
      phases: [],
      snapshot: each.snapshot,
      snapshotBytes: statsOf(each.snapshot)?.size ?? 0,
      snapshotState: glanceAt(each.snapshot, {}),
      rowsSince: null,
    }))
  const runs: RunRecord[] = []
  for (const run of [...entries, ...lost].sort((a, b) => (a.at < b.at ? 1 : -1)))
    runs.push({ ...run, rowsSince: await since(run, path, context) })
  return runs
}

async function since(run: RunRecord, path: string, context: Context): Promise<number | null> {
  if (run.what !== 'migrate' || run.status !== 'succeeded') return null
  try {
    return (await rowsSince(path, run.run, context)).added.reduce((sum, each) => sum + each.rows, 0)
  } catch (error) {
    if (error instanceof Refusal) return null // an earlier run, under a later one
    throw error
  }
}

/**
 * The backfill of an expansion, once more. Where no triggers keep both sides in step (DuckDB has none), what programs
 * wrote since has a ULID of its own by its default, and none for what it refers to: those are completed here, by the
 * rules of the triggers. It is the expansion's own run that goes on; nothing else is recorded.
 */
import { type LiveIdentity, syncedIdentities } from '../compile/expansion.ts'
import { type Context, inPhase } from '../context.ts'
import type { MigratedTarget } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { isSentinel } from '../engines/sqlite/sentinels.ts'
import { sqliteUlidExpression } from '../identifiers/index.ts'
import { lastMigration, liveExpansions, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { type RunEntry, recorded } from '../journal/recorded.ts'
import { quoteName as q } from '../schema/names.ts'
import { discard, makeScratch } from '../scratch.ts'
import { coverageOf, driftIn } from '../verify/in-step.ts'
import { assertInStep } from './assert-in-step.ts'
import { type Changing, changeTarget } from './change.ts'
import { proveOutside } from './prove-outside.ts'

/** The newest expansion in the target that stands, and has rows out of step. */
export function outOfStep(db: Connection): RecordedRun | undefined {
  return liveExpansions(recordedRuns(db))
    .filter(run => identitiesOf(run).some(identity => isBehind(db, identity)))
    .at(-1)
}

function isBehind(db: Connection, identity: LiveIdentity): boolean {
  return coverageOf(db, identity).some(each => driftIn(each).length > 0)
}

function identitiesOf({ plan, record }: RecordedRun): readonly LiveIdentity[] {
  return syncedIdentities(plan, record.maps)
}

/**
 * Completes the expansion `run` of `path`. Throws a refusal; then nothing was changed. The way back from an expansion is the
 * snapshot that it took first; that of this moment is only for the proof before the commit, and gone with it.
 */
export async function backfillAgain(
  path: string,
  run: RecordedRun,
  context: Context,
): Promise<MigratedTarget> {
  const snapshotDir = makeScratch(context.settings, 'look')
  try {
    const own = { ...context, run: run.run, settings: { ...context.settings, snapshotDir } }
    const done = await recorded(
      own,
      path,
      'migrate',
      (entry, told) => complete(path, run, keepingSnapshot(entry), told),
      true,
    )
    return { ...done, snapshot: snapshotOf(path, run, context) }
  } finally {
    discard(snapshotDir)
  }
}

/** The one that the expansion took first. */
function snapshotOf(path: string, { run }: RecordedRun, context: Context): string {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    return ledger.runs(path).find(each => each.run === run && each.what === 'migrate')?.snapshot ?? ''
  } finally {
    ledger.close()
  }
}

function keepingSnapshot(entry: RunEntry): RunEntry {
  return {
    ...entry,
    facts: ({
      snapshot: _,
      snapshotBytes: __,
      snapshotTime: ___,
      snapshotSha256: ____,
      file: _____,
      ...facts
    }) => entry.facts(facts),
  }
}

async function complete(
  path: string,
  run: RecordedRun,
  entry: RunEntry,
  context: Context,
): Promise<MigratedTarget> {
  const identities = identitiesOf(run)
  const work = async ({ db, snapshot }: Changing) => {
    await snapshot()
    const rows = await inPhase(
      context,
      'rewrite',
      () => identities.reduce((sum, identity) => sum + fillIn(db, identity), 0),
      filled => `${filled} rows completed`,
    )
    await inPhase(context, 'verify', () => assertInStep(db, identities, path))
    const newest = lastMigration(recordedRuns(db)) ?? run // an older one knows nothing of what came after it
    return { rows, newest }
  }
  const { value, proof, checks } = await changeTarget(
    path,
    entry,
    context,
    work,
    ({ newest }) => proveOutside(path, newest.run, false, context),
    () => ({}),
    db => !identities.some(identity => isBehind(db, identity)),
  )
  return {
    target: path,
    status: 'succeeded',
    strategy: 'expand',
    plan: run.plan.hash,
    identities: identities.length,
    identifiers: value.rows,
    references: proof.checks.find(check => check.id === 'references')?.count ?? 0,
    snapshot: '',
    proof: { ok: proof.ok, checks: [...checks, ...proof.checks] },
    outside: proof,
    timings: [],
  }
}

/** Answers with the rows that were completed. */
function fillIn(db: Connection, identity: LiveIdentity): number {
  const run = (sql: string) => Number(db.prepare(sql).run().changes)
  const { table, column, ulid, waiting } = identity
  const fresh = sqliteUlidExpression(identity.case) // not from the view of the triggers: that is asked once for a statement
  let rows = run(`UPDATE ${q(table)} SET ${q(ulid)} = ${fresh} WHERE ${q(ulid)} IS NULL`)
  for (const child of identity.references) {
    const legacy = `c.${q(child.column)}`
    // Who knows the ULIDs may have said by one alone what the row refers to.
    rows += run(
      `UPDATE ${q(child.table)} AS c SET ${q(child.column)} = (SELECT p.${q(column)} FROM ${q(table)} p WHERE p.${q(ulid)} = c.${q(child.ulid)})
       WHERE ${legacy} IS NULL AND EXISTS (SELECT 1 FROM ${q(table)} p WHERE p.${q(ulid)} = c.${q(child.ulid)})`,
    )
    const parent = `FROM ${q(table)} p WHERE p.${q(column)} = +${legacy}`
    run(
      `INSERT INTO ${q(waiting)} SELECT d.legacy, ${fresh} FROM (SELECT DISTINCT ${legacy} AS legacy FROM ${q(child.table)} c
       WHERE ${legacy} IS NOT NULL AND NOT ${isSentinel(legacy)} AND NOT EXISTS (SELECT 1 ${parent})) d
       WHERE NOT EXISTS (SELECT 1 FROM ${q(waiting)} w WHERE w.legacy = d.legacy)`,
    )
    const named = `coalesce((SELECT p.${q(ulid)} ${parent} LIMIT 1), (SELECT w.ulid FROM ${q(waiting)} w WHERE w.legacy = +${legacy}))`
    rows += run(
      `UPDATE ${q(child.table)} AS c SET ${q(child.ulid)} = ${named} WHERE c.${q(child.ulid)} IS NOT ${named}`,
    )
  }
  run(
    `DELETE FROM ${q(waiting)} WHERE EXISTS (SELECT 1 FROM ${q(table)} p WHERE p.${q(column)} = ${q(waiting)}.legacy)`,
  )
  return rows
}

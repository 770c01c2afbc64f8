/**
 * The heart of a run, the same in a rehearsal and in earnest: with the transaction open and a checked snapshot at
 * hand, change everything, write the record, prove it against the snapshot, and only then let it be committed.
 */

import { compile } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Context } from '../context.ts'
import { inPhase } from '../context.ts'
import { zoneOf } from '../detect/choices.ts'
import type { Proof, Timing } from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { registerTimeFunctions } from '../engines/sqlite/time-sql.ts'
import { nextMap, recordedRuns, writeRun } from '../journal/in-target.ts'
import { openSource } from '../journal/ulid-source.ts'
import { type Plan, replacedInside } from '../plan/plan.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import type { Snapshot } from '../snapshot/take.ts'
import { verificationFailed } from '../verification-failed.ts'
import { attachSnapshot, filePragmas, inspectBefore } from '../verify/comparison.ts'
import { comparisonOf } from '../verify/comparison-of-run.ts'
import { prove } from '../verify/prove.ts'
import { trialWrites } from '../verify/trial-writes.ts'
import { execute } from './execute.ts'

export interface Applied {
  readonly program: Program
  readonly proof: Proof
  readonly timings: readonly Timing[]
  readonly identifiers: number
  readonly references: number
}

export interface ApplyOptions {
  /** Tests only: rebuild every table, changed or not. */
  readonly rebuildAll?: boolean
  /** Tests only: strikes between rewrite and proof, to show that the proof notices. */
  readonly sabotage?: (db: Connection) => void
  /** Tests only: strikes after the proof, as if the proof itself lied. */
  readonly lie?: (db: Connection) => void
}

/**
 * Applies `plan` inside the transaction open on `db`, and proves it. Throws a refusal (exit 3) when the proof fails;
 * whoever began the transaction rolls it back.
 */
export async function apply(
  db: Connection,
  plan: Plan,
  schema: Schema,
  snapshot: Snapshot,
  context: Context,
  options: ApplyOptions = {},
): Promise<Applied> {
  prepareConnection(db)
  registerTimeFunctions(db, zoneOf(plan.timezone))
  const pragmas = filePragmas(db)
  const trialsBefore = trialWrites(db, schema)
  const program = compile(plan, schema, {
    firstMap: nextMap(recordedRuns(db)),
    at: context.now(),
    ...options,
  })
  const timings = await execute(db, program, plan.seed, context)
  const identifiers = program.record.maps.reduce(
    (sum, map) => sum + countOf(db, `SELECT count(*) FROM ${q(map.map)}`),
    0,
  )
  writeRun(db, {
    run: context.run,
    what: 'migrate',
    at: new Date(context.now()).toISOString(),
    status: 'succeeded',
    plan,
    record: program.record,
    snapshot: snapshot.path,
    snapshotSha256: await snapshot.sha256,
    identifiers,
    references:
      [...plan.identities, ...(plan.foreign ?? [])].reduce((sum, each) => sum + each.references.length, 0) +
      replacedInside(plan).reduce((sum, { places }) => sum + places.length, 0),
  })
  options.sabotage?.(db)
  const begun = performance.now()
  db.pragma('ignore_check_constraints = OFF') // from here on the file is judged as any program would find it
  const proof = await inPhase(
    context,
    'verify',
    async () => {
      attachSnapshot(db, snapshot.attach)
      return prove(
        {
          ...comparisonOf(plan, program, inspectBefore(db), inspect(db), db),
          ask: leader => openSource(leader, context),
          pragmas,
          trialsBefore,
        },
        context,
      )
    },
    result => `${result.checks.filter(check => check.ok).length} of ${result.checks.length} checks`,
  )
  if (!proof.ok) throw verificationFailed(plan.target, proof)
  const counted = (id: string) => proof.checks.find(check => check.id === id)?.count ?? 0
  const references = counted('references') + counted('inside')
  const all = [...timings, { phase: 'verify', object: '', seconds: (performance.now() - begun) / 1000 }]
  return { program, proof, timings: all, identifiers, references }
}

/** Settings of the connection that copying tables needs; all of them end with it. */
export function prepareConnection(db: Connection): void {
  db.pragma('legacy_alter_table = ON') // a rename must not follow into other objects (HAZARDS A2, A3)
  db.pragma('ignore_check_constraints = ON') // rows that break a CHECK were there before (HAZARDS E14)
  db.pragma('recursive_triggers = OFF')
  db.pragma('cache_size = -131072') // 128 MB: the maps are looked up at random, and should stay in memory
}

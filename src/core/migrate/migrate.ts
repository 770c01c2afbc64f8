/** A run in earnest: preconditions, snapshot, one transaction with the proof inside it, and a second proof from outside. */
import { resolve } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import type { MigratedTarget, Proof, Timing } from '../documents.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { type Connection, describe, openForWriting, patiently } from '../engines/sqlite/open.ts'
import { recorded } from '../journal/recorded.ts'
import { signatureOf } from '../journal/signature.ts'
import { precondition, Refusal } from '../message.ts'
import type { Plan } from '../plan/plan.ts'
import type { Choices } from '../requests.ts'
import { inShell } from '../shell.ts'
import { assertRoom } from '../snapshot/room.ts'
import { type Snapshot, takeSnapshot } from '../snapshot/take.ts'
import { type Applied, type ApplyOptions, apply } from './apply.ts'
import { assertFingerprint, assertFits, lookAt, prepare } from './prepare.ts'

/** Migrates `target` by `given`, or by the plan that the choices amount to. Throws a refusal; then nothing was changed. */
export async function migrate(
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
  options: ApplyOptions = {},
): Promise<MigratedTarget> {
  const plan = await inPhase(context, 'inspect', () => planFor(target, choices, given, context))
  if (plan.identities.length === 0 && !options.rebuildAll) return nothingToDo(resolve(target), plan)
  const path = resolve(target)
  return recorded(context, path, 'migrate', async (entry, told) => {
    const { db, file } = await openForWriting(path, told)
    let applied: Applied
    let snapshot: Snapshot
    try {
      const schema = inspect(db)
      assertFingerprint(plan, schema, path)
      await inPhase(told, 'preconditions', () => assertSound(db, path, file.path))
      snapshot = await takeSnapshot(file.path, told)
      entry.facts({
        strategy: plan.identities[0]?.strategy ?? 'replace',
        snapshot: snapshot.path,
        snapshotBytes: snapshot.bytes,
      })
      applied = await apply(db, plan, schema, snapshot, told, options)
      await inPhase(told, 'commit', () => patiently(told, path, () => db.exec('COMMIT')))
    } catch (error) {
      throw describe(error, path)
    } finally {
      endTransaction(db)
    }
    entry.facts({
      snapshotSha256: await snapshot.sha256,
      identifiers: applied.identifiers,
      ...signatureOf(file.path),
    })
    const outside = await inPhase(
      told,
      'verify-outside',
      () => proveOutside(path, told),
      proof => `${proof.checks.length} checks by another process`,
    )
    return documentOf(path, plan, applied, snapshot, outside)
  })
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

/** Rolls back whatever is still open; after a full disk SQLite may have done so already (HAZARDS E9). */
export function endTransaction(db: Connection): void {
  try {
    if (db.inTransaction) db.exec('ROLLBACK')
  } finally {
    db.close()
  }
}

function assertSound(db: Connection, path: string, real: string): void {
  db.pragma('ignore_check_constraints = ON')
  const lines = (db.pragma('integrity_check(5)') as { integrity_check: string }[]).map(
    row => row.integrity_check,
  )
  if (lines[0] !== 'ok')
    throw precondition(
      'TARGET.CORRUPT',
      path,
      'The database is damaged.',
      `SQLite's integrity check says: ${lines.join('; ')}`,
      inShell`Recover it into a new file first: sqlite3 ${path} .recover | sqlite3 recovered.db`,
    )
  // The new tables, the journal with what they replace, and the maps: measured on real files, below twice the file.
  assertRoom(real.slice(0, real.lastIndexOf('/') + 1) || '/', Number(pagesOf(db)) * 2, `${path} to grow`)
}

function pagesOf(db: Connection): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
}

/** The same checks by a process that has seen nothing of the run. A failure comes after the commit, so it is told. */
async function proveOutside(path: string, context: Context): Promise<Proof> {
  const outcome = await context.ask('verify', { target: path, run: context.run })
  if (outcome.type === 'result') return outcome.value.proof
  throw new Refusal({
    ...outcome.error,
    message: `The migration is committed, but the proof from outside failed: ${outcome.error.message}`,
    next: inShell`Take it back: ulid-migrate rollback ${path}`,
    exit: 3,
  })
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

/** Takes a migration back and keeps the rows written since. It is a run like any other: snapshotted, proved, recorded. */
import { basename, resolve } from 'node:path'
import { contractedIdentities } from '../compile/expansion.ts'
import { calledNow } from '../compile/run-record.ts'
import { type Context, inPhase } from '../context.ts'
import type { Proof, RolledBackTarget } from '../documents.ts'
import { attachable } from '../engines/open.ts'
import { described } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { parseZone } from '../identifiers/index.ts'
import { markUndone, type RecordedRun, recordedRuns, writeRun } from '../journal/in-target.ts'
import { recorded } from '../journal/recorded.ts'
import { Refusal } from '../message.ts'
import { prepareConnection } from '../migrate/apply.ts'
import { type Changing, changeTarget } from '../migrate/change.ts'
import { execute } from '../migrate/execute.ts'
import { migrate } from '../migrate/migrate.ts'
import { lookAt } from '../migrate/prepare.ts'
import { assertSpace, spaceForUndo } from '../migrate/space.ts'
import type { PlannedIdentity, PlannedReference } from '../plan/plan.ts'
import { inShell } from '../shell.ts'
import { isAsTaken } from '../snapshot/as-taken.ts'
import type { Snapshot } from '../snapshot/take.ts'
import { verificationFailed } from '../verification-failed.ts'
import { attachSnapshot, type Comparison, filePragmas, inspectBefore, ORIGIN } from '../verify/comparison.ts'
import { foreignIdentities, foreignReferences, insideOf, placeOf } from '../verify/comparison-of-run.ts'
import { prove, withChecks } from '../verify/prove.ts'
import { trialWrites } from '../verify/trial-writes.ts'
import { compileUndo } from './compile-undo.ts'
import { rowsSince, rowsSinceUndo, runToUndo } from './rows-since.ts'
import { tellAcross } from './tell-across.ts'
import { tellSince } from './tell-since.ts'

/**
 * Undoes the last migration of `target`, or the undo called `run`, which makes the migration again by its own plan.
 * Throws a refusal; then nothing was changed.
 */
export async function undo(
  target: string,
  run: string | undefined,
  context: Context,
): Promise<RolledBackTarget> {
  const path = resolve(target)
  return described(path, async () => {
    const again = await undoToTakeBack(path, run, context)
    if (again) return redo(path, again, context)
    const found = await rowsSince(path, run, context)
    await tellSince(path, found.run, context)
    tellAcross(path, found.run, context)
    return recorded(context, path, 'undo', async (entry, told) => {
      const work = async ({ db, file, snapshot }: Changing) => {
        const migration = runToUndo(recordedRuns(db), found.run.run, path)
        const schema = inspect(db)
        compileUndo(migration, schema, path) // refuses before anything is copied
        assertSpace(spaceForUndo(db, migration.record, schema), file.path, told.settings.snapshotDir)
        const taken = await snapshot()
        entry.facts({ of: migration.run })
        const proof = await applyUndo(db, migration, taken, path, told)
        entry.facts({ snapshotSha256: await taken.sha256 })
        return { migration, taken, proof }
      }
      const prove = (done: Awaited<ReturnType<typeof work>>, strict: boolean) => {
        entry.marks(done.migration.run, 'undone')
        return proveOutside(path, done.migration.run, strict, told)
      }
      const changed = await changeTarget(path, entry, told, work, prove, () => ({ back: true }))
      const { value, proof: outside, checks } = changed
      return {
        target: path,
        run: value.migration.run,
        mode: 'undo',
        rowsKept: found.added.reduce((sum, each) => sum + each.rows, 0),
        rowsDiscarded: 0,
        byTable: found.added,
        rehearsed: false,
        snapshot: value.taken.path,
        proof: outside.ok ? withChecks(value.proof, checks) : outside,
      } satisfies RolledBackTarget
    })
  })
}

async function proveOutside(path: string, of: string, strict: boolean, context: Context): Promise<Proof> {
  const outcome = await context.ask('verify-undo', { target: path, run: context.run, of, strict })
  if (outcome.type === 'result') return outcome.value
  throw new Refusal(outcome.error)
}

/** The undo that `run` names, where it is the last thing that was done to the target; else undefined. */
async function undoToTakeBack(
  path: string,
  run: string | undefined,
  context: Context,
): Promise<RecordedRun | undefined> {
  if (run === undefined) return undefined
  const runs = await lookAt(path, context, ({ db }) => recordedRuns(db))
  const last = runs.at(-1)
  return last?.run === run && last.what === 'undo' ? last : undefined
}

/** The undo taken back: the same plan once more, so that the same rows get the same ULIDs; later rows go along. */
async function redo(path: string, undone: RecordedRun, context: Context): Promise<RolledBackTarget> {
  const byTable = await rowsSinceUndo(path, undone, context)
  const done = await migrate(path, {}, undone.plan, context)
  return {
    target: path,
    run: undone.run,
    mode: 'undo',
    rowsKept: byTable.reduce((sum, each) => sum + each.rows, 0),
    rowsDiscarded: 0,
    byTable,
    rehearsed: false,
    snapshot: done.snapshot,
    proof: done.outside.ok ? done.proof : done.outside,
  }
}

/** Undoes `migration` inside the transaction open on `db`, and proves it against `snapshot`; see apply for the other way. */
export async function applyUndo(
  db: Connection,
  migration: RecordedRun,
  snapshot: Pick<Snapshot, 'path' | 'attach' | 'sha256'>,
  path: string,
  context: Context,
): Promise<Proof> {
  prepareConnection(db)
  const before = inspect(db)
  const pragmas = filePragmas(db)
  const trialsBefore = trialWrites(db, before)
  const program = compileUndo(migration, before, path)
  await execute(db, program, migration.plan.seed, context)
  markUndone(db, migration.run)
  writeRun(db, {
    ...migration,
    run: context.run,
    what: 'undo',
    at: new Date(context.now()).toISOString(),
    status: 'succeeded',
    record: program.record,
    snapshot: snapshot.path,
    snapshotSha256: await snapshot.sha256,
  })
  db.pragma('ignore_check_constraints = OFF')
  const origin = await isAsTaken(migration)
  const proof = await inPhase(context, 'verify', async () => {
    attachSnapshot(db, snapshot.attach)
    if (origin) attachSnapshot(db, await attachable(migration.snapshot, context), ORIGIN)
    return prove(comparisonOfUndo(db, migration, origin, program.objects, pragmas, trialsBefore), context)
  })
  if (!proof.ok)
    throw verificationFailed(
      path,
      proof,
      inShell`Change what the checks name, which was made or written since the run, then undo; or lose it and put the snapshot back: ulid-migrate rollback ${path} --restore --confirm ${basename(path)}`,
    )
  await execute(db, { ...program, steps: program.finish }, migration.plan.seed, context)
  return proof
}

/** The undo of `migration` as it stands once it is committed; the snapshot that the undo took is attached. */
export function asUndone(
  db: Connection,
  migration: RecordedRun,
  origin: boolean,
  pragmas: Comparison['pragmas'],
): Comparison {
  const { objects } = compileUndo(migration, inspectBefore(db), migration.plan.target)
  return comparisonOfUndo(db, migration, origin, objects, pragmas, null)
}

function comparisonOfUndo(
  db: Connection,
  { plan, record }: RecordedRun,
  origin: boolean,
  expected: Comparison['expected'],
  pragmas: Comparison['pragmas'],
  trialsBefore: Comparison['trialsBefore'],
): Comparison {
  const replaced = plan.identities
    .map((identity, at) => ({ ...identity, map: record.maps[at]!.map, orphans: record.maps[at]!.orphans }))
    .filter(identity => identity.strategy !== 'expand')
  const back = (place: PlannedIdentity | PlannedReference) => {
    const { before, after, ...rest } = placeOf(place)
    return { ...rest, before: after, after: before }
  }
  const elsewhere = foreignIdentities(plan, record.maps)
  const identities = replaced.map(identity => ({
    table: identity.table,
    map: identity.map,
    orphans: identity.orphans,
    leaders: null,
    foreign: null,
    ...back(identity),
  }))
  return {
    db,
    before: inspectBefore(db),
    after: inspect(db),
    expected,
    identities,
    references: [
      ...replaced.flatMap((identity, at) =>
        identity.references.map(reference => ({
          table: reference.table,
          ...back(reference),
          identity: identities[at]!,
        })),
      ),
      ...foreignReferences(plan, elsewhere, back),
    ],
    inside: insideOf(record.inside, [...identities, ...elsewhere]),
    plan: null,
    undone: {
      sentinels: plan.sentinels,
      origin,
      columns: record.tables.flatMap(table => [
        ...table.replaced.map(each => ({
          table: table.table,
          column: each.column,
          then: calledNow(each),
          maps: [each.map, each.orphans],
        })),
        ...table.kept
          .filter(kept => !table.replaced.some(each => each.column === kept.column))
          .map(({ column }) => ({ table: table.table, column, then: column, maps: [] })),
      ]),
    },
    zone: parseZone('UTC'),
    // A contract that is undone is an expansion again.
    expanded: contractedIdentities(plan),
    strict: true,
    trialsBefore,
    pragmas,
  }
}

/** Takes a migration back and keeps the rows written since. It is a run like any other: snapshotted, proved, recorded. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Context, inPhase } from '../context.ts'
import type { Proof, RolledBackTarget } from '../documents.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { type Connection, describe, openForWriting, patiently } from '../engines/sqlite/open.ts'
import { parseZone } from '../identifiers/index.ts'
import { markUndone, type RecordedRun, recordedRuns, writeRun } from '../journal/in-target.ts'
import { recorded } from '../journal/recorded.ts'
import { prepareConnection, verificationFailed } from '../migrate/apply.ts'
import { execute } from '../migrate/execute.ts'
import { endTransaction } from '../migrate/migrate.ts'
import { type Snapshot, takeSnapshot } from '../snapshot/take.ts'
import { attachSnapshot, type Comparison, filePragmas, inspectBefore, ORIGIN } from '../verify/comparison.ts'
import { prove } from '../verify/prove.ts'
import { trialWrites } from '../verify/trial-writes.ts'
import { compileUndo } from './compile-undo.ts'
import { rowsSince, runToUndo } from './rows-since.ts'

/** Undoes the last migration of `target`. Throws a refusal; then nothing was changed. */
export async function undo(
  target: string,
  run: string | undefined,
  context: Context,
): Promise<RolledBackTarget> {
  const path = resolve(target)
  const found = await rowsSince(path, run, context)
  return recorded(context, path, 'undo', async (entry, told) => {
    const { db, file } = await openForWriting(path, told)
    try {
      const migration = runToUndo(recordedRuns(db), found.run.run, path)
      compileUndo(migration, inspect(db), path) // refuses before anything is copied
      const snapshot = await takeSnapshot(file.path, told)
      entry.facts({ snapshot: snapshot.path, snapshotBytes: snapshot.bytes, of: migration.run })
      const proof = await applyUndo(db, migration, snapshot, path, told)
      await inPhase(told, 'commit', () => patiently(told, path, () => db.exec('COMMIT')))
      entry.undoes(migration.run)
      return {
        target: path,
        run: migration.run,
        mode: 'undo',
        rowsKept: found.added.reduce((sum, each) => sum + each.rows, 0),
        rowsDiscarded: 0,
        byTable: found.added,
        rehearsed: false,
        snapshot: snapshot.path,
        proof,
      } satisfies RolledBackTarget
    } catch (error) {
      throw describe(error, path)
    } finally {
      endTransaction(db)
    }
  })
}

/** Undoes `migration` inside the transaction open on `db`, and proves it against `snapshot`; see apply for the other way. */
export async function applyUndo(
  db: Connection,
  migration: RecordedRun,
  snapshot: Pick<Snapshot, 'path' | 'sha256'>,
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
  const proof = await inPhase(context, 'verify', () => {
    attachSnapshot(db, snapshot.path)
    const origin = existsSync(migration.snapshot)
    if (origin) attachSnapshot(db, migration.snapshot, ORIGIN)
    return prove(comparisonOfUndo(db, migration, origin, program.objects, pragmas, trialsBefore), context)
  })
  if (!proof.ok) throw verificationFailed(path, proof)
  await execute(db, { ...program, steps: program.finish }, migration.plan.seed, context)
  return proof
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
    .filter(identity => identity.strategy === 'replace')
  const identities = replaced.map(identity => ({
    table: identity.table,
    map: identity.map,
    orphans: identity.orphans,
    before: identity.column,
    after: identity.column,
  }))
  return {
    db,
    before: inspectBefore(db),
    after: inspect(db),
    expected,
    identities,
    references: replaced.flatMap((identity, at) =>
      identity.references.map(reference => ({
        table: reference.table,
        before: reference.column,
        after: reference.column,
        identity: identities[at]!,
      })),
    ),
    plan: null,
    undone: {
      sentinels: plan.sentinels,
      origin,
      columns: record.tables.flatMap(table => [
        ...table.replaced.map(({ column, map, orphans }) => ({
          table: table.table,
          column,
          maps: [map, orphans],
        })),
        ...table.kept
          .filter(kept => !table.replaced.some(each => each.column === kept.column))
          .map(({ column }) => ({ table: table.table, column, maps: [] })),
      ]),
    },
    zone: parseZone('UTC'),
    strict: true,
    trialsBefore,
    pragmas,
  }
}

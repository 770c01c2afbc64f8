/**
 * A dry run: the plan applied to a private copy of the target by the same code as in earnest, with every check, and
 * the undo rehearsed on the same copy. The target is read once and never written.
 */

import { chmodSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { compile } from '../compile/compile.ts'
import { isDropped } from '../compile/contract.ts'
import { sqlText } from '../compile/program.ts'
import { type Context, inPhase } from '../context.ts'
import type { Change, DryRunTarget, Proof, Sample } from '../documents.ts'
import { openForReading, storeToRehearse } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { described } from '../engines/sqlite/describe.ts'
import { inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import { type Connection, openOwn } from '../engines/sqlite/open.ts'
import { recognise } from '../engines/sqlite/recognise.ts'
import { ulidTime } from '../identifiers/index.ts'
import { lastMigration, recordedRuns } from '../journal/in-target.ts'
import { assertLeaders } from '../journal/ulid-source.ts'
import { apply } from '../migrate/apply.ts'
import { lookAt, prepare } from '../migrate/prepare.ts'
import { publicationOf } from '../migrate/publication.ts'
import { assertSpaceToRehearse, spaceFor } from '../migrate/space.ts'
import { isEmpty, type Plan, type PlannedIdentity, plannedPlaces, replacedInside } from '../plan/plan.ts'
import type { Answers, Choices } from '../requests.ts'
import { applyUndo } from '../rollback/undo.ts'
import { freeBytes } from '../room.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q } from '../schema/names.ts'
import { printOf } from '../schema/print.ts'
import { discard, makeScratch } from '../scratch.ts'
import { backUp } from '../snapshot/back-up.ts'
import { BEFORE, beforeTable, inspectBefore, type Sides, sideBySide } from '../verify/comparison.ts'
import { comparisonOf, placeOf } from '../verify/comparison-of-run.ts'
import { withChecks } from '../verify/prove.ts'
import { schemaChanges } from './schema-changes.ts'
import { slowerKeys } from './slower-keys.ts'

/**
 * Rehearses `given`, or the plan that the choices amount to; `keep` is where the migrated copy is left for others to ask.
 * Throws a refusal when it could not be carried out.
 */
export async function rehearse(
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
  keep?: string,
): Promise<Answers['dry-run']> {
  const path = resolve(target)
  return described(path, () => onCopies(path, target, choices, given, context, keep))
}

async function onCopies(
  path: string,
  target: string,
  choices: Choices,
  given: Plan | undefined,
  context: Context,
  keep: string | undefined,
): Promise<Answers['dry-run']> {
  const { plan, detection, schema } = await inPhase(context, 'inspect', () =>
    prepare(target, choices, given, context),
  )
  await assertLeaders(plan, path, context)
  const { bytes } = recognise(path)
  const folder = makeScratch(context.settings, 'rehearsal')
  const begun = performance.now()
  try {
    assertSpaceToRehearse(await lookAt(path, context, ({ db }) => spaceFor(db, plan, schema)), folder)
    const copy = join(folder, basename(path))
    const snapshot = join(folder, 'before')
    const copied = await inPhase(context, 'copy', async () => {
      const from = performance.now()
      const store = await storeToRehearse(path, folder, context)
      await copyTarget(store?.rows ?? path, snapshot, context)
      const seconds = (performance.now() - from) / 1000
      await copyTarget(snapshot, copy, context)
      return { seconds, store }
    })
    const { store } = copied
    const db = openOwn(copy, 'write')
    try {
      const rehearsed = await rehearseOn(
        db,
        store,
        plan,
        schema,
        { path: snapshot, attach: snapshot, bytes, sha256: Promise.resolve('') },
        context,
      )
      if (keep !== undefined && !isEmpty(plan)) renameSync(migratedCopy(snapshot), keep)
      const seconds = (performance.now() - begun) / 1000
      const program = compile(plan, schema, { firstMap: 1 })
      return {
        plan,
        print: printOf(schema.objects),
        document: {
          target: path,
          engine: plan.engine,
          plan: { hash: plan.hash },
          changes: changesOf(plan, detection.document.tables),
          stays: rehearsed.stored?.stays ?? staysOf(plan, schema, program.record.edited),
          schema: rehearsed.stored?.schema ?? rehearsed.schema,
          orphans: rehearsed.proof.checks.find(check => check.id === 'orphans')?.count ?? 0,
          samples: rehearsed.samples,
          estimate: {
            seconds: rehearsed.seconds,
            lockedSeconds: lockedSeconds(rehearsed, copied.seconds),
            rehearsalSeconds: seconds,
            bytes,
            bytesAfter: rehearsed.bytesAfter,
            snapshotBytes: bytes,
            freeBytes: freeBytes(dirname(path)),
          },
          proof: rehearsed.proof,
          undo: rehearsed.undo,
          timings: rehearsed.timings,
          statements: rehearsed.stored?.statements ?? sqlText(program),
          findings: [...detection.document.findings, ...slowerKeys(plan, detection.document)],
          openBy: detection.document.openBy,
        },
      }
    } finally {
      db.close()
    }
  } finally {
    discard(folder)
  }
}

/** Two processes that are started while the lock is held: they check the snapshot and make its checksum. */
const STARTING = 1

/** The real run holds its lock from the integrity check to the commit: beside what was done here, that and the snapshot. */
function lockedSeconds({ seconds, proof }: Rehearsed, copying: number): number {
  const integrity = proof.checks.find(check => check.id === 'integrity')?.seconds ?? 0
  return seconds + integrity + 2 * copying + STARTING // taken once, and read once more by the process that checks it
}

async function copyTarget(from: string, to: string, context: Context): Promise<void> {
  const reading = await openForReading(from, context)
  try {
    await backUp(reading.db, to, context, 'copy')
  } finally {
    reading.close()
  }
}

/** The state between migration and undo, beside the copy that both are rehearsed on. */
function migratedCopy(snapshot: string): string {
  return `${snapshot}-migrated`
}

interface Rehearsed {
  readonly proof: Proof
  readonly undo: Proof
  readonly schema: DryRunTarget['schema']
  /** What the change is in the store's own words; null where the engine works on the target itself. */
  readonly stored: Pick<DryRunTarget, 'schema' | 'stays' | 'statements'> | null
  readonly samples: DryRunTarget['samples']
  readonly timings: DryRunTarget['timings']
  readonly seconds: number
  readonly bytesAfter: number
}

async function rehearseOn(
  db: Connection,
  store: Awaited<ReturnType<typeof storeToRehearse>>,
  plan: Plan,
  schema: Schema,
  snapshot: Parameters<typeof apply>[3],
  context: Context,
): Promise<Rehearsed> {
  const begun = performance.now()
  db.exec('BEGIN IMMEDIATE')
  const applied = await apply(db, plan, schema, snapshot, context)
  const [was, is] = [inspectBefore(db), inspect(db)]
  const sides = comparisonOf(plan, applied.program, was, is, db)
  const samples = plan.identities.flatMap(identity => samplesOf(db, sides, identity, schema))
  db.exec('COMMIT')
  const published = await store?.publish(snapshot.attach, db.name, publicationOf(plan))
  const seconds = (performance.now() - begun) / 1000
  const bytesAfter = store?.bytes() ?? statSync(db.name).size
  db.exec(`DETACH ${q(BEFORE)}`)
  const migrated = migratedCopy(snapshot.path)
  await db.backup(migrated)
  chmodSync(migrated, 0o600)
  db.exec('BEGIN IMMEDIATE')
  const run = lastMigration(recordedRuns(db))!
  const undo = await inPhase(context, 'undo', () =>
    applyUndo(db, run, { path: migrated, attach: migrated, sha256: Promise.resolve('') }, plan.target, {
      ...context,
      emit: () => {},
    }),
  )
  db.exec('COMMIT')
  const unpublished = await store?.publish(migrated, db.name, {
    identities: [],
    successors: [],
    letterCase: 'upper',
    back: true,
  })
  return {
    proof: withChecks(applied.proof, published?.checks ?? []),
    undo: withChecks(undo, unpublished?.checks ?? []),
    schema: schemaChanges(was.objects, is.objects),
    stored: published ?? null,
    samples,
    timings: applied.timings,
    seconds,
    bytesAfter,
  }
}

/** The first, a middle and the last row of each identity by ULID, as they will be: the plan carries its seed. */
function samplesOf(db: Connection, sides: Sides, identity: PlannedIdentity, schema: Schema): Sample[] {
  const table = tableNamed(schema, identity.table)!
  const total = countOf(db, `SELECT count(*) FROM main.${q(identity.table)}`)
  const ulid = q(placeOf(identity).after)
  const { from: now, on } = sideBySide(sides, table)
  const read = db
    .prepare(
      `SELECT CAST(o.${q(identity.column)} AS TEXT), n.${ulid} FROM ${now} JOIN ${beforeTable(identity.table)} o ON ${on} ORDER BY n.${ulid} LIMIT 1 OFFSET ?`,
    )
    .raw()
  const from =
    identity.contracted !== undefined
      ? 'the expansion'
      : identity.time.from === 'id'
        ? 'the id'
        : identity.time.from === 'order'
          ? 'the order'
          : (identity.time.column ?? '')
  return [...new Set([0, Math.floor(total / 2), total - 1])].flatMap(offset => {
    const row = read.get(offset) as [string, string] | undefined
    if (!row) return []
    return [
      {
        table: identity.table,
        column: identity.column,
        before: row[0],
        after: row[1],
        time: new Date(ulidTime(row[1])).toISOString(),
        from,
      },
    ]
  })
}

function changesOf(
  plan: Plan,
  tables: readonly { readonly name: string; readonly rows: number }[],
): Change[] {
  const places = [
    ...plan.identities.flatMap(identity => [
      { table: identity.table, column: placeOf(identity).after },
      ...(identity.generatedAt ? [{ table: identity.table, column: identity.generatedAt }] : []),
      ...identity.references.map(reference => ({
        table: reference.table,
        column: placeOf(reference).after,
      })),
    ]),
    ...replacedInside(plan),
    ...(plan.foreign ?? []).flatMap(each => each.references),
  ]
  return tables
    .map(table => ({
      table: table.name,
      rows: table.rows,
      columns: [...new Set(places.filter(place => place.table === table.name).map(place => place.column))],
    }))
    .filter(change => change.columns.length > 0)
}

function staysOf(
  plan: Plan,
  schema: Schema,
  edited: readonly { readonly type: string; readonly name: string }[],
): DryRunTarget['stays'] {
  const touched = new Set([...plannedPlaces(plan), ...replacedInside(plan)].map(({ table }) => table))
  const count = (type: string) =>
    schema.objects.filter(object => object.type === type && !isDropped(plan, object)).length -
    edited.filter(object => object.type === type).length
  return {
    tables: schema.tables.filter(table => table.kind === 'table' && !touched.has(table.name)).length,
    indexes: count('index'),
    views: count('view'),
    triggers: count('trigger'),
  }
}

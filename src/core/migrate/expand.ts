/**
 * An expansion beside programs that go on writing. A snapshot first; the maps are made from it where nobody has to wait;
 * then come tables, columns, indexes, triggers and rows, each in a transaction of a moment. What has been done is written
 * down with it, so that whoever takes it up, after a stop or a kill, goes on from there; and it can be taken back at any time.
 */
import { compilePieces, type Pieces } from '../compile/pieces.ts'
import { type Context, inPhase } from '../context.ts'
import { zoneOf } from '../detect/choices.ts'
import { type Indexed, stallFindings } from '../detect/stalls.ts'
import type { MigratedTarget, Timing } from '../documents.ts'
import { openForWriting, versionOf } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { sqliteCode } from '../engines/sqlite/describe.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { type Connection, openOwn } from '../engines/sqlite/open.ts'
import type { Recognised } from '../engines/sqlite/recognise.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { registerTimeFunctions } from '../engines/sqlite/time-sql.ts'
import {
  expandingRun,
  nextMap,
  type RecordedRun,
  recordedRuns,
  rewriteRun,
  writeRun,
} from '../journal/in-target.ts'
import {
  beginProgress,
  endProgress,
  type Progress,
  readProgress,
  writeProgress,
} from '../journal/progress.ts'
import type { RunEntry } from '../journal/recorded.ts'
import { removeCopy } from '../journal/settle.ts'
import { precondition } from '../message.ts'
import { type Plan, plannedPlaces } from '../plan/plan.ts'
import { type Pace, usualPace } from '../requests.ts'
import type { Schema, SchemaObject } from '../schema/model.ts'
import { quoteName as q, quoteText, sameName } from '../schema/names.ts'
import { discard, makeScratch } from '../scratch.ts'
import { inShell } from '../shell.ts'
import { besideWriters, type Snapshot, takeSnapshot } from '../snapshot/take.ts'
import { trialWrites } from '../verify/trial-writes.ts'
import { prepareConnection } from './apply.ts'
import { assertSound } from './assert-sound.ts'
import { Briefly } from './briefly.ts'
import { proveCommitted } from './change.ts'
import { afterFailure, progressLost, sharedUlid, triggersFail } from './expand-failures.ts'
import { fill, MADE, transfer, type Work } from './fill.ts'
import { makeMaps } from './make-maps.ts'
import { assertFingerprint, lookAt } from './prepare.ts'
import { proveOutside } from './prove-outside.ts'
import { assertSpace, spaceFor } from './space.ts'

export interface ExpandOptions {
  readonly pace?: Partial<Pace>
  /** Tests only: strikes in the last transaction, to show that the proof notices. */
  readonly sabotage?: (db: Connection) => void
}

/** What is being carried out, on which connection. */
interface Expanding {
  readonly path: string
  readonly db: Connection
  readonly file: Recognised
  readonly plan: Plan
  readonly pieces: Pieces
  readonly snapshot: { readonly path: string; readonly encoding: string }
  /** Whether nobody has written since the snapshot was taken. */
  readonly alone: () => boolean
}

/** Expands `path` by `plan`. Throws a refusal, which says whether anything was changed. */
export async function expand(
  path: string,
  plan: Plan,
  entry: RunEntry,
  context: Context,
  options: ExpandOptions = {},
): Promise<MigratedTarget> {
  const pace = { ...usualPace, ...options.pace }
  await tellStalls(path, plan, pace, context)
  return inScratch(context, scratch => expandFrom(path, plan, scratch, entry, context, { ...options, pace }))
}

async function expandFrom(
  path: string,
  plan: Plan,
  scratch: string,
  entry: RunEntry,
  context: Context,
  options: ExpandOptions & { readonly pace: Pace },
): Promise<MigratedTarget> {
  const { db, file } = await openForWriting(path, context)
  let taken: Snapshot | undefined
  let work: Work | undefined
  try {
    entry.settle(recordedRuns(db))
    const schema = inspect(db)
    assertFingerprint(plan, schema, path)
    const others = file.wal // may go on writing, and nothing has to be seen twice
    if (others) db.exec('COMMIT')
    await inPhase(context, 'preconditions', () => {
      assertSound(db, path)
      assertSpace(spaceFor(db, plan, schema), file.path, context.settings.snapshotDir, scratch)
    })
    const version = versionOf(db)
    const alone = () => versionOf(db) === version
    taken = await takeSnapshot(file.path, context, entry.facts, others ? besideWriters : undefined)
    if (!others) db.exec('COMMIT')
    entry.facts({ strategy: 'expand' })
    const pieces = compilePieces(plan, schema, { firstMap: nextMap(recordedRuns(db)), at: context.now() })
    const snapshot = { path: taken.path, encoding: schema.encoding }
    const { path: made, timings } = await makeMaps(scratch, plan, pieces, snapshot, context)
    const expanding: Expanding = { path, db, file, plan, pieces, snapshot, alone }
    prepare(db, plan)
    db.exec(`ATTACH ${quoteText(made)} AS ${q(MADE)}`)
    const { identifiers, total } = sizesOf(db, pieces)
    const run: RecordedRun = {
      run: context.run,
      what: 'migrate',
      at: new Date(context.now()).toISOString(),
      status: 'expanding',
      plan,
      record: { ...pieces.program.record, tables: [], objects: [], edited: [] },
      snapshot: taken.path,
      snapshotSha256: await taken.sha256,
      identifiers,
      references: plan.identities.reduce((sum, identity) => sum + identity.references.length, 0),
    }
    const progress: Progress = { run: run.run, stage: 'maps', place: 0, position: null, done: 0, total }
    work = { db, briefly: new Briefly(db, path, options.pace, context), context, progress }
    await work.briefly.once(() => {
      assertFingerprint(plan, inspect(db), path)
      for (const step of pieces.tables) if (step.kind === 'statement') db.exec(step.sql)
      beginProgress(db, progress)
      writeRun(db, run)
    })
    entry.facts({ snapshotSha256: run.snapshotSha256, identifiers, begun: true })
    return await goOn(expanding, run, work, timings, entry, context, options)
  } catch (error) {
    throw afterFailure(path, db, { run: context.run, work }, error, entry, () => {
      if (!taken) return
      removeCopy(taken.path, context.settings)
      entry.facts({ snapshot: '', snapshotBytes: 0 })
    })
  } finally {
    if (db.open) db.close()
  }
}

/** Goes on with an expansion that was begun before, by its own plan. Throws a refusal; what is done by then stays. */
export async function expandFurther(
  path: string,
  entry: RunEntry,
  context: Context,
  options: ExpandOptions = {},
): Promise<MigratedTarget> {
  return inScratch(context, scratch => expandFurtherFrom(path, scratch, entry, context, options))
}

async function expandFurtherFrom(
  path: string,
  scratch: string,
  entry: RunEntry,
  context: Context,
  options: ExpandOptions,
): Promise<MigratedTarget> {
  const { db, file } = await openForWriting(path, context)
  let work: Work | undefined
  try {
    const runs = recordedRuns(db)
    entry.settle(runs)
    db.exec('COMMIT')
    const run = expandingRun(runs)
    const progress = readProgress(db)
    if (run === undefined || progress === null) throw progressLost(path)
    const schema = await schemaThen(run, path, context)
    const pieces = compilePieces(run.plan, schema, { firstMap: firstMapOf(run), at: Date.parse(run.at) })
    const snapshot = { path: run.snapshot, encoding: schema.encoding }
    prepare(db, run.plan)
    const pace = { ...usualPace, ...options.pace }
    work = { db, briefly: new Briefly(db, path, pace, context), context, progress }
    const expanding: Expanding = { path, db, file, plan: run.plan, pieces, snapshot, alone: () => false }
    let timings: readonly Timing[] = []
    if (progress.stage === 'maps') {
      const made = await makeMaps(scratch, run.plan, pieces, snapshot, context)
      timings = made.timings
      db.exec(`ATTACH ${quoteText(made.path)} AS ${q(MADE)}`)
    }
    return await goOn(expanding, run, work, timings, entry, context, options)
  } catch (error) {
    throw afterFailure(path, db, { run: context.run, work }, error, entry, () => {})
  } finally {
    if (db.open) db.close()
  }
}

/** Settings of the connection, all of which end with it. */
function prepare(db: Connection, plan: Plan): void {
  prepareConnection(db)
  registerTimeFunctions(db, zoneOf(plan.timezone))
  db.pragma('busy_timeout = 30') // it looks more often than a whole program would
  db.pragma('wal_autocheckpoint = 0') // done between transactions, when nobody waits for it
}

/** From wherever it stands to its end. */
async function goOn(
  expanding: Expanding,
  run: RecordedRun,
  work: Work,
  made: readonly Timing[],
  entry: RunEntry,
  context: Context,
  options: ExpandOptions,
): Promise<MigratedTarget> {
  const { path, db, file, plan, pieces, alone } = expanding
  const begun = context.pause.clock()
  await inPhase(
    context,
    'rewrite',
    async () => {
      if (work.progress.stage === 'maps') await takeOver(expanding, run, work)
      if (work.progress.stage === 'begun') await putInOrder(expanding, work)
      await fillPlaces(work, pieces.places)
    },
    () => `the write lock was held for ${Math.ceil(work.briefly.longest)} ms at the longest`,
  )
  await inPhase(context, 'commit', () =>
    work.briefly.once(() => {
      const last = pieces.program.record.objects.filter(object => object.type === 'trigger')
      for (const { name } of pieces.triggers) db.exec(`DROP TRIGGER ${q(name)}`)
      for (const { sql } of last) db.exec(sql)
      rewriteRun(db, run.run, { status: 'succeeded', record: pieces.program.record })
      endProgress(db)
      options.sabotage?.(db)
    }),
  )
  entry.committed()
  const seconds = (context.pause.clock() - begun) / 1000
  const proof = await proveCommitted(
    { path, writing: { db, file, alone }, inside: false },
    entry,
    context,
    strict => proveOutside(path, run.run, strict, context),
  )
  return {
    target: path,
    status: 'succeeded',
    strategy: 'expand',
    plan: plan.hash,
    identities: plan.identities.length,
    identifiers: run.identifiers,
    references: proof.checks.find(check => check.id === 'references')?.count ?? 0,
    snapshot: run.snapshot,
    proof,
    outside: proof,
    timings: [...made, { phase: 'rewrite', object: '', seconds }],
  }
}

/** The finished maps come into the target; then the columns. */
async function takeOver({ path, db, plan, pieces }: Expanding, run: RecordedRun, work: Work): Promise<void> {
  for (const each of pieces.transfers) await transfer(work, each)
  db.exec(`DETACH ${q(MADE)}`)
  const { record } = pieces.program
  const indexes = record.objects.filter(object => object.type !== 'trigger')
  await work.briefly.once(() => {
    assertFingerprint(plan, inspect(db), path)
    for (const sql of pieces.columns) db.exec(sql)
    rewriteRun(db, run.run, {
      status: 'expanding',
      record: { ...record, objects: [...indexes, ...pieces.triggers] },
    })
    moveTo(work, { stage: 'begun', place: 0, position: null })
  })
}

/** Indexes, columns that were there before, and last the triggers: from then on every row that comes has its ULIDs. */
async function putInOrder({ path, db, pieces }: Expanding, work: Work): Promise<void> {
  for (const index of pieces.emptyIndexes) await makeIndex(path, work, index)
  await fillPlaces(work, pieces.begun)
  for (const index of pieces.begunIndexes) await makeIndex(path, work, index)
  const schema = inspect(db)
  const tables = schema.tables.filter(table => pieces.places.some(place => sameName(place.table, table.name)))
  const tryOut = () => trialWrites(db, { ...schema, tables })
  await work.briefly.once(() => {
    const before = tryOut()
    for (const { sql } of pieces.triggers) db.exec(sql)
    const after = tryOut()
    const broken = [...before].filter(([table, said]) => after.get(table) !== said)
    if (broken.length > 0)
      throw triggersFail(
        path,
        broken.map(([table]) => `${table}: ${after.get(table) || 'works now'}`),
      )
    moveTo(work, { stage: 'fill', place: 0, position: null })
  })
}

async function fillPlaces(work: Work, places: Pieces['places']): Promise<void> {
  for (let at = work.progress.place; at < places.length; at++) {
    await fill(work, places[at]!)
    work.progress = { ...work.progress, place: at + 1, position: null }
  }
}

async function makeIndex(path: string, work: Work, index: SchemaObject): Promise<void> {
  const { db } = work
  if (
    countOf(db, `SELECT count(*) FROM main.sqlite_schema WHERE type = 'index' AND name = ?`, index.name) > 0
  )
    return
  try {
    await work.briefly.once(() => {
      db.exec(index.sql)
    })
  } catch (error) {
    if (sqliteCode(error).startsWith('SQLITE_CONSTRAINT')) throw sharedUlid(path, index)
    throw error
  }
}

function moveTo(work: Work, to: Partial<Progress>): void {
  const progress = { ...work.progress, ...to }
  writeProgress(work.db, progress)
  work.progress = progress
}

/** About how many rows will be written, and how many of them are new identifiers: told by the finished maps. */
function sizesOf(db: Connection, { transfers, places }: Pieces) {
  const rows = (table: string) => countOf(db, `SELECT count(*) FROM ${table}`)
  const maps = transfers.map(({ from, by }) => ({ by, rows: rows(`${q(MADE)}.${q(from)}`) }))
  const moved = maps.reduce((sum, each) => sum + each.rows, 0)
  const filled = places.reduce((sum, { table }) => sum + rows(`main.${q(table)}`), 0)
  return {
    total: moved + filled,
    identifiers: maps.filter(({ by }) => by === 'pos').reduce((sum, each) => sum + each.rows, 0),
  }
}

/** The schema that the plan was made for, which stands in the snapshot only. */
async function schemaThen(run: RecordedRun, path: string, context: Context): Promise<Schema> {
  const outcome = await context.ask('hash-file', { file: run.snapshot })
  if (outcome.type === 'failed' || outcome.value.sha256 !== run.snapshotSha256)
    throw precondition(
      outcome.type === 'failed' ? 'SNAPSHOT.MISSING' : 'SNAPSHOT.ALTERED',
      run.snapshot || path,
      'The snapshot of the expansion is gone, or is not what was taken.',
      'What is still to be done is told from it, and proved with it.',
      inShell`Put it back where it was; or take the expansion back: ulid-migrate collapse ${path}`,
    )
  const db = openOwn(run.snapshot, 'read-only')
  try {
    return inspect(db)
  } finally {
    db.close()
    removeSidecars(run.snapshot)
  }
}

function firstMapOf({ record }: RecordedRun): number {
  return Math.min(...record.maps.map(({ map }) => Number(map.slice(map.lastIndexOf('_') + 1))))
}

async function tellStalls(path: string, plan: Plan, pace: Pace, context: Context): Promise<void> {
  const told = await lookAt(path, context, ({ db, schema, file }) => {
    const indexed: readonly Indexed[] = plannedPlaces(plan).map(({ table, beside }) => ({
      table,
      rows: countOf(db, `SELECT count(*) FROM main.${q(table)}`),
      empty: !schema.tables.some(
        each =>
          sameName(each.name, table) && each.columns.some(column => sameName(column.name, beside ?? '')),
      ),
    }))
    return stallFindings(path, file, indexed, pace.maxStall)
  })
  for (const finding of told) context.emit({ type: 'finding', finding })
}

/** Does `work` with a folder for its scratch, which is gone afterwards. */
async function inScratch<T>(context: Context, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeScratch(context.settings, 'maps')
  try {
    return await work(folder)
  } finally {
    discard(folder)
  }
}

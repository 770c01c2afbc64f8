/** Proves a past run again, from its snapshot and from the record in the target, in a process that only reads. */

import { existsSync } from 'node:fs'
import { calledNow } from '../compile/run-record.ts'
import { type Context, inPhase } from '../context.ts'
import type { Proof, VerifiedTarget } from '../documents.ts'
import { attachable, compareStored, openForReading } from '../engines/open.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { hashFile } from '../engines/sqlite/hash-file.ts'
import { inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import { lastStanding, type RecordedRun, recordedRuns } from '../journal/in-target.ts'
import { Ledger } from '../journal/ledger.ts'
import { signatureOf, stampOf } from '../journal/signature.ts'
import { openSource } from '../journal/ulid-source.ts'
import { unfinished } from '../journal/unfinished.ts'
import { precondition } from '../message.ts'
import type { Schema } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import {
  attachSnapshot,
  BEFORE,
  beforeTable,
  type Comparison,
  filePragmas,
  inspectBefore,
  sideBySide,
} from './comparison.ts'
import { comparisonOf } from './comparison-of-run.ts'
import { checks, prove, withChecks } from './prove.ts'

/**
 * Proves `run`, or the last migration that is not undone. As long as nobody has written since, everything is strict;
 * afterwards what others changed is counted, and what the run is answerable for stays strict. The run itself, which
 * knows whether anybody wrote, says so by `strict`.
 */
export async function verifyPastRun(
  path: string,
  run: string | undefined,
  context: Context,
  strict?: boolean,
): Promise<VerifiedTarget> {
  const stamp = stampOf(path)
  const asLeft = strict ?? isUntouched(path, run, context)
  const reading = await openForReading(path, context)
  // Whoever wrote in between is in what is read now; what they write from here on is not.
  const untouched = asLeft && (strict !== undefined || stampOf(path) === stamp)
  try {
    const recorded = chosenRun(recordedRuns(reading.db), run, path)
    await assertSnapshot(recorded, path)
    attachSnapshot(reading.db, await attachable(recorded.snapshot, context))
    const before = inspectBefore(reading.db)
    const after = inspect(reading.db)
    const expected = expectedObjects(before, recorded)
    const comparison: Comparison = {
      ...comparisonOf(
        recorded.plan,
        { objects: expected, record: recorded.record },
        before,
        after,
        reading.db,
      ),
      ask: leader => openSource(leader, context),
      pragmas: filePragmas(reading.db, BEFORE),
      trialsBefore: null,
      strict: untouched,
    }
    const found: Proof = await inPhase(context, 'verify', () =>
      prove(
        comparison,
        context,
        checks.filter(check => check.id !== 'trial-writes'),
      ),
    )
    const proof = withChecks(
      found,
      untouched ? await compareStored(path, recorded.snapshot, changedColumns(recorded, after), context) : [],
    )
    noteProved(path, recorded.run, proof.ok, context)
    return {
      target: path,
      run: recorded.run,
      proof,
      changedSince: untouched ? null : changes(reading.db, comparison, proof),
    }
  } finally {
    const snapshots = (reading.db.pragma('database_list') as { name: string; file: string }[]).filter(
      each => each.name === BEFORE,
    )
    reading.close()
    for (const { file } of snapshots) removeSidecars(file)
  }
}

/** A run that was not proved from outside so far no longer has to be; the ledger may be of no use to a reader. */
function noteProved(path: string, run: string, ok: boolean, context: Context): void {
  try {
    const ledger = new Ledger(context.settings, () => context.now())
    ledger.proved(path, run, ok ? 'passed' : 'failed')
    ledger.close()
  } catch {
    // The next run then proves it once more.
  }
}

/** Whether the file is still as the run left it: by its change counter, or because the run has only just committed. */
function isUntouched(path: string, run: string | undefined, context: Context): boolean {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    const entry = ledger
      .runs(path)
      .find(
        each => each.what === 'migrate' && (run === undefined ? each.status !== 'failed' : each.run === run),
      )
    if (!entry || !existsSync(path)) return false
    return entry.facts.signature === signatureOf(path).signature
  } finally {
    ledger.close()
  }
}

function chosenRun(runs: readonly RecordedRun[], run: string | undefined, path: string): RecordedRun {
  const found =
    run === undefined ? lastStanding(runs) : runs.find(each => each.run === run && each.what === 'migrate')
  if (found?.status === 'expanding')
    throw unfinished(path, found.run, 'There is nothing to prove before every row has its ULID.')
  const later = runs.find(each => each.status === 'succeeded' && each.plan.contract?.runs.includes(run ?? ''))
  if (later)
    throw precondition(
      'RUN.NONE',
      path,
      'That run was an expansion, and has come to its end.',
      `The contract ${later.run} builds on it.`,
      inShell`Prove that one: ulid-migrate verify ${path}`,
    )
  if (found && found.status === 'succeeded') return found
  const others = runs.map(each => `${each.run} (${each.what}, ${each.status})`).join(', ')
  throw precondition(
    'RUN.NONE',
    path,
    found
      ? 'That run was undone.'
      : run === undefined
        ? 'There is no run to prove.'
        : 'There is no such run.',
    others === ''
      ? 'The database holds no record of a run of this program.'
      : `The database records ${others}.`,
    inShell`See what is known: ulid-migrate status ${path}`,
  )
}

async function assertSnapshot(run: RecordedRun, path: string): Promise<void> {
  if (!existsSync(run.snapshot))
    throw precondition(
      'SNAPSHOT.MISSING',
      run.snapshot || path,
      'The snapshot of the run is gone.',
      'A past run is proved by comparing the database with its snapshot.',
      inShell`Put the snapshot back where it was. Undo works without it: ulid-migrate rollback ${path}`,
    )
  if ((await hashFile(run.snapshot)) !== run.snapshotSha256)
    throw precondition(
      'SNAPSHOT.ALTERED',
      run.snapshot,
      'The snapshot is not what the run took.',
      'Its checksum differs from the recorded one.',
      inShell`Do not restore from it. Undo works without it: ulid-migrate rollback ${path}`,
    )
}

/** The columns that a run has changed, by the names that they go by now. */
function changedColumns({ record }: RecordedRun, after: Schema) {
  return record.tables.flatMap(({ table, replaced, added, kept, merged }) =>
    [
      ...replaced.flatMap(each => [each.column, calledNow(each)]),
      ...added,
      ...kept.map(({ column }) => column),
      ...merged.map(({ into }) => into),
    ]
      .filter(column => tableNamed(after, table)?.columns.some(each => sameName(each.name, column)))
      .map(column => ({ table, column })),
  )
}

/** The schema that the run left, told from the snapshot and the texts it recorded. */
function expectedObjects(before: Schema, run: RecordedRun): Schema['objects'] {
  const tables = before.objects.map(object => {
    const change =
      object.type === 'table' ? run.record.tables.find(each => each.table === object.name) : undefined
    const edited = run.record.edited.find(each => each.type === object.type && each.name === object.name)
    return change || edited ? { ...object, sql: (change ?? edited)!.after } : object
  })
  const removed = run.record.removed.map(({ type, name }) => `${type} ${name}`)
  return [...tables, ...run.record.objects].filter(({ type, name }) => !removed.includes(`${type} ${name}`))
}

function changes(
  db: Connection,
  comparison: Comparison,
  proof: Proof,
): NonNullable<VerifiedTarget['changedSince']> {
  const changedBy = (id: string) => proof.checks.find(check => check.id === id)?.changed ?? 0
  let rowsAdded = 0
  let rowsDeleted = 0
  for (const table of comparison.before.tables.filter(each => each.kind === 'table')) {
    if (!tableNamed(comparison.after, table.name)) continue
    const { from, on } = sideBySide(comparison, table)
    const both = countOf(db, `SELECT count(*) FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on}`)
    rowsAdded += countOf(db, `SELECT count(*) FROM main.${q(table.name)}`) - both
    rowsDeleted += countOf(db, `SELECT count(*) FROM ${beforeTable(table.name)}`) - both
  }
  return {
    cells: changedBy('untouched-cells') + changedBy('references') + changedBy('inside'),
    rowsAdded,
    rowsDeleted,
  }
}

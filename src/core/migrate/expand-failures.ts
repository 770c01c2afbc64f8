/** What is said of an expansion that can't go on, or not for now. */
import { Stopped } from '../context.ts'
import { describe } from '../engines/sqlite/describe.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { recordedRuns } from '../journal/in-target.ts'
import { percentOf, readProgress } from '../journal/progress.ts'
import type { RunEntry } from '../journal/recorded.ts'
import { exitCodes, precondition, Refusal } from '../message.ts'
import type { SchemaObject } from '../schema/model.ts'
import { inShell } from '../shell.ts'
import { madeBut } from './change.ts'
import type { Work } from './fill.ts'

/** What failed, and what it left behind: nothing, an expansion that goes on from where it stands, or one that is complete. */
export function afterFailure(
  path: string,
  db: Connection,
  { run, work }: { readonly run: string; readonly work: Work | undefined },
  error: unknown,
  entry: RunEntry,
  undoSnapshot: () => void,
): unknown {
  if (!db.open) return error // it is past its last commit, and what failed says so
  const failure = describe(error, path)
  const left = lookBack(db, run)
  if (left?.status === 'succeeded') {
    entry.committed()
    return madeBut(path, failure, false)
  }
  const progress = left === null ? work?.progress : left.progress
  if (progress) return onTheWay(path, failure, percentOf(progress))
  if (left?.status === undefined) undoSnapshot()
  return failure
}

/** What the file says of the run; null where it can't be read any more. */
function lookBack(db: Connection, run: string) {
  try {
    if (db.inTransaction) db.exec('ROLLBACK')
    const status = recordedRuns(db).find(each => each.run === run && each.what === 'migrate')?.status
    return { status, progress: readProgress(db) }
  } catch {
    return null
  }
}

function onTheWay(path: string, failure: unknown, percent: number): unknown {
  const state = `The expansion stands at ${percent} %. The legacy columns are as they were, and programs may go on writing.`
  const next = inShell`The same command goes on from there: ulid-migrate migrate ${path}; or take it back: ulid-migrate collapse ${path}`
  if (failure instanceof Stopped)
    return new Stopped(path, failure.failure.why, { message: `Stopped. ${state}`, next })
  if (!(failure instanceof Refusal)) return failure
  const { message, next: first, exit } = failure.failure
  return new Refusal({
    ...failure.failure,
    message: `${message} ${state}`,
    next: `${first}\n${next}`,
    exit: exit === exitCodes.precondition ? exitCodes.stopped : exit, // something was changed
  })
}

export function progressLost(path: string): Refusal {
  return precondition(
    'EXPANSION.PROGRESS_LOST',
    path,
    'How far the expansion is can not be told any more.',
    'The table in which that stands was dropped or changed.',
    inShell`Take the expansion back, then begin anew: ulid-migrate collapse ${path}`,
  )
}

export function sharedUlid(path: string, index: SchemaObject): Refusal {
  return precondition(
    'EXPANSION.SHARED_ULID',
    index.table,
    'Another program has given one ULID to two rows while the expansion was being made.',
    `The index ${index.name} can not be made over them.`,
    inShell`Set one of them to NULL, and go on: ulid-migrate migrate ${path}`,
  )
}

export function triggersFail(path: string, said: readonly string[]): Refusal {
  return new Refusal({
    code: 'PROOF.FAILED',
    object: path,
    message: 'With the triggers of the expansion, writes do not do what they did before. They were not made.',
    why: said.join('\n'),
    next: inShell`Take the expansion back: ulid-migrate collapse ${path}`,
    exit: exitCodes.verification,
  })
}

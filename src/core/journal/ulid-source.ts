/** What another target knows of ids: the ULIDs that it has given to them, by the record of its own runs. */

import { existsSync } from 'node:fs'
import { calledNow } from '../compile/run-record.ts'
import type { Context } from '../context.ts'
import { openForReading } from '../engines/open.ts'
import { columnNamed, inspect, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { asking, encodingOf, type RawValue, spelledIn } from '../engines/sqlite/raw-value.ts'
import { precondition, type Refusal } from '../message.ts'
import type { Leader, Plan } from '../plan/plan.ts'
import { leadersOf } from '../plan/plan.ts'
import { formatColumnPath, quoteName as q, sameName } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { type RecordedRun, recordedRuns, standingRuns } from './in-target.ts'

export interface UlidSource {
  readonly leader: Leader
  /** Asks for a value as a database of that encoding holds it; null where nobody there knows it. */
  ulidOf(value: RawValue, encoding: string): string | null
  close(): void
}

/** Opens the target without a trace. Null where it is gone, or has not been migrated. */
export async function openSource(leader: Leader, context: Context): Promise<UlidSource | null> {
  const path = context.rehearsed?.[leader.target] ?? leader.target
  if (!existsSync(path)) return null
  const { db, close } = await openForReading(path, context)
  try {
    const ask = questionsTo(db, leader)
    if (ask !== null) return { leader, ulidOf: ask, close }
  } catch (error) {
    close()
    throw error
  }
  close()
  return null
}

/** What the first of them says that knows the value. */
export function firstKnown(sources: readonly UlidSource[], value: RawValue, encoding: string): string | null {
  for (const source of sources) {
    const ulid = source.ulidOf(value, encoding)
    if (ulid !== null) return ulid
  }
  return null
}

/** Throws a refusal (exit 4) where one of those whom the plan follows has no ULIDs to give. */
export async function assertLeaders(plan: Plan, target: string, context: Context): Promise<void> {
  for (const leader of leadersOf(plan)) {
    const source = await openSource(leader, context)
    if (source === null) throw notMigrated(leader, target)
    source.close()
  }
}

export function notMigrated({ target: path, table, column }: Leader, target: string): Refusal {
  return precondition(
    'ACROSS.NOT_MIGRATED',
    target,
    `Its ids are those of ${formatColumnPath(table, column)} in ${path}, which has no ULIDs for them yet.`,
    existsSync(path)
      ? 'That database records no migration of this column. ULIDs given here first would be others than it gets later.'
      : 'There is no such file.',
    inShell`Migrate both in one command, in whatever order: ulid-migrate migrate ${path} ${target}`,
  )
}

/** The last migration that stands in which the column got ULIDs, with its number among the maps. */
export function migrationOf(
  runs: readonly RecordedRun[],
  { table, column }: Pick<Leader, 'table' | 'column'>,
) {
  return standingRuns(runs)
    .flatMap(run => run.plan.identities.map((identity, at) => ({ run, identity, map: run.record.maps[at]! })))
    .filter(({ map }) => sameName(map.table, table) && sameName(map.column, column))
    .at(-1)
}

function questionsTo(db: Connection, leader: Leader): UlidSource['ulidOf'] | null {
  const found = migrationOf(recordedRuns(db), leader)
  if (found === undefined) return null
  const { run, identity, map } = found
  const questions = [
    asking(db, value => `SELECT ulid FROM ${q(map.map)} WHERE legacy = ${value}`),
    asking(db, value => `SELECT ulid FROM ${q(map.orphans)} WHERE legacy = ${value}`),
  ]
  // Rows that came since are in no map; where the old id goes on, they have both.
  const own = run.record.tables
    .find(each => sameName(each.table, map.table))
    ?.replaced.find(each => each.role === 'identity' && each.map === map.map)
  const legacy = identity.beside === null ? own?.legacy : identity.column
  const ulid = identity.beside ?? (own ? calledNow(own) : null)
  const table = tableNamed(inspect(db), map.table)
  if (table && legacy && ulid && columnNamed(table, legacy) && columnNamed(table, ulid))
    questions.splice(
      1,
      0,
      asking(db, value => `SELECT ${q(ulid)} FROM ${q(table.name)} WHERE ${q(legacy)} = ${value}`),
    )
  const ownEncoding = encodingOf(db)
  return (value, encoding) => {
    for (const asked of spelledIn(value, encoding, ownEncoding))
      for (const question of questions) {
        const answer = question(asked)
        if (typeof answer === 'string') return answer
      }
    return null
  }
}

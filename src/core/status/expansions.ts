/** What is to be said of an expansion while both its ids are live: since when, how complete, and for how long yet. */
import { basename } from 'node:path'
import { syncedIdentities } from '../compile/expansion.ts'
import type { LiveExpansion, UnfinishedExpansion } from '../documents.ts'
import { columnNamed, tableNamed } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { expandingRun, liveExpansions, type RecordedRun } from '../journal/in-target.ts'
import { percentOf, readProgress } from '../journal/progress.ts'
import { verificationEnd } from '../journal/verification-period.ts'
import type { Schema } from '../schema/model.ts'
import { inShell } from '../shell.ts'
import { coverageOf, driftIn } from '../verify/in-step.ts'
import { lookupStatement } from './lookup.ts'

/** Every expansion that stands, counted row by row. Columns that somebody has dropped since are left out, and found by verify. */
export function expansionsIn(
  db: Connection,
  schema: Schema,
  runs: readonly RecordedRun[],
  days: number | undefined,
): readonly LiveExpansion[] {
  const live = liveExpansions(runs)
  if (live.length === 0) return []
  return live.map(run => {
    const identities = syncedIdentities(run.plan, run.record.maps)
      .map(identity => ({
        ...identity,
        references: identity.references.filter(each => stands(schema, each)),
      }))
      .filter(identity => stands(schema, identity))
    return {
      run: run.run,
      since: run.at,
      verifyUntil: new Date(verificationEnd(run, days)).toISOString(),
      coverage: identities.flatMap(identity => coverageOf(db, identity)),
      lookups: identities.map(lookupStatement),
    }
  })
}

/** How far the expansion is that has begun and is not at its end. */
export function unfinishedIn(db: Connection, runs: readonly RecordedRun[]): UnfinishedExpansion | null {
  const run = expandingRun(runs)
  if (run === undefined) return null
  const progress = readProgress(db)
  return { run: run.run, percent: progress === null ? 0 : percentOf(progress) }
}

function stands(
  schema: Schema,
  place: { readonly table: string; readonly column: string; readonly ulid: string },
): boolean {
  const table = tableNamed(schema, place.table)
  return (
    table !== undefined &&
    columnNamed(table, place.column) !== undefined &&
    columnNamed(table, place.ulid) !== undefined
  )
}

/** What fell out of step, one line for each column. */
export function drift(
  expansions: readonly LiveExpansion[],
  path: string,
  engine: 'sqlite' | 'duckdb',
): readonly string[] {
  return expansions
    .flatMap(({ coverage }) => coverage)
    .filter(coverage => driftIn(coverage).length > 0)
    .map(
      coverage =>
        `${coverage.column}: ${driftIn(coverage).join(', ')}; ${
          engine === 'sqlite'
            ? `a program wrote past the triggers, or dropped them. ${inShell`See which: ulid-migrate verify ${path}`}`
            : `DuckDB has no triggers that would complete what programs write. ${inShell`Run the backfill again: ulid-migrate migrate ${path}`}`
        }`,
    )
}

/** Expansions that have been watched for long enough: it is for their owner to decide now. */
export function over(expansions: readonly LiveExpansion[], path: string, now: number): readonly string[] {
  return expansions
    .filter(({ verifyUntil }) => Date.parse(verifyUntil) <= now)
    .map(
      ({ run, verifyUntil }) =>
        `The verification period of the expansion ${run} is over since ${verifyUntil.slice(0, 10)}. ${inShell`Let the legacy ids go: ulid-migrate contract ${path} --confirm ${basename(path)}; or take it back: ulid-migrate collapse ${path}`}`,
    )
}

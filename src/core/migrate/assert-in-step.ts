/** What has to hold of an expansion before it can come to its end: both sides say the same, in every row. */

import type { LiveIdentity } from '../compile/expansion.ts'
import { countOf } from '../engines/sqlite/count.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { precondition } from '../message.ts'
import { formatColumnPath, quoteName as q } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { wellFormed } from '../verify/checks/ulid-format.ts'
import { coverageOf, driftIn } from '../verify/in-step.ts'
import { withCommas } from '../with-commas.ts'

/** Throws a refusal (exit 4) that names every column in which a row is missing its ULID, or holds another than it should. */
export function assertInStep(
  db: Connection,
  identities: readonly LiveIdentity[],
  path: string,
  engine: 'sqlite' | 'duckdb' = 'sqlite',
): void {
  const faults = identities.flatMap(identity => [
    ...coverageOf(db, identity)
      .filter(coverage => driftIn(coverage).length > 0)
      .map(coverage => `${coverage.column}: ${driftIn(coverage).join(', ')}.`),
    ...notUlids(db, identity),
  ])
  if (faults.length === 0) return
  throw precondition(
    'CONTRACT.OUT_OF_STEP',
    path,
    'The two sides do not say the same, and only one of them would be left.',
    faults.join(' '),
    engine === 'duckdb'
      ? inShell`Run the backfill again, which completes them: ulid-migrate migrate ${path}; or take the expansion back: ulid-migrate collapse ${path}`
      : inShell`Put that right first, then: ulid-migrate verify ${path}; or take the expansion back, and make it anew: ulid-migrate collapse ${path}`,
  )
}

function notUlids(db: Connection, { table, ulid, case: letters }: LiveIdentity): string[] {
  const rows = countOf(
    db,
    `SELECT count(*) FROM main.${q(table)} WHERE ${q(ulid)} IS NOT NULL AND NOT ${wellFormed(q(ulid), letters)}`,
  )
  return rows === 0
    ? []
    : [
        `${formatColumnPath(table, ulid)}: ${withCommas(rows)} rows hold no ULID in ${letters} case; a program put it there.`,
      ]
}

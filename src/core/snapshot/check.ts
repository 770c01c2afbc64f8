/** Checks a snapshot against its target, in a process that wrote neither. */

import type { Context } from '../context.ts'
import { differs } from '../engines/snapshot-differs.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { openOwn } from '../engines/sqlite/open.ts'
import { removeSidecars } from '../engines/sqlite/sidecars.ts'
import type { Answers } from '../requests.ts'
import { quoteName as q } from '../schema/names.ts'
import { attachSnapshot, BEFORE, filePragmas, unchanged } from '../verify/comparison.ts'
import { contentDigest, type Digest } from '../verify/content-digest.ts'
import { prove, sameContent } from '../verify/prove.ts'
import { samePages } from './same-pages.ts'

/**
 * Opens `snapshot`, checks its integrity, and compares it with `target` cell by cell. Throws a refusal (exit 4) when
 * it is anything but an exact copy; the target was not written then.
 */
export async function checkSnapshot(
  target: string,
  snapshot: string,
  context: Context,
): Promise<Answers['check-snapshot']> {
  // Read before either is opened: a file that is open in this process must not be read beside SQLite (HAZARDS E1).
  const copied = samePages(target, snapshot)
  const db = openOwn(target, 'read-only')
  try {
    db.pragma('ignore_check_constraints = ON') // rows that break a CHECK were always there (HAZARDS E14)
    const pragmas = filePragmas(db)
    attachSnapshot(db, snapshot)
    const comparison = unchanged(db, pragmas)
    const proof = await prove(
      comparison,
      context,
      copied ? sameContent.filter(check => check.id !== 'untouched-cells') : sameContent,
    )
    // The bytes of a file that has just passed its integrity check need none of their own.
    const complaints = copied
      ? ['ok']
      : (db.pragma(`${q(BEFORE)}.quick_check(1)`) as { quick_check: string }[]).map(row => row.quick_check)
    const failed = proof.checks.find(check => !check.ok)
    if (failed || complaints[0] !== 'ok')
      throw differs(
        snapshot,
        failed
          ? `${failed.id}: ${failed.detail}. ${failed.faults?.join('; ') ?? ''}`
          : `SQLite says: ${complaints[0]}`,
      )
    const rows = comparison.before.tables
      .filter(table => table.kind === 'table')
      .reduce((sum, table) => sum + countOf(db, `SELECT count(*) FROM ${q(BEFORE)}.${q(table.name)}`), 0)
    return { rows }
  } finally {
    db.close()
    removeSidecars(snapshot)
  }
}

/** Checks a snapshot whose target others go on writing to: by itself, and by a digest that whoever took it compares. */
export async function digestSnapshot(snapshot: string, context: Context): Promise<Digest> {
  const db = openOwn(snapshot, 'read-only')
  try {
    db.pragma('ignore_check_constraints = ON') // rows that break a CHECK were always there (HAZARDS E14)
    const [said] = (db.pragma('integrity_check(1)') as { integrity_check: string }[]).map(
      row => row.integrity_check,
    )
    if (said !== 'ok') throw differs(snapshot, `SQLite says: ${said}`)
    return await contentDigest(db, () => context.breathe())
  } finally {
    db.close()
    removeSidecars(snapshot)
  }
}

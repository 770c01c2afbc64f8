import { comparesLike, tableNamed } from '../../engines/sqlite/inspect.ts'
import { isSentinel } from '../../engines/sqlite/sentinels.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import {
  beforeTable,
  type ComparedIdentity,
  type ComparedReference,
  type Comparison,
  sideBySide,
} from '../comparison.ts'
import { withTemporaryTable } from '../temporary-table.ts'
import { letterCase, wellFormed } from './ulid-format.ts'

export const orphans: CheckDefinition = {
  id: 'orphans',
  claim:
    'Orphans are still orphans, by a ULID; equal ones stayed equal, different ones different; sentinels are as they were, or NULL where that was asked for.',
  async run(comparison, breathe) {
    const faults: string[] = []
    let count = 0
    const identities = new Map(
      comparison.references.map(reference => [
        `${reference.identity.table}\n${reference.identity.before}`,
        reference.identity,
      ]),
    )
    for (const identity of identities.values()) {
      await breathe()
      const pairs = comparison.references
        .filter(reference => reference.identity === identity)
        .flatMap(reference => pairsOf(comparison, reference))
        .join(' UNION ALL ')
      if (pairs === '') continue
      // One legacy value under two ULIDs, or two under one, would tear a group of orphans apart or glue two together.
      const [rows, split, merged, changed, malformed] = tally(comparison, identity, pairs)
      count += rows
      const of = `of ${identity.table}.${identity.before}`
      if (split > 0) faults.push(`${number(split)} orphaned ids ${of} became several`)
      if (merged > 0) faults.push(`${number(merged)} ULIDs stand for several orphaned ids ${of}`)
      if (malformed > 0) faults.push(`${number(malformed)} orphaned references ${of} hold no ULID`)
      if (changed > 0) faults.push(`${number(changed)} sentinels ${of} were changed`)
    }
    if (!comparison.strict && faults.length > 0)
      return { ...passed(count, `changed since: ${faults.join('; ')}`), changed: faults.length }
    return faults.length > 0
      ? failed(count, 'orphans were changed', faults)
      : passed(count, `${number(count)} before and after, reported`)
  },
}

const PAIRS = '_ulid_migrate_pairs'

/** Condition: what stands for nothing is as it was. In a column of another type 0 is '0', and '0' comes back as 0. */
export function alike(now: string, then: string): string {
  return `(CAST(${now} AS TEXT) IS CAST(${then} AS TEXT) OR (typeof(${now}) <> typeof(${then}) AND octet_length(${now}) > 0
      AND octet_length(${then}) > 0 AND CAST(${now} AS NUMERIC) = CAST(${then} AS NUMERIC)))`
}

type Tally = [rows: number, split: number, merged: number, changed: number, malformed: number]

/**
 * Gathers the pairs in a temporary table whose column has the parent's affinity and collation: 'x' and 'X', or 1 and
 * '01', are one orphan exactly if such a parent would take them for one (HAZARDS B11).
 */
function tally(comparison: Comparison, identity: ComparedIdentity, pairs: string): Tally {
  const { db, before, plan } = comparison
  const column = comparesLike(tableNamed(before, identity.table)!, identity.before, 'then_')
  // The legacy side is the one before a migration, and the one after its undo.
  const restored = tableNamed(comparison.after, identity.table)
  const now = plan === null && restored ? comparesLike(restored, identity.after, 'now_') : 'now_'
  return withTemporaryTable(db, PAIRS, `${column}, plain, ${now}, sentinel, expanded)`, () => {
    db.exec(`INSERT INTO temp.${PAIRS} SELECT then_, then_, now_, sentinel, expanded FROM (${pairs})`)
    const kept = plan?.sentinels === 'null' ? 'now_ IS NULL' : alike('now_', 'plain')
    const formed = plan === null ? '1' : wellFormed('now_', letterCase(comparison, identity))
    const lost = `temp.${PAIRS} WHERE NOT sentinel`
    const counts = db
      .prepare(
        `SELECT (SELECT count(*) FROM ${lost}),
           (SELECT count(*) FROM (SELECT 1 FROM ${lost} GROUP BY then_ HAVING count(DISTINCT now_) > 1)),
           (SELECT count(*) FROM (SELECT 1 FROM ${lost} GROUP BY now_ HAVING count(DISTINCT then_) > 1)),
           (SELECT count(*) FROM temp.${PAIRS} WHERE sentinel AND NOT coalesce(${kept}, 0) AND NOT expanded),
           (SELECT count(*) FROM ${lost} AND NOT ${formed})`,
      )
      .raw()
      .get() as bigint[]
    return counts.map(Number) as Tally
  })
}

/** (legacy value, value now) of every reference that names no row, the legacy one compared as its parent compares. */
function pairsOf(comparison: Comparison, reference: ComparedReference): string[] {
  const { before } = comparison
  const child = tableNamed(before, reference.table)
  const parent = tableNamed(before, reference.identity.table)
  if (!child || !parent) return []
  const { from, on } = sideBySide(comparison, child)
  const then = `o.${q(reference.before)}`
  const key = `p.${q(reference.identity.before)}`
  return [
    `SELECT ${then} AS then_, n.${q(reference.after)} AS now_, ${isSentinel(then)} AS sentinel, ${reference.expands ? 1 : 0} AS expanded
     FROM ${from} JOIN ${beforeTable(child.name)} o ON ${on}
     WHERE ${then} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${beforeTable(parent.name)} p WHERE ${key} = +${then})`,
  ]
}

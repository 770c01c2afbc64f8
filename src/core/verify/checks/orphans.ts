import { isSentinel } from '../../detect/references.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { letterCase, wellFormed } from './ulid-format.ts'
import { beforeTable, type ComparedReference, type Comparison, sideBySide } from '../comparison.ts'

export const orphans: CheckDefinition = {
  id: 'orphans',
  claim: 'Orphans are still orphans, by a ULID; equal ones stayed equal, different ones different; sentinels are as they were, or NULL where that was asked for.',
  async run(comparison, breathe) {
    const faults: string[] = []
    let count = 0
    const identities = new Map(comparison.references.map(reference => [`${reference.identity.table}\n${reference.identity.before}`, reference.identity]))
    for (const identity of identities.values()) {
      await breathe()
      const pairs = comparison.references
        .filter(reference => reference.identity === identity)
        .flatMap(reference => pairsOf(comparison, reference))
        .join(' UNION ALL ')
      if (pairs === '') continue
      // One legacy value under two ULIDs, or two under one, would tear a group of orphans apart or glue two together.
      const [rows, split, merged, changed, malformed] = (
        comparison.db
          .prepare(
            `WITH pair AS MATERIALIZED (${pairs}), lost AS (SELECT then_, now_ FROM pair WHERE NOT sentinel)
             SELECT (SELECT count(*) FROM lost),
               (SELECT count(*) FROM (SELECT 1 FROM lost GROUP BY then_ HAVING count(DISTINCT now_) > 1)),
               (SELECT count(*) FROM (SELECT 1 FROM lost GROUP BY now_ HAVING count(DISTINCT then_) > 1)),
               (SELECT count(*) FROM pair WHERE sentinel AND CAST(now_ AS TEXT) IS NOT ${comparison.plan?.sentinels === 'null' ? 'NULL' : 'CAST(then_ AS TEXT)'} AND NOT expanded),
               (SELECT count(*) FROM lost WHERE NOT ${comparison.plan === null ? '1' : wellFormed('now_', letterCase(comparison, identity))})`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number, number, number, number]
      count += rows
      const of = `of ${identity.table}.${identity.before}`
      if (split > 0) faults.push(`${number(split)} orphaned ids ${of} became several`)
      if (merged > 0) faults.push(`${number(merged)} ULIDs stand for several orphaned ids ${of}`)
      if (malformed > 0) faults.push(`${number(malformed)} orphaned references ${of} hold no ULID`)
      if (changed > 0) faults.push(`${number(changed)} sentinels ${of} were changed`)
    }
    if (!comparison.strict && faults.length > 0) return { ...passed(count, `changed since: ${faults.join('; ')}`), changed: faults.length }
    return faults.length > 0 ? failed(count, 'orphans were changed', faults) : passed(count, `${number(count)} before and after, reported`)
  },
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
    `SELECT ${then} AS then_, n.${q(reference.after)} AS now_, ${isSentinel(then)} AS sentinel, ${reference.before === reference.after ? 0 : 1} AS expanded
     FROM ${from} JOIN ${beforeTable(child.name)} o ON ${on}
     WHERE ${then} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${beforeTable(parent.name)} p WHERE ${key} = +${then})`,
  ]
}

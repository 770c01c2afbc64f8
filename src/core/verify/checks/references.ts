import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, counted, FAULTS, failed, number, passed, ranges } from '../check.ts'
import { beforeTable, sideBySide } from '../comparison.ts'

export const references: CheckDefinition = {
  id: 'references',
  claim:
    'Every reference that named a row before names the same row afterwards, and no orphan has found one.',
  async run(comparison, breathe) {
    const { db, before, references, strict } = comparison
    const faults: string[] = []
    let resolved = 0
    let wrong = 0
    let changed = 0
    for (const reference of references) {
      const child = tableNamed(before, reference.table)
      const parent = tableNamed(before, reference.identity.table)
      if (!child || !parent) continue
      const rows = sideBySide(comparison, child)
      const parents = sideBySide(comparison, parent, { now: 'np', then: 'op' })
      const now = `n.${q(reference.after)}`
      const then = `o.${q(reference.before)}`
      const key = { now: `np.${q(reference.identity.after)}`, then: `op.${q(reference.identity.before)}` }
      // The plus takes the child's affinity away: the parent's decides, as in a key check (HAZARDS B11).
      const joined = `FROM ${rows.from} JOIN ${beforeTable(child.name)} o ON ${rows.on}
        LEFT JOIN main.${q(parent.name)} np ON ${key.now} = +${now}
        LEFT JOIN ${beforeTable(parent.name)} op ON ${parents.on}`
      const wasResolved = `EXISTS (SELECT 1 FROM ${beforeTable(parent.name)} p WHERE p.${q(reference.identity.before)} = +${then})`
      const moved = `(${now} IS NOT NULL OR ${then} IS NOT NULL) AND CASE WHEN ${key.now} IS NOT NULL THEN NOT coalesce(${key.then} = +${then}, 0) ELSE ${wasResolved} END`
      // Later writes may send a row elsewhere, or delete its parent; they can't leave it without a parent that is there.
      // In an expansion both legacy columns go on, and a program that changes one of them takes the ULID along.
      const { expands } = reference
      const legacy = `p.${q(reference.identity.before)}`
      const sameId = expands ? `AND n${legacy} IS o${legacy}` : ''
      const parentStands = `EXISTS (SELECT 1 FROM ${beforeTable(parent.name)} op JOIN ${parents.from} ON ${parents.on} WHERE o${legacy} = +${then} ${sameId})`
      const sameReference = expands ? `AND n.${q(reference.before)} IS ${then}` : ''
      const broken = strict
        ? moved
        : `${now} IS NOT NULL AND ${key.now} IS NULL ${sameReference} AND ${parentStands}`
      for await (const { where, parameters } of ranges(comparison, child, breathe)) {
        const [found, bad, other] = (
          db
            .prepare(
              `SELECT count(${key.now}), count(*) FILTER (WHERE ${broken}), ${strict ? '0' : `count(*) FILTER (WHERE ${moved})`} ${joined} WHERE ${where}`,
            )
            .raw()
            .get(parameters) as bigint[]
        ).map(Number) as [number, number, number]
        resolved += found
        wrong += bad
        changed += other
        if (bad > 0 && faults.length < FAULTS) {
          const example = db
            .prepare(
              `SELECT CAST(${then} AS TEXT) || ' became ' || coalesce(CAST(${now} AS TEXT), 'nothing') ${joined} WHERE ${where} AND ${broken} LIMIT 1`,
            )
            .pluck()
            .get(parameters)
          faults.push(`${reference.table}.${reference.after}: ${number(bad)}, for example ${String(example)}`)
        }
      }
    }
    return wrong > 0
      ? failed(resolved, `${number(wrong)} references name another row, or none`, faults)
      : {
          ...passed(resolved, `${counted(resolved, 'reference')} to the same row as before`),
          ...(strict ? {} : { changed }),
        }
  },
}

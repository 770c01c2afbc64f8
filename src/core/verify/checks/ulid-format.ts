import { countOf } from '../../engines/sqlite/count.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { isUlidSql } from '../../engines/sqlite/time-sql.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { beforeTable, type ComparedIdentity, type Comparison, sideBySide } from '../comparison.ts'

export const ulidFormat: CheckDefinition = {
  id: 'ulid-format',
  claim: 'Every identity is a ULID in the letter case of its column; none is missing, none is there twice.',
  ofUlids: true,
  async run(comparison, breathe) {
    const { db, before, identities, plan, strict } = comparison
    const faults: string[] = []
    let ulids = 0
    for (const identity of identities) {
      await breathe()
      const column = `n.${q(identity.after)}`
      const [rows, bad] = (
        db
          .prepare(
            `SELECT count(*), count(*) FILTER (WHERE NOT ${wellFormed(column, letterCase({ plan }, identity))}) FROM ${rowsOf(identity.table)}`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number]
      // Grouped in the order of the unique index: a DISTINCT would sort all of them once more.
      const twice = countOf(
        db,
        `SELECT count(*) FROM (SELECT 1 FROM main.${q(identity.table)} n WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1)`,
      )
      ulids += rows
      if (bad > 0)
        faults.push(
          `${identity.table}.${identity.after}: ${number(bad)} are no ULIDs in the column's letter case`,
        )
      if (twice > 0) faults.push(`${identity.table}.${identity.after}: ${number(twice)} are there twice`)
    }
    return faults.length > 0
      ? failed(ulids, `${faults.length} columns hold something else`, faults)
      : passed(ulids, `${number(ulids)} valid, none missing, none twice`)

    /** Rows that others have added since are theirs to name. */
    function rowsOf(name: string): string {
      const table = tableNamed(before, name)
      if (strict || !table) return `main.${q(name)} n`
      const { from, on } = sideBySide(comparison, table)
      return `${from} JOIN ${beforeTable(name)} o ON ${on}`
    }
  },
}

/** The letter case that the plan gives the identity's ULIDs. */
export function letterCase(
  { plan }: Pick<Comparison, 'plan'>,
  identity: ComparedIdentity,
): 'upper' | 'lower' {
  return (
    plan?.identities.find(
      each => sameName(each.table, identity.table) && sameName(each.column, identity.before),
    )?.case ?? 'upper'
  )
}

/** Condition: a ULID in that letter case; 0, never NULL, for anything else. */
export function wellFormed(column: string, letters: 'upper' | 'lower'): string {
  // A NULL makes the whole condition NULL, which NOT would not turn into true.
  return `coalesce(${isUlidSql(column)} AND ${column} = ${letters}(${column}) COLLATE BINARY, 0)`
}

import { isSentinel } from '../../detect/references.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { isUlidSql } from '../../engines/sqlite/time-sql.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { beforeTable, sideBySide } from '../comparison.ts'

export const ulidFormat: CheckDefinition = {
  id: 'ulid-format',
  claim: 'Every identity is a ULID in one letter case, none is missing and none is there twice; so are references.',
  ofUlids: true,
  async run({ db, before, identities, references, plan, strict }, breathe) {
    const faults: string[] = []
    let ulids = 0
    for (const identity of identities) {
      await breathe()
      const column = `n.${q(identity.after)}`
      const [rows, bad] = (
        db
          .prepare(
            `SELECT count(*), count(*) FILTER (WHERE NOT ${wellFormed(column, letterCase(identity.table, identity.before))}) FROM ${rowsOf(identity.table)}`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number]
      const twice = Number(db.prepare(`SELECT count(${column}) - count(DISTINCT ${column}) FROM main.${q(identity.table)} n`).pluck().get())
      ulids += rows
      if (bad > 0) faults.push(`${identity.table}.${identity.after}: ${number(bad)} are no ULIDs in the column's letter case`)
      if (twice > 0) faults.push(`${identity.table}.${identity.after}: ${number(twice)} are there twice`)
    }
    for (const reference of references) {
      await breathe()
      const column = `n.${q(reference.after)}`
      const bad = Number(
        db
          .prepare(
            `SELECT count(*) FROM ${rowsOf(reference.table)} WHERE ${column} IS NOT NULL
             AND NOT ${wellFormed(column, letterCase(reference.identity.table, reference.identity.before))} AND NOT ${isSentinel(column)}`,
          )
          .pluck()
          .get(),
      )
      if (bad > 0) faults.push(`${reference.table}.${reference.after}: ${number(bad)} are no ULIDs in the column's letter case`)
    }
    return faults.length > 0 ? failed(ulids, `${faults.length} columns hold something else`, faults) : passed(ulids, `${number(ulids)} valid, none missing, none twice`)

    /** Rows that others have added since are theirs to name. */
    function rowsOf(name: string): string {
      const table = tableNamed(before, name)
      if (strict || !table) return `main.${q(name)} n`
      const { from, on } = sideBySide(table)
      return `${from} JOIN ${beforeTable(name)} o ON ${on}`
    }

    function letterCase(table: string, column: string): 'upper' | 'lower' {
      return plan?.identities.find(each => sameName(each.table, table) && sameName(each.column, column))?.case ?? 'upper'
    }
  },
}

function wellFormed(column: string, letters: 'upper' | 'lower'): string {
  // A NULL makes the whole condition NULL, which NOT would not turn into true.
  return `coalesce(${isUlidSql(column)} AND ${column} = ${letters}(${column}) COLLATE BINARY, 0)`
}

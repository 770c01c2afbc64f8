import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { keptUlidSql } from '../../engines/sqlite/time-sql.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { beforeTable, sideBySide } from '../comparison.ts'

export const ulidOrder: CheckDefinition = {
  id: 'ulid-order',
  claim: 'Sorted by ULID, rows are in the order of their time, and of the legacy id within a millisecond.',
  ofUlids: true,
  async run({ db, before, plan }, breathe) {
    const faults: string[] = []
    let rows = 0
    for (const identity of plan?.identities ?? []) {
      await breathe()
      const table = tableNamed(before, identity.table)
      if (!table) continue
      const { from, on } = sideBySide(table)
      const ulid = `n.${q(identity.beside ?? identity.column)}`
      const legacy = `o.${q(identity.column)}`
      // That the times are right is checked elsewhere; the first ten digits are the time, so only ties are left.
      const kept = keptUlidSql(table.columns.some(column => column.name === identity.beside) ? `o.${q(identity.beside!)}` : legacy, identity.case)
      const [all, wrong] = (
        db
          .prepare(
            `SELECT count(*), count(*) FILTER (WHERE tie AND NOT kept AND NOT kept_before AND rising = 0) FROM (
               SELECT substr(ulid, 1, 10) = lag(substr(ulid, 1, 10)) OVER sorted AS tie, legacy > lag(legacy) OVER sorted AS rising,
                 kept, lag(kept) OVER sorted AS kept_before
               FROM (SELECT ${ulid} AS ulid, ${legacy} AS legacy, (${kept}) IS NOT NULL AS kept FROM ${from} JOIN ${beforeTable(identity.table)} o ON ${on})
               WINDOW sorted AS (ORDER BY ulid))`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number]
      rows += all
      if (wrong > 0) faults.push(`${identity.table}.${identity.column}: ${number(wrong)} rows of one millisecond are out of order`)
    }
    return faults.length > 0 ? failed(rows, 'rows are out of order', faults) : passed(rows, `${number(rows)} rows in the order of time and legacy id`)
  },
}

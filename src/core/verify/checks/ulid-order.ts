import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { keptUlidSql } from '../../engines/sqlite/time-sql.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { type CheckDefinition, failed, number, passed } from '../check.ts'
import { beforeTable, leadersOf, sideBySide } from '../comparison.ts'

export const ulidOrder: CheckDefinition = {
  id: 'ulid-order',
  claim: 'Sorted by ULID, rows are in the order of their time, and of the legacy id within a millisecond.',
  ofUlids: true,
  async run(comparison, breathe) {
    const { db, before, plan } = comparison
    const faults: string[] = []
    let rows = 0
    for (const identity of plan?.identities ?? []) {
      await breathe()
      const table = tableNamed(before, identity.table)
      if (!table || identity.contracted) continue
      const ulid = q(identity.beside ?? identity.column)
      const now = `main.${q(identity.table)}`
      const then = beforeTable(identity.table)
      const beside = table.columns.find(column => sameName(column.name, identity.beside ?? ''))
      const legacy = (alias: string) => `${alias}.${q(identity.column)}`
      // ULIDs that stood before, or that another target has given, have their own place.
      const leaders = leadersOf(comparison, identity)
      const given = (alias: string) =>
        leaders === null
          ? ''
          : ` AND NOT EXISTS (SELECT 1 FROM main.${q(leaders.followed)} f WHERE f.legacy = +${legacy(alias)})`
      const made = (alias: string) =>
        `(${keptUlidSql(beside ? `${alias}.${q(beside.name)}` : legacy(alias), identity.case)}) IS NULL${given(alias)}`
      // In an expansion others may have given a row another id, or its number to another row.
      const stands = (now: string, then: string) =>
        comparison.strict || identity.beside === null ? '1' : `${legacy(now)} IS ${legacy(then)}`
      const first = sideBySide(comparison, table, { now: 'a', then: 'oa' })
      const second = sideBySide(comparison, table, { now: 'b', then: 'ob' })
      // The first ten digits are the time, checked elsewhere; so only neighbours of one millisecond are left to look at.
      const [all, wrong] = (
        db
          .prepare(
            `WITH pair AS (SELECT ${ulid} AS mine, lag(${ulid}) OVER (ORDER BY ${ulid}) AS previous FROM ${now})
             SELECT (SELECT count(*) FROM ${now}), count(*) FROM pair
               JOIN ${now} a ON a.${ulid} = previous JOIN ${now} b ON b.${ulid} = mine
               JOIN ${then} oa ON ${first.on} JOIN ${then} ob ON ${second.on}
             WHERE substr(mine, 1, 10) = substr(previous, 1, 10) AND ${made('oa')} AND ${made('ob')}
               AND ${stands('a', 'oa')} AND ${stands('b', 'ob')} AND NOT (${legacy('ob')} > ${legacy('oa')})`,
          )
          .raw()
          .get() as bigint[]
      ).map(Number) as [number, number]
      rows += all
      if (wrong > 0)
        faults.push(
          `${identity.table}.${identity.column}: ${number(wrong)} rows of one millisecond are out of order`,
        )
    }
    return faults.length > 0
      ? failed(rows, 'rows are out of order', faults)
      : passed(rows, `${number(rows)} rows in the order of time and legacy id`)
  },
}

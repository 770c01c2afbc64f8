import { countOf } from '../../engines/sqlite/count.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { quoteName as q } from '../../schema/names.ts'
import { type CheckDefinition, counted, failed, number, passed } from '../check.ts'
import { beforeTable, rowTables } from '../comparison.ts'

export const rowCounts: CheckDefinition = {
  id: 'row-counts',
  claim: 'Every table has exactly as many rows as before.',
  async run(comparison, breathe) {
    const { db } = comparison
    const faults: string[] = []
    let rows = 0
    for (const table of rowTables(comparison)) {
      await breathe()
      const before = countOf(db, `SELECT count(*) FROM ${beforeTable(table.name)}`)
      const after = tableNamed(comparison.after, table.name)
        ? countOf(db, `SELECT count(*) FROM main.${q(table.name)}`)
        : -1
      rows += before
      if (before !== after)
        faults.push(
          after < 0
            ? `${table.name} is gone`
            : `${table.name}: ${number(before)} before, ${number(after)} after`,
        )
    }
    if (!comparison.strict)
      return {
        ...passed(rows, faults.join('; ') || `${number(rows)} rows, as many as before`),
        changed: faults.length,
      }
    const tables = rowTables(comparison).length
    return faults.length > 0
      ? failed(rows, `${faults.length} of ${tables} tables differ`, faults)
      : passed(rows, `${counted(tables, 'table')}, ${counted(rows, 'row')}, equal`)
  },
}

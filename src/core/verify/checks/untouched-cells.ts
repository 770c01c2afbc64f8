import { countOf } from '../../engines/sqlite/count.ts'
import { tableNamed } from '../../engines/sqlite/inspect.ts'
import { keptUlidSql } from '../../engines/sqlite/time-sql.ts'
import { generatedFrom } from '../../schema/generated-from.ts'
import type { Column, Table } from '../../schema/model.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { type CheckDefinition, FAULTS, failed, number, passed, ranges } from '../check.ts'
import { beforeTable, type Comparison, plannedColumns, rowTables, sideBySide } from '../comparison.ts'

export const untouchedCells: CheckDefinition = {
  id: 'untouched-cells',
  claim: 'Every cell that the plan does not name is equal by type and by bytes, in the same row.',
  async run(comparison, breathe) {
    const { db } = comparison
    const faults: string[] = []
    let cells = 0
    let wrong = 0
    let moved = 0
    for (const table of rowTables(comparison)) {
      if (!tableNamed(comparison.after, table.name)) continue // row-counts says so
      const columns = comparableColumns(comparison, table)
      const { from, on } = sideBySide(comparison, table)
      const joined = `FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on}`
      for await (const { where, parameters } of ranges(comparison, table, breathe)) {
        const present = countOf(db, `SELECT count(*) FROM ${from} WHERE ${where}`, parameters)
        let rows = present
        let unequal = 0
        for (const group of groups(columns)) {
          const equal = group.map(column => sameCell(comparison, table, column)).join(' AND ') || '1'
          const [found, different] = (
            db
              .prepare(`SELECT count(*), count(*) FILTER (WHERE NOT (${equal})) ${joined} WHERE ${where}`)
              .raw()
              .get(parameters) as bigint[]
          ).map(Number) as [number, number]
          rows = found
          unequal += different
          if (different > 0 && faults.length < FAULTS)
            faults.push(firstFault(comparison, table, group, where, parameters))
        }
        cells += rows * columns.length
        wrong += unequal
        moved += present - rows
        if (present !== rows)
          faults.push(`${table.name}: ${number(present - rows)} rows are not where they were`)
      }
    }
    if (!comparison.strict)
      return {
        ...passed(cells, `${number(cells)} cells compared, ${number(wrong)} rows changed since`),
        changed: wrong,
      }
    if (wrong + moved > 0) return failed(cells, `${number(wrong + moved)} rows differ`, faults)
    return passed(cells, `${number(cells)} cells compared by type and bytes, equal`)
  },
}

/** SQLite takes expressions of limited depth; a table may have 2,000 columns. */
function groups(columns: readonly Column[]): readonly (readonly Column[])[] {
  const size = 100
  const count = Math.max(1, Math.ceil(columns.length / size))
  return Array.from({ length: count }, (_, at) => columns.slice(at * size, (at + 1) * size))
}

/**
 * Condition that the column holds the very same value on both sides (HAZARDS R4). Under TEXT affinity no number is
 * ever stored, so equality is equality of bytes; elsewhere types are compared, and two zeros by their sign.
 */
export function sameCell(comparison: Comparison, table: Table, column: Column): string {
  if (isFilled(comparison, table, column.name)) {
    const twice = `(SELECT count(*) FROM ${beforeTable(table.name)} d WHERE upper(d.${q(column.name)}) = upper(o.${q(column.name)})) > 1`
    return `(${keptUlidSql(`o.${q(column.name)}`, 'upper')} IS NULL OR upper(n.${q(column.name)}) = upper(o.${q(column.name)}) OR ${twice})`
  }
  const n = `n.${q(column.name)}`
  const o = `o.${q(column.name)}`
  const same = `${n} IS ${o} COLLATE BINARY`
  if (column.affinity === 'text') return same
  const typed = `${same} AND typeof(${n}) = typeof(${o})`
  return column.affinity === 'integer'
    ? `(${typed} AND (${n} IS NOT 0 OR CAST(${n} AS BLOB) IS CAST(${o} AS BLOB)))`
    : `(${typed} AND (typeof(${n}) <> 'real' OR CAST(${n} AS BLOB) IS CAST(${o} AS BLOB)))`
}

/** A ULID column that stood beside an id before the run: what was good in it stays, all else is filled. */
function isFilled({ identities }: Comparison, table: Table, column: string): boolean {
  return identities.some(
    each => sameName(each.table, table.name) && each.expands && sameName(each.after, column),
  )
}

/** Columns that are there on both sides and that the plan leaves alone, also through a generated expression. */
export function comparableColumns(comparison: Comparison, table: Table): Column[] {
  const planned = plannedColumns(comparison, table)
  const { position } = sideBySide(comparison, table)
  const now = tableNamed(comparison.after, table.name)!
  return table.columns.filter(
    column =>
      now.columns.some(each => sameName(each.name, column.name)) && // an expansion that is taken back loses its own
      !planned.some(name => sameName(name, column.name)) &&
      q(column.name) !== position && // joined by it
      (column.generated === 'no' || !planned.some(name => dependsOn(table, column.name, name))),
  )
}

/** Through other generated columns as well. */
function dependsOn(table: Table, generated: string, planned: string): boolean {
  return generatedFrom(table.sql, planned).some(name => sameName(name, generated))
}

function firstFault(
  comparison: Comparison,
  table: Table,
  columns: readonly Column[],
  where: string,
  parameters: Record<string, bigint>,
): string {
  const { from, on, position } = sideBySide(comparison, table)
  const same = columns.map(column => sameCell(comparison, table, column))
  const row = comparison.db
    .prepare(
      `SELECT ${position === null ? 'NULL' : `n.${position}`}, ${same.join(', ')} FROM ${from} JOIN ${beforeTable(table.name)} o ON ${on}
       WHERE ${where} AND NOT (${same.join(' AND ')}) LIMIT 1`,
    )
    .raw()
    .get(parameters) as (bigint | null)[]
  const names = columns.filter((_, at) => row[at + 1] !== 1n).map(column => column.name)
  return `${table.name} ${names.join(', ')}${row[0] === null ? '' : ` in row ${row[0]}`}`
}

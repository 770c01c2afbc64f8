/** What is to become of a table of DuckDB: its definition, and where each column's values come from. */
import { quoteName as q } from '../../../schema/names.ts'
import type { DuckColumn, DuckIndex, DuckTable } from '../catalog.ts'
import { inSchema } from '../sql-text.ts'
import type { TableChange } from './differences.ts'
import { asTexts, isNested } from './leaves.ts'
import { type Stage, stagedValue } from './stage.ts'

export interface ColumnPlan {
  readonly name: string
  readonly type: string
  /** With own types spelled out. */
  readonly fullType: string
  /** The column that it is now, or that holds the same values; null where all of it is staged. */
  readonly from: DuckColumn | null
  readonly staged: boolean
}

export interface TablePlan {
  /** As it is. */
  readonly table: DuckTable
  /** As it is to be; of its text only what makes the table. */
  readonly to: DuckTable
  readonly change: TableChange | null
  readonly stage: Stage | null
  /** Those that hold values of their own, in the order of `to`. */
  readonly columns: readonly ColumnPlan[]
  readonly newIndexes: readonly DuckIndex[]
  readonly goneIndexes: readonly DuckIndex[]
}

export function sqlName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return inSchema(schema, name)
}

/** Columns that hold values of their own. */
export function storedColumns(table: DuckTable): readonly DuckColumn[] {
  return table.columns.filter(column => !column.generated)
}

/** Whether its table has to be made anew for the column: it is another one, or has other values. */
export function changes(column: ColumnPlan): boolean {
  return column.staged || column.from?.name !== column.name || column.from.fullType !== column.fullType
}

/**
 * SQL of a column's new value, from a row `o` of the table as it is and the row `s` of the stage. With `soft` a value that
 * does not fit the type gives NULL instead of an error.
 */
export function newValue(plan: TablePlan, column: ColumnPlan, soft = false): string {
  const kept = column.from === null ? 'NULL' : keptValue(column.from, column, soft)
  if (!column.staged) return kept
  const { value, is } = stagedValue(plan.stage!, column.name)
  const read = readStaged(value, column, soft)
  return is === null ? read : `CASE WHEN ${is} THEN ${read} ELSE ${kept} END`
}

/** SQL of a staged text, read as the column's type. */
export function readStaged(value: string, column: Pick<ColumnPlan, 'fullType'>, soft = false): string {
  const cast = soft ? 'TRY_CAST' : 'CAST'
  if (column.fullType === 'VARCHAR' || column.fullType === 'BLOB') return value
  if (!isNested(column.fullType)) return `${cast}(${value} AS ${column.fullType})`
  return `${cast}(${cast}(${cast}(${value} AS JSON) AS ${asTexts(column.fullType)}) AS ${column.fullType})`
}

function keptValue(from: DuckColumn, { fullType }: ColumnPlan, soft: boolean): string {
  const value = `o.${q(from.name)}`
  return from.fullType === fullType ? value : `${soft ? 'TRY_CAST' : 'CAST'}(${value} AS ${fullType})`
}

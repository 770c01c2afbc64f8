/** What is to become of a table of DuckDB: its definition, and where each column's values come from. */
import { quoteName as q } from '../../../schema/names.ts'
import type { DuckColumn, DuckIndex, DuckTable } from '../catalog.ts'
import { inSchema, sameDuckName } from '../sql-text.ts'
import { isNested } from '../type-text.ts'
import type { ColumnChange, TableChange } from './differences.ts'
import { asTexts } from './leaves.ts'
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

export function columnNamed(table: DuckTable, name: string): DuckColumn | null {
  return table.columns.find(column => sameDuckName(column.name, name)) ?? null
}

/** The column of DuckDB that a new one of the working copy takes its values from, unchanged. */
export function sourceOf(change: TableChange, table: DuckTable, column: ColumnChange): DuckColumn | null {
  if (column.before !== null || column.sameAs === null) return null
  const isGone =
    change.dropped.includes(column.sameAs) ||
    change.columns.some(({ name, values }) => name === column.sameAs && values)
  return isGone ? columnNamed(table, column.sameAs) : null
}

export function columnPlan(
  change: TableChange | null,
  table: DuckTable,
  stage: Stage | null,
  column: DuckColumn,
): ColumnPlan {
  const changed = change?.columns.find(({ name }) => sameDuckName(name, column.name))
  const isNew = changed?.before === null
  return {
    name: column.name,
    type: column.type,
    fullType: column.fullType,
    from: isNew ? sourceOf(change!, table, changed) : columnNamed(table, column.name),
    staged: stage?.columns.some(each => sameDuckName(each.change.name, column.name)) ?? false,
  }
}

/** Whether the table has to be made anew; else at most its indexes differ. */
export function isRebuilt({ table, to, columns }: TablePlan): boolean {
  return (
    to.sql !== table.sql ||
    columns.some(changes) ||
    storedColumns(table).some(({ name }) => !columns.some(column => sameDuckName(column.name, name)))
  )
}

/** Values and the types that they are to have. */
import { precondition } from '../../../message.ts'
import { formatColumnPath } from '../../../schema/names.ts'
import { copyName } from '../copy-name.ts'
import { isNested } from '../type-text.ts'
import type { Planning } from './planning.ts'
import { type ColumnPlan, changes, newValue, sqlName, type TablePlan } from './table-plan.ts'

/** Refuses where a value can't become what its column is to hold, and names it. */
export async function assertFits({ store, path }: Planning, plan: TablePlan): Promise<void> {
  for (const column of plan.columns.filter(changes)) {
    if (column.fullType === 'VARCHAR') continue
    const join = plan.stage === null ? '' : `POSITIONAL JOIN ${plan.stage.name} s`
    const whole = newValue(plan, column, !isNested(column.fullType)) // TRY_CAST loses single scalars inside
    const given = shown(plan, column)
    let value: string
    try {
      const [bad] = await store.all(
        `SELECT CAST(${given} AS VARCHAR) FROM ${sqlName(plan.table)} o ${join} WHERE ${given} IS NOT NULL AND (${whole}) IS NULL LIMIT 1`,
      )
      if (bad === undefined) continue
      value = String(bad[0])
    } catch (error) {
      value = (error as Error).message.split('\n')[0]!
    }
    throw precondition(
      'DUCKDB.NO_CAST',
      formatColumnPath(copyName(plan.table), column.name),
      `A value can not be written as ${column.type}, which the column of ${path} is to be.`,
      `It is ${value.slice(0, 80)}.`,
      'Change or delete that row, or leave the column out. Nothing was changed.',
    )
  }
}

/** What a row is given, as it stands in the stage or in the table. */
function shown(plan: TablePlan, column: ColumnPlan): string {
  return newValue(plan, { ...column, type: 'VARCHAR', fullType: 'VARCHAR' })
}

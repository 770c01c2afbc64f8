/** The text that makes a table as it is planned: what is not to change stays as DuckDB wrote it. */
import type { DuckColumn, DuckTable } from '../catalog.ts'
import { parseTable, printTable } from '../create-table.ts'
import { withUlidLength } from '../length-check.ts'
import { inSchema, nameList, sameDuckName } from '../sql-text.ts'
import { editTable } from '../table-text.ts'
import type { Successor } from './planning.ts'
import { columnNamed, type TablePlan } from './table-plan.ts'

/** The plan with the text that makes its table: the base's own text, with the columns' differences put into it. */
export function withText(plan: TablePlan, base: DuckTable, heirs: readonly Successor[] = []): TablePlan {
  const { to } = plan
  const isGone = (column: DuckColumn) =>
    columnNamed(to, column.name) === null || heirs.some(each => sameDuckName(each.successor, column.name))
  const inherited = (name: string) => heirs.find(each => sameDuckName(each.column, name))
  const gone = base.columns.filter(column => isGone(column) && !inherited(column.name))
  const edits = to.columns.flatMap(column => {
    const heir = heirs.find(each => sameDuckName(each.successor, column.name))
    if (heir) {
      const before = columnNamed(base, heir.column)
      return [
        {
          name: heir.column,
          renameTo: column.name,
          type: column.type,
          default: column.default,
          ...(before?.notNull === column.notNull ? {} : { notNull: column.notNull }),
        },
      ]
    }
    const old = columnNamed(base, column.name)
    if (old === null)
      return [
        {
          name: column.name,
          add: true as const,
          type: column.type,
          default: column.default,
          notNull: column.notNull,
        },
      ]
    if (old.type === column.type && old.default === column.default && old.notNull === column.notNull)
      return []
    return [
      {
        name: column.name,
        ...(old.type === column.type ? {} : { type: column.type }),
        ...(old.default === column.default ? {} : { default: column.default }),
        ...(old.notNull === column.notNull ? {} : { notNull: column.notNull }),
      },
    ]
  })
  const sql = editTable(base, {
    columns: [...gone.map(({ name }) => ({ name, drop: true as const })), ...edits],
  })
  return {
    ...plan,
    to: { ...to, sql: heirs.length === 0 && !hasNewParents(to, base) ? sql : withKeys(sql, to) },
  }
}

/** The plan with every CHECK of how long these columns' values are asking for ULIDs. */
export function sized(plan: TablePlan, columns: readonly string[]): TablePlan {
  const ofUlids = (text: string) => columns.reduce(withUlidLength, text)
  const { sql, checks } = plan.to
  const text = parseTable(sql)
  const constraints = text.constraints.map(each => (each.startsWith('CHECK') ? ofUlids(each) : each))
  if (constraints.every((each, at) => each === text.constraints[at])) return plan
  return {
    ...plan,
    to: { ...plan.to, sql: printTable({ ...text, constraints }), checks: checks.map(ofUlids) },
  }
}

function hasNewParents(to: DuckTable, base: DuckTable): boolean {
  return to.foreignKeys.some(
    (key, at) => key.to.join('\0') !== (base.foreignKeys[at]?.to.join('\0') ?? key.to.join('\0')),
  )
}

/** The text with its foreign keys as they are to be: a parent's column may be called otherwise. */
function withKeys(sql: string, { foreignKeys }: DuckTable): string {
  const text = parseTable(sql)
  const keys = foreignKeys.map(
    ({ columns, schema, table, to }) =>
      `FOREIGN KEY ${nameList(columns)} REFERENCES ${inSchema(schema, table)}${nameList(to)}`,
  )
  const constraints = text.constraints.map(each =>
    each.startsWith('FOREIGN KEY') ? (keys.shift() ?? each) : each,
  )
  return printTable({ ...text, constraints })
}

/** What a plan would break, told by SQLite itself from the texts of the schema, without a row. */
import { compile } from '../compile/compile.ts'
import { isDropped } from '../compile/contract.ts'
import { emptyDatabase } from '../engines/sqlite/empty-database.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { viewColumns } from '../engines/sqlite/view-columns.ts'
import type { Plan } from '../plan/plan.ts'
import type { Schema, SchemaObject } from '../schema/model.ts'
import { complaint, statementsOf } from '../verify/checks/prepares.ts'

/** What SQLite says of an object, empty where it compiles: for a view that it is read, for a trigger that its table is written to. */
export interface Said {
  readonly before: string
  readonly after: string
}

/** Asks SQLite about the objects of `schema`. A plan that can't be compiled breaks nothing. */
export function brokenBy(plan: Plan, schema: Schema): (object: SchemaObject) => Said {
  const now = objectsAfter(plan, schema)
  if (now === null) return () => ({ before: '', after: '' })
  const [was, is] = [
    emptyDatabase(schema.objects.filter(object => !isDropped(plan, object))),
    emptyDatabase(now),
  ]
  const said = new Map<string, Said>()
  try {
    for (const { what, table, sql } of statementsOf(inspect(was), inspect(is), view =>
      viewColumns(is, view),
    )) {
      const [before, after] = [complaint(was, sql('main'), 'main'), complaint(is, sql('main'), 'main')]
      if (before !== after || before !== '')
        said.set(table === undefined ? what : `table ${table}`, { before, after })
    }
  } finally {
    was.close()
    is.close()
  }
  return ({ type, name, table }) =>
    said.get(type === 'view' ? `view ${name}` : `table ${table}`) ?? { before: '', after: '' }
}

function objectsAfter(plan: Plan, schema: Schema): readonly SchemaObject[] | null {
  try {
    return compile(plan, schema, { firstMap: 1 }).objects
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

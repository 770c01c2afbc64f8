/** What a plan would break, told by SQLite itself from the texts of the schema, without a row. */
import Database from 'better-sqlite3'
import { compile } from '../compile/compile.ts'
import { isDropped } from '../compile/contract.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import type { Plan } from '../plan/plan.ts'
import type { Schema, SchemaObject } from '../schema/model.ts'
import { complaint, statementsOf } from '../verify/checks/prepares.ts'

/**
 * Returns what SQLite would say of an object that compiles now, or null where it would go on as it does: for a view that
 * it is read, for a trigger that its table is written to. A plan that can't be compiled breaks nothing.
 */
export function brokenBy(plan: Plan, schema: Schema): (object: SchemaObject) => string | null {
  const after = objectsAfter(plan, schema)
  if (after === null) return () => null
  const [was, is] = [emptyOf(schema.objects.filter(object => !isDropped(plan, object))), emptyOf(after)]
  const said = new Map<string, string>()
  try {
    for (const { what, table, sql } of statementsOf(inspect(was), inspect(is))) {
      const now = complaint(is, sql('main'), 'main')
      if (now !== '' && now !== complaint(was, sql('main'), 'main'))
        said.set(table === undefined ? what : `table ${table}`, now)
    }
  } finally {
    was.close()
    is.close()
  }
  return ({ type, name, table }) => said.get(type === 'view' ? `view ${name}` : `table ${table}`) ?? null
}

function objectsAfter(plan: Plan, schema: Schema): readonly SchemaObject[] | null {
  try {
    return compile(plan, schema, { firstMap: 1 }).objects
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** A database in memory with these objects; what can't be made there is missing on both sides. */
function emptyOf(objects: readonly SchemaObject[]): Connection {
  const db = new Database(':memory:')
  db.defaultSafeIntegers(true)
  for (const type of ['table', 'index', 'view', 'trigger'])
    for (const { sql } of objects.filter(object => object.type === type && !isSqlitesOwn(object.name)))
      try {
        db.exec(sql)
      } catch {
        // A module or a function that only its own program has.
      }
  return db
}

function isSqlitesOwn(name: string): boolean {
  return /^sqlite_/i.test(name)
}

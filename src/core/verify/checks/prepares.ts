import { columnNamed, tableNamed } from '../../engines/sqlite/inspect.ts'
import type { Connection } from '../../engines/sqlite/open.ts'
import { viewColumns } from '../../engines/sqlite/view-columns.ts'
import type { Schema } from '../../schema/model.ts'
import { nameUses } from '../../schema/name-uses.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { type CheckDefinition, failed, passed } from '../check.ts'
import { BEFORE } from '../comparison.ts'

export const prepares: CheckDefinition = {
  id: 'prepares',
  claim:
    'Every view, and every INSERT, UPDATE and DELETE with its triggers, compiles as it did before, or fails as it did.',
  async run({ db, before, after }, breathe) {
    const faults: string[] = []
    const statements = statementsOf(before, after, view => viewColumns(db, view))
    for (const { what, table, sql } of statements) {
      await breathe()
      const then = complaint(db, sql(BEFORE), BEFORE)
      const now = complaint(db, sql('main'), 'main')
      if (now !== then)
        faults.push(
          `${what}: ${now || 'compiles now'}${culprit(after, table, now)}${then === '' ? '' : ` (before: ${then})`}`,
        )
    }
    return faults.length > 0
      ? failed(statements.length, `${faults.length} statements behave differently`, faults)
      : passed(statements.length, `${statements.length} statements compile as before`)
  },
}

/** A statement that is compiled, and not run. */
export interface Trial {
  readonly what: string
  /** The table that is written to, whose triggers take part. */
  readonly table?: string
  sql(database: string): string
}

/** One for each view, and three for each table and each view that is written to, by the columns that are there on both sides. */
export function statementsOf(
  schema: Schema,
  after: Schema,
  columnsOf: (view: string) => readonly string[],
): Trial[] {
  const views = schema.objects
    .filter(object => object.type === 'view')
    .map(view => ({
      what: `view ${view.name}`,
      sql: (database: string) => `SELECT * FROM ${q(database)}.${q(view.name)}`,
    }))
  const tables = schema.tables
    .filter(table => table.kind !== 'shadow')
    .flatMap(table =>
      writesTo(
        table.name,
        table.columns
          .filter(
            column =>
              column.generated === 'no' && columnNamed(tableNamed(after, table.name) ?? table, column.name),
          )
          .map(column => column.name),
      ),
    )
  const written = schema.objects
    .filter(
      ({ type, name }) =>
        type === 'view' && schema.objects.some(each => each.type === 'trigger' && sameName(each.table, name)),
    )
    .flatMap(view => writesTo(view.name, columnsOf(view.name)))
  return [...views, ...tables, ...written]
}

function writesTo(table: string, names: readonly string[]): Trial[] {
  if (names.length === 0) return []
  const columns = names.map(q)
  const name = (database: string) => `${q(database)}.${q(table)}`
  return [
    {
      what: `INSERT INTO ${table}`,
      table,
      sql: database =>
        `INSERT INTO ${name(database)}(${columns.join(', ')}) VALUES(${columns.map(() => 'NULL').join(', ')})`,
    },
    {
      what: `UPDATE ${table}`,
      table,
      sql: database =>
        `UPDATE ${name(database)} SET ${columns.map(column => `${column} = ${column}`).join(', ')}`,
    },
    { what: `DELETE FROM ${table}`, table, sql: database => `DELETE FROM ${name(database)}` },
  ]
}

/** SQLite names the column or table that it misses, and not the trigger that speaks of it. */
function culprit({ objects }: Schema, table: string | undefined, said: string): string {
  const missing = /^no such (?:column|table): (?:.*\.)?(.+)$/.exec(said)?.[1]
  if (table === undefined || missing === undefined) return ''
  const names = objects
    .filter(object => object.type === 'trigger' && sameName(object.table, table))
    .filter(object => nameUses(object.sql, missing).length > 0)
    .map(object => object.name)
  return names.length === 0 ? '' : `, in the trigger ${names.join(' or ')}`
}

/** What SQLite says when it compiles the statement; empty where it does. Nothing is run. */
export function complaint(db: Connection, sql: string, database: string): string {
  try {
    db.prepare(sql)
    return ''
  } catch (error) {
    return (error as Error).message.replaceAll(`${database}.`, '')
  }
}

/**
 * Really writes to every table, under a savepoint that is taken back: deletes a row, puts the same row in again,
 * updates it. Compiling proves that names resolve; only running shows what triggers and generated columns do.
 */
import type { Connection } from '../engines/sqlite/open.ts'
import type { Schema, Table } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { quoteName as q, sameName } from '../schema/names.ts'

const ROW = '_ulid_migrate_trial'

/** What SQLite said to each write, by table; empty where it went well. Must run inside a transaction. */
export function trialWrites(db: Connection, schema: Schema): ReadonlyMap<string, string> {
  return new Map(
    schema.tables
      .filter(table => table.kind === 'table' && table.columns.some(column => column.generated === 'no'))
      .filter(table => !mayRollBack(schema, table))
      .map(table => [table.name, trialOf(db, table)]),
  )
}

/** A trigger with RAISE(ROLLBACK) would end the run's own transaction; such a table is compiled only, not tried. */
function mayRollBack(schema: Schema, table: Table): boolean {
  return schema.objects.some(object => object.type === 'trigger' && sameName(object.table, table.name) && nameUses(object.sql, 'ROLLBACK').length > 0)
}

function trialOf(db: Connection, table: Table): string {
  const name = `main.${q(table.name)}`
  const columns = table.columns.filter(column => column.generated === 'no').map(column => q(column.name))
  const position = table.rowidAlias !== null ? q(table.rowidAlias) : table.rowid
  const here = position !== null ? `${position} = (SELECT ${ROW}_p FROM temp.${ROW})` : keyMatches(table)
  const statements = [
    `UPDATE ${name} SET ${columns.map(column => `${column} = ${column}`).join(', ')} WHERE ${here}`,
    `DELETE FROM ${name} WHERE ${here}`,
    `INSERT INTO ${name}(${columns.join(', ')}) SELECT ${columns.join(', ')} FROM temp.${ROW}`,
  ]
  db.exec(`SAVEPOINT ${ROW}_point`)
  try {
    db.exec(`CREATE TEMP TABLE ${ROW} AS SELECT ${position === null ? '' : `${position} AS ${ROW}_p, `}${columns.join(', ')} FROM ${name} LIMIT 1`)
    for (const sql of statements) db.exec(sql)
    return ''
  } catch (error) {
    return (error as Error).message
  } finally {
    db.exec(`ROLLBACK TO ${ROW}_point; RELEASE ${ROW}_point`)
  }
}

function keyMatches(table: Table): string {
  return table.primaryKey.map(column => `${q(column)} IS (SELECT ${q(column)} FROM temp.${ROW})`).join(' AND ')
}

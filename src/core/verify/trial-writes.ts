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
  const searches = schema.tables
    .filter(table => table.kind === 'virtual')
    .flatMap(table => searchTrial(db, table))
  const rows = schema.tables
    .filter(table => table.kind === 'table' && table.columns.some(column => column.generated === 'no'))
    .filter(table => !mayRollBack(schema, table))
    .map(table => [table.name, trialOf(db, table)] as const)
  return new Map([...rows, ...searches])
}

/**
 * Asks a full-text table to compare its index with the rows it indexes. Only this finds rowids that have moved:
 * integrity_check says "ok" to them (HAZARDS D1).
 */
function searchTrial(db: Connection, table: Table): (readonly [string, string])[] {
  const version = /\bUSING\s+["'`[]?fts([345])/i.exec(table.sql)?.[1]
  if (version === undefined) return []
  const name = q(table.name)
  const sql =
    version === '5'
      ? `INSERT INTO ${name}(${name}, rank) VALUES('integrity-check', 1)`
      : `INSERT INTO ${name}(${name}) VALUES('integrity-check')`
  return [[`full-text index ${table.name}`, underSavepoint(db, () => db.exec(sql))]]
}

/** A trigger with RAISE(ROLLBACK) would end the run's own transaction; such a table is compiled only, not tried. */
function mayRollBack(schema: Schema, table: Table): boolean {
  return schema.objects.some(
    object =>
      object.type === 'trigger' &&
      sameName(object.table, table.name) &&
      nameUses(object.sql, 'ROLLBACK').length > 0,
  )
}

function trialOf(db: Connection, table: Table): string {
  const name = `main.${q(table.name)}`
  const columns = table.columns.filter(column => column.generated === 'no').map(column => q(column.name))
  const position = table.rowidAlias !== null ? q(table.rowidAlias) : table.rowid
  // An alias is among the columns; a row number without one is taken along under a name of ours.
  const number = table.rowidAlias === null && table.rowid !== null ? `${table.rowid} AS ${ROW}_p, ` : ''
  const held = table.rowidAlias !== null ? q(table.rowidAlias) : `${ROW}_p`
  const here = position !== null ? `${position} = (SELECT ${held} FROM temp.${ROW})` : keyMatches(table)
  const statements = [
    `UPDATE ${name} SET ${columns.map(column => `${column} = ${column}`).join(', ')} WHERE ${here}`,
    `DELETE FROM ${name} WHERE ${here}`,
    `INSERT INTO ${name}(${columns.join(', ')}) SELECT ${columns.join(', ')} FROM temp.${ROW}`,
  ]
  return underSavepoint(db, () => {
    db.exec(`CREATE TEMP TABLE ${ROW} AS SELECT ${number}${columns.join(', ')} FROM ${name} LIMIT 1`)
    for (const sql of statements) db.exec(sql)
  })
}

/** What SQLite said, empty where it went well; whatever was written is taken back. */
function underSavepoint(db: Connection, write: () => void): string {
  db.exec(`SAVEPOINT ${ROW}_point`)
  try {
    write()
    return ''
  } catch (error) {
    return (error as Error).message
  } finally {
    db.exec(`ROLLBACK TO ${ROW}_point; RELEASE ${ROW}_point`)
  }
}

function keyMatches(table: Table): string {
  return table.primaryKey
    .map(column => `${q(column)} IS (SELECT ${q(column)} FROM temp.${ROW})`)
    .join(' AND ')
}

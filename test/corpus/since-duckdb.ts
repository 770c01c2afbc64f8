/** What somebody else's program does to a DuckDB file, and what it then holds. */
import { createHash } from 'node:crypto'
import {
  columnsOf,
  type DuckTable,
  duckLinesOf,
  duckTablesOf,
  named,
  quoted,
} from '../support/duck-content.ts'
import { type Duck, openDuck } from '../support/duck-rows.ts'
import { newRun } from '../support/engine.ts'
import type { Side, Wrote } from './wrote.ts'

export const duckdbSide: Side = {
  contentOf: duckLinesOf,
  contentHash,
  derivedTables: () => new Set(), // DuckDB keeps none
  writeInto,
}

async function contentHash(path: string): Promise<string> {
  return createHash('sha256')
    .update((await duckLinesOf(path)).join('\n'))
    .digest('hex')
}

/** In each table: a new row, a changed one, a deleted one. */
export async function writeInto(path: string): Promise<Wrote> {
  const wrote = { inserted: 0, updated: 0, deleted: 0, refused: [] as string[] }
  const duck = await openDuck(path)
  try {
    for (const table of await duckTablesOf(duck)) {
      const name = `${quoted(table.schema)}.${quoted(table.name)}`
      const tried = async (what: 'inserted' | 'updated' | 'deleted', sql: string) => {
        try {
          wrote[what] += Number((await duck.rows(sql))[0]?.[0] ?? 0)
        } catch (error) {
          wrote.refused.push(`${named(table)}: ${(error as Error).message.split('\n')[0]}`)
        }
      }
      const given = await columnsOf(duck, table, 'stored')
      const ulids = await ulidColumns(duck, table)
      const from = (column: string) => (ulids.includes(column) ? `'${newRun()}'` : quoted(column))
      await tried(
        'inserted',
        `INSERT INTO ${name}(${given.map(quoted).join(', ')}) SELECT ${given.map(from).join(', ')} FROM ${name} ORDER BY rowid LIMIT 1`,
      )
      const note = given.find(column => !ulids.includes(column))
      const row = (at: number) => `rowid = (SELECT rowid FROM ${name} ORDER BY rowid LIMIT 1 OFFSET ${at})`
      if (note) await tried('updated', `UPDATE ${name} SET ${quoted(note)} = 'changed since' WHERE ${row(1)}`)
      await tried('deleted', `DELETE FROM ${name} WHERE ${row(2)}`)
    }
    return wrote
  } finally {
    duck.close()
  }
}

/** Columns that name the row by a ULID. */
async function ulidColumns(duck: Duck, { schema, name }: DuckTable): Promise<readonly string[]> {
  const keys = await duck.rows(
    `SELECT DISTINCT constraint_column_names[1] FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE')
     AND len(constraint_column_names) = 1 AND schema_name = '${schema}' AND table_name = '${name.replaceAll("'", "''")}'`,
  )
  const found: string[] = []
  for (const [column] of keys) {
    const sql = `SELECT length(${quoted(String(column))}::VARCHAR) FROM ${quoted(schema)}.${quoted(name)} LIMIT 1`
    if (Number((await duck.rows(sql))[0]?.[0]) === 26) found.push(String(column))
  }
  return found
}

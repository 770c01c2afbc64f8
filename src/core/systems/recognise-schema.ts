/** Recognises a database by the tables and columns it has, wherever it lies and whatever it is called. */

import { parseCreateTable } from '../schema/create-table.ts'
import type { Schema } from '../schema/model.ts'
import { foldName } from '../schema/names.ts'
import { type KnownSchema, knownSchemas } from './known-schemas.ts'

/** The known schema whose every table and column is in `schema` (which may hold more); null where none fits. */
export function knownSchemaOf(schema: Schema): KnownSchema | null {
  const found = new Map(
    schema.tables.map(table => [
      foldName(table.name),
      new Set(table.columns.map(column => foldName(column.name))),
    ]),
  )
  const isThere = ({ name, columns }: ReturnType<typeof parseCreateTable>) => {
    const has = found.get(foldName(name))
    return has !== undefined && columns.every(column => has.has(foldName(column.name)))
  }
  // Read one by one: most schemas differ in their first table, and reading all of them takes longer than looking at a file.
  return knownSchemas.find(known => tablesOf(known).every(sql => isThere(parseCreateTable(sql)))) ?? null
}

function tablesOf(known: KnownSchema): readonly string[] {
  return known.statements.filter(sql => /^\s*CREATE\s+TABLE/i.test(sql))
}

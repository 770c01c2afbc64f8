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
  // Most differ in the name of their first table; taking their statements apart takes longer than looking at a file.
  const mayBeThere = (sql: string) => {
    const name = /^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)/i.exec(sql)?.[1]
    return name === undefined || found.has(foldName(name))
  }
  const fits = (sql: string) => mayBeThere(sql) && isThere(parseCreateTable(sql))
  return knownSchemas.find(known => tablesOf(known).every(fits)) ?? null
}

function tablesOf(known: KnownSchema): readonly string[] {
  return known.statements.filter(sql => /^\s*CREATE\s+TABLE/i.test(sql))
}

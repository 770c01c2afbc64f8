/** Makes the known schema in a database that has no tables yet. */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { engineOf } from '../engines/engine-of.ts'
import { openForWriting } from '../engines/open.ts'
import { inspect } from '../engines/sqlite/inspect.ts'
import { recognise } from '../engines/sqlite/recognise.ts'
import { precondition, usage } from '../message.ts'
import type { Answers } from '../requests.ts'
import { inShell } from '../shell.ts'
import { makeStore, otherEngine } from './initialize-store.ts'
import { type KnownSchema, knownSchemaFor, knownSchemas } from './known-schemas.ts'

/**
 * Makes the schema called `name`, or the one that the path is known for, and answers with the tables there are then.
 * Throws a refusal when there are tables already, or no schema is known for the path.
 *
 * @param ofSystem a file that is not there is made; one that has tables is left alone, and that is no refusal
 */
export async function initialize(
  target: string,
  name: string,
  context: Context,
  ofSystem = false,
): Promise<Answers['initialize']> {
  const path = resolve(target)
  const known = choose(path, name)
  if (known.engine === 'duckdb') {
    if (!ofSystem) recognise(path) // or says why there is nothing to make it in
    const { tables, standing } = await makeStore(path, known, context)
    if (!standing) return { target: path, tables }
    if (!ofSystem) throw hasTables(path, tables)
    return { target: path, tables, standing }
  }
  if (ofSystem) makeEmpty(path)
  if (existsSync(path) && engineOf(path) === 'duckdb') throw otherEngine(path, known)
  const { db } = await openForWriting(path, context)
  try {
    const tables = inspect(db).tables.map(table => table.name)
    if (tables.length > 0 && ofSystem) return { target: path, tables, standing: true }
    if (tables.length > 0) throw hasTables(path, tables)
    for (const sql of known.statements) db.exec(sql)
    db.exec('COMMIT')
    return { target: path, tables: inspect(db).tables.map(table => table.name) }
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
    db.close()
  }
}

function hasTables(path: string, tables: readonly string[]) {
  return precondition(
    'TARGET.HAS_TABLES',
    path,
    'The database has tables already.',
    `They are ${tables.join(', ')}. A schema is made in an empty database only.`,
    inShell`Look at what is there: ulid-migrate detect ${path}`,
  )
}

/** A file of 0 bytes is a database without tables. */
function makeEmpty(path: string): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'ax'))
}

function choose(path: string, name: string): KnownSchema {
  const names = knownSchemas.map(each => each.name).join(', ')
  if (name !== '') {
    const named = knownSchemas.find(each => each.name === name)
    if (named) return named
    throw usage(
      'SCHEMA.UNKNOWN',
      name,
      'There is no known schema of that name.',
      `The known ones are ${names}.`,
      'Name one of them: --schema NAME',
    )
  }
  const known = knownSchemaFor(path)
  if (known) return known
  throw precondition(
    'SCHEMA.UNKNOWN',
    path,
    'No schema is known for this database.',
    `Neither its name nor its folder is that of a system this program knows. Known schemas: ${knownSchemas.map(each => each.name).join(', ')}.`,
    inShell`Start the application once so that it makes its tables, or name a schema: ulid-migrate initialize ${path} --schema ${knownSchemas[0]?.name ?? ''}`,
  )
}

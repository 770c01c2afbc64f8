/** Makes a known schema of DuckDB: in a new file, which takes its place once all of it is there. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Context } from '../context.ts'
import { createStore, openStore, type Store } from '../engines/duckdb/connect.ts'
import { limitsOf } from '../engines/duckdb/limits.ts'
import { engineOf } from '../engines/engine-of.ts'
import { precondition } from '../message.ts'
import { inShell } from '../shell.ts'
import type { KnownSchema } from './schemas/known-schema.ts'

/**
 * @returns the tables that there are then, and whether they stood there before
 * @throws Refusal `SCHEMA.OTHER_ENGINE` for a file of another kind; it was not touched
 */
export async function makeStore(
  path: string,
  schema: KnownSchema,
  context: Context,
): Promise<{ readonly tables: readonly string[]; readonly standing: boolean }> {
  // To DuckDB a file of 0 bytes is none of its own.
  if (!existsSync(path) || statSync(path).size === 0)
    return { tables: await makeAnew(path, schema, context), standing: false }
  if (engineOf(path) !== 'duckdb') throw otherEngine(path, schema)
  const store = await openStore(path, 'write', limitsOf(context.settings))
  try {
    const before = await tablesOf(store)
    if (before.length > 0) return { tables: before, standing: true }
    return { tables: await make(store, schema), standing: false }
  } finally {
    store.close()
  }
}

/** A schema of one engine in a file of the other. */
export function otherEngine(path: string, { name, engine }: KnownSchema) {
  return precondition(
    'SCHEMA.OTHER_ENGINE',
    path,
    `The schema "${name}" is made in ${engine === 'duckdb' ? 'DuckDB' : 'SQLite'} databases, and this is none.`,
    'What a file is stands in its first bytes, whatever its name ends with.',
    inShell`Look at what is there: ulid-migrate detect ${path}`,
  )
}

async function makeAnew(path: string, schema: KnownSchema, context: Context): Promise<readonly string[]> {
  mkdirSync(dirname(path), { recursive: true })
  const making = `${path}.making-${context.run}`
  try {
    const store = await createStore(making, limitsOf(context.settings))
    const tables = await make(store, schema).finally(() => store.close())
    renameSync(making, path)
    return tables
  } finally {
    rmSync(making, { force: true })
  }
}

async function make(store: Store, { statements }: KnownSchema): Promise<readonly string[]> {
  await store.run('BEGIN')
  for (const sql of statements) await store.run(sql)
  await store.run('COMMIT')
  return tablesOf(store)
}

async function tablesOf(store: Store): Promise<readonly string[]> {
  const rows = await store.all('SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_oid')
  return rows.map(([name]) => String(name))
}

/**
 * What a DuckDB file holds, object by object, read apart from the engine: every row of every table, each value by its type and
 * all of its digits, and every text of the schema; without `_ulid_migrate_*`. Where a row stands is left out: a table that was
 * made anew has its rows in other places.
 */
import { createHash } from 'node:crypto'
import type { DuckDBValue } from '@duckdb/node-api'
import { type Duck, readingDuck } from './duck-rows.ts'

/** What an object holds, or its digest, under a name that tells a person where to look. */
export type DuckContent = ReadonlyMap<string, string>

export interface DuckTable {
  readonly schema: string
  readonly name: string
}

/** A table with those of its columns that are meant. */
export interface DuckColumns {
  readonly table: DuckTable
  readonly columns: readonly string[]
}

export function duckContentOf(path: string): Promise<DuckContent> {
  return readingDuck(path, async duck => {
    const content = new Map<string, string>(await schemaOf(duck))
    for (const table of await duckTablesOf(duck))
      content.set(`rows of ${named(table)}`, await digestOf(duck, table, await columnsOf(duck, table)))
    return content
  })
}

/** The same, a line for each row and each object of the schema, sorted. */
export function duckLinesOf(path: string): Promise<readonly string[]> {
  return readingDuck(path, async duck => {
    const lines = (await schemaOf(duck)).map(object => JSON.stringify(object))
    for (const table of await duckTablesOf(duck))
      for (const row of await rowsOf(duck, table, await columnsOf(duck, table)))
        lines.push(`${named(table)}: ${row}`)
    return lines.sort()
  })
}

/** What these columns hold, row by row. */
export function duckContentOfColumns(path: string, wanted: readonly DuckColumns[]): Promise<DuckContent> {
  return readingDuck(path, async duck => {
    const content = new Map<string, string>()
    for (const { table, columns } of wanted)
      content.set(`untouched columns of ${named(table)}`, await digestOf(duck, table, columns))
    return content
  })
}

/** As core names a table: those of the schema `main` by their name alone. */
export function named({ schema, name }: DuckTable): string {
  return schema === 'main' ? name : `${schema}.${name}`
}

export async function duckTablesOf(duck: Duck): Promise<readonly DuckTable[]> {
  const rows = await duck.rows(
    `SELECT schema_name, table_name FROM duckdb_tables() WHERE ${foreign('table_name')} ORDER BY ALL`,
  )
  return rows.map(([schema, name]) => ({ schema: String(schema), name: String(name) }))
}

/** `stored`: without generated columns. */
export async function columnsOf(
  duck: Duck,
  { schema, name }: DuckTable,
  which: 'all' | 'stored' = 'all',
): Promise<readonly string[]> {
  const rows = await duck.rows(
    `SELECT column_name, is_generated FROM information_schema.columns WHERE table_catalog = current_database()
     AND table_schema = ${text(schema)} AND table_name = ${text(name)} ORDER BY ordinal_position`,
  )
  return rows
    .filter(([, generated]) => which === 'all' || generated !== 'ALWAYS')
    .map(([column]) => String(column))
}

const foreign = (column: string) =>
  `database_name = current_database() AND NOT internal AND NOT starts_with(${column}, '_ulid_migrate_')`

/** Each kind of object: its name, and all that is known of it. */
const kinds: Readonly<Record<string, string>> = {
  table: `SELECT schema_name, table_name, sql, comment FROM duckdb_tables() WHERE ${foreign('table_name')}`,
  column: `SELECT schema_name, table_name || '.' || column_name, data_type, column_default, is_nullable, comment FROM duckdb_columns()
    WHERE ${foreign('table_name')}`,
  index: `SELECT schema_name, index_name, sql, comment FROM duckdb_indexes()
    WHERE database_name = current_database() AND NOT starts_with(table_name, '_ulid_migrate_')`,
  view: `SELECT schema_name, view_name, sql, comment FROM duckdb_views() WHERE ${foreign('view_name')}`,
  sequence: `SELECT schema_name, sequence_name, start_value, min_value, max_value, increment_by, cycle, last_value, comment
    FROM duckdb_sequences() WHERE database_name = current_database()`,
  type: `SELECT schema_name, type_name, logical_type, labels::VARCHAR, comment FROM duckdb_types() WHERE ${foreign('type_name')}`,
  macro: `SELECT schema_name, function_name, parameters::VARCHAR, macro_definition, comment FROM duckdb_functions()
    WHERE ${foreign('function_name')} AND function_type LIKE '%macro'`,
  schema: `SELECT 'main', schema_name, sql, comment FROM duckdb_schemas() WHERE ${foreign('schema_name')}`,
}

async function schemaOf(duck: Duck): Promise<readonly (readonly [string, string])[]> {
  const objects: [string, string][] = []
  for (const [kind, sql] of Object.entries(kinds))
    for (const [schema, name, ...rest] of await duck.rows(sql))
      objects.push([`${kind} ${named({ schema: String(schema), name: String(name) })}`, JSON.stringify(rest)])
  return objects
}

async function digestOf(duck: Duck, table: DuckTable, columns: readonly string[]): Promise<string> {
  const lines = await rowsOf(duck, table, columns)
  return `${lines.length} rows ${sha256(lines.sort().join('\n'))}`
}

/** A digest of each row. */
async function rowsOf(duck: Duck, table: DuckTable, columns: readonly string[]): Promise<string[]> {
  const cells = columns.length === 0 ? '1' : columns.map(quoted).join(', ')
  const result = await duck.connection.stream(
    `SELECT ${cells} FROM ${quoted(table.schema)}.${quoted(table.name)}`,
  )
  const types = result.columnTypes().map(type => type.toString())
  const lines: string[] = []
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) break
    for (const row of chunk.getRows())
      lines.push(sha256(row.map((value, at) => `${types[at]}:${textOf(value)}`).join('\n')))
  }
  return lines
}

/** A value with its kind and all of its digits, also deep inside of lists and structs. */
function textOf(value: DuckDBValue): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return { integer: String(each) }
    if (typeof each === 'number' && !(Number.isFinite(each) && !Object.is(each, -0)))
      return { number: Object.is(each, -0) ? '-0' : String(each) }
    if (each instanceof Uint8Array) return { bytes: Buffer.from(each).toString('hex') }
    return each
  })
}

function sha256(line: string): string {
  return createHash('sha256').update(line).digest('hex')
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

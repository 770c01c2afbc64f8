/**
 * What a DuckDB file says of its working copy: the texts of the copy's schema as the last operation left them, each with
 * a mark of the definition in DuckDB that it belongs to; and, for texts of before, the whole definition that DuckDB had then.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { precondition } from '../../message.ts'
import { quoteName as q, sameName } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { DuckTable } from './catalog.ts'
import type { Store } from './connect.ts'
import { fill } from './fill.ts'

export const COPY = `${OWN_PREFIX}copy`

export interface CopyObject {
  readonly kind: 'table' | 'index' | 'trigger' | 'view'
  readonly name: string
  readonly table: string
  readonly sql: string
  /** {@link hashOfTable} of the table that it belongs to; empty for our own tables, and for views. */
  readonly duckdb: string
  /** Of our own tables: how their values are written. */
  readonly note: string
}

/** A table of the working copy as it was before an operation, and what it was in DuckDB. */
export interface Remembered {
  readonly table: string
  readonly sql: string
  readonly definition: DuckTable
}

export interface CopyRecord {
  /** In stored order. */
  readonly rows: readonly CopyObject[]
  readonly was: readonly Remembered[]
  /** Different after each operation. */
  readonly marker: string
}

const rowSchema = z.tuple([
  z.enum(['table', 'index', 'trigger', 'view', 'was', 'marker']),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
])

const definitionSchema = z.custom<DuckTable>(
  value =>
    z.looseObject({ sql: z.string(), columns: z.array(z.looseObject({ name: z.string() })) }).safeParse(value)
      .success,
)

const columns = ['kind', 'name', 'table_name', 'sql', 'duckdb', 'note'] as const

/** Null where the file has no such record. */
export async function readCopyRecord(store: Store): Promise<CopyRecord | null> {
  const there = await store.all(
    'SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2',
    ['main', COPY],
  )
  if (there.length === 0) return null
  const missing = columns.find(name => !there.some(([column]) => column === name))
  if (missing !== undefined) throw unreadable(`It has no column ${missing}`)
  const read = z
    .array(rowSchema)
    .safeParse(await store.all(`SELECT ${columns.map(q).join(', ')} FROM main.${q(COPY)} ORDER BY rowid`))
  if (!read.success) throw unreadable(read.error.issues[0]!.message)
  const rows: CopyObject[] = []
  const was: Remembered[] = []
  let marker = ''
  for (const [kind, name, table, sql, duckdb, note] of read.data) {
    if (kind === 'marker') marker = name
    else if (kind === 'was') was.push({ table, sql, definition: definitionOf(duckdb) })
    else rows.push({ kind, name, table, sql, duckdb, note })
  }
  return { rows, was, marker }
}

function definitionOf(json: string): DuckTable {
  try {
    const read = definitionSchema.safeParse(JSON.parse(json))
    if (read.success) return read.data
    throw unreadable(read.error.issues[0]!.message)
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable(error.message) : error
  }
}

function unreadable(why: string) {
  return precondition(
    'TARGET.RECORD_UNREADABLE',
    COPY,
    `The table ${COPY} does not hold what this version writes there.`,
    `${why}. Another program or a newer version made it, or somebody changed it.`,
    'Use the version that made it, or put a snapshot back; if it is none of ours, rename the table in the program that owns it.',
  )
}

/** Writes the record anew, in the transaction that is open. */
export async function writeCopyRecord(store: Store, path: string, record: CopyRecord): Promise<void> {
  await store.run(`DROP TABLE IF EXISTS main.${q(COPY)}`)
  await store.run(`CREATE TABLE main.${q(COPY)}(${columns.map(name => `${q(name)} VARCHAR`).join(', ')})`)
  const rows = [
    ...record.rows.map(({ kind, name, table, sql, duckdb, note }) => [kind, name, table, sql, duckdb, note]),
    ...record.was.map(({ table, sql, definition }) => [
      'was',
      table,
      table,
      sql,
      JSON.stringify(definition),
      '',
    ]),
    ['marker', record.marker, '', '', '', ''],
  ]
  await fill(
    store,
    path,
    {
      name: COPY,
      temporary: false,
      carriers: columns.map(() => 'VARCHAR'),
    },
    rows,
    async () => {},
  )
}

/** Equal for two definitions exactly if nobody has changed the table. */
export function hashOfTable(table: DuckTable): string {
  return createHash('sha256').update(JSON.stringify(table)).digest('hex')
}

/** The definition that a table of the working copy had when it had this very text; the last one, where there were several. */
export function rememberedAs(record: CopyRecord | null, table: string, sql: string): DuckTable | null {
  return record?.was.findLast(each => sameName(each.table, table) && each.sql === sql)?.definition ?? null
}

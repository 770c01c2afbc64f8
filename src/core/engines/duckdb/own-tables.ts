/** Our own tables, whose values SQLite types one by one, in a file of DuckDB, which types columns; and back. */
import type { DuckDBValue } from '@duckdb/node-api'
import { z } from 'zod'
import { quoteName as q, quoteText as t } from '../../schema/names.ts'
import { OWN_PREFIX } from '../sqlite/inspect.ts'
import type { Connection } from '../sqlite/open.ts'
import { library, type Store } from './connect.ts'
import type { CopyObject, CopyRecord } from './copy-record.ts'
import { type Carrier, fill } from './fill.ts'
import { streamRows } from './stream.ts'

/** A column that holds values of several types has a letter before each: `i5`, `r0.5`, `tabc`, `bFF00`. */
const encodings = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  real: 'DOUBLE',
  blob: 'BLOB',
  tagged: 'VARCHAR',
} as const
type Encoding = keyof typeof encodings

const noteSchema = z.object({
  /** Whether the numbers of the rows are written as well, in a first column: they are not 1, 2, 3. */
  numbered: z.boolean(),
  columns: z.array(z.object({ name: z.string(), as: z.enum(['text', 'integer', 'real', 'blob', 'tagged']) })),
})
type Note = z.infer<typeof noteSchema>

const NUMBER = `${OWN_PREFIX}number`

interface OwnTable {
  readonly name: string
  readonly sql: string
  /** The name of its row numbers; null for a table without. */
  readonly rowid: string | null
}

/** Our tables in a working copy, in stored order. */
export function ownTables(db: Connection, database = 'main'): readonly OwnTable[] {
  const rows = db
    .prepare(
      `SELECT name, sql FROM ${q(database)}.sqlite_schema WHERE type = 'table' AND substr(name, 1, ${OWN_PREFIX.length}) = ${t(OWN_PREFIX)} ORDER BY rowid`,
    )
    .all() as { name: string; sql: string }[]
  const list = db.pragma('table_list') as { schema: string; name: string; wr: bigint }[]
  return rows.map(row => ({
    ...row,
    rowid: list.some(({ schema, name, wr }) => schema === database && name === row.name && wr === 1n)
      ? null
      : 'rowid',
  }))
}

/** Whether the table holds anything else than that of the same name in the database attached as `was`. */
export function hasChanged(db: Connection, table: OwnTable, was: string): boolean {
  const before = ownTables(db, was).find(({ name }) => name === table.name)
  if (before?.sql !== table.sql) return true
  const columns = columnsOf(db, table)
  const [rows, were] = ['main', was].map(database =>
    db
      .prepare(`SELECT count(*) FROM ${q(database)}.${q(table.name)}`)
      .pluck()
      .get(),
  )
  if (rows !== were) return true
  const typed = [
    ...(table.rowid === null ? [] : [table.rowid]),
    ...columns.flatMap(name => [`typeof(${q(name)})`, `CAST(${q(name)} AS BLOB)`]),
  ].join(', ')
  const select = (database: string) => `SELECT ${typed} FROM ${q(database)}.${q(table.name)}`
  return db.prepare(`${select('main')} EXCEPT ${select(was)} LIMIT 1`).get() !== undefined
}

function columnsOf(db: Connection, { name }: OwnTable): readonly string[] {
  return (db.pragma(`main.table_info(${t(name)})`) as { name: string }[]).map(column => column.name)
}

/** How the table's values are to be written. */
export function noteOf(db: Connection, table: OwnTable): string {
  const columns = columnsOf(db, table).map((name): Note['columns'][number] => {
    const types = db
      .prepare(
        `SELECT DISTINCT typeof(${q(name)}) FROM main.${q(table.name)} WHERE ${q(name)} IS NOT NULL ORDER BY 1`,
      )
      .pluck()
      .all() as Encoding[]
    return { name, as: types.length > 1 ? 'tagged' : (types[0] ?? 'text') }
  })
  const numbered =
    table.rowid !== null &&
    db
      .prepare(`SELECT coalesce(max(rowid) <> count(*) OR min(rowid) <> 1, 0) FROM main.${q(table.name)}`)
      .pluck()
      .get() === 1n
  return JSON.stringify({ numbered, columns } satisfies Note)
}

/** Writes the table anew into DuckDB, in the transaction that is open. */
export async function publishOwn(
  store: Store,
  db: Connection,
  path: string,
  table: OwnTable,
  note: string,
  filled: (rows: number) => Promise<void>,
): Promise<void> {
  const { numbered, columns } = noteSchema.parse(JSON.parse(note))
  const carriers = columns.map(({ as }): Carrier => encodings[as])
  const definitions = columns.map(({ name }, at) => `${q(name)} ${carriers[at]}`)
  if (numbered) {
    definitions.unshift(`${q(NUMBER)} BIGINT`)
    carriers.unshift('BIGINT')
  }
  await store.run(`DROP TABLE IF EXISTS main.${q(table.name)}`)
  await store.run(`CREATE TABLE main.${q(table.name)}(${definitions.join(', ')})`)
  const { blobValue } = await library(path)
  const toBlob = (bytes: Uint8Array): DuckDBValue => blobValue(bytes)
  const read = db
    .prepare(
      `SELECT ${[...(numbered ? ['rowid'] : []), ...columns.map(({ name }) => q(name))].join(', ')} FROM main.${q(table.name)}${table.rowid === null ? '' : ' ORDER BY rowid'}`,
    )
    .raw()
  const encode = (row: readonly unknown[]) =>
    row.map((value, at) => {
      const column = columns[numbered ? at - 1 : at]
      return encoded(value, column?.as ?? 'integer', toBlob)
    })
  await fill(
    store,
    path,
    { name: table.name, temporary: false, carriers },
    mapped(read.iterate() as Iterable<unknown[]>, encode),
    filled,
  )
}

function* mapped<A, B>(all: Iterable<A>, one: (value: A) => B): Generator<B> {
  for (const value of all) yield one(value)
}

function encoded(value: unknown, as: Encoding, toBlob: (bytes: Uint8Array) => DuckDBValue): DuckDBValue {
  if (value === null) return null
  if (as !== 'tagged') return Buffer.isBuffer(value) ? toBlob(value) : (value as DuckDBValue)
  if (Buffer.isBuffer(value)) return `b${value.toString('hex').toUpperCase()}`
  if (typeof value === 'bigint') return `i${value}`
  return typeof value === 'number' ? `r${value}` : `t${String(value)}`
}

function decoded(value: DuckDBValue, as: Encoding): unknown {
  if (value === null) return null
  if (as === 'blob') return Buffer.from((value as { bytes: Uint8Array }).bytes)
  if (as !== 'tagged') return value
  const text = String(value)
  const rest = text.slice(1)
  if (text.startsWith('b')) return Buffer.from(rest, 'hex')
  if (text.startsWith('i')) return BigInt(rest)
  return text.startsWith('r') ? Number(rest) : rest
}

/** Makes all our tables in a working copy: their texts, rows and numbers, then their indexes. `db` may be in a transaction. */
export async function restoreOwn(
  store: Store,
  record: CopyRecord,
  db: Connection,
  breathe: () => Promise<void>,
): Promise<void> {
  for (const row of record.rows.filter(isOwnTable)) {
    const { numbered, columns } = noteSchema.parse(JSON.parse(row.note))
    db.exec(row.sql)
    const names = [...(numbered ? ['rowid'] : []), ...columns.map(({ name }) => q(name))]
    const insert = db.prepare(
      `INSERT INTO main.${q(row.name)}(${names.join(', ')}) VALUES(${names.map(() => '?').join(', ')})`,
    )
    for await (const rows of streamRows(store, `SELECT * FROM main.${q(row.name)} ORDER BY rowid`)) {
      for (const values of rows)
        insert.run(
          values.map((value, at) => decoded(value, columns[numbered ? at - 1 : at]?.as ?? 'integer')),
        )
      await breathe()
    }
  }
  for (const { kind, sql, table } of record.rows)
    if (kind === 'index' && table.startsWith(OWN_PREFIX)) db.exec(sql)
}

function isOwnTable({ kind, name }: CopyObject): boolean {
  return kind === 'table' && name.startsWith(OWN_PREFIX)
}

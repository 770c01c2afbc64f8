/**
 * One checksum over everything that a database holds: every row of every table, by type and bytes, the texts of the schema,
 * and the pragmas of the file. Two processes that see two files can so tell whether they hold the same, where one of the
 * files does not stand still. Our own tables are in it as well.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Connection } from '../engines/sqlite/open.ts'
import { quoteName as q } from '../schema/names.ts'
import { filePragmas } from './comparison.ts'

export interface Digest {
  readonly digest: string
  readonly rows: number
}

/** Rows hashed between two breaths. */
const BATCH = 5000
/** Columns per expression: SQLite limits how deep one may be. */
const WIDTH = 100

/** Of what `db` sees: hold a read transaction, or it may see several states. */
export async function contentDigest(db: Connection, breathe: () => Promise<void>): Promise<Digest> {
  const hash = createHash('sha256').update(JSON.stringify(filePragmas(db)))
  const objects = db
    .prepare('SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY rowid')
    .raw()
    .all()
  hash.update(JSON.stringify(objects))
  const tables = db
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name`,
    )
    .pluck()
    .all() as string[]
  let rows = 0
  for (const table of tables) rows += await addTable(db, table, hash, breathe)
  return { digest: hash.digest('hex'), rows }
}

async function addTable(
  db: Connection,
  table: string,
  hash: Hash,
  breathe: () => Promise<void>,
): Promise<number> {
  hash.update(`\0${table}\0`)
  const columns = (db.pragma(`table_xinfo(${q(table)})`) as { name: string; hidden: bigint }[])
    .filter(({ hidden }) => hidden === 0n)
    .map(({ name }) => cell(q(name)))
  const groups = Array.from({ length: Math.ceil(columns.length / WIDTH) }, (_, at) =>
    columns.slice(at * WIDTH, (at + 1) * WIDTH).join(" || ',' || "),
  )
  let rows = 0
  let text = ''
  // In the order in which the rows lie, which a copy page by page keeps.
  for (const row of db
    .prepare(`SELECT ${groups.join(', ')} FROM main.${q(table)} NOT INDEXED`)
    .raw()
    .iterate()) {
    text += `${(row as string[]).join()}\n`
    if (++rows % 500 !== 0) continue
    hash.update(text)
    text = ''
    if (rows % BATCH === 0) await breathe()
  }
  hash.update(text)
  return rows
}

/** Text and blobs by their bytes, which a NUL or an invalid character must not cut short (HAZARDS B15); numbers to their last digit. */
function cell(column: string): string {
  return `CASE typeof(${column}) WHEN 'null' THEN 'n' WHEN 'integer' THEN 'i' || ${column} WHEN 'real' THEN 'r' || format('%!.20g', ${column})
    WHEN 'text' THEN 't' || hex(${column}) ELSE 'b' || hex(${column}) END`
}

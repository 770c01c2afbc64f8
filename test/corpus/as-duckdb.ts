/**
 * `npx tsx test/corpus/as-duckdb.ts FOLDER`: writes every SQLite database of the corpus into FOLDER as a DuckDB file, with the
 * keys and references that its rows allow. `ULID_MIGRATE_CORPUS=FOLDER npm run corpus` then takes those there and back.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createStore, type Store } from '../../src/core/engines/duckdb/connect.ts'
import { quoteName as q, sameName, quoteText as t } from '../../src/core/schema/names.ts'
import { corpusDatabases, isDuckDB, pathOf } from './folder.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
  readonly hidden: number
}

interface Reference {
  readonly id: number
  readonly table: string
  readonly from: string
  readonly to: string | null
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Name the folder to write to.')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
for (const name of corpusDatabases().filter(each => !isDuckDB(pathOf(each)))) {
  const db = new Database(pathOf(name), { readonly: true })
  const file = join(folder, `${name.replace(/\.[^.]*$/, '').replaceAll(/[/.]/g, '__')}.duckdb`)
  const store = await createStore(file, { memory: '1GB', threads: 2, temporary: folder })
  try {
    console.log(`${file}: ${await convert(db, store)}`)
  } finally {
    store.close()
    db.close()
  }
}

/** Parents before children; where none is left that can come first, one goes without its references. */
async function convert(db: Database.Database, store: Store): Promise<string> {
  let left = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all() as string[]
  const all = left
  const without: string[] = []
  const refused: string[] = []
  while (left.length > 0) {
    const later: string[] = []
    for (const table of left) if (!(await write(db, store, table, all))) later.push(table)
    const [stuck, ...others] = later
    if (later.length < left.length || stuck === undefined) left = later
    else {
      ;((await write(db, store, stuck, [])) ? without : refused).push(stuck)
      left = others
    }
  }
  for (const sql of db.prepare("SELECT sql FROM sqlite_schema WHERE type IN ('index', 'view')").pluck().all())
    await attempt(store, String(sql))
  return `${all.length} tables, ${without.length} without their references, ${refused.length} refused`
}

async function write(
  db: Database.Database,
  store: Store,
  table: string,
  parents: readonly string[],
): Promise<boolean> {
  const columns = (db.pragma(`table_xinfo(${t(table)})`) as Column[]).filter(each => each.hidden === 0)
  const names = columns.map(({ name }) => q(name)).join(', ')
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const definitions = [
    ...columns.map(each => `${q(each.name)} ${typeOf(db, table, each)}${each.notnull ? ' NOT NULL' : ''}`),
    ...(key.length > 0 ? [`PRIMARY KEY(${key.map(({ name }) => q(name)).join(', ')})`] : []),
    ...referencesOf(db, table, parents),
  ]
  const rows = db
    .prepare(`SELECT ${names} FROM ${q(table)}`)
    .raw()
    .safeIntegers()
  const made = await attempt(store, `BEGIN; CREATE TABLE ${q(table)}(${definitions.join(', ')})`)
  if (made && (await fill(store, table, rows))) return attempt(store, 'COMMIT')
  await attempt(store, 'ROLLBACK')
  return false
}

async function fill(store: Store, table: string, rows: Database.Statement): Promise<boolean> {
  const batch: string[] = []
  const flush = async () =>
    batch.length === 0 || attempt(store, `INSERT INTO ${q(table)} VALUES ${batch.splice(0).join(', ')}`)
  for (const row of rows.iterate() as Iterable<unknown[]>) {
    batch.push(`(${row.map(literal).join(', ')})`)
    if (batch.length === 500 && !(await flush())) return false
  }
  return flush()
}

/** The type of what the column really holds; several of them share text. */
function typeOf(db: Database.Database, table: string, { name, type }: Column): string {
  const types = db
    .prepare(`SELECT DISTINCT typeof(${q(name)}) FROM ${q(table)} WHERE ${q(name)} IS NOT NULL ORDER BY 1`)
    .pluck()
    .all() as string[]
  const known: Readonly<Record<string, string>> = {
    '': /INT/i.test(type) ? 'BIGINT' : 'VARCHAR',
    integer: 'BIGINT',
    real: 'DOUBLE',
    'integer,real': 'DOUBLE',
    blob: 'BLOB',
  }
  return known[types.join()] ?? 'VARCHAR'
}

function referencesOf(db: Database.Database, table: string, parents: readonly string[]): readonly string[] {
  const members = db.pragma(`foreign_key_list(${t(table)})`) as Reference[]
  return [...new Set(members.map(({ id }) => id))].flatMap(id => {
    const own = members.filter(each => each.id === id)
    const parent = parents.find(each => sameName(each, own[0]!.table))
    if (parent === undefined) return []
    const to = own.flatMap(each => (each.to === null ? [] : [q(each.to)])).join(', ')
    const from = own.map(each => q(each.from)).join(', ')
    return [`FOREIGN KEY(${from}) REFERENCES ${q(parent)}${to === '' ? '' : `(${to})`}`]
  })
}

function literal(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}::DOUBLE` : 'NULL'
  if (Buffer.isBuffer(value)) return `from_hex('${value.toString('hex')}')`
  return t(String(value).replaceAll('\0', ''))
}

/** DuckDB takes not all of it: a reference to rows that are missing, an index over a part of the rows. */
async function attempt(store: Store, sql: string): Promise<boolean> {
  try {
    await store.run(sql)
    return true
  } catch {
    return false
  }
}

/** A DuckDB file with a working copy beside it, changed by hand, and published back. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { DuckColumn } from '../../src/core/engines/duckdb/catalog.ts'
import { openStore, type Store } from '../../src/core/engines/duckdb/connect.ts'
import { copyName } from '../../src/core/engines/duckdb/copy-name.ts'
import { readCopyRecord } from '../../src/core/engines/duckdb/copy-record.ts'
import { restoreOwn } from '../../src/core/engines/duckdb/own-tables.ts'
import { positionSql, readPositions } from '../../src/core/engines/duckdb/positions.ts'
import {
  type Published,
  type PublishRequest,
  publish,
} from '../../src/core/engines/duckdb/publish/publish.ts'
import { sqlName, storedColumns } from '../../src/core/engines/duckdb/publish/table-plan.ts'
import { readCatalog } from '../../src/core/engines/duckdb/read-catalog.ts'
import { isNested } from '../../src/core/engines/duckdb/type-text.ts'
import { quoteName as q } from '../../src/core/schema/names.ts'
import { temporaryFolder } from './folder.ts'

export interface Workshop {
  readonly path: string
  readonly folder: string
  store(): Promise<Store>
  /** Everything that a query gives, as JSON values. */
  rows(sql: string): Promise<readonly unknown[][]>
  /** Projects the file, lets `change` have the copy, and publishes what it did. */
  publish(change: (copy: Database.Database) => void, more?: Partial<PublishRequest>): Promise<Published>
  /** The copy as it is projected now. */
  copy(): Promise<Database.Database>
  /** The last publish's snapshot. */
  snapshot(): string
  close(): void
}

/** A file made by the statements. */
export async function workshop(...statements: readonly string[]): Promise<Workshop> {
  const folder = temporaryFolder('publish')
  const path = join(folder, 'd.duckdb')
  let open: Store | null = null
  onTestFinished(() => open?.close())
  const made = await DuckDBInstance.create(path)
  made.closeSync()
  const store = async () =>
    (open ??= await openStore(path, 'write', { memory: '1GB', threads: 2, temporary: folder }))
  const close = () => {
    open?.close()
    open = null
  }
  for (const sql of statements) await (await store()).run(sql)
  let number = 0
  let last = ''
  return {
    path,
    folder,
    store,
    rows: async sql => (await (await store()).connection.runAndReadAll(sql)).getRowsJson(),
    close,
    snapshot: () => last,
    copy: async () => {
      const file = join(folder, `copy-${number++}.sqlite`)
      await project(await store(), file)
      return new Database(file)
    },
    publish: async (change, more = {}) => {
      const name = join(folder, `${number++}`)
      last = `${name}.snapshot`
      await project(await store(), `${name}.before`)
      close()
      copyFileSync(path, `${name}.snapshot`)
      copyFileSync(`${name}.before`, `${name}.after`)
      const after = new Database(`${name}.after`)
      change(after)
      after.close()
      return publish({
        path,
        store: await store(),
        before: `${name}.before`,
        after: `${name}.after`,
        snapshot: `${name}.snapshot`,
        identities: [],
        letterCase: 'upper',
        emit: () => {},
        breathe: async () => {},
        ...more,
      })
    },
  }
}

/** A small stand-in for the projection: the same types by name, nested values as JSON, rows by their positions. */
async function project(store: Store, file: string): Promise<void> {
  const db = new Database(file)
  const catalog = await readCatalog(store)
  const record = await readCopyRecord(store)
  const positions = await readPositions(store, String((await store.all('SELECT current_database()'))[0]![0]))
  for (const table of catalog.tables.filter(({ name }) => !name.startsWith('_ulid_migrate_'))) {
    const columns = storedColumns(table)
    const name = copyName(table)
    const sql = `CREATE TABLE ${q(name)}(${columns.map(column => `${q(column.name)} ${declared(column)}`).join(', ')})`
    db.exec(record?.rows.find(row => row.kind === 'table' && row.name === name)?.sql ?? sql)
    for (const index of table.indexes)
      if (index.columns.every(column => column !== null))
        db.exec(
          `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${q(copyName(index))} ON ${q(name)}(${index.columns.map(column => q(column!)).join(', ')})`,
        )
    const insert = db.prepare(
      `INSERT INTO ${q(name)}(rowid, ${columns.map(column => q(column.name)).join(', ')}) VALUES(?, ${columns.map(() => '?').join(', ')})`,
    )
    const { position, join: with_ } = positionSql(positions, table, 't')
    const read = await store.all(
      `SELECT ${[position, ...columns.map(carried)].join(', ')} FROM ${sqlName(table)} t ${with_}`,
    )
    db.transaction(() => {
      for (const row of read) insert.run(row.map(toSqlite))
    })()
  }
  if (record !== null) await restoreOwn(store, record, db, async () => {})
  db.close()
}

function declared({ fullType }: DuckColumn): string {
  if (fullType === 'VARCHAR' || isNested(fullType)) return 'TEXT'
  return fullType.replace(/\(.*/, '')
}

function carried({ name, fullType }: DuckColumn): string {
  const value = `t.${q(name)}`
  if (isNested(fullType)) return `CAST(to_json(${value}) AS VARCHAR)`
  return /^(BLOB|(TINY|SMALL|BIG)INT|INTEGER|DOUBLE)$/.test(fullType) ? value : `CAST(${value} AS VARCHAR)`
}

function toSqlite(value: DuckDBValue): unknown {
  if (value !== null && typeof value === 'object' && 'bytes' in value)
    return Buffer.from(value.bytes as Uint8Array)
  return value
}

/** Remakes a table of a copy with other declarations: what an operation does where an id becomes text. */
export function redeclare(copy: Database.Database, table: string, edit: (sql: string) => string): void {
  copy.pragma('legacy_alter_table = ON')
  const [sql, columns] = [
    copy.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table) as string,
    (copy.pragma(`table_info(${q(table)})`) as { name: string }[]).map(({ name }) => name),
  ]
  const indexes = copy
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL")
    .pluck()
    .all(table) as string[]
  copy.exec(`ALTER TABLE ${q(table)} RENAME TO old_one`)
  copy.exec(edit(sql))
  const kept = (copy.pragma(`table_info(${q(table)})`) as { name: string }[])
    .map(({ name }) => name)
    .filter(name => columns.includes(name))
    .map(q)
  copy.exec(
    `INSERT INTO ${q(table)}(rowid, ${kept.join(', ')}) SELECT rowid, ${kept.join(', ')} FROM old_one ORDER BY rowid; DROP TABLE old_one`,
  )
  for (const index of indexes) copy.exec(index)
}

/** The journal that every operation leaves. */
export function journal(copy: Database.Database, entry = 'run'): void {
  copy.exec('CREATE TABLE IF NOT EXISTS _ulid_migrate_runs(run TEXT NOT NULL)')
  copy.prepare('INSERT INTO _ulid_migrate_runs VALUES(?)').run(entry)
}

/** The ULID of a number, for tests: valid, and in the order of the numbers. */
export function ulidOf(number: number | bigint): string {
  return `01K${String(number).padStart(23, '0')}`
}

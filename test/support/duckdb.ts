import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll } from 'vitest'
import type { Catalog } from '../../src/core/engines/duckdb/catalog.ts'
import { indexComment, objectComments, tableComments } from '../../src/core/engines/duckdb/comments.ts'
import { openStore, type Store } from '../../src/core/engines/duckdb/connect.ts'
import { parentsFirst } from '../../src/core/engines/duckdb/order.ts'
import { temporaryFolder } from './folder.ts'

const open: Store[] = []

afterAll(() => {
  for (const store of open.splice(0)) store.close()
})

/** A new DuckDB file with what the statements make, open for writing until the file's tests are over. */
export async function storeOf(...statements: readonly string[]): Promise<Store> {
  const folder = temporaryFolder()
  const path = join(folder, 'store.duckdb')
  if (!existsSync(path)) (await DuckDBInstance.create(path)).closeSync()
  const store = await openStore(path, 'write', { memory: '512MB', threads: 2, temporary: folder })
  open.push(store)
  for (const statement of statements) await store.run(statement)
  return store
}

/** Every statement that makes a database of this catalog, in an order that works. */
export function statementsOf(catalog: Catalog): readonly string[] {
  const ordered = parentsFirst(catalog.tables)
  if (!ordered.ok) throw new Error(ordered.message)
  const before = catalog.objects.filter(each => ['schema', 'type', 'sequence'].includes(each.kind))
  const after = catalog.objects.filter(each => !before.includes(each))
  return [
    ...before.flatMap(each => [each.sql, ...objectComments(each)]),
    ...ordered.tables.flatMap(table => [
      table.sql,
      ...tableComments(table),
      ...table.indexes.flatMap(index => [index.sql, ...indexComment(index)]),
    ]),
    ...after.flatMap(each => [each.sql, ...objectComments(each)]),
  ]
}

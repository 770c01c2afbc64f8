import { expect, it } from 'vitest'
import type { DuckTable } from '../../../../src/core/engines/duckdb/catalog.ts'
import { parentsFirst } from '../../../../src/core/engines/duckdb/order.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { storeOf } from '../../../support/duckdb.ts'

const family = [
  'CREATE SCHEMA s',
  'CREATE TABLE z(id INTEGER PRIMARY KEY, up INTEGER REFERENCES z)',
  'CREATE TABLE m(id INTEGER PRIMARY KEY, z INTEGER REFERENCES z)',
  'CREATE TABLE a(id INTEGER PRIMARY KEY, m INTEGER REFERENCES M, z INTEGER REFERENCES z)',
  'CREATE TABLE s.z(id INTEGER PRIMARY KEY)',
  'CREATE TABLE s.b(z INTEGER REFERENCES s.z)',
]

async function tables(): Promise<readonly DuckTable[]> {
  return (await readCatalog(await storeOf(...family))).tables
}

function namesOf(ordered: ReturnType<typeof parentsFirst>): readonly string[] {
  return ordered.ok ? ordered.tables.map(table => `${table.schema}.${table.name}`) : []
}

it('Parents stand before their children, a reference to the table itself does not matter', async () => {
  expect(namesOf(parentsFirst(await tables()))).toEqual(['main.z', 's.z', 'main.m', 's.b', 'main.a'])
})

it('A parent that is not in the set does not matter', async () => {
  const some = (await tables()).filter(table => table.name !== 'm')
  expect(namesOf(parentsFirst(some))).toEqual(['main.z', 's.z', 'main.a', 's.b'])
})

it('A circle, which DuckDB can not make, is told as what it is', async () => {
  const [child, parent] = (await tables()).filter(table => ['m', 'z'].includes(table.name))
  const circle: DuckTable = {
    ...parent!,
    foreignKeys: [{ columns: ['m'], schema: 'main', table: 'm', to: ['id'] }],
  }
  expect(parentsFirst([child!, circle])).toEqual({
    ok: false,
    message: 'These tables refer to each other in a circle.',
    tables: ['main.m', 'main.z'],
  })
})

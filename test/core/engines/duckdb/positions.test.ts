import { expect, test } from 'vitest'
import { notePositions, readPositions } from '../../../../src/core/engines/duckdb/positions.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { storeOf } from '../../../support/duckdb.ts'

test('where each of many rows stood is noted, also after a table none of whose rows has moved', async () => {
  const store = await storeOf('CREATE TABLE few(id INTEGER)', 'CREATE TABLE many(id INTEGER)')
  const [few, many] = (await readCatalog(store)).tables
  await store.run('BEGIN')
  await notePositions(store, few!, 'SELECT range AS pos FROM range(3)')
  await store.run('CREATE TEMP TABLE stood AS SELECT range + 10 AS pos FROM range(200000)')
  await notePositions(store, many!, 'SELECT pos FROM stood')
  await store.run('COMMIT')
  expect(
    await store.all(
      'SELECT table_name, count(*), bool_and("position" = "row" + 10), max("position") FROM _ulid_migrate_positions GROUP BY ALL',
    ),
  ).toEqual([['many', 200000n, true, 200009n]])
  expect((await readPositions(store, 'store')).shifts).toEqual(
    new Map([['many', { rows: 200000n, next: 200010n }]]),
  )
})

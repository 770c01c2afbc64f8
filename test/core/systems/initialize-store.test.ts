import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownSchemas } from '../../../src/core/systems/known-schemas.ts'
import { contentHash, makeDatabase } from '../../support/database.ts'
import { inDuck } from '../../support/duck-files.ts'
import { duckColumn } from '../../support/duck-rows.ts'
import { answerOf, refusalOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'

const tables = 'SELECT table_name FROM duckdb_tables() ORDER BY ALL'

test.each(knownSchemas.filter(each => each.engine === 'duckdb').map(each => [each.name, each] as const))(
  '%s is made in a file of 0 bytes, once, and leaves nothing else beside it',
  async (name, { expectedTables }) => {
    const folder = temporaryFolder()
    const target = join(folder, 'a.db')
    writeFileSync(target, '')
    const settings = settingsIn(temporaryFolder())
    const made = await answerOf(settings, 'initialize', { target, schema: name })
    expect(made).toEqual({ target, tables: expectedTables })
    expect(await duckColumn(target, tables)).toEqual([...expectedTables].sort())
    expect(readdirSync(folder)).toEqual(['a.db'])
    expect(
      (await answerOf(settings, 'detect', { target, choices: {} })).tables.map(each => each.rows),
    ).toEqual(expectedTables.map(() => 0))

    const before = everythingIn(folder)
    const refusal = await refusalOf(settings, 'initialize', { target, schema: name })
    expect(refusal).toMatchObject({ code: 'TARGET.HAS_TABLES', exit: 4 })
    expect(everythingIn(folder)).toEqual(before)
  },
)

test('it is made in a DuckDB file without tables, by the name of the file alone', async () => {
  const target = await inDuck(join(temporaryFolder(), 'knowledge_graph.duckdb'), 'SELECT 1')
  await answerOf(settingsIn(temporaryFolder()), 'initialize', { target, schema: '' })
  expect(await duckColumn(target, tables)).toEqual(['kg_entities', 'kg_relationships'])
})

test('a schema of one engine is refused for a file of the other, which stays as it is', async () => {
  const folder = temporaryFolder()
  const settings = settingsIn(temporaryFolder())
  const sqlite = makeDatabase(join(folder, 'a.db'), 'PRAGMA user_version = 1')
  const duck = await inDuck(join(folder, 'b.db'), 'SELECT 1')
  const before = [contentHash(sqlite), await duckColumn(duck, tables)]
  for (const [target, schema] of [
    [sqlite, 'mahavishnu-learning'],
    [duck, 'crackerjack'],
  ] as const)
    expect(await refusalOf(settings, 'initialize', { target, schema })).toMatchObject({
      code: 'SCHEMA.OTHER_ENGINE',
      object: target,
      exit: 4,
    })
  expect([contentHash(sqlite), await duckColumn(duck, tables)]).toEqual(before)
})

test('nothing is made where nothing was named that is there', async () => {
  const target = join(temporaryFolder(), 'learning.db')
  const refusal = await refusalOf(settingsIn(temporaryFolder()), 'initialize', {
    target,
    schema: 'mahavishnu-learning',
  })
  expect(refusal.code).toBe('TARGET.MISSING')
  expect(existsSync(target)).toBe(false)
})

/** CHECKs of how long an id is: found before anything is done, changed with the ids, and given back. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checksLength, withUlidLength } from '../../../../src/core/engines/duckdb/length-check.ts'
import { uuid } from '../../../support/across.ts'
import { inDuck, valueIn } from '../../../support/duck-files.ts'
import { answerOf, settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'

test.each([
  ['CHECK((length(id) = 36))', 'CHECK((length(id) = 26))'],
  ['CHECK(((36 = len("id")) OR (id IS NULL)))', 'CHECK(((26 = len("id")) OR (id IS NULL)))'],
  ['CHECK((length(CAST(id AS VARCHAR)) = 36))', 'CHECK((length(CAST(id AS VARCHAR)) = 26))'],
  ['CHECK((length(other) = 36))', 'CHECK((length(other) = 36))'],
  ['CHECK((length(id) > 36))', 'CHECK((length(id) > 36))'],
])('%s becomes %s', (before, after) => {
  expect(withUlidLength(before, 'id')).toBe(after)
})

test('a comparison by size is no such CHECK', () => {
  expect(checksLength('(length(id) = 36)')).toBe(true)
  expect(checksLength('(length(CAST(id AS VARCHAR)) = 36)')).toBe(true)
  expect(checksLength('(length(id) > 3)')).toBe(false)
})

test('is agreed to by name, asks for ULIDs then, and for what it asked before once the run is taken back', async () => {
  const folder = temporaryFolder()
  const target = await inDuck(
    join(folder, 'a.duckdb'),
    "CREATE TABLE t(id VARCHAR PRIMARY KEY, x VARCHAR, CHECK (length(id) = 36), CHECK (x <> 'no'))",
    'CREATE TABLE u(id UUID PRIMARY KEY, CHECK (36 = length(id::VARCHAR)))',
    `INSERT INTO u VALUES ('${uuid(3)}')`,
    `INSERT INTO t VALUES ('${uuid(1)}', 'a'), ('${uuid(2)}', 'b')`,
  )
  const settings = settingsIn(folder)
  const text = () => valueIn(target, "SELECT sql FROM duckdb_tables() WHERE table_name = 't'")
  const before = await text()
  const { findings } = await answerOf(settings, 'detect', { target, choices: {} })
  expect(findings).toContainEqual(expect.objectContaining({ code: 'SCHEMA.ID_CHECK', object: 't' }))
  expect(findings).toContainEqual(expect.objectContaining({ code: 'SCHEMA.ID_CHECK', object: 'u' }))
  await answerOf(settings, 'migrate', { target, choices: { accept: ['t', 'u'] } })
  expect(await valueIn(target, "SELECT sql FROM duckdb_tables() WHERE table_name = 'u'")).toContain(
    '26 = length(',
  )
  expect(await text()).toContain("CHECK((length(id) = 26)), CHECK((x != 'no'))")
  await answerOf(settings, 'rollback', { target, mode: 'undo', dryRun: false })
  expect(await text()).toBe(before)
})

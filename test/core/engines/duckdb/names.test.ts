/** Tables, columns and indexes of names that mean something to SQLite, to the working copy or to this program. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { uuid } from '../../../support/across.ts'
import { duckContentOf } from '../../../support/duck-content.ts'
import { inDuck } from '../../../support/duck-files.ts'
import { duckRows } from '../../../support/duck-rows.ts'
import { answerOf, refusalOf, settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'

async function file(...statements: readonly string[]) {
  const folder = temporaryFolder()
  return { path: await inDuck(join(folder, 'names.duckdb'), ...statements), settings: settingsIn(folder) }
}

const refused = async (...statements: readonly string[]) => {
  const { path, settings } = await file(...statements)
  const before = await duckContentOf(path)
  const failure = await refusalOf(settings, 'migrate', { target: path, choices: {} })
  expect(await duckContentOf(path)).toEqual(before)
  return failure
}

describe('refused, before anything is done, is', () => {
  const talk = 'CREATE TABLE talk(id UUID PRIMARY KEY, n INT)'
  test('a table that is called as ours are: it would be dropped with them', async () => {
    const failure = await refused(talk, 'CREATE TABLE _ulid_migrate_x(id UUID PRIMARY KEY, said VARCHAR)')
    expect(failure).toMatchObject({ code: 'DUCKDB.OWN_NAME', object: '_ulid_migrate_x', exit: 4 })
  })

  test('one of another schema, too', async () => {
    const failure = await refused(talk, 'CREATE SCHEMA s', 'CREATE TABLE s._ulid_migrate_runs(n INT)')
    expect(failure).toMatchObject({ code: 'DUCKDB.OWN_NAME', object: 's._ulid_migrate_runs' })
  })

  test('one that has the very name of our record, and other columns', async () => {
    const failure = await refused(talk, 'CREATE TABLE _ulid_migrate_copy(id UUID PRIMARY KEY, said VARCHAR)')
    expect(failure).toMatchObject({ code: 'TARGET.RECORD_UNREADABLE', exit: 4 })
  })

  test('two tables that are called alike once the schema is part of the name', async () => {
    const failure = await refused('CREATE SCHEMA s', 'CREATE TABLE s.t(id INT)', 'CREATE TABLE "S.T"(id INT)')
    expect(failure).toMatchObject({ code: 'DUCKDB.SAME_NAME', exit: 4 })
    expect(failure.message).toContain('S.T in the schema main')
  })

  test('a table of more columns than SQLite has', async () => {
    const columns = Array.from({ length: 2100 }, (_, at) => `c${at} INT`).join(', ')
    const failure = await refused(talk, `CREATE TABLE wide(${columns})`)
    expect(failure).toMatchObject({ code: 'DUCKDB.NOT_CARRIED', object: 'wide', exit: 4 })
    expect(failure.why).toContain('too many columns')
  })
})

test('an index that is called as a table is, and a table that SQLite keeps the name of, go there and back', async () => {
  const { path, settings } = await file(
    'CREATE TABLE sqlite_sequence(id UUID PRIMARY KEY, name VARCHAR)',
    'CREATE TABLE note(id INTEGER PRIMARY KEY, sequence_id UUID, n INT)',
    'CREATE TABLE part(id UUID UNIQUE, note_id INTEGER, key UUID)',
    'CREATE INDEX note ON part(note_id)',
    'CREATE UNIQUE INDEX part ON part(key)',
    `INSERT INTO sqlite_sequence VALUES ('${uuid(1)}', 'one'), ('${uuid(2)}', 'two')`,
    `INSERT INTO note VALUES (1, '${uuid(1)}', 10), (2, '${uuid(2)}', 20)`,
    `INSERT INTO part VALUES ('${uuid(11)}', 1, '${uuid(21)}'), ('${uuid(12)}', 2, '${uuid(22)}')`,
  )
  const joined = `SELECT name, n FROM part JOIN note ON note_id = note.id JOIN sqlite_sequence s ON sequence_id = s.id
    WHERE length(s.id::VARCHAR) + length(note.id::VARCHAR) = $1 ORDER BY n`
  const before = await duckContentOf(path)
  const done = await answerOf(settings, 'migrate', { target: path, choices: {} })
  expect(done.outside.ok).toBe(true)
  expect(await duckRows(path, joined.replace('$1', '52'))).toEqual([
    ['one', 10],
    ['two', 20],
  ])
  expect(await duckRows(path, 'SELECT index_name FROM duckdb_indexes() ORDER BY 1')).toEqual([
    ['note'],
    ['part'],
  ])
  await answerOf(settings, 'rollback', { target: path, mode: 'undo', dryRun: false })
  expect(await duckContentOf(path)).toEqual(before)
})

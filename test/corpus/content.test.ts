import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { change, makeDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { contentOf, contentOfColumns, differences, untouchedBy } from './content.ts'

const schema = `CREATE TABLE t(id TEXT, n, made AS (n * 2)); CREATE TABLE w(k TEXT PRIMARY KEY, n) WITHOUT ROWID;
  CREATE INDEX i ON t(n); CREATE VIRTUAL TABLE f5 USING fts5(a, content=''); CREATE VIRTUAL TABLE f4 USING fts4(a);`
const rows = `INSERT INTO t VALUES('a', 1), ('b', 2.5), ('c', NULL); INSERT INTO w VALUES('k', x'00');
  INSERT INTO f5(rowid, a) VALUES(1, 'one two'); INSERT INTO f4(a) VALUES('one two');`

/** What tells the same database from itself after some program has run `sql`. */
function differencesAfter(...sql: readonly string[]): readonly string[] {
  const folder = temporaryFolder()
  const path = makeDatabase(join(folder, 'before.db'), schema, rows)
  const changed = join(folder, 'after.db')
  copyFileSync(path, changed)
  change(changed, ...sql)
  return differences(contentOf(path), contentOf(changed))
}

test.each([
  ['UPDATE t SET n = 1.0 WHERE n = 1', ['rows of t']],
  ["UPDATE t SET n = '2.5' WHERE n = 2.5", ['rows of t']],
  ["UPDATE t SET id = 'A' WHERE id = 'a'", ['rows of t']],
  ['UPDATE t SET rowid = 9 WHERE rowid = 3', ['rows of t']],
  ["UPDATE w SET n = '' WHERE n = x'00'", ['rows of w']],
  ['DELETE FROM t WHERE n IS NULL', ['rows of t']],
  ['DROP INDEX i', ['index i']],
  ['CREATE VIEW v AS SELECT 1', ['view v']],
  ['PRAGMA user_version = 7', ['pragma user_version']],
  ["INSERT INTO f5(rowid, a) VALUES(2, 'two')", ['rows of f5', 'terms of f5']],
  ["UPDATE f4 SET a = 'one three'", ['rows of f4', 'terms of f4']],
  ['CREATE TABLE _ulid_migrate_x(n)', []],
  ["INSERT INTO f4(f4) VALUES('rebuild'); INSERT INTO f5(f5) VALUES('optimize'); VACUUM", []],
])('%s is seen in %j', (sql, names) => {
  expect(differencesAfter(sql)).toEqual(names)
})

test('columns that no plan names are compared without those that it does', () => {
  const path = makeDatabase(join(temporaryFolder(), 'a.db'), schema, rows)
  const untouched = untouchedBy([{ table: 't', column: 'id' }], path)
  const before = contentOfColumns(path, untouched)
  change(path, "UPDATE t SET id = 'x'")
  expect(differences(before, contentOfColumns(path, untouched))).toEqual([])
  change(path, 'UPDATE t SET n = 3 WHERE n = 1')
  expect(differences(before, contentOfColumns(path, untouched))).toEqual(['untouched columns of t'])
})

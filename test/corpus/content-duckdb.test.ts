import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inDuck, inWal } from '../support/duck-files.ts'
import { duckRows } from '../support/duck-rows.ts'
import { temporaryFolder } from '../support/folder.ts'
import { differences } from './content.ts'
import { contentOf, untouchedIn } from './oracle.ts'
import { duckdbSide } from './since-duckdb.ts'

const schema = `CREATE SCHEMA "other one"; CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE SEQUENCE numbers START 7;
  CREATE TABLE t(id VARCHAR PRIMARY KEY, n DOUBLE, many VARCHAR[], deep STRUCT(a INTEGER, b MAP(VARCHAR, INTEGER)), m mood,
    made INTEGER AS (1 + 1), e FLOAT[4], j JSON, big HUGEINT, moment TIMESTAMP, raw BLOB, u UUID, variant UNION(i INTEGER, v VARCHAR));
  CREATE TABLE "other one"."a table"(k BIGINT); CREATE INDEX i ON t(n); CREATE VIEW v AS SELECT id FROM t; CREATE MACRO twice(x) AS x * 2;
  COMMENT ON TABLE t IS 'first'; COMMENT ON COLUMN t.n IS 'a number'`
const rows = `INSERT INTO t(id, n, many, deep, m, e, j, big, moment, raw, u, variant) VALUES
  ('a', 1, ['x, y'], {a: 1, b: MAP {'k': 1}}, 'good', [1, 2, 3, 4], '{"a":1}', 1, '2026-01-01', '\\x00'::BLOB, '00000000-0000-4000-8000-000000000001', 1::INTEGER),
  ('b', 'nan', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  INSERT INTO "other one"."a table" VALUES (1), (1)`

async function made(): Promise<{ readonly path: string; readonly changed: string }> {
  const folder = temporaryFolder()
  const path = await inDuck(join(folder, 'before.duckdb'), schema, rows)
  const changed = join(folder, 'after.duckdb')
  copyFileSync(path, changed)
  return { path, changed }
}

test.each<[string, readonly string[]]>([
  ["UPDATE t SET n = 1.0000000000000002 WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET n = 0 WHERE id = 'b'", ['rows of t']],
  ["UPDATE t SET many = ['x', 'y'] WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET many = [] WHERE id = 'b'", ['rows of t']],
  ["UPDATE t SET deep = {a: 1, b: MAP {'k': 2}} WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET m = 'bad' WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET e = [1, 2, 3, 5] WHERE id = 'a'", ['rows of t']],
  [`UPDATE t SET j = '{"a": 1}' WHERE id = 'a'`, ['rows of t']],
  ["UPDATE t SET big = 2 WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET moment = '2026-01-01 00:00:00.000001' WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET raw = '\\x01'::BLOB WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET u = '00000000-0000-4000-8000-000000000002' WHERE id = 'a'", ['rows of t']],
  ["UPDATE t SET variant = '1'::VARCHAR WHERE id = 'a'", ['rows of t']],
  [
    'ALTER TABLE "other one"."a table" ALTER k TYPE INTEGER',
    ['table other one.a table', 'column other one.a table.k', 'rows of other one.a table'],
  ],
  ['INSERT INTO "other one"."a table" VALUES (1)', ['rows of other one.a table']],
  ['DROP INDEX i', ['index i']],
  ['CREATE OR REPLACE VIEW v AS SELECT n FROM t', ['column v.id', 'view v', 'column v.n']],
  ['CREATE OR REPLACE MACRO twice(x) AS x + x', ['macro twice']],
  ["SELECT nextval('numbers')", ['sequence numbers']],
  ["CREATE TYPE tone AS ENUM ('a')", ['type tone']],
  ['CREATE SCHEMA third', ['schema third']],
  ["COMMENT ON COLUMN t.n IS 'another'", ['column t.n']],
  ["COMMENT ON TABLE t IS 'second'", ['table t']],
  ['CREATE TABLE _ulid_migrate_x(n INTEGER); CREATE INDEX _ulid_migrate_i ON _ulid_migrate_x(n)', []],
  ["UPDATE t SET id = 'c' WHERE id = 'a'; UPDATE t SET id = 'a' WHERE id = 'c'; CHECKPOINT", []],
])('%s is seen in %j', async (sql, names) => {
  const { path, changed } = await made()
  await inDuck(changed, sql)
  expect(differences(await contentOf(path), await contentOf(changed))).toEqual(names)
})

test('what lies in the .wal is seen', async () => {
  const { path, changed } = await made()
  await inWal(changed, "DELETE FROM t WHERE id = 'b'")
  expect(differences(await contentOf(path), await contentOf(changed))).toEqual(['rows of t'])
})

test('columns that no plan names are compared without those that it does', async () => {
  const { path, changed } = await made()
  const planned = [
    { table: 't', column: 'id' },
    { table: 'other one.a table', column: 'k' },
  ]
  const off = async () => {
    const [before, after] = await untouchedIn(planned, path, path, changed)
    return differences(before ?? new Map(), after ?? new Map())
  }
  await inDuck(changed, `UPDATE t SET id = 'x' WHERE id = 'a'; UPDATE "other one"."a table" SET k = 9`)
  expect(await off()).toEqual([])
  await inDuck(changed, "UPDATE t SET e = [0, 0, 0, 0] WHERE id = 'x'")
  expect(await off()).toEqual(['untouched columns of t'])
})

test('a program writes into every table; what DuckDB refuses is told', async () => {
  const ulid = '01ARZ3NDEKTSV4RRFFQ69G5FA'
  const path = await inDuck(
    join(temporaryFolder(), 'a.duckdb'),
    'CREATE TABLE p(id VARCHAR PRIMARY KEY, name VARCHAR); CREATE TABLE c(p_id VARCHAR REFERENCES p(id), note VARCHAR)',
    `INSERT INTO p VALUES ('${ulid}0', 'a'), ('${ulid}1', 'b'), ('${ulid}2', 'c'); INSERT INTO c VALUES ('${ulid}2', 'x'), ('${ulid}0', 'y'), (NULL, 'z')`,
  )
  const wrote = await duckdbSide.writeInto(path)
  expect(wrote).toMatchObject({ inserted: 2, updated: 1, deleted: 1 })
  expect(wrote.refused).toEqual([
    expect.stringMatching(/^c: .*foreign key/i),
    expect.stringMatching(/^p: .*foreign key/i),
  ])
  expect(await duckRows(path, "SELECT count(*)::INTEGER FROM p WHERE name = 'changed since'")).toEqual([[1]])
})

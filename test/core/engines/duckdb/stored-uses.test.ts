import { expect, it } from 'vitest'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { storedUses } from '../../../../src/core/engines/duckdb/stored-uses.ts'
import { storeOf } from '../../../support/duckdb.ts'

it('finds what views, macros, CHECKs, generated columns and indexes over expressions say of a column, and what ULIDs would change in it', async () => {
  const store = await storeOf(
    'CREATE SCHEMA s',
    `CREATE TABLE t(id VARCHAR PRIMARY KEY, x VARCHAR, p VARCHAR AS (substr(id, 1, 8)), CHECK (length(id) = 36), CHECK (id <> x))`,
    'CREATE TABLE s.t(id VARCHAR, x VARCHAR)',
    'CREATE INDEX low ON t((lower(id)))',
    'CREATE INDEX plain_index ON t(id)',
    `CREATE TABLE r(t_id VARCHAR, id VARCHAR)`,
    `CREATE VIEW of_one AS SELECT * FROM t WHERE id = '7b0e'::UUID`,
    'CREATE VIEW of_some AS SELECT x FROM t WHERE id IN (1, 2)',
    'CREATE VIEW joined AS SELECT t.id, count(*) AS n FROM t JOIN r ON r.t_id = t.id GROUP BY t.id',
    'CREATE VIEW as_text AS SELECT id::VARCHAR AS id FROM t',
    'CREATE VIEW of_other AS SELECT left(q.id, 8) AS beginning FROM t JOIN r AS q ON q.t_id = t.id',
    'CREATE VIEW of_other_schema AS SELECT left(id, 8) AS beginning FROM s.t',
    'CREATE VIEW cut AS SELECT left(q.id, 8) AS beginning FROM t AS q',
    'CREATE VIEW in_order AS SELECT x FROM t ORDER BY x, id',
    'CREATE VIEW greater AS SELECT x FROM t WHERE x < id',
    'CREATE MACRO either(a) AS (SELECT t.x FROM t JOIN r ON r.t_id = t.id WHERE length(a) > 0)',
    'CREATE MACRO by_number(a) AS (SELECT x FROM t WHERE id = a::INTEGER)',
    'CREATE MACRO by_id(a) AS (SELECT x FROM t WHERE id = a)',
  )
  const uses = storedUses(await readCatalog(store))([{ table: 't', column: 'id' }])
  expect(
    uses.filter(({ meaning }) => meaning).map(({ kind, object, expression }) => [kind, object, expression]),
  ).toMatchInlineSnapshot(`
    [
      [
        "CHECK",
        "t",
        "(length(id) = 36)",
      ],
      [
        "generated column",
        "t.p",
        "substr(id, 1, 8)",
      ],
      [
        "index",
        "low",
        "(lower(id))",
      ],
      [
        "macro",
        "by_number",
        "t WHERE (id = CAST(a",
      ],
      [
        "view",
        "of_one",
        "t WHERE (id = CAST('7b0e'",
      ],
      [
        "view",
        "of_some",
        "t WHERE (id IN (1,",
      ],
      [
        "view",
        "cut",
        "SELECT "left"(q.id, 8) AS",
      ],
      [
        "view",
        "in_order",
        "BY x, id;",
      ],
      [
        "view",
        "greater",
        "(x < id);",
      ],
    ]
  `)
  expect(
    [...new Set(uses.filter(({ meaning }) => !meaning).map(({ object }) => object))].toSorted(),
  ).toMatchInlineSnapshot(`
    [
      "as_text",
      "by_id",
      "either",
      "joined",
      "of_other",
      "t",
    ]
  `)
  expect(
    [...new Set(uses.filter(({ doubtful }) => doubtful).map(({ object }) => object))].toSorted(),
  ).toEqual(['by_id', 'by_number', 'either'])
})

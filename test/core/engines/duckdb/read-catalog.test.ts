import { describe, expect, it } from 'vitest'
import type { DuckTable } from '../../../../src/core/engines/duckdb/catalog.ts'
import type { Store } from '../../../../src/core/engines/duckdb/connect.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../src/core/engines/duckdb/same-catalog.ts'
import { statementsOf, storeOf } from '../../../support/duckdb.ts'

/** What differs between a database and one that is made of nothing but its catalog's texts. */
async function lostOnTheWay(store: Store): Promise<readonly string[]> {
  const catalog = await readCatalog(store)
  return differences(catalog, await readCatalog(await storeOf(...statementsOf(catalog))))
}

async function tableIn(store: Store, name: string): Promise<DuckTable> {
  return (await readCatalog(store)).tables.find(table => table.name === name)!
}

const everything = [
  `CREATE SCHEMA "my.s"`,
  `CREATE TYPE mood AS ENUM ('sad', 'it''s, "ok")')`,
  `CREATE TYPE "my.s"."ty pe" AS STRUCT(a INTEGER, "b c" VARCHAR[])`,
  `CREATE TYPE "select" AS UNION(n INTEGER, s VARCHAR)`,
  `CREATE TYPE nested AS STRUCT(m mood, x INTEGER[3])`,
  `CREATE TYPE plain AS INTEGER`,
  `CREATE SEQUENCE sq START 5 INCREMENT 2 MINVALUE 1 MAXVALUE 1000 CYCLE`,
  `CREATE SEQUENCE "my.s"."s q" INCREMENT -1`,
  `CREATE TABLE p(
     id INTEGER PRIMARY KEY DEFAULT nextval('sq'),
     par INTEGER REFERENCES p(id),
     k VARCHAR COLLATE NOCASE UNIQUE,
     k2 VARCHAR NOT NULL,
     m mood DEFAULT 'sad', st "my.s"."ty pe", n nested, ml mood[], mm MAP(VARCHAR, mood), u "select", pl plain,
     g INTEGER GENERATED ALWAYS AS (id + 1) VIRTUAL, g2 AS (lower(k2)),
     d DECIMAL(10, 2) DEFAULT 1.5, b BLOB DEFAULT '\\x00'::BLOB, ts TIMESTAMPTZ DEFAULT now(), v FLOAT[3],
     l VARCHAR[] DEFAULT ['a]', '(', 'b,"'], h INTEGER DEFAULT CASE WHEN 1 = 1 THEN 2 ELSE 3 END,
     s STRUCT(a INTEGER) DEFAULT {'a': 1}, x MAP(VARCHAR, INTEGER) DEFAULT MAP {'a': 1}, j JSON DEFAULT '{"a":[1]}',
     CHECK (k2 <> 'a,b)"'), CHECK (p.h IN (2, 3)), UNIQUE (k2, m), FOREIGN KEY (k2, m) REFERENCES p(k2, m))`,
  `CREATE TABLE "my.s"."it em""q, (x"(
     "or der" INTEGER, "select" VARCHAR, "ünï" VARCHAR DEFAULT 'x''y', "a""b" INTEGER UNIQUE, "Primary" INTEGER,
     PRIMARY KEY ("or der", "select"), CHECK ("or der" > 0))`,
  `CREATE TABLE "my.s".c(
     a INTEGER REFERENCES "my.s"."it em""q, (x"("a""b"), b INTEGER CHECK (b > 0), s VARCHAR, f INTEGER,
     FOREIGN KEY (f, s) REFERENCES "my.s"."it em""q, (x", UNIQUE (b, a))`,
  `CREATE INDEX i1 ON p(lower(k2), m)`,
  `CREATE UNIQUE INDEX "i 2" ON "my.s".c("a", b)`,
  `CREATE INDEX i3 ON "my.s"."it em""q, (x"("ünï", ("a""b" + "or der"))`,
  `COMMENT ON TABLE p IS 'ta''ble'`,
  `COMMENT ON COLUMN p.k IS 'column'`,
  `COMMENT ON COLUMN "my.s"."it em""q, (x"."a""b" IS 'quoted'`,
  `COMMENT ON INDEX i1 IS 'index'`,
  `COMMENT ON SEQUENCE "my.s"."s q" IS 'sequence'`,
  `COMMENT ON TYPE mood IS 'type'`,
  `CREATE VIEW v(a, b) AS SELECT id, k FROM p`,
  `CREATE VIEW "my.s"."v w" AS SELECT * FROM p JOIN "my.s".c ON p.id = c.a`,
  `CREATE VIEW late AS SELECT b, a FROM v`,
  `COMMENT ON VIEW v IS 'view'`,
  `COMMENT ON COLUMN late.a IS 'column of a view'`,
  `CREATE MACRO m1(a, b := 5) AS a + b`,
  `CREATE MACRO m2(a) AS a, (a, b) AS a * b, (a, b, "c d" := 'x,)\n\ty') AS concat(a, "c d")`,
  `CREATE MACRO m3() AS 'none'`,
  `CREATE MACRO m1(n := [1, 2], o := 7) AS TABLE SELECT n, o`,
  `CREATE MACRO "my.s"."t m"(n) AS TABLE SELECT * FROM p WHERE id > n`,
  `COMMENT ON MACRO m1 IS 'macro'`,
  `COMMENT ON MACRO TABLE "my.s"."t m" IS 'table macro'`,
]

describe('A catalog', () => {
  it('makes the same database again', async () => {
    const store = await storeOf(...everything)
    expect(await lostOnTheWay(store)).toEqual([])
    const { tables, objects } = await readCatalog(store)
    expect([tables.length, objects.length]).toEqual([3, 16])
  })

  it('says of a column of any type what DuckDB says', async () => {
    const store = await storeOf('CREATE TABLE types AS FROM test_all_types()', ...everything)
    expect(await lostOnTheWay(store)).toEqual([])
    const said = await store.all(
      `SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
       WHERE NOT internal AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY ALL`,
    )
    const read = (await readCatalog(store)).tables.flatMap(table =>
      table.columns.map(column => [table.schema, table.name, column.name, column.fullType]),
    )
    expect(read.sort()).toEqual(said.sort())
    expect(read.length).toBeGreaterThan(80)
  })
})

import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import type { DuckTable } from '../../../../src/core/engines/duckdb/catalog.ts'
import { openStore, type Store } from '../../../../src/core/engines/duckdb/connect.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../src/core/engines/duckdb/same-catalog.ts'
import { statementsOf, storeOf } from '../../../support/duckdb.ts'
import { temporaryFolder } from '../../../support/folder.ts'

/** Until the file is opened again, DuckDB writes many a type in quotes here. */
const casts = [
  `CREATE TABLE casts(
     "DOUBLE" VARCHAR DEFAULT 1::DOUBLE::VARCHAR, b DECIMAL(10,2) DEFAULT '1.5'::DECIMAL(10,2),
     c TIMESTAMPTZ DEFAULT '2020-01-01'::TIMESTAMPTZ, d DOUBLE[] DEFAULT '[1]'::DOUBLE[], e mood DEFAULT 'sad'::mood,
     f UUID DEFAULT TRY_CAST('1' AS UUID), g VARCHAR AS ("DOUBLE"::DOUBLE::VARCHAR), h BIT DEFAULT '1'::BIT, i JSON DEFAULT '{}'::JSON,
     j TIMESTAMP_NS DEFAULT '2020-01-01'::TIMESTAMP_NS, k MAP(VARCHAR, BLOB) DEFAULT '{}'::MAP(VARCHAR, BLOB), l DATE DEFAULT '2020-01-01'::DATE,
     CHECK ("DOUBLE"::DECIMAL(9, 3) <> 1 OR 'CAST(a AS "BLOB")'::STRUCT("DOUBLE" DOUBLE[]) IS NULL))`,
  'CREATE INDEX of_casts ON casts(("DOUBLE"::DOUBLE + 1::DECIMAL(4, 1)))',
  'CREATE VIEW cast_view AS SELECT "DOUBLE"::DOUBLE AS x, e::mood AS y FROM casts',
  'CREATE MACRO cast_macro(a) AS a::DOUBLE',
]

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
  it('has the keys of a table, to itself and to others, with the names as they are', async () => {
    const store = await storeOf(...everything)
    expect((await tableIn(store, 'p')).foreignKeys).toEqual([
      { columns: ['par'], schema: 'main', table: 'p', to: ['id'] },
      { columns: ['k2', 'm'], schema: 'main', table: 'p', to: ['k2', 'm'] },
    ])
    const child = await tableIn(store, 'c')
    expect(child.foreignKeys).toEqual([
      { columns: ['a'], schema: 'my.s', table: 'it em"q, (x', to: ['a"b'] },
      { columns: ['f', 's'], schema: 'my.s', table: 'it em"q, (x', to: ['or der', 'select'] },
    ])
    expect(child.sql).toBe(
      'CREATE TABLE "my.s".c(a INTEGER, b INTEGER, s VARCHAR, f INTEGER, ' +
        'FOREIGN KEY ("a") REFERENCES "my.s"."it em""q, (x"("a""b"), CHECK((b > 0)), ' +
        'FOREIGN KEY ("f", "s") REFERENCES "my.s"."it em""q, (x"("or der", "select"), UNIQUE(b, a));',
    )
    const parent = await tableIn(store, 'it em"q, (x')
    expect([parent.primaryKey, parent.uniques, parent.checks]).toEqual([
      ['or der', 'select'],
      [['a"b']],
      ['("or der" > 0)'],
    ])
  })

  it("names the database's own types, also inside of others, and tells what they stand for", async () => {
    const { columns } = await tableIn(await storeOf(...everything), 'p')
    const types = Object.fromEntries(columns.map(column => [column.name, column.type]))
    expect(types).toMatchObject({
      m: 'mood',
      st: '"my.s"."ty pe"',
      n: 'nested',
      ml: 'mood[]',
      mm: 'MAP(VARCHAR, mood)',
      u: '"select"',
      pl: 'INTEGER',
      v: 'FLOAT[3]',
      d: 'DECIMAL(10,2)',
    })
    expect(columns.find(column => column.name === 'n')!.fullType).toBe(
      `STRUCT(m ENUM('sad', 'it''s, "ok")'), x INTEGER[3])`,
    )
  })

  it('knows defaults, generated columns, collations, comments and what may not be null', async () => {
    const { columns, comment } = await tableIn(await storeOf(...everything), 'p')
    const of = (name: string) => columns.find(column => column.name === name)
    expect(comment).toBe("ta'ble")
    expect(of('id')).toMatchObject({ default: "nextval('sq')", notNull: true, generated: false })
    expect(of('k')).toMatchObject({ collation: 'NOCASE', comment: 'column', notNull: false, default: null })
    expect(of('k2')).toMatchObject({ notNull: true })
    expect(of('g')).toMatchObject({ generated: true, default: null, type: 'INTEGER' })
    expect(of('g2')).toMatchObject({ generated: true, type: 'VARCHAR' })
  })

  it('tells the columns of an index, and where there is an expression instead', async () => {
    const store = await storeOf(...everything)
    expect((await tableIn(store, 'p')).indexes).toMatchObject([
      { name: 'i1', unique: false, columns: [null, 'm'], comment: 'index', table: 'p' },
    ])
    expect((await tableIn(store, 'c')).indexes).toMatchObject([
      { name: 'i 2', unique: true, columns: ['a', 'b'] },
    ])
    expect((await tableIn(store, 'it em"q, (x')).indexes).toMatchObject([{ columns: ['ünï', null] }])
  })

  it('has macros with their overloads, and what a parameter is when it is left out', async () => {
    const { objects } = await readCatalog(await storeOf(...everything))
    expect(objects.filter(each => each.kind.endsWith('macro')).map(each => each.sql)).toEqual([
      'CREATE MACRO "main"."m1"("a", "b" := 5) AS (a + b);',
      `CREATE MACRO "main"."m2"("a") AS a, ("a", "b") AS (a * b), ("a", "b", "c d" := 'x,)\n\ty') AS concat(a, "c d");`,
      `CREATE MACRO "main"."m3"() AS 'none';`,
      'CREATE MACRO "main"."m1"("n" := [1, 2], "o" := 7) AS TABLE SELECT n, o;',
      'CREATE MACRO "my.s"."t m"("n") AS TABLE SELECT * FROM p WHERE (id > n);',
    ])
  })

  it('goes on with a sequence where it stands, in the same process and in a later one', async () => {
    const store = await storeOf(
      'CREATE SEQUENCE fresh START 5',
      'CREATE SEQUENCE used INCREMENT 2',
      'CREATE SEQUENCE down INCREMENT -1 MINVALUE -3',
      'CREATE SEQUENCE used_up MAXVALUE 3',
      'CREATE SEQUENCE round MAXVALUE 3 CYCLE',
      `SELECT nextval('used'), nextval('used'), nextval('down') FROM range(3)`,
      `SELECT nextval('used_up'), nextval('round') FROM range(3)`,
    )
    const catalog = await readCatalog(store)
    const again = await storeOf(...statementsOf(catalog))
    expect(differences(catalog, await readCatalog(again))).toEqual([])
    for (const each of [store, again]) {
      expect(await each.all("SELECT nextval('fresh'), nextval('used'), nextval('round')")).toEqual([
        [5n, 13n, 1n],
      ])
      await expect(each.all("SELECT nextval('used_up')")).rejects.toThrow('reached maximum value')
      await expect(each.all("SELECT nextval('down')")).rejects.toThrow('reached minimum value')
    }
  })

  it('is that of an attached database where that is asked for, and of the main one otherwise', async () => {
    const store = await storeOf('CREATE TABLE mine(id INTEGER)')
    const other = join(temporaryFolder(), 'other.duckdb')
    await store.run(`ATTACH '${other}' AS "the other"`)
    await store.run('USE "the other"')
    for (const statement of everything) await store.run(statement)
    const whole = await readCatalog(store)
    await store.run('USE store')
    expect(await readCatalog(store, 'the other')).toEqual(whole)
    expect(whole.tables).toHaveLength(3)
    expect((await readCatalog(store)).tables.map(table => table.name)).toEqual(['mine'])
  })

  it('sees what a transaction has made, and leaves the transaction as it is', async () => {
    const store = await storeOf(...everything)
    await store.run('BEGIN')
    await store.run('CREATE TABLE fresh(id INTEGER)')
    expect((await readCatalog(store)).tables.map(table => table.name)).toContain('fresh')
    await store.run('COMMIT')
    expect((await readCatalog(store)).tables.map(table => table.name)).toContain('fresh')
  })

  it('reads a view whose table is gone', async () => {
    const store = await storeOf(
      'CREATE TABLE t(id INTEGER)',
      'CREATE VIEW v AS SELECT id FROM t',
      'DROP TABLE t',
    )
    expect((await readCatalog(store)).objects).toMatchObject([
      { kind: 'view', name: 'v', sql: 'CREATE VIEW v AS SELECT id FROM t;' },
    ])
  })

  it('keeps a key of one column where it is written: behind the column, or behind all of them', async () => {
    const store = await storeOf(
      'CREATE TABLE t(a INTEGER UNIQUE, b INTEGER, c INTEGER UNIQUE, UNIQUE (a), PRIMARY KEY (b))',
    )
    expect(await tableIn(store, 't')).toMatchObject({
      sql: 'CREATE TABLE t(a INTEGER UNIQUE, b INTEGER, c INTEGER UNIQUE, UNIQUE(a), PRIMARY KEY(b));',
      primaryKey: ['b'],
    })
    expect(await lostOnTheWay(store)).toEqual([])
  })

  it('is the same in a file that is opened anew', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'file.duckdb')
    const limits = { memory: '512MB', threads: 2, temporary: folder }
    ;(await DuckDBInstance.create(path)).closeSync()
    const writer = await openStore(path, 'write', limits)
    for (const statement of [...everything, ...casts]) await writer.run(statement)
    const before = await readCatalog(writer)
    expect(before.tables.find(table => table.name === 'casts')!.checks).toEqual([
      `((CAST("DOUBLE" AS DECIMAL(9,3)) != 1) OR (CAST('CAST(a AS "BLOB")' AS STRUCT("DOUBLE" DOUBLE[])) IS NULL))`,
    ])
    writer.close()
    const reader = await openStore(path, 'read-only', limits)
    const after = await readCatalog(reader)
    expect(differences(before, after)).toEqual([])
    expect(after.tables).toEqual(before.tables)
    reader.close()
  })

  it('names the storage version of the file', async () => {
    expect((await readCatalog(await storeOf())).storageVersion).toBe('v1.0.0+')
  })
})

import { describe, expect, it } from 'vitest'
import type { DuckTable } from '../../../../src/core/engines/duckdb/catalog.ts'
import { parseTable, printTable } from '../../../../src/core/engines/duckdb/create-table.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { editTable, indexText, namesItself } from '../../../../src/core/engines/duckdb/table-text.ts'
import { storeOf } from '../../../support/duckdb.ts'

/** The tables that the statements make, as the catalog has them. */
async function tablesOf(...statements: readonly string[]): Promise<readonly DuckTable[]> {
  return (await readCatalog(await storeOf(...statements))).tables
}

async function tableOf(...statements: readonly string[]): Promise<DuckTable> {
  return (await tablesOf(...statements)).at(-1)!
}

describe('The text of a table', () => {
  it.each([
    'CREATE TABLE t(a INTEGER);',
    `CREATE TABLE "my s"."t, (x"(a INTEGER DEFAULT(nextval('s')) PRIMARY KEY, b VARCHAR COLLATE NOCASE.NOACCENT UNIQUE, , CHECK((b != 'a,(b'')')), );`,
    `CREATE TABLE t("default" TIMESTAMP WITH TIME ZONE DEFAULT(now()) NOT NULL, l VARCHAR[] DEFAULT(['a]', '(']), "a""b" STRUCT("not" INTEGER, "x y" ENUM('),', '"')[3]), PRIMARY KEY("default", l));`,
    `CREATE TABLE t(a INTEGER, g INTEGER GENERATED ALWAYS AS((a + 1)), d DECIMAL(10,2) DEFAULT({'a': 1, 'b': MAP {'c': 2}}), m "my.s"."DEFAULT");`,
    `CREATE TABLE t(a VARCHAR DEFAULT('it''s NOT NULL, PRIMARY KEY'), UNIQUE(a));`,
  ])('comes out as it was: %s', sql => {
    expect(printTable(parseTable(sql))).toBe(sql)
  })

  it('is read for what it says', () => {
    const sql = `CREATE TABLE "my s".t("a ""b" "my.s"."DEFAULT" COLLATE DE.NOCASE DEFAULT((1 + (2))) NOT NULL PRIMARY KEY UNIQUE, g INTEGER GENERATED ALWAYS AS((a + 1)), CHECK((g > 0)), );`
    const { columns, ...table } = parseTable(sql)
    expect(table).toEqual({
      schema: 'my s',
      name: 't',
      spelled: '"my s".t',
      constraints: ['CHECK((g > 0))', ''],
    })
    expect(columns).toMatchObject([
      {
        name: 'a "b',
        type: '"my.s"."DEFAULT"',
        collation: 'DE.NOCASE',
        default: '(1 + (2))',
        generated: null,
        notNull: true,
        primaryKey: true,
        unique: true,
      },
      { name: 'g', type: 'INTEGER', generated: '(a + 1)', default: null, notNull: false },
    ])
  })

  it('is refused when it is not one of DuckDB', () => {
    expect(() => parseTable('CREATE VIEW v AS SELECT 1')).toThrow('not a table')
  })
})

describe('An edited table', () => {
  const jobs = [
    'CREATE SEQUENCE sq',
    `CREATE TYPE mood AS ENUM('sad', 'ok')`,
    `CREATE TABLE jobs(
       id INTEGER PRIMARY KEY DEFAULT nextval('sq'), parent INTEGER REFERENCES jobs(id), m mood,
       name VARCHAR COLLATE NOCASE NOT NULL, price DOUBLE CHECK (price > 0), code UUID DEFAULT uuid(),
       g AS (price * 2), UNIQUE (name, code), CHECK (name <> 'id'))`,
  ]

  it('without edits is as it was', async () => {
    const table = await tableOf(...jobs)
    expect(editTable(table, { columns: [] })).toBe(table.sql)
  })

  it('has other types and defaults where they are named, and everything else as it was', async () => {
    const text = editTable(await tableOf(...jobs), {
      columns: [
        { name: 'ID', type: 'VARCHAR', default: "upper('x')" },
        { name: 'parent', type: 'VARCHAR' },
        { name: 'code', type: 'VARCHAR', default: null, notNull: true },
        { name: 'name', type: 'BLOB', notNull: false },
        { name: 'made', add: true, type: 'TIMESTAMP', default: 'now()', notNull: true },
      ],
    })
    expect(text).toBe(
      `CREATE TABLE jobs(id VARCHAR DEFAULT(upper('x')) PRIMARY KEY, parent VARCHAR, m mood, "name" BLOB, ` +
        `price DOUBLE, code VARCHAR NOT NULL, g DOUBLE GENERATED ALWAYS AS((price * 2)), ` +
        `"made" TIMESTAMP DEFAULT(now()) NOT NULL, FOREIGN KEY ("parent") REFERENCES "main"."jobs"("id"), ` +
        `CHECK((price > 0)), UNIQUE("name", code), CHECK(("name" != 'id')));`,
    )
  })

  it('takes another name, also where it names itself', async () => {
    const table = await tableOf(
      'CREATE SCHEMA s',
      'CREATE TABLE s.t(id INTEGER PRIMARY KEY, up INTEGER REFERENCES s.t, x INTEGER, CHECK (t.x > 0), t STRUCT(x INTEGER))',
    )
    // A column is called as the table: those are its fields.
    expect(editTable(table, { rename: { name: 'new one' }, columns: [] })).toContain(
      'REFERENCES "s"."new one"("id"), CHECK((t.x > 0)));',
    )
    const plain = await tableOf('CREATE TABLE t(x INTEGER, CHECK (t.x > 0 AND abs(x) < 9))')
    expect(editTable(plain, { rename: { schema: 's', name: 'n' }, columns: [] })).toBe(
      'CREATE TABLE "s"."n"(x INTEGER, CHECK((("n".x > 0) AND (abs(x) < 9))));',
    )
  })

  it('has renamed columns in keys, foreign keys, checks and generated columns', async () => {
    const table = await tableOf(
      `CREATE TABLE t(a INTEGER, b INTEGER, s STRUCT(a INTEGER), "max" INTEGER, PRIMARY KEY (a, b), c INTEGER, d INTEGER,
         FOREIGN KEY (c, d) REFERENCES t(a, b), CHECK (t.a > 0 AND s <> {'a': 1} AND 'a' <> 'b' AND greatest("max", a) > 1),
         g AS (a + b))`,
    )
    const text = editTable(table, {
      columns: [
        { name: 'a', renameTo: 'x y' },
        { name: 'c', renameTo: 'z' },
        { name: 'max', renameTo: 'most' },
      ],
    })
    expect(text).toBe(
      `CREATE TABLE t("x y" INTEGER, b INTEGER, s STRUCT(a INTEGER), "most" INTEGER, "z" INTEGER, d INTEGER, ` +
        `g INTEGER GENERATED ALWAYS AS(("x y" + b)), PRIMARY KEY("x y", "b"), ` +
        `FOREIGN KEY ("z", "d") REFERENCES "main"."t"("x y", "b"), ` +
        `CHECK(((t."x y" > 0) AND (s != main.struct_pack(a := 1)) AND ('a' != 'b') AND (greatest("most", "x y") > 1))));`,
    )
    await storeOf(text)
  })

  it('loses a dropped column, and the constraints that were only on it', async () => {
    const [, table] = await tablesOf(
      'CREATE TABLE p(id INTEGER PRIMARY KEY)',
      `CREATE TABLE t(a INTEGER UNIQUE CHECK (a > 0), b INTEGER REFERENCES p(id), c INTEGER, UNIQUE (a, b), CHECK (c > 1), CHECK (1 = 1))`,
    )
    expect(editTable(table!, { columns: [{ name: 'c', drop: true }] })).toBe(
      'CREATE TABLE t(a INTEGER UNIQUE, b INTEGER, CHECK((a > 0)), FOREIGN KEY ("b") REFERENCES "main"."p"("id"), UNIQUE(a, b), CHECK((1 = 1)));',
    )
    expect(
      editTable(table!, {
        columns: [
          { name: 'a', drop: true },
          { name: 'b', drop: true },
        ],
      }),
    ).toBe('CREATE TABLE t(c INTEGER, CHECK((c > 1)), CHECK((1 = 1)));')
  })

  it('refuses to drop a column that a constraint with others, or a generated column, needs', async () => {
    const table = await tableOf(
      'CREATE TABLE t(a INTEGER, b INTEGER, c INTEGER, UNIQUE (a, b), g AS (c + 1))',
    )
    expect(() => editTable(table, { columns: [{ name: 'a', drop: true }] })).toThrow('needs a')
    expect(() => editTable(table, { columns: [{ name: 'c', drop: true }] })).toThrow('needs c')
    expect(() => editTable(table, { columns: [{ name: 'nobody', type: 'INTEGER' }] })).toThrow(
      'no column nobody',
    )
    expect(() => editTable(table, { columns: [{ name: 'd', add: true }] })).toThrow('needs a type')
  })

  it('lets a column take the name, the key and the constraints of one that is dropped', async () => {
    const table = await tableOf(
      'CREATE TABLE t(id INTEGER PRIMARY KEY, x INTEGER, id_ulid VARCHAR NOT NULL, CHECK (id <> 0), UNIQUE (x, id))',
    )
    expect(
      editTable(table, {
        columns: [
          { name: 'id', drop: true },
          { name: 'id_ulid', renameTo: 'id' },
        ],
      }),
    ).toBe('CREATE TABLE t(x INTEGER, "id" VARCHAR NOT NULL PRIMARY KEY, CHECK((id != 0)), UNIQUE(x, id));')
  })

  it('is made by DuckDB, and read as what it was edited to', async () => {
    const table = await tableOf(...jobs)
    const text = editTable(table, {
      rename: { name: 'made, "anew"' },
      columns: [
        { name: 'id', type: 'VARCHAR', default: null },
        { name: 'parent', type: 'VARCHAR', renameTo: 'up' },
        { name: 'm', drop: true },
      ],
    })
    const again = await tableOf(...jobs.slice(0, 2), text)
    expect(again.foreignKeys).toEqual([
      { columns: ['up'], schema: 'main', table: 'made, "anew"', to: ['id'] },
    ])
    expect(editTable(again, { columns: [] })).toBe(again.sql)
    expect(again.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'VARCHAR'],
      ['up', 'VARCHAR'],
      ['name', 'VARCHAR'],
      ['price', 'DOUBLE'],
      ['code', 'UUID'],
      ['g', 'DOUBLE'],
    ])
  })
})

describe('A table names itself', () => {
  it.each([
    ['in a reference to itself', 'CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER REFERENCES t)', true],
    ['in a check', 'CREATE TABLE t(a INTEGER CHECK (t.a > 0))', true],
    [
      'not where a column has its name',
      'CREATE TABLE t(a INTEGER, t STRUCT(a INTEGER) CHECK (t.a > 0))',
      false,
    ],
    ['not in a text', `CREATE TABLE t(a VARCHAR CHECK (a <> 't.a'))`, false],
  ])('%s', async (_, sql, expected) => {
    expect(namesItself(await tableOf(sql))).toBe(expected)
  })

  it('and then DuckDB breaks it by a rename, which is why one asks', async () => {
    const store = await storeOf('CREATE TABLE t(a INTEGER CHECK (t.a > 0))', 'ALTER TABLE t RENAME TO u')
    await expect(store.run('INSERT INTO u VALUES (1)')).rejects.toThrow(`Cannot extract field 't'`)
  })
})

describe('The text of an index', () => {
  it('is for the table that it is wanted for', async () => {
    const [table] = await tablesOf(
      'CREATE SCHEMA "my ON"',
      'CREATE TABLE "my ON"."t ON (x"(a INTEGER, "b c" VARCHAR)',
      'CREATE UNIQUE INDEX "i ON" ON "my ON"."t ON (x"("b c", (a + 1))',
      'CREATE INDEX plain ON "my ON"."t ON (x"(a)',
    )
    expect(table!.indexes.map(index => indexText(index, { schema: 's', name: 'n' }))).toEqual([
      'CREATE UNIQUE INDEX "i ON" ON "s"."n"("b c", ((a + 1)));',
      'CREATE INDEX "plain" ON "s"."n"(a);',
    ])
    expect(
      indexText(
        { ...table!.indexes[1]!, sql: 'CREATE INDEX i ON t USING HNSW (v) WITH (metric = 1);' },
        table!,
      ),
    ).toBe('CREATE INDEX "plain" ON "my ON"."t ON (x" USING HNSW (v) WITH (metric = 1);')
  })
})

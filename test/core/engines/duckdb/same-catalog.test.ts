import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../../src/core/engines/duckdb/catalog.ts'
import { readCatalog } from '../../../../src/core/engines/duckdb/read-catalog.ts'
import { differences } from '../../../../src/core/engines/duckdb/same-catalog.ts'
import { storeOf } from '../../../support/duckdb.ts'

const shop = [
  'CREATE SCHEMA s',
  'CREATE SEQUENCE sq',
  'CREATE TABLE p(id INTEGER PRIMARY KEY, name VARCHAR)',
  'CREATE TABLE s.q(id INTEGER PRIMARY KEY)',
  'CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, x INTEGER, CHECK (x > 0), g AS (x + 1))',
  'CREATE INDEX i ON c(x)',
  'CREATE VIEW v AS SELECT id FROM c',
  'CREATE MACRO m(a := 1) AS a',
]

/** What the catalogs of the shop before and after the statements differ in. */
async function changedBy(...statements: readonly string[]): Promise<readonly string[]> {
  const store = await storeOf(...shop)
  const before = await readCatalog(store)
  for (const statement of statements) await store.run(statement)
  return differences(before, await readCatalog(store))
}

describe('Two catalogs', () => {
  it('are the same when nothing happened, or only to what is ours', async () => {
    expect(
      await changedBy(
        'CREATE TABLE _ulid_migrate_map(legacy INTEGER)',
        'CREATE VIEW _ulid_migrate_v AS SELECT 1',
        'CREATE INDEX _ulid_migrate_i ON c(x)',
        'INSERT INTO p VALUES (1, NULL)',
      ),
    ).toEqual([])
  })

  it('differ in each thing that is gone, new or another one', async () => {
    expect(
      await changedBy(
        'CREATE TABLE fresh(id INTEGER)',
        'DROP TABLE s.q',
        "COMMENT ON TABLE p IS 'all'",
        "COMMENT ON COLUMN p.name IS 'one'",
        "ALTER TABLE p ALTER name SET DEFAULT 'x'",
        'ALTER TABLE p ADD COLUMN more DOUBLE',
        'DROP INDEX i',
        'CREATE UNIQUE INDEX i ON c(x, p)',
        "COMMENT ON INDEX i IS 'index'",
        'CREATE INDEX j ON c(p)',
        'CREATE OR REPLACE VIEW v AS SELECT id, x FROM c',
        "COMMENT ON COLUMN v.x IS 'x'",
        'CREATE OR REPLACE MACRO m(a := 2) AS a',
        'DROP SEQUENCE sq',
        'CREATE SCHEMA t',
        `CREATE TYPE mood AS ENUM ('ok')`,
      ),
    ).toEqual([
      'table c, index i: CREATE INDEX i ON c(x); -> CREATE UNIQUE INDEX i ON c(x, p);',
      'table c, index i, comment: none -> index',
      'table c, index j: new',
      `table p, column name, default: none -> 'x'`,
      'table p, column name, comment: none -> one',
      'table p, column more: new',
      'table p, comment: none -> all',
      'table s.q: gone',
      'table fresh: new',
      'sequence sq: gone',
      'macro m: CREATE MACRO "main"."m"("a" := 1) AS a; -> CREATE MACRO "main"."m"("a" := 2) AS a;',
      'view v: CREATE VIEW v AS SELECT id FROM c; -> CREATE VIEW v AS SELECT id, x FROM c;',
      'view v, comments of columns: [] -> [{"column":"x","comment":"x"}]',
      'schema t: new',
      'type mood: new',
    ])
  })

  it.each([
    ['a type', 'g AS (x + 1)', 'g VARCHAR AS (x + 1)', ['table c, column g, type: INTEGER -> VARCHAR']],
    [
      'a key',
      'p INTEGER REFERENCES p',
      'p INTEGER',
      [
        'table c, foreign keys: ["{\\"columns\\":[\\"p\\"],\\"schema\\":\\"main\\",\\"table\\":\\"p\\",\\"to\\":[\\"id\\"]}"] -> []',
      ],
    ],
    ['a check', 'CHECK (x > 0)', 'CHECK (x > 1)', ['table c, checks: ["(x > 0)"] -> ["(x > 1)"]']],
    [
      'a primary key',
      'c(id INTEGER PRIMARY KEY',
      'c(id INTEGER UNIQUE NOT NULL',
      ['table c, primary key: ["id"] -> []', 'table c, unique: [] -> ["[\\"id\\"]"]'],
    ],
    ['NOT NULL', 'x INTEGER', 'x INTEGER NOT NULL', ['table c, column x, not null: false -> true']],
    [
      'a collation',
      'name VARCHAR',
      'name VARCHAR COLLATE NOCASE',
      ['table p, column name, collation: none -> NOCASE'],
    ],
    [
      'the order of columns',
      'p(id INTEGER PRIMARY KEY, name VARCHAR)',
      'p(name VARCHAR, id INTEGER PRIMARY KEY)',
      ['table p, order of columns: ["id","name"] -> ["name","id"]'],
    ],
    [
      'what a generated column is',
      '(x + 1)',
      '(x + 2)',
      [
        'table c, text: CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER, x INTEGER, g INTEGER GENERATED ALWAYS AS((x + 1)), ' +
          'FOREIGN KEY ("p") REFERENCES "main"."p"("id"), CHECK((x > 0))); -> CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER, ' +
          'x INTEGER, g INTEGER GENERATED ALWAYS AS((x + 2)), FOREIGN KEY ("p") REFERENCES "main"."p"("id"), CHECK((x > 0)));',
      ],
    ],
  ] as const)('differ in %s', async (_, was, is, expected) => {
    const [before, then]: readonly Catalog[] = [
      await readCatalog(await storeOf(...shop)),
      await readCatalog(await storeOf(...shop.map(each => each.replace(was, is)))),
    ]
    expect(differences(before!, then!)).toEqual(expected)
  })
})

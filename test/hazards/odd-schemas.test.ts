import { describe, expect, test } from 'vitest'
import { change, columnOf, quoted, rowsOf } from '../support/database.ts'
import { detectIn } from '../support/in-process.ts'
import {
  findingsAt,
  isUlid,
  migrateAt,
  place,
  refusedMigration,
  textOf,
  thereAndBack,
  undoAt,
  uuid,
} from './support.ts'

/** What issue 3 names besides: whole schemas that are seldom, each there and back. */

const forms = ['keep-integer', 'pure'] as const

const oddNames = [
  'with space',
  'with "double" quotes',
  "with 'single' quotes",
  'with `ticks`',
  'with [brackets]',
  'semi;colon -- comment',
  '/* comment */',
  'emoji 🦆',
  'größe',
  'таблица',
  '表',
  'عربي',
  'select',
  'TABLE',
  'values',
  'order',
  'rowid_',
  '1st',
  '%_like',
  'a.b',
  '$dollar',
  ':colon',
  '?1',
  '@at',
  ' leading',
  'trailing ',
  '\ttab\n',
  'old',
  'new',
  'm',
  'o',
  't',
  'c',
  'n',
  'p',
  'x'.repeat(200),
]

describe.each(forms)('names that need quotes, or mean something elsewhere (%s)', form => {
  test.each(oddNames)('%j as table, key, reference, index, trigger and view', async name => {
    const n = quoted(name)
    const child = quoted(`${name} child`)
    const at = place(
      `CREATE TABLE ${n}(${n} INTEGER PRIMARY KEY, value TEXT);
       CREATE TABLE ${child}(id INTEGER PRIMARY KEY, ${n} INT REFERENCES ${n}(${n}) ON DELETE CASCADE, note TEXT);
       CREATE INDEX ${quoted(`${name} index`)} ON ${child}(${n}) WHERE ${n} IS NOT NULL;
       CREATE VIEW ${quoted(`${name} view`)} AS SELECT ${child}.note, ${n}.value FROM ${child} JOIN ${n} USING (${n});
       CREATE TRIGGER ${quoted(`${name} trigger`)} AFTER INSERT ON ${n} BEGIN UPDATE ${child} SET note = note WHERE ${n} = new.${n}; END;
       INSERT INTO ${n} VALUES(1, 'one'), (2, 'two'); INSERT INTO ${child} VALUES(1, 1, 'a'), (2, 2, 'b'), (3, 9, 'c'), (4, NULL, 'd');`,
    )
    await thereAndBack(at, {
      choices: { form },
      same: [
        `SELECT note, value FROM ${child} c LEFT JOIN ${n} p ON p.${n} = +c.${n} ORDER BY note`,
        `SELECT * FROM ${quoted(`${name} view`)} ORDER BY 1`,
        "SELECT type, name FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL AND name NOT LIKE '%ulid_migrate%' ORDER BY name",
      ],
      then: path => expect(columnOf(path, `SELECT count(*) FROM ${n} WHERE ${isUlid(n)}`)).toEqual([2n]),
    })
  })
})

test('names can be given as in SQL, quoted where needed, in any letter case', async () => {
  const at = place(
    `CREATE TABLE "it em"("the id" TEXT PRIMARY KEY, n INT); INSERT INTO "it em" VALUES('abc', 1); CREATE TABLE o(id TEXT PRIMARY KEY); INSERT INTO o VALUES('${uuid(1)}')`,
  )
  for (const only of ['"it em"."the id"', '"IT EM"."THE ID"', '[it em].`the id`']) {
    const { identities } = await detectIn(at.path, { only: [only] })
    expect(
      identities.filter(identity => identity.migrate).map(({ table, column }) => [table, column]),
    ).toEqual([['it em', 'the id']])
  }
})

const shapes: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a key that is a reference that is a key: three tables share one id',
    `CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY REFERENCES a(id), v TEXT); CREATE TABLE c(id INTEGER PRIMARY KEY REFERENCES b(id), v TEXT);
     INSERT INTO a VALUES(1, 'a1'), (2, 'a2'), (3, 'a3'); INSERT INTO b VALUES(1, 'b1'), (3, 'b3'); INSERT INTO c VALUES(3, 'c3');`,
    ['SELECT a.v, b.v, c.v FROM a LEFT JOIN b ON b.id = a.id LEFT JOIN c ON c.id = b.id ORDER BY 1'],
  ],
  [
    'two references to one parent in one row, and one to each of two parents in one column of another',
    `CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE mail(n INTEGER PRIMARY KEY, sender INT NOT NULL REFERENCES person, receiver INT REFERENCES person(id), UNIQUE(sender, receiver));
     INSERT INTO person VALUES(1, 'a'), (2, 'b'); INSERT INTO mail VALUES(1, 1, 2), (2, 2, 1), (3, 1, 1), (4, 2, NULL), (5, 7, 1);`,
    [
      'SELECT mail.rowid, s.name, r.name FROM mail LEFT JOIN person s ON s.id = +sender LEFT JOIN person r ON r.id = +receiver ORDER BY 1',
    ],
  ],
  [
    'two identities in one table: an integer key, and a UUID beside it, each with references of its own',
    `CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id), p_uuid TEXT REFERENCES p(uuid));
     INSERT INTO p(uuid, name) VALUES('${uuid(1)}', 'one'), ('${uuid(2)}', 'two'); INSERT INTO c VALUES(1, 1, '${uuid(2)}'), (2, 2, '${uuid(1)}'), (3, NULL, NULL), (4, 8, '${uuid(9)}');`,
    [
      'SELECT c.rowid, a.name, b.name FROM c LEFT JOIN p a ON a.id = +p_id LEFT JOIN p b ON b.uuid = p_uuid ORDER BY 1',
    ],
  ],
  [
    'everything STRICT, with ANY, and WITHOUT ROWID',
    `CREATE TABLE p(id INTEGER PRIMARY KEY, a ANY, t TEXT, i INT, r REAL, b BLOB) STRICT; CREATE TABLE c(k TEXT, p_id INTEGER REFERENCES p(id), x ANY, PRIMARY KEY(k, p_id)) STRICT, WITHOUT ROWID;
     INSERT INTO p VALUES(1, '01', 'x', 1, 1, x'00'), (2, 2.0, NULL, NULL, NULL, NULL), (3, x'01', '', -1, -0.0, x''); INSERT INTO c VALUES('a', 1, 'x'), ('a', 2, 1), ('b', 3, 1.5), ('c', 99, NULL);`,
    ['SELECT k, typeof(a), quote(a), typeof(x) FROM c LEFT JOIN p ON p.id = +p_id ORDER BY k, x'],
  ],
  [
    'collations on keys, references and indexes, and descending, partial, expression and unique indexes',
    `CREATE TABLE p(id TEXT COLLATE NOCASE PRIMARY KEY, name TEXT COLLATE RTRIM UNIQUE); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT COLLATE BINARY REFERENCES p(id), x TEXT);
     CREATE INDEX i1 ON c(p_id DESC, n ASC); CREATE UNIQUE INDEX i2 ON c(x COLLATE NOCASE) WHERE x IS NOT NULL; CREATE INDEX i3 ON c(lower(x), n); CREATE INDEX i4 ON p(name COLLATE BINARY DESC);
     INSERT INTO p VALUES('${uuid(10)}', 'a'), ('${uuid(11).toUpperCase()}', 'B '); INSERT INTO c VALUES(1, '${uuid(10).toUpperCase()}', 'X'), (2, '${uuid(11)}', 'y'), (3, '${uuid(12)}', NULL), (4, '${uuid(12).toUpperCase()}', NULL);`,
    [
      'SELECT c.rowid, name FROM c LEFT JOIN p ON p.id = p_id ORDER BY 1',
      "SELECT rowid FROM c INDEXED BY i3 WHERE lower(x) = 'x'",
      "SELECT name FROM p WHERE name = 'B'",
    ],
  ],
  [
    'generated columns of both kinds, under keys, indexes and checks, with names that are words',
    `CREATE TABLE p(id INTEGER PRIMARY KEY, "generated" TEXT AS (upper("as")) STORED UNIQUE, "as" TEXT, "always" INT GENERATED ALWAYS AS (length("generated")) VIRTUAL CHECK("always" < 10) NOT NULL);
     CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id), up TEXT REFERENCES p("generated")); INSERT INTO p(id, "as") VALUES(1, 'one'), (2, 'two'); INSERT INTO c VALUES(1, 1, 'TWO'), (2, 2, 'ONE'), (3, 5, 'X');`,
    [
      'SELECT c.rowid, a."as", b."as", a."always" FROM c LEFT JOIN p a ON a.id = +p_id LEFT JOIN p b ON b."generated" = up ORDER BY 1',
    ],
  ],
  [
    'no rows at all in some tables, and rows in which all is NULL',
    `CREATE TABLE p(id INTEGER PRIMARY KEY, a, b); CREATE TABLE c(a, b, p_id INT REFERENCES p(id)); CREATE TABLE e(id INTEGER PRIMARY KEY AUTOINCREMENT, p_id INT REFERENCES p(id));
     INSERT INTO p(id) VALUES(1); INSERT INTO c VALUES(NULL, NULL, NULL), (NULL, NULL, 1);`,
    ['SELECT count(*), count(a) FROM c', 'SELECT count(*) FROM e'],
  ],
  [
    'rowids with gaps, negative and far apart, in tables that have no other key',
    `CREATE TABLE p(id TEXT UNIQUE NOT NULL, v); CREATE TABLE c(p_id TEXT REFERENCES p(id), v);
     INSERT INTO p(rowid, id, v) VALUES(-5, '${uuid(1)}', 1), (0, '${uuid(2)}', 2), (9223372036854775807, '${uuid(3)}', 3); INSERT INTO c(rowid, p_id, v) SELECT -rowid + 1, id, v FROM p WHERE rowid < 9; INSERT INTO c(rowid, p_id) VALUES(9223372036854775807, 'x');`,
    [
      'SELECT c.rowid, p.rowid, p.v FROM c LEFT JOIN p ON p.id = p_id ORDER BY 1',
      'SELECT rowid, v FROM p ORDER BY 1',
    ],
  ],
  [
    'conflict clauses, constraint names and defaults of every kind',
    `CREATE TABLE p(id INTEGER CONSTRAINT k PRIMARY KEY ON CONFLICT REPLACE, a TEXT CONSTRAINT u UNIQUE ON CONFLICT IGNORE DEFAULT 'x', b INT CONSTRAINT nn NOT NULL ON CONFLICT REPLACE DEFAULT -1, c DEFAULT CURRENT_TIMESTAMP, d DEFAULT (1 + 1), e DEFAULT NULL, f DEFAULT x'00', CONSTRAINT many UNIQUE(a, b) ON CONFLICT FAIL);
     CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT CONSTRAINT fk REFERENCES p(id) ON DELETE NO ACTION); INSERT INTO p(id, a, b) VALUES(1, 'a', 1), (2, 'b', 2), (3, NULL, 3), (4, NULL, 3); INSERT INTO c VALUES(1, 1), (2, 3);`,
    [
      'SELECT c.rowid, a, b, d, hex(f) FROM c LEFT JOIN p ON p.id = +p_id ORDER BY 1',
      'SELECT a, b, c, d, e, f FROM p ORDER BY b, rowid',
    ],
  ],
  [
    'the texts of tables that were altered: columns added, renamed and dropped',
    `CREATE TABLE first(key INTEGER PRIMARY KEY, old TEXT, gone INT); ALTER TABLE first RENAME TO p; ALTER TABLE p RENAME COLUMN key TO id; ALTER TABLE p DROP COLUMN gone; ALTER TABLE p ADD COLUMN more TEXT DEFAULT 'added' NOT NULL;
     CREATE TABLE c(n INTEGER PRIMARY KEY); ALTER TABLE c ADD COLUMN p_id INT REFERENCES p(id) ON DELETE SET NULL; ALTER TABLE c ADD COLUMN twice INT AS (n * 2); INSERT INTO p(id, old) VALUES(1, 'one'), (2, 'two'); INSERT INTO c(p_id) VALUES(1), (2), (5);`,
    ['SELECT c.rowid, old, more FROM c LEFT JOIN p ON p.id = +p_id ORDER BY 1'],
  ],
]

describe.each(forms)('there and back (%s)', form => {
  test.each(shapes)('%s', async (_, sql, same) => {
    await thereAndBack(place(sql), { choices: { form }, same })
  })

  test.each(shapes)('every identity that can be had: %s', async (_, sql, same) => {
    await thereAndBack(place(sql), { choices: { form, all: true }, same })
  })
})

test.each(shapes)('by an expansion: %s', async (_, sql, same) => {
  const at = place(sql)
  const { identities } = await detectIn(at.path, { strategy: 'expand' })
  if (identities.some(identity => identity.migrate))
    await thereAndBack(at, { choices: { strategy: 'expand' }, same })
})

describe('natural keys', () => {
  const at = () =>
    place(
      `CREATE TABLE country(code TEXT PRIMARY KEY, name TEXT); INSERT INTO country VALUES('DE', 'x'), ('FR', 'y'), ('IT', 'z');
       CREATE TABLE product(sku TEXT PRIMARY KEY, n INT); INSERT INTO product VALUES('AB-1001', 1), ('AB-1002', 2), ('CX-77', 3);
       CREATE TABLE srs(auth_name TEXT, code INT, PRIMARY KEY(auth_name, code)); INSERT INTO srs VALUES('EPSG', 4326), ('EPSG', 3857);
       CREATE TABLE blob_store(sha256 TEXT PRIMARY KEY, body BLOB); INSERT INTO blob_store VALUES('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', x'00');
       CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT); INSERT INTO setting VALUES('theme', 'dark'), ('language', 'de');
       CREATE TABLE account(email TEXT PRIMARY KEY, n INT); INSERT INTO account VALUES('a@x.test', 1), ('b@x.test', 2);
       CREATE TABLE status(kind TEXT PRIMARY KEY); INSERT INTO status VALUES('open'), ('closed');
       CREATE TABLE sale(id TEXT PRIMARY KEY, sku TEXT REFERENCES product(sku), country TEXT REFERENCES country(code)); INSERT INTO sale VALUES('${uuid(1)}', 'AB-1001', 'DE');`,
    )

  test('are left alone by default and by --all, each with a reason, and are taken when named', async () => {
    const place = at()
    for (const choices of [{}, { all: true }]) {
      const { identities } = await detectIn(place.path, choices)
      expect(identities.filter(each => each.migrate).map(each => each.table)).toEqual(['sale'])
      for (const each of identities) expect(each.reason).not.toBe('')
    }
    await thereAndBack(place, {
      choices: { only: ['product.sku'] },
      same: ['SELECT country, n FROM sale JOIN product USING (sku)'],
      then: path =>
        expect(columnOf(path, `SELECT count(*) FROM product WHERE ${isUlid('sku')}`)).toEqual([3n]),
    })
    expect((await detectIn(place.path, { skip: ['sale.id'] })).identities.some(each => each.migrate)).toBe(
      false,
    )
  })
})

test('a table that a view hides, and a view with the name of a column, are told apart', async () => {
  const at =
    place(`CREATE TABLE p_(id INTEGER PRIMARY KEY, name TEXT); CREATE VIEW p AS SELECT * FROM p_; CREATE VIEW id AS SELECT 1 AS p_;
    CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p_(id)); INSERT INTO p_ VALUES(1, 'one'); INSERT INTO c VALUES(1, 1);`)
  await thereAndBack(at, { same: ['SELECT n, name FROM c JOIN p ON p.id = p_id', 'SELECT * FROM id'] })
})

test('a foreign key to a view, or to a table that is not there, is left as it is', async () => {
  const at = place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE VIEW v AS SELECT id FROM p;
    CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id), v_id INT REFERENCES v(id), w_id INT REFERENCES nowhere); INSERT INTO p VALUES(1, 'one'); INSERT INTO c VALUES(1, 1, 1, 1);`)
  await thereAndBack(at, {
    same: ['SELECT n, name, v_id, w_id FROM c JOIN p ON p.id = p_id'],
    then: path =>
      expect(textOf(path, 'c')).toBe(
        'CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id), v_id INT REFERENCES v(id), w_id INT REFERENCES nowhere)',
      ),
  })
})

test('declared references that point at text by number, and at numbers by text, resolve as SQLite says', async () => {
  const at =
    place(`CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
    INSERT INTO p VALUES('1', 'one'), ('02', 'two'), ('${uuid(1)}', 'uuid'); INSERT INTO c(p_id) VALUES(1), ('02'), (2), ('${uuid(1)}')`)
  await thereAndBack(at, {
    choices: { only: ['p.id'] },
    same: [
      'SELECT n, name FROM c LEFT JOIN p ON p.id = +p_id ORDER BY n',
      "SELECT rowid FROM pragma_foreign_key_check('c')",
    ],
  })
})

test('a declared reference that is told not to be followed is refused by name', async () => {
  const at = place(
    'CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); CREATE TABLE d(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO p VALUES(1); INSERT INTO c VALUES(1, 1); INSERT INTO d VALUES(1, 1)',
  )
  expect(await refusedMigration(at, { noReferences: ['c.p_id'] })).toMatchObject({
    code: 'REFERENCE.DECLARED',
    object: 'c.p_id',
    exit: 4,
  })
})

test('a row inserted, changed or deleted since is kept, changed or deleted after the undo', async () => {
  for (const form of forms) {
    const at =
      place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
      INSERT INTO p VALUES(1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO c(p_id) VALUES(1), (2), (3), (9)`)
    await migrateAt(at, { form })
    change(
      at.path,
      "DELETE FROM c WHERE p_id = (SELECT id FROM p WHERE name = 'one')",
      "DELETE FROM p WHERE name = 'one'",
      "UPDATE p SET name = 'zwei' WHERE name = 'two'",
      "INSERT INTO p(name) VALUES('four'), ('five')",
      "INSERT INTO c(p_id) SELECT id FROM p WHERE name IN ('four', 'three') ORDER BY name",
      "UPDATE c SET p_id = (SELECT id FROM p WHERE name = 'five') WHERE n = 4",
    )
    const joined = 'SELECT c.n, p.name FROM c LEFT JOIN p ON p.id = +p_id ORDER BY 1'
    const before = rowsOf(at.path, joined)
    await undoAt(at)
    expect(rowsOf(at.path, joined)).toEqual(before)
    expect(rowsOf(at.path, 'SELECT name, typeof(id) FROM p ORDER BY name')).toEqual(
      ['five', 'four', 'three', 'zwei'].map(name => [name, 'integer']),
    )
    expect(rowsOf(at.path, "SELECT id FROM p WHERE name IN ('zwei', 'three') ORDER BY 1")).toEqual([
      [2n],
      [3n],
    ])
    expect(await findingsAt(at, {}, 'IDENTITY.HALF_MIGRATED')).toEqual([])
  }
})

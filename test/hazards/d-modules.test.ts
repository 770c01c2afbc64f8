import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { change, columnOf, rowsOf } from '../support/database.ts'
import {
  findingsAt,
  isUlid,
  migrateAt,
  type Place,
  place,
  rebuildAllAt,
  refusedMigration,
  textOf,
  thereAndBack,
  undoAt,
  uuid,
} from './support.ts'

/** HAZARDS D: virtual tables, modules, dialect. */

const forms = ['keep-integer', 'pure'] as const
const rows = `INSERT INTO p(id, title, body) VALUES(3, 'red fox', 'quick'), (10, 'blue bird', 'slow'), (2000000000, 'red kite', 'high');
  CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO c(p_id) VALUES(3), (10), (2000000000), (4);`
const parent = (key = 'id INTEGER PRIMARY KEY') => `CREATE TABLE p(${key}, title TEXT, body TEXT);`
const names = 'SELECT c.n, p.title FROM c LEFT JOIN p ON p.id = +c.p_id ORDER BY c.n'
const shadows = (name: string) =>
  ['', '_data', '_idx', '_docsize', '_config', '_content', '_segments', '_segdir', '_stat'].map(
    suffix => name + suffix,
  )

/** What a program does with a full-text index: searches, and writes through the triggers. */
function useFullText(path: string, search: string): void {
  const found = (word: string) => columnOf<string>(path, search.replace('?', `'${word}'`))
  expect(found('red')).toEqual(['red fox', 'red kite'])
  change(path, "INSERT INTO p(title, body) VALUES('green frog', 'wet')")
  expect(found('frog')).toEqual(['green frog'])
  change(path, "UPDATE p SET title = 'green toad' WHERE title = 'green frog'")
  expect([found('frog'), found('toad')]).toEqual([[], ['green toad']])
  change(path, "DELETE FROM p WHERE title = 'green toad'")
  expect(found('toad')).toEqual([])
  expect(columnOf(path, 'PRAGMA integrity_check')).toEqual(['ok'])
}

const fts5Triggers = (id: string, prefix = 'p') => `
  CREATE TRIGGER ${prefix}_ai AFTER INSERT ON p BEGIN INSERT INTO fts(rowid, title, body) VALUES (new.${id}, new.title, new.body); END;
  CREATE TRIGGER ${prefix}_ad AFTER DELETE ON p BEGIN INSERT INTO fts(fts, rowid, title, body) VALUES('delete', old.${id}, old.title, old.body); END;
  CREATE TRIGGER ${prefix}_au AFTER UPDATE ON p BEGIN
    INSERT INTO fts(fts, rowid, title, body) VALUES('delete', old.${id}, old.title, old.body);
    INSERT INTO fts(rowid, title, body) VALUES (new.${id}, new.title, new.body); END;`

describe.each(forms)('HAZARDS D1: a full-text index over the rows of an integer key (%s)', form => {
  test.each([
    ['by its name', "content='p', content_rowid='id'", 'id'],
    ['by its name, without quotes and with spaces', 'content = p, content_rowid = id', 'ID'],
    ['by its name, in double quotes', 'content="p", content_rowid="id"', '"id"'],
    ['by rowid', "content='p', content_rowid='rowid'", 'rowid'],
    ['by rowid, which is the default', "content='p'", 'rowid'],
  ])('FTS5, external content found %s', async (_, options, id) => {
    const at = place(
      parent(),
      `CREATE VIRTUAL TABLE fts USING fts5(title, body, ${options});`,
      fts5Triggers(id),
      rows,
    )
    const search = 'SELECT title FROM fts WHERE fts MATCH ? ORDER BY title'
    const joined = "SELECT p.title FROM fts JOIN p ON p.rowid = fts.rowid WHERE fts MATCH 'red' ORDER BY 1"
    const strict = () => change(at.path, "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)")
    strict()
    await thereAndBack(at, {
      choices: { form },
      same: [names, joined],
      rebuilt: shadows('fts'),
      then: path => {
        strict()
        useFullText(path, search)
        strict()
      },
    })
    strict()
    useFullText(at.path, search)
  })

  test.each(['3', '4'])('FTS%s with content of its own, known by docid', async version => {
    const at = place(
      parent(),
      `CREATE VIRTUAL TABLE fts USING fts${version}(title, body);
       CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO fts(docid, title, body) VALUES (new.id, new.title, new.body); END;
       CREATE TRIGGER p_bu BEFORE UPDATE ON p BEGIN DELETE FROM fts WHERE docid = old.id; END;
       CREATE TRIGGER p_au AFTER UPDATE ON p BEGIN INSERT INTO fts(docid, title, body) VALUES (new.id, new.title, new.body); END;
       CREATE TRIGGER p_bd BEFORE DELETE ON p BEGIN DELETE FROM fts WHERE docid = old.id; END;`,
      rows,
    )
    const search = 'SELECT title FROM fts WHERE fts MATCH ? ORDER BY title'
    await thereAndBack(at, {
      choices: { form },
      same: [names, "SELECT p.title FROM fts JOIN p ON p.rowid = fts.docid WHERE fts MATCH 'red' ORDER BY 1"],
      rebuilt: shadows('fts'),
      then: path => useFullText(path, search),
    })
  })

  test('FTS4 with external content', async () => {
    const at = place(
      parent(),
      `CREATE VIRTUAL TABLE fts USING fts4(content="p", title, body);
       CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO fts(docid, title, body) VALUES (new.id, new.title, new.body); END;
       CREATE TRIGGER p_bu BEFORE UPDATE ON p BEGIN DELETE FROM fts WHERE docid = old.id; END;
       CREATE TRIGGER p_au AFTER UPDATE ON p BEGIN INSERT INTO fts(docid, title, body) VALUES (new.id, new.title, new.body); END;
       CREATE TRIGGER p_bd BEFORE DELETE ON p BEGIN DELETE FROM fts WHERE docid = old.id; END;`,
      rows,
    )
    await thereAndBack(at, {
      choices: { form },
      same: [names, "SELECT p.title FROM fts JOIN p ON p.rowid = fts.docid WHERE fts MATCH 'red' ORDER BY 1"],
      rebuilt: shadows('fts'),
      then: path => useFullText(path, 'SELECT title FROM fts WHERE fts MATCH ? ORDER BY title'),
    })
  })

  test('FTS5 without content, which knows rows by number only', async () => {
    const at = place(
      parent(),
      `CREATE VIRTUAL TABLE fts USING fts5(title, body, content='', contentless_delete=1);
       CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO fts(rowid, title, body) VALUES (new.id, new.title, new.body); END;
       CREATE TRIGGER p_au AFTER UPDATE ON p BEGIN UPDATE fts SET title = new.title, body = new.body WHERE rowid = old.id; END;
       CREATE TRIGGER p_ad AFTER DELETE ON p BEGIN DELETE FROM fts WHERE rowid = old.id; END;`,
      rows,
    )
    const search = 'SELECT p.title FROM fts JOIN p ON p.rowid = fts.rowid WHERE fts MATCH ? ORDER BY 1'
    await thereAndBack(at, {
      choices: { form },
      same: [names, search.replace('?', "'red'")],
      rebuilt: shadows('fts'),
      then: path => useFullText(path, search),
    })
  })

  test('is moved only when each object of it is accepted by name', async () => {
    const at = place(
      parent(),
      "CREATE VIRTUAL TABLE fts USING fts5(title, body, content='p', content_rowid='id');",
      fts5Triggers('id'),
      rows,
    )
    const moved = await findingsAt(at, { form }, 'SCHEMA.MOVED')
    expect(moved.map(({ object, severity }) => `${severity} ${object}`)).toEqual([
      'blocker fts',
      'blocker p_ai',
      'blocker p_ad',
      'blocker p_au',
    ])
    expect(moved[1]!.why).toContain(form === 'pure' ? 'new.rowid' : 'new."legacy_id"')
    const accept = moved.map(({ object }) => object)
    for (const object of accept)
      expect(
        await refusedMigration(at, { form, accept: accept.filter(each => each !== object) }),
      ).toMatchObject({ code: 'SCHEMA.MOVED', object, exit: 4 })
  })
})

test('HAZARDS D1: an index over a table whose rowid has no name stays on its rows in a rebuild', async () => {
  const at = place(
    `CREATE TABLE p(id TEXT PRIMARY KEY, title TEXT); CREATE VIRTUAL TABLE fts USING fts5(title, content='p');
     INSERT INTO p(rowid, id, title) VALUES(7, '${uuid(1)}', 'red fox'), (100, '${uuid(2)}', 'blue bird'), (3, '${uuid(3)}', 'red kite');
     INSERT INTO fts(fts) VALUES('rebuild')`,
  )
  const search = "SELECT rowid, title FROM fts WHERE fts MATCH 'red' ORDER BY 1"
  const content = rowsOf(at.path, 'SELECT * FROM fts_data')
  await rebuildAllAt(at)
  expect(rowsOf(at.path, 'SELECT * FROM fts_data')).toEqual(content)
  await thereAndBack(at, {
    same: ['SELECT rowid, title FROM p ORDER BY 1', search],
    then: path => change(path, "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)"),
  })
})

test('HAZARDS D1: an index whose rows have moved is caught before COMMIT, though integrity_check says ok', async () => {
  const at =
    place(`CREATE TABLE p(id TEXT PRIMARY KEY, title TEXT); CREATE VIRTUAL TABLE fts USING fts5(title, content='p');
    INSERT INTO p VALUES('${uuid(1)}', 'red fox'), ('${uuid(2)}', 'blue bird'); INSERT INTO fts(fts) VALUES('rebuild')`)
  const said: unknown[] = []
  const failure = await refusedMigration(
    at,
    {},
    {
      sabotage: db => {
        db.exec(
          "INSERT INTO fts(fts, rowid, title) VALUES('delete', 1, 'red fox'), ('delete', 2, 'blue bird'); INSERT INTO fts(rowid, title) VALUES(2, 'red fox'), (1, 'blue bird')",
        )
        said.push(db.pragma('integrity_check', { simple: true }))
      },
    },
  )
  expect(said).toEqual(['ok'])
  expect(failure.why).toContain('full-text index fts')
})

describe.each(forms)('HAZARDS D2: an R-Tree keeps the integer (%s)', form => {
  test('and its triggers go on with it; a finding says so', async () => {
    const at = place(
      parent(),
      `CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);
       CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO box VALUES(new.id, length(new.title), length(new.title) + 1); END;
       CREATE TRIGGER p_ad AFTER DELETE ON p BEGIN DELETE FROM box WHERE id = old.id; END;`,
      rows,
    )
    const found = `SELECT p.title FROM box JOIN p ON p.rowid = box.id WHERE x0 > 7 ORDER BY 1`
    expect(await findingsAt(at, { form }, 'IDENTITY.KEEPS_INTEGER')).toMatchObject([
      { object: 'p.id', severity: 'info' },
    ])
    await thereAndBack(at, {
      choices: { form },
      same: [names, found, 'SELECT * FROM box ORDER BY id'],
      rebuilt: ['box_node'], // bytes of the row that comes and goes below
      then: path => {
        change(path, "INSERT INTO p(title) VALUES('a very long title')")
        expect(rowsOf(path, found)).toContainEqual(['a very long title'])
        change(path, "DELETE FROM p WHERE title LIKE 'a very%'")
      },
    })
  })
})

/** Writes into sqlite_schema what only a program with more modules, functions or collations could have made. */
function pretend(path: string, ...sql: readonly string[]): void {
  const db = new Database(path)
  db.unsafeMode(true)
  db.pragma('writable_schema = ON')
  for (const text of sql) db.exec(text)
  db.close()
}

test('HAZARDS D3: a virtual table whose module is not loaded stays byte for byte, and is said to be unverified', async () => {
  const at = place(
    parent(),
    rows,
    "CREATE TABLE vec_rows(id INTEGER PRIMARY KEY, v BLOB); INSERT INTO vec_rows VALUES(1, x'0102')",
  )
  const text = 'CREATE VIRTUAL TABLE vec USING vec0(embedding float[3])'
  pretend(
    at.path,
    `INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) VALUES('table', 'vec', 'vec', 0, '${text}')`,
  )
  expect(() => rowsOf(at.path, 'SELECT * FROM vec')).toThrow('no such module')
  await migrateAt(at)
  expect(textOf(at.path, 'vec')).toBe(text)
  expect(rowsOf(at.path, 'SELECT id, hex(v) FROM vec_rows')).toEqual([[1n, '0102']])
  expect(columnOf(at.path, `SELECT count(*) FROM p WHERE ${isUlid('id')}`)).toEqual([3n])
  await undoAt(at)
  expect((await findingsAt(at)).filter(finding => finding.object === 'vec')).toMatchObject([
    { severity: 'warning' },
  ])
})

const texts = (path: string) =>
  rowsOf(path, "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%ulid_migrate%' ORDER BY name")

/** A table that SQLite can't make anew is refused by name; other identities of the file are free to go. */
async function onlyThatTableIsRefused(at: Place, code: string, object: string): Promise<void> {
  const before = texts(at.path)
  expect(await refusedMigration(at, { accept: [object, 'p', 'other'] })).toMatchObject({
    code,
    object,
    exit: 4,
  })
  await migrateAt(at, { skip: [`${object}.id`] })
  expect(columnOf(at.path, `SELECT min(${isUlid('id')}) FROM other`)).toEqual([1n])
  await undoAt(at)
  expect(texts(at.path)).toEqual(before)
}

const other = `CREATE TABLE other(id TEXT PRIMARY KEY, n INT); INSERT INTO other VALUES('${uuid(5)}', 5);`

describe('HAZARDS D4: a collation that only its application has', () => {
  test.each([
    ['in the table', "UPDATE sqlite_schema SET sql = replace(sql, 'rtrim', '\"de_DE\"') WHERE name = 'p'"],
    [
      'in an index of it',
      "UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'de_DE') WHERE name = 'by_name'",
    ],
  ])('%s refuses it by name: a stand-in would make wrong indexes', async (_, sql) => {
    const at = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT COLLATE rtrim); CREATE INDEX by_name ON p(name COLLATE nocase);
       INSERT INTO p VALUES('${uuid(1)}', 'a'), ('${uuid(2)}', 'b')`,
      other,
    )
    pretend(at.path, sql)
    const refusal = { code: 'SCHEMA.MISSING_COLLATION', object: 'p', exit: 4 }
    expect(await refusedMigration(at, { accept: ['p'] })).toMatchObject(refusal)
    // Nothing can be proved about such a file as a whole: counting and comparing its rows fails.
    expect(await refusedMigration(at, { skip: ['p.id'] })).toMatchObject(refusal)
  })
})

describe('HAZARDS D4: a function that only its application has', () => {
  test.each([
    ['in a CHECK', 'CHECK(slug(name) = name)', ''],
    ['in a generated column', 'low TEXT AS (slug(name))', ''],
    ['in an index', 'x', 'CREATE INDEX by_slug ON p(slug(name));'],
  ])('%s refuses the table', async (_, column, index) => {
    const at = place(other)
    const db = new Database(at.path)
    db.function('slug', { deterministic: true }, value => String(value))
    db.exec(
      `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT, ${column}); ${index} INSERT INTO p(id, name) VALUES('${uuid(1)}', 'a')`,
    )
    db.close()
    const before = texts(at.path)
    expect(await refusedMigration(at, { accept: ['p'] })).toMatchObject({
      code: 'SCHEMA.MISSING_FUNCTION',
      object: 'p',
      exit: 4,
    })
    expect(texts(at.path)).toEqual(before)
  })

  test('in a trigger or a view stops nothing: both are back as they were', async () => {
    const at = place(parent(), rows)
    const db = new Database(at.path)
    db.function('ulid_of', () => 'x')
    db.exec(
      'CREATE TRIGGER stamp AFTER INSERT ON p BEGIN UPDATE p SET body = ulid_of() WHERE id = new.id; END; CREATE VIEW seen AS SELECT ulid_of() AS u FROM p',
    )
    db.close()
    await thereAndBack(at, {
      same: [names, "SELECT sql FROM sqlite_schema WHERE name IN ('stamp', 'seen') ORDER BY name"],
    })
  })
})

describe('HAZARDS D5: text in double quotes', () => {
  test('in a CHECK, a default or an index refuses the table, and says what it is', async () => {
    for (const [good, bad] of [
      ["CHECK(kind <> 'none')", 'CHECK(kind <> "none")'],
      ["CHECK(kind IN ('a', 'b'))", 'CHECK(kind IN ("a", "b"))'],
    ] as const) {
      const at = place(
        `CREATE TABLE p(id TEXT PRIMARY KEY, kind TEXT ${good})`,
        `INSERT INTO p VALUES('${uuid(1)}', 'a')`,
        other,
      )
      pretend(
        at.path,
        `UPDATE sqlite_schema SET sql = replace(sql, '${good.replaceAll("'", "''")}', '${bad}') WHERE name = 'p'`,
      )
      await onlyThatTableIsRefused(at, 'SCHEMA.DOUBLE_QUOTED_LITERAL', 'p')
    }
    const indexed = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, kind TEXT)`,
      "CREATE INDEX some ON p(kind) WHERE kind <> 'none'",
      `INSERT INTO p VALUES('${uuid(1)}', 'a')`,
      other,
    )
    pretend(
      indexed.path,
      `UPDATE sqlite_schema SET sql = replace(sql, '''none''', '"none"') WHERE name = 'some'`,
    )
    await onlyThatTableIsRefused(indexed, 'SCHEMA.DOUBLE_QUOTED_LITERAL', 'p')
  })

  test('in a view or a trigger stays as it is, and works or fails as before', async () => {
    const at = place(
      parent(),
      rows,
      "CREATE VIEW v AS SELECT title FROM p WHERE title <> 'none'",
      "CREATE TRIGGER t AFTER INSERT ON c BEGIN UPDATE p SET body = 'x' WHERE title = 'none'; END",
    )
    pretend(
      at.path,
      `UPDATE sqlite_schema SET sql = replace(sql, '''none''', '"none"') WHERE name IN ('v', 't')`,
    )
    await thereAndBack(at, {
      same: [names, "SELECT sql FROM sqlite_schema WHERE name IN ('v', 't') ORDER BY name"],
    })
  })
})

describe('HAZARDS D6: columns that hide the row number', () => {
  test.each([
    ['rowid', 'rowid TEXT'],
    ['rowid and _rowid_', '"ROWID" INT, _rowid_ TEXT'],
    ['oid', 'oid TEXT'],
    ['all three, beside an integer key', 'rowid TEXT, _rowid_ TEXT, oid TEXT, n INTEGER PRIMARY KEY'],
  ])('are no obstacle where a name is left: %s', async (_, columns) => {
    const key = columns.includes('PRIMARY KEY') ? 'UNIQUE NOT NULL' : 'PRIMARY KEY'
    const at =
      place(`CREATE TABLE p(id TEXT ${key}, ${columns}); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id));
      INSERT INTO p(id) VALUES('${uuid(3)}'), ('${uuid(1)}'), ('${uuid(2)}'); DELETE FROM p WHERE id = '${uuid(3)}'; INSERT INTO c(p_id) SELECT id FROM p;`)
    await thereAndBack(at, {
      same: ['SELECT c.n, p.id IS NULL FROM c LEFT JOIN p ON p.id = p_id ORDER BY 1'],
    })
  })

  test.each(forms)('beside an integer key that becomes a ULID (%s)', async form => {
    const at = place(`CREATE TABLE p(id INTEGER PRIMARY KEY, rowid TEXT, _rowid_ TEXT, name TEXT);
      INSERT INTO p VALUES(5, 'r', 's', 'five'), (7, 't', 'u', 'seven'); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO c(p_id) VALUES(5), (7)`)
    await thereAndBack(at, {
      choices: { form },
      same: ['SELECT c.n, name, p.rowid, p._rowid_ FROM c LEFT JOIN p ON p.id = +p_id ORDER BY 1'],
    })
  })

  test('where none is left, the table is refused, unless its key is an integer', async () => {
    const at = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO p(id) VALUES('${uuid(1)}')`,
      other,
    )
    await onlyThatTableIsRefused(at, 'SCHEMA.ROWID_HIDDEN', 'p')
    const integer = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO p(id) VALUES(1); CREATE TABLE c(p_id INT REFERENCES p(id)); INSERT INTO c VALUES(1)`,
    )
    for (const form of forms)
      await thereAndBack(integer, {
        choices: { form },
        same: ['SELECT count(*) FROM p JOIN c ON c.p_id = p.id'],
      })
  })

  test('names that we would give are given a number when they are taken, in any letter case', async () => {
    const at =
      place(`CREATE TABLE p(id INTEGER PRIMARY KEY, "Legacy_ID" TEXT, legacy_id_2 TEXT, name TEXT); INSERT INTO p VALUES(1, 'a', 'b', 'one');
      CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO c(p_id) VALUES(1);
      CREATE TABLE ulid_migrate_map_1(x); CREATE INDEX p_legacy_id ON p("Legacy_ID");`)
    await thereAndBack(at, {
      same: ['SELECT name, "Legacy_ID", legacy_id_2 FROM p'],
      then: path =>
        expect(columnOf(path, "SELECT name FROM pragma_table_info('p')")).toEqual([
          'id',
          'Legacy_ID',
          'legacy_id_2',
          'name',
          'legacy_id_3',
        ]),
    })
  })

  test('names of an expansion that are taken as well', async () => {
    const at = place(
      `CREATE TABLE jobs(id TEXT PRIMARY KEY, n INT); CREATE INDEX jobs_job_ulid ON jobs(n); INSERT INTO jobs VALUES('${uuid(1)}', 1)`,
    )
    await thereAndBack(at, {
      choices: { strategy: 'expand' },
      then: path =>
        expect(
          columnOf(path, "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%UNIQUE%'"),
        ).toEqual(['jobs_job_ulid_2']),
    })
  })
})

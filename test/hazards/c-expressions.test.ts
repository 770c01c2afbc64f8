import { describe, expect, test } from 'vitest'
import { change, columnOf, rowsOf } from '../support/database.ts'
import { agreeing } from '../support/in-process.ts'
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

/** HAZARDS C: expressions that would mean something else, and texts that must not be touched. */

const family = `
  CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
  INSERT INTO p(id, name) VALUES(1, 'one'), (2, 'two'), (200, 'many'); INSERT INTO c(p_id) VALUES(1), (2), (200), (9);`
const withParent = (body: string, ...more: readonly string[]) =>
  place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT${body})`, family, ...more)
const names = 'SELECT c.n, p.name FROM c LEFT JOIN p ON p.id = +c.p_id ORDER BY c.n'

/** The objects whose meaning would change, with the expression. */
async function meanings(at: Place): Promise<readonly string[]> {
  const found = await findingsAt(at, {}, 'SCHEMA.MEANING')
  return found.map(({ object, message }) => `${object}: ${message.split(': ').at(-1)}`)
}

/** Blocks until that object, and no other, is accepted. */
async function blocksUntilAccepted(at: Place, object: string): Promise<void> {
  expect(await refusedMigration(at)).toMatchObject({ code: 'SCHEMA.MEANING', object, exit: 4 })
  expect(
    await refusedMigration(at, { accept: ['p', 'c', 'something else'].filter(name => name !== object) }),
  ).toMatchObject({
    code: 'SCHEMA.MEANING',
    object,
  })
}

describe('HAZARDS C1: a CHECK that speaks of the id', () => {
  test.each([
    ['id > 0, which every ULID passes', ', CHECK(id > 0)', 'id > 0'],
    ['a range that none is in', ', CHECK(id BETWEEN 1 AND 999)', 'id BETWEEN 1'],
    ['the type of the id', ", CHECK(typeof(id) = 'integer')", 'typeof(id)'],
    ['a bracketed and qualified id', ', CHECK(p.[id] BETWEEN 1 AND 999)', '[id] BETWEEN'],
    ['a reference to it in a comment only', ', CHECK(id /* > */ >= 1)', '>= 1'],
  ])('blocks until it is accepted: %s', async (_, body, expression) => {
    const at = withParent(body)
    expect((await meanings(at)).join()).toContain(expression)
    await blocksUntilAccepted(at, 'p')
  })

  test.each([', CHECK(id BETWEEN 1 AND 999)', ", CHECK(typeof(id) = 'integer')"])(
    'that no ULID passes is caught before COMMIT even when it was accepted:%s',
    async body => {
      const failure = await refusedMigration(withParent(body), { accept: ['p'] })
      expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
      expect(failure.why).toContain('CHECK constraint failed in p')
    },
  )

  test('that means the same afterwards does not block', async () => {
    expect(await meanings(withParent(', CHECK(id IS NOT NULL), CHECK(name <> id)'))).toEqual([])
    await thereAndBack(withParent(', CHECK(id IS NOT NULL)'), { same: [names] })
  })

  test('of a length is found, shown and given the length of a ULID', async () => {
    for (const check of ['length(id) = 36', '36 == length( [id] )']) {
      const at = place(
        `CREATE TABLE p(id TEXT PRIMARY KEY CHECK(${check}), n INT); INSERT INTO p VALUES('${uuid(1)}', 1)`,
      )
      expect(await findingsAt(at, {}, 'SCHEMA.ID_CHECK')).toMatchObject([
        { object: 'p', severity: 'blocker' },
      ])
      expect(await refusedMigration(at)).toMatchObject({ code: 'SCHEMA.ID_CHECK', exit: 4 })
      await thereAndBack(at, {
        then: path => {
          expect(textOf(path, 'p')).toBe(
            `CREATE TABLE p(id TEXT PRIMARY KEY CHECK(${check.replace('36', '26')}), n INT)`,
          )
          expect(() => change(path, `INSERT INTO p VALUES('${uuid(2)}', 2)`)).toThrow('CHECK')
        },
      })
    }
  })
})

describe('HAZARDS C2: a generated column over the id', () => {
  test.each(['STORED', 'VIRTUAL'])(
    'blocks until it is accepted, is made anew by SQLite, and is what it was after the undo: %s',
    async kind => {
      const at = withParent(
        `, twice INT AS (id * 2) ${kind}, low TEXT GENERATED ALWAYS AS (lower(name)) ${kind}, "to" INT AS (twice + 1)`,
      )
      expect(await meanings(at)).toEqual(['p.twice: (id * 2)'])
      await blocksUntilAccepted(at, 'p.twice')
      await thereAndBack(at, {
        same: [names, 'SELECT low FROM p ORDER BY low'],
        then: path => expect(rowsOf(path, 'SELECT DISTINCT twice, "to" FROM p')).toEqual([[2n, 3n]]), // '01...' * 2
      })
    },
  )

  test('over a reference as well', async () => {
    const at = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id), shard INT AS (p_id % 4) VIRTUAL);
       CREATE INDEX by_shard ON c(shard); INSERT INTO p VALUES(5, 'five'); INSERT INTO c(n, p_id) VALUES(1, 5), (2, 6);`,
    )
    expect(await meanings(at)).toEqual(['c.shard: (p_id % 4)'])
    await thereAndBack(at, { same: [names] })
  })
})

describe('HAZARDS C3: an expression elsewhere', () => {
  test.each([
    ['an index over part of the rows', 'it', 'CREATE INDEX it ON p(name) WHERE id > 100', 'id > 100'],
    ['an index over an expression', 'it', 'CREATE INDEX it ON p(id % 10)', 'id % 10'],
    ['a view that compares', 'it', 'CREATE VIEW it AS SELECT name FROM p WHERE id > 100', 'id > 100'],
    [
      'a view that compares with a literal',
      'it',
      'CREATE VIEW it AS SELECT name FROM p WHERE p."id" = 1',
      '"id" = 1',
    ],
    [
      'a view that lists literals',
      'it',
      'CREATE VIEW it AS SELECT name FROM p WHERE id IN (1, 2)',
      'id IN (',
    ],
    ['a view that counts with it', 'it', 'CREATE VIEW it AS SELECT max(id) + 1 AS next FROM p', 'max(id)'],
    ['a view that casts', 'it', 'CREATE VIEW it AS SELECT CAST(id AS INTEGER) AS i FROM p', 'CAST(id AS'],
    [
      'a view that sorts by it',
      'it',
      'CREATE VIEW it AS SELECT name FROM p ORDER BY id DESC',
      'ORDER BY id DESC',
    ],
    ['a view that formats it', 'it', "CREATE VIEW it AS SELECT printf('%05d', p_id) AS no FROM c", 'p_id'],
    [
      'a view over a reference',
      'it',
      'CREATE VIEW it AS SELECT n FROM c WHERE p_id BETWEEN 1 AND 9',
      'p_id BETWEEN',
    ],
    [
      'a trigger with WHEN',
      'it',
      'CREATE TRIGGER it BEFORE UPDATE ON p WHEN new.id > 100 BEGIN SELECT RAISE(IGNORE); END',
      'new.id > 100',
    ],
    [
      'a trigger that counts',
      'it',
      'CREATE TRIGGER it AFTER DELETE ON c BEGIN UPDATE p SET name = name WHERE id = old.p_id - 1; END',
      'old.p_id - 1',
    ],
  ])('%s blocks until it is accepted', async (_, object, sql, expression) => {
    const at = withParent('', sql)
    expect((await meanings(at)).join()).toContain(expression)
    await blocksUntilAccepted(at, object)
    await thereAndBack(at, { same: [names], then: path => expect(textOf(path, object)).toBe(sql) })
  })

  test.each([
    'CREATE VIEW it AS SELECT p.id, count(*) AS n FROM p JOIN c ON c.p_id = p.id GROUP BY p.id',
    'CREATE VIEW it AS SELECT * FROM p WHERE id IN (SELECT p_id FROM c)',
    'CREATE INDEX it ON c(p_id, n DESC)',
    'CREATE INDEX it ON c(n) WHERE p_id IS NOT NULL',
    'CREATE TRIGGER it AFTER DELETE ON p BEGIN DELETE FROM c WHERE p_id = old.id; END',
    "CREATE VIEW it AS SELECT name FROM p WHERE name = 'id > 100' -- id > 100",
  ])('that only hands the id on does not block: %s', async sql => {
    const at = withParent('', sql)
    expect(await meanings(at)).toEqual([])
    await thereAndBack(at, { same: [names] })
  })

  test('all of them are shown, each under its own name, and one consent is for one object', async () => {
    const at = withParent(
      ', CHECK(id > 0)',
      'CREATE VIEW a AS SELECT max(id) AS m FROM p',
      'CREATE VIEW b AS SELECT max(id) AS m FROM p',
    )
    const { accept = [] } = await agreeing(at.path, {})
    expect([...accept].sort()).toEqual(['a', 'b', 'p'])
    for (const object of accept)
      expect(await refusedMigration(at, { accept: accept.filter(each => each !== object) })).toMatchObject({
        object,
        exit: 4,
      })
    await thereAndBack(at, { same: [names] })
  })
})

describe('HAZARDS C4: triggers of the tables that are copied', () => {
  const log = (name: string, event: string, table: string) =>
    `CREATE TRIGGER ${name} ${event} ON ${table} BEGIN INSERT INTO log VALUES('${name}'); END;`
  const triggers = [
    log('p_ai', 'AFTER INSERT', 'p'),
    log('p_ad', 'AFTER DELETE', 'p'),
    log('p_bu', 'BEFORE UPDATE', 'p'),
    log('c_ai', 'AFTER INSERT', 'c'),
    log('c_au', 'AFTER UPDATE OF p_id', 'c'),
    'CREATE TRIGGER c_stamp AFTER UPDATE ON c BEGIN UPDATE c SET n = n WHERE n = new.n; END;',
    "CREATE TRIGGER c_never BEFORE INSERT ON c WHEN new.p_id IS NULL BEGIN SELECT RAISE(ROLLBACK, 'never'); END;",
  ]
  const stored = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"

  test.each(['keep-integer', 'pure'] as const)(
    'do not fire, and are back byte for byte, afterwards and after the undo (%s)',
    async form => {
      const at = withParent('', 'CREATE TABLE log(what TEXT)', ...triggers)
      await thereAndBack(at, {
        choices: { form },
        same: [names, 'SELECT count(*) FROM log', stored],
        then: path => {
          change(path, "INSERT INTO p(name) VALUES('new')", "DELETE FROM p WHERE name = 'new'")
          expect(columnOf(path, 'SELECT what FROM log')).toEqual(['p_ai', 'p_ad'])
          expect(() => change(path, 'INSERT INTO c(p_id) VALUES(NULL)')).toThrow('never')
          change(path, 'DELETE FROM log')
        },
      })
    },
  )

  test('that one is lost is caught before COMMIT', async () => {
    const at = withParent('', 'CREATE TABLE log(what TEXT)', ...triggers)
    const failure = await refusedMigration(at, {}, { sabotage: db => db.exec('DROP TRIGGER c_au') })
    expect(failure.why).toContain('trigger c_au on c is gone')
  })

  test('make ids themselves: found, shown, and making ULIDs when that is accepted', async () => {
    const at = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT);
       CREATE TRIGGER p_id AFTER INSERT ON p WHEN new.id IS NULL BEGIN UPDATE p SET id = lower(hex(randomblob(16))) WHERE rowid = new.rowid; END;
       INSERT INTO p VALUES('${uuid(1).replaceAll('-', '')}', 'one');`,
    )
    expect(await findingsAt(at, {}, 'SCHEMA.GENERATOR')).toMatchObject([
      { object: 'p_id', severity: 'blocker' },
    ])
    expect(await refusedMigration(at)).toMatchObject({ code: 'SCHEMA.GENERATOR', object: 'p_id', exit: 4 })
    await thereAndBack(at, {
      then: path => {
        change(path, "INSERT INTO p(name) VALUES('new')")
        expect(rowsOf(path, `SELECT ${isUlid('id')} FROM p`)).toEqual([[1n], [1n]])
        change(path, "DELETE FROM p WHERE name = 'new'")
      },
    })
  })

  test.each([
    ["('r'||lower(hex(randomblob(7))))", 'r0123456789abcd'],
    ['(lower(hex(randomblob(16))))', uuid(1).replaceAll('-', '')],
    [
      "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))",
      uuid(1),
    ],
  ])('and defaults that make ids, as PocketBase has them: %s', async (value, id) => {
    const at = place(
      `CREATE TABLE p(\`id\` TEXT PRIMARY KEY DEFAULT ${value} NOT NULL, name TEXT DEFAULT '' NOT NULL); INSERT INTO p VALUES('${id}', 'one')`,
    )
    const choices = { only: ['p.id'] }
    expect(await findingsAt(at, choices, 'SCHEMA.GENERATOR')).toMatchObject([{ object: 'p' }])
    await thereAndBack(at, {
      choices,
      then: path => {
        change(path, "INSERT INTO p(name) VALUES('new')")
        expect(rowsOf(path, `SELECT ${isUlid('id')} FROM p`)).toEqual([[1n], [1n]])
        change(path, "DELETE FROM p WHERE name = 'new'")
      },
    })
  })
})

test.each(['keep-integer', 'pure'] as const)(
  'HAZARDS C5: texts are edited by tokens: comments, spaces, quotes and letter case stay (%s)',
  async form => {
    const text = `CREATE TABLE  "P" ( -- the parents, id INTEGER
   [ID]\tInteger /* "id" */ NOT  NULL  PRIMARY KEY -- no comma, here
  ,\`na,me\` text collate   nocase default 'it''s (id)' check ( "na,me" <> ');' ) , /* end */ x default (1+(2)) /* tail */ ) `
    const at = place(`${text}; CREATE TABLE c(n INTEGER PRIMARY KEY, p_id /* of p */ INT REFERENCES p(id));
    INSERT INTO p(id) VALUES(1), (2); INSERT INTO c(p_id) VALUES(1), (2)`)
    await rebuildAllAt(at)
    expect(textOf(at.path, 'P')).toBe(text.trimEnd().replace(/^CREATE TABLE {2}/, 'CREATE TABLE '))
    await thereAndBack(at, {
      choices: { form },
      then: path => {
        const after = textOf(path, 'P')
        for (const part of [
          '( -- the parents, id INTEGER\n',
          '/* "id" */',
          '-- no comma, here\n',
          `,\`na,me\` text collate   nocase default 'it''s (id)' check ( "na,me" <> ');' ) , /* end */ x default (1+(2))`,
          '/* tail */',
        ])
          expect(after).toContain(part)
        expect(after).toMatch(/\[ID\]\tTEXT /)
        expect(textOf(path, 'c')).toBe(
          'CREATE TABLE c(n INTEGER PRIMARY KEY, p_id /* of p */ TEXT REFERENCES p(id))',
        )
      },
    })
  },
)

describe('HAZARDS C6: triggers', () => {
  test('of a view (INSTEAD OF) survive, as the view does', async () => {
    const at = withParent(
      '',
      `CREATE VIEW v AS SELECT p.name, c.n FROM p JOIN c ON c.p_id = p.id;
       CREATE TRIGGER v_ii INSTEAD OF INSERT ON v BEGIN INSERT INTO p(name) VALUES(new.name); END;
       CREATE TRIGGER v_iu INSTEAD OF UPDATE OF name ON v BEGIN UPDATE p SET name = new.name WHERE name = old.name; END;
       CREATE TRIGGER v_id INSTEAD OF DELETE ON v BEGIN DELETE FROM c WHERE n = old.n; END;`,
    )
    const stored = "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'v' ORDER BY rowid"
    await migrateAt(at)
    expect(rowsOf(at.path, stored)).toHaveLength(4)
    change(
      at.path,
      "INSERT INTO v(name) VALUES('via view')",
      "UPDATE v SET name = 'zwei' WHERE name = 'two'",
      'DELETE FROM v WHERE n = 1',
    )
    expect(rowsOf(at.path, 'SELECT name, n FROM v ORDER BY n')).toEqual([
      ['zwei', 2n],
      ['many', 3n],
    ])
    await undoAt(at)
    expect(rowsOf(at.path, 'SELECT id, name FROM p ORDER BY id')).toEqual([
      [1n, 'one'],
      [2n, 'zwei'],
      [200n, 'many'],
      [201n, 'via view'],
    ])
  })

  test('of one event fire in the order in which they fired before', async () => {
    const events = ['first', 'second', 'third', 'fourth'].map(
      name => `CREATE TRIGGER ${name} AFTER UPDATE OF name ON p BEGIN INSERT INTO log VALUES('${name}'); END`,
    )
    const at = withParent('', 'CREATE TABLE log(what TEXT)', ...events)
    const order = () => {
      change(at.path, 'DELETE FROM log', "UPDATE p SET name = name || '!' WHERE name LIKE 'one%'")
      return columnOf(at.path, 'SELECT what FROM log ORDER BY rowid')
    }
    const before = order()
    expect(new Set(before).size).toBe(4)
    await migrateAt(at)
    expect(order()).toEqual(before)
    await undoAt(at)
    expect(order()).toEqual(before)
  })
})

test('HAZARDS C7: statistics stay where ANALYZE has made some, and are not made where it has not', async () => {
  const at = withParent('', 'CREATE INDEX by_name ON p(name); CREATE INDEX by_p ON c(p_id); ANALYZE')
  expect(columnOf(at.path, 'SELECT count(*) FROM sqlite_stat1')).not.toEqual([0n])
  await thereAndBack(at, { same: [names, 'SELECT * FROM sqlite_stat1 ORDER BY tbl, idx'] })
  const plain = withParent('', 'CREATE INDEX by_name ON p(name)')
  await migrateAt(plain)
  expect(columnOf(plain.path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'")).toEqual([
    0n,
  ])
})

test('HAZARDS C8: an id in a document changes alone, and not one byte around it; ids in free text stay', async () => {
  const at = place(
    `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT); INSERT INTO p VALUES('${uuid(1)}', 'one'), ('${uuid(2)}', 'two');
     CREATE TABLE note(n INTEGER PRIMARY KEY, owner_type TEXT, owner_id TEXT, ids TEXT, said TEXT);
     INSERT INTO note(owner_type, owner_id, ids, said) VALUES
       ('thing', 'x1', '[ "${uuid(1)}",  "${uuid(2)}" ]', 'I have seen ${uuid(1)} twice'),
       ('q', 'x2', '[]', 'and ${uuid(2)} never'), ('q', 'x3', '[ "${uuid(2)}"]', NULL);`,
  )
  const documents = () => columnOf<string>(at.path, 'SELECT ids FROM note ORDER BY n')
  const ulidOf = (name: string) => columnOf<string>(at.path, `SELECT id FROM p WHERE name = '${name}'`)[0]!
  await thereAndBack(at, {
    same: ['SELECT n, owner_type, owner_id, said FROM note ORDER BY n'],
    then: () =>
      expect(documents()).toEqual([
        `[ "${ulidOf('one')}",  "${ulidOf('two')}" ]`,
        '[]',
        `[ "${ulidOf('two')}"]`,
      ]),
  })
})

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/core/engines/sqlite/open.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { change, columnOf, contentOf, countIn, rowsOf } from '../support/database.ts'
import { everythingIn } from '../support/folder.ts'
import { agreeing, inProcess } from '../support/in-process.ts'
import {
  failedChecks,
  isUlid,
  migrateAt,
  place,
  rebuildAllAt,
  refusedMigration,
  textOf,
  thereAndBack,
  undoAt,
  uuid,
} from './support.ts'

/** HAZARDS A: one transaction, foreign keys, renaming. */

const parents = `
  CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO p VALUES(1, 'one'), (2, 'two'), (3, 'three');`

const children = `
  CREATE TABLE gone(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id) ON DELETE CASCADE);
  CREATE TABLE emptied(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id) ON DELETE SET NULL);
  CREATE TABLE defaulted(n INTEGER PRIMARY KEY, p_id INT DEFAULT 1 REFERENCES p(id) ON DELETE SET DEFAULT);
  CREATE TABLE stopped(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id) ON DELETE RESTRICT);
  INSERT INTO gone(p_id) VALUES(1), (2), (2), (9); INSERT INTO emptied(p_id) VALUES(1), (2), (9);
  INSERT INTO defaulted(p_id) VALUES(2), (3), (9); INSERT INTO stopped(p_id) VALUES(1), (3), (9);`

const joined = ['gone', 'emptied', 'defaulted', 'stopped'].map(
  table => `SELECT c.n, p.name FROM ${table} c LEFT JOIN p ON p.id = c.p_id ORDER BY c.n`,
)

describe.each(['keep-integer', 'pure'] as const)('HAZARDS A1: dropping the old table (%s)', form => {
  test('deletes, empties and refuses no child row, whatever ON DELETE says', async () => {
    await thereAndBack(place(parents, children), { choices: { form }, same: joined })
  })
})

test('HAZARDS A1: keys are off, inside a transaction that holds the lock, and read back before anything is written', async () => {
  const at = place(parents, children)
  const seen: unknown[] = []
  await migrateAt(
    at,
    {},
    {
      sabotage: db => seen.push(db.pragma('foreign_keys', { simple: true }), db.inTransaction),
    },
  )
  expect(seen).toEqual([0n, true])
})

test('HAZARDS A1: child rows that are lost in spite of it are counted before COMMIT', async () => {
  const at = place(parents, children)
  const failure = await refusedMigration(at, {}, { sabotage: db => db.exec('DELETE FROM gone WHERE n = 1') })
  expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
  expect(failure.why).toContain('gone: 4 before, 3 after')
})

test('HAZARDS A2: renaming the old table away leaves names in other objects alone', async () => {
  const at = place(
    parents,
    children,
    `CREATE VIEW names AS SELECT p.name FROM p JOIN gone ON gone.p_id = p.id;
     CREATE TRIGGER elsewhere AFTER INSERT ON stopped BEGIN UPDATE p SET name = name WHERE p.id = new.p_id; END;
     CREATE INDEX by_name ON p(name) WHERE p.name <> '';`,
  )
  const texts = rowsOf(at.path, 'SELECT name, sql FROM sqlite_schema ORDER BY name')
  await rebuildAllAt(at)
  expect(
    rowsOf(at.path, "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%ulid_migrate%' ORDER BY name"),
  ).toEqual(texts)
  await migrateAt(at)
  for (const name of ['names', 'elsewhere', 'by_name'])
    expect(texts).toContainEqual([name, textOf(at.path, name)])
  for (const table of ['gone', 'emptied', 'defaulted', 'stopped'])
    expect(textOf(at.path, table)).toMatch(/p_id TEXT .*REFERENCES p\(id\)/)
  expect(columnOf(at.path, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%ulid_migrate_old%'")).toEqual(
    [0n],
  )
})

test('HAZARDS A3: views and triggers that were broken before stop nothing and are as broken afterwards', async () => {
  const at = place(
    parents,
    children,
    `CREATE VIEW broken AS SELECT nope FROM nowhere;
     CREATE VIEW half AS SELECT p.id, p.nope FROM p;
     CREATE TRIGGER lost AFTER INSERT ON stopped BEGIN INSERT INTO nowhere VALUES(new.p_id); END;
     CREATE VIEW whole AS SELECT count(*) AS n FROM p;`,
  )
  const complaints = () =>
    ['SELECT * FROM broken', 'SELECT * FROM half', 'INSERT INTO stopped(p_id) VALUES(NULL)'].map(sql => {
      try {
        change(at.path, sql)
        return 'works'
      } catch (error) {
        return (error as Error).message
      }
    })
  const before = complaints()
  expect(before).not.toContain('works')
  await thereAndBack(at, { same: ['SELECT n FROM whole'], then: () => expect(complaints()).toEqual(before) })
  expect(complaints()).toEqual(before)
})

test('HAZARDS A3: a trigger that worked and would not compile any more is caught before COMMIT', async () => {
  const at = place(
    parents,
    children,
    "CREATE TRIGGER positional AFTER DELETE ON stopped BEGIN INSERT INTO p VALUES(77, 'by position'); END",
  )
  const failure = await refusedMigration(at, await agreeing(at.path, { form: 'keep-integer' }))
  expect(`${failure.object} ${failure.why}`).toMatch(
    /prepares: .*DELETE FROM stopped: table p has 3 columns|positional/,
  )
  await thereAndBack(at, { choices: { form: 'pure' }, same: joined })
})

test('HAZARDS A4: keeping the integer frees the name without dragging keys, views, triggers and indexes to legacy_id', async () => {
  const at = place(
    parents,
    children,
    `CREATE VIEW ids AS SELECT id FROM p; CREATE INDEX by_id_and_name ON p(name, id);
     CREATE TRIGGER touched AFTER UPDATE OF id ON p BEGIN UPDATE gone SET p_id = new.id WHERE p_id = old.id; END;`,
  )
  const texts = ['ids', 'by_id_and_name', 'touched'].map(name => textOf(at.path, name))
  await migrateAt(at, { form: 'keep-integer' })
  expect(['ids', 'by_id_and_name', 'touched'].map(name => textOf(at.path, name))).toEqual(texts)
  expect(rowsOf(at.path, 'SELECT "from", "to" FROM pragma_foreign_key_list(\'gone\')')).toEqual([
    ['p_id', 'id'],
  ])
  expect(columnOf(at.path, `SELECT count(*) FROM ids WHERE ${isUlid('id')}`)).toEqual([3n])
})

test('HAZARDS A5: a table that refers to itself, and two that refer to each other', async () => {
  const at = place(
    `CREATE TABLE tree(id INTEGER PRIMARY KEY, up INT REFERENCES tree(id), name TEXT);
     INSERT INTO tree VALUES(1, 3, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, 4, 'd'), (5, NULL, 'e'), (6, 99, 'f');
     CREATE TABLE chicken(id INTEGER PRIMARY KEY, egg INT REFERENCES egg(id) DEFERRABLE INITIALLY DEFERRED, name TEXT);
     CREATE TABLE egg(id TEXT PRIMARY KEY, chicken INT REFERENCES chicken(id), name TEXT);
     INSERT INTO chicken VALUES(1, '${uuid(2)}', 'first'), (2, '${uuid(1)}', 'second');
     INSERT INTO egg VALUES('${uuid(1)}', 1, 'one'), ('${uuid(2)}', 2, 'two'), ('${uuid(3)}', 9, 'three');`,
  )
  for (const form of ['keep-integer', 'pure'] as const)
    await thereAndBack(at, {
      choices: { form },
      same: [
        'SELECT a.name, b.name FROM tree a LEFT JOIN tree b ON b.id = a.up ORDER BY a.name',
        'SELECT c.name, e.name FROM chicken c LEFT JOIN egg e ON e.id = c.egg ORDER BY c.name',
        'SELECT e.name, c.name FROM egg e LEFT JOIN chicken c ON c.id = e.chicken ORDER BY e.name',
        'SELECT count(*) FROM pragma_foreign_key_check',
      ],
      then: path =>
        expect(
          countIn(
            path,
            `SELECT count(*) FROM tree JOIN chicken JOIN egg WHERE NOT (${isUlid('tree.id')} AND ${isUlid('chicken.id')} AND ${isUlid('egg.id')})`,
          ),
        ).toBe(0),
    })
})

test('HAZARDS A6: a key that foreign_key_check chokes on, a missing parent and rows without rowid are compared, not demanded to be right', async () => {
  const at = place(
    parents,
    children,
    `CREATE TABLE loose(code TEXT, n INT); INSERT INTO loose VALUES('a', 1), ('a', 2);
     CREATE TABLE mistaken(row INTEGER PRIMARY KEY, code TEXT REFERENCES loose(code), p_id INT REFERENCES p(id));
     CREATE TABLE orphaned(n INTEGER PRIMARY KEY, x TEXT REFERENCES nowhere(id), p_id INT REFERENCES p(id));
     CREATE TABLE flat(k TEXT PRIMARY KEY, p_id INT REFERENCES p(id)) WITHOUT ROWID;
     INSERT INTO mistaken VALUES(1, 'a', 1), (2, 'b', 9); INSERT INTO orphaned VALUES(1, 'x', 2), (2, NULL, 9);
     INSERT INTO flat VALUES('x', 1), ('y', 9);`,
  )
  expect(() => rowsOf(at.path, "SELECT * FROM pragma_foreign_key_check('mistaken')")).toThrow('mismatch')
  await thereAndBack(at, {
    same: [
      "SELECT count(*) FROM pragma_foreign_key_check('orphaned')",
      "SELECT count(*) FROM pragma_foreign_key_check('flat')",
      'SELECT row, name FROM mistaken LEFT JOIN p ON p.id = p_id ORDER BY row',
      'SELECT k, name FROM flat LEFT JOIN p ON p.id = p_id ORDER BY k',
    ],
  })
})

test('HAZARDS A7: keys that integrity_check calls ok are caught by our own check', async () => {
  const at = place(parents, children)
  const said: unknown[] = []
  const failure = await refusedMigration(
    at,
    {},
    {
      sabotage: (db: Connection) => {
        db.exec("UPDATE stopped SET p_id = '01KH5SDK701X03H1AE95GF0Q02' WHERE n = 1")
        said.push(db.pragma('integrity_check', { simple: true }))
      },
    },
  )
  expect(said).toEqual(['ok'])
  expect(failure.why).toContain('references:')
  expect(failure.why).not.toContain('integrity:')
})

test('HAZARDS A8: ON UPDATE CASCADE does not fire, and actions, DEFERRABLE and MATCH stay in the text', async () => {
  const at = place(
    `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE log(what TEXT);
     CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT CONSTRAINT "to p" REFERENCES p(id) ON UPDATE CASCADE /* as it is */ ON DELETE SET DEFAULT MATCH FULL NOT DEFERRABLE);
     CREATE TABLE d(n INTEGER PRIMARY KEY, p_id TEXT, FOREIGN KEY ( p_id ) REFERENCES "p" ( "id" ) MATCH SIMPLE ON UPDATE SET NULL DEFERRABLE INITIALLY IMMEDIATE);
     CREATE TRIGGER c_au AFTER UPDATE ON c BEGIN INSERT INTO log VALUES('c'); END;
     CREATE TRIGGER d_au AFTER UPDATE ON d BEGIN INSERT INTO log VALUES('d'); END;
     CREATE TRIGGER p_au AFTER UPDATE ON p BEGIN INSERT INTO log VALUES('p'); END;
     INSERT INTO p VALUES('${uuid(1)}', 'one'); INSERT INTO c VALUES(1, '${uuid(1)}'); INSERT INTO d VALUES(1, '${uuid(1)}');`,
  )
  const texts = rowsOf(at.path, "SELECT sql FROM sqlite_schema WHERE name IN ('p', 'c', 'd') ORDER BY name")
  await thereAndBack(at, {
    same: [
      'SELECT count(*) FROM log',
      'SELECT name, c.n, d.n FROM p JOIN c ON c.p_id = p.id JOIN d ON d.p_id = p.id',
      "SELECT sql FROM sqlite_schema WHERE name IN ('p', 'c', 'd') ORDER BY name",
    ],
    then: path => {
      // And they act as they say, for a program that has keys on.
      const db = new Database(path)
      db.pragma('foreign_keys = ON')
      db.exec("UPDATE p SET id = '01KH5SDK701X03H1AE95GF0Q02'")
      db.close()
      expect(rowsOf(path, 'SELECT c.p_id, d.p_id FROM c, d')).toEqual([['01KH5SDK701X03H1AE95GF0Q02', null]])
      change(
        path,
        'UPDATE p SET id = (SELECT ulid FROM _ulid_migrate_map_1); UPDATE c SET p_id = (SELECT id FROM p); UPDATE d SET p_id = (SELECT id FROM p); DELETE FROM log',
      )
    },
  })
  expect(texts).toHaveLength(3)
})

describe('HAZARDS A9: REFERENCES without a column, in any letter case,', () => {
  const sql = [
    `CREATE TABLE Grp(id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE a(n INTEGER PRIMARY KEY, g INT REFERENCES gRP ON DELETE CASCADE);
     CREATE TABLE b(n INTEGER PRIMARY KEY, g INT, FOREIGN KEY(G) REFERENCES "GRP");
     CREATE TABLE c(n INTEGER PRIMARY KEY, g INT REFERENCES grp(ID));
     INSERT INTO Grp VALUES(1, 'one'), (2, 'two');
     INSERT INTO a VALUES(1, 1), (2, 9); INSERT INTO b VALUES(1, 2), (2, 9); INSERT INTO c VALUES(1, 1), (2, 9);`,
  ]
  const same = ['a', 'b', 'c'].map(
    table => `SELECT n, name FROM ${table} LEFT JOIN grp ON grp.id = g ORDER BY n`,
  )

  test('is made explicit where the key moves to the legacy column', async () => {
    await thereAndBack(place(...sql), {
      choices: { form: 'keep-integer' },
      same: [...same, 'SELECT count(*) FROM pragma_foreign_key_check'],
      then: path => {
        expect(textOf(path, 'a')).toBe(
          'CREATE TABLE a(n INTEGER PRIMARY KEY, g TEXT REFERENCES gRP("id") ON DELETE CASCADE)',
        )
        expect(textOf(path, 'b')).toBe(
          'CREATE TABLE b(n INTEGER PRIMARY KEY, g TEXT, FOREIGN KEY(G) REFERENCES "GRP"("id"))',
        )
        expect(textOf(path, 'c')).toBe('CREATE TABLE c(n INTEGER PRIMARY KEY, g TEXT REFERENCES grp(ID))')
      },
    })
  })

  test('stays as it is where the key stays the key', async () => {
    await thereAndBack(place(...sql), {
      choices: { form: 'pure' },
      same: [...same, 'SELECT count(*) FROM pragma_foreign_key_check'],
      then: path =>
        expect(textOf(path, 'a')).toBe(
          'CREATE TABLE a(n INTEGER PRIMARY KEY, g TEXT REFERENCES gRP ON DELETE CASCADE)',
        ),
    })
  })

  test('is not touched in a table whose reference is followed by nobody because it has no rows', async () => {
    const at = place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p VALUES(1, 'one');
      CREATE TABLE used(p_id INT REFERENCES p); INSERT INTO used VALUES(1);
      CREATE TABLE idle(p_id INT REFERENCES p);`)
    await thereAndBack(at, {
      then: path => {
        expect(textOf(path, 'idle')).toBe('CREATE TABLE idle(p_id TEXT REFERENCES p("id"))')
        change(path, 'INSERT INTO idle SELECT id FROM p')
        expect(countIn(path, 'SELECT count(*) FROM pragma_foreign_key_check')).toBe(0)
        change(path, 'DELETE FROM idle')
      },
    })
  })
})

describe('HAZARDS A10: maps and journal', () => {
  test('live in the target itself, which is the only file that is written beside the settings', async () => {
    const at = place(parents, children)
    await migrateAt(at)
    expect(everythingIn(at.folder).map(line => line.split(' ')[0])).toEqual([at.path])
    expect(
      columnOf(
        at.path,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\\_ulid\\_migrate\\_%' ESCAPE '\\' ORDER BY 1",
      ),
    ).toEqual(expect.arrayContaining(['_ulid_migrate_map_1', '_ulid_migrate_orphans_1']))
    expect(rowsOf(at.path, 'SELECT legacy, ulid FROM _ulid_migrate_map_1 ORDER BY 1')).toEqual(
      rowsOf(at.path, 'SELECT legacy_id, id FROM p ORDER BY 1'),
    )
    await undoAt(at)
  })

  test('are gone with the rest when the transaction fails', async () => {
    const at = place(parents, children)
    await refusedMigration(at, {}, { sabotage: db => db.exec('DELETE FROM p') })
    expect(countIn(at.path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%ulid_migrate%'")).toBe(0)
  })

  test('of a UTF-16 file are proved against its snapshot, which only opens in the same encoding', async () => {
    for (const encoding of ['UTF-16le', 'UTF-16be']) {
      const at = place(
        `PRAGMA encoding = '${encoding}'`,
        parents,
        children,
        `INSERT INTO p VALUES(4, 'größer 🦆')`,
      )
      await thereAndBack(at, { same: joined })
      expect(columnOf(at.path, 'PRAGMA encoding')).toEqual([encoding])
    }
  })
})

test('HAZARDS A10: a trigger that another program keeps in TEMP does not fire for what we copy', async () => {
  const at = place(parents, children)
  const other = new Database(at.path)
  other.exec(
    'CREATE TEMP TABLE seen(x); CREATE TEMP TRIGGER t AFTER INSERT ON main.p BEGIN INSERT INTO seen VALUES(1); END',
  )
  const content = contentOf(at.path)
  const done = await migrate(at.path, { seed: '5eed' }, undefined, inProcess(at.settings))
  expect(failedChecks(done.proof)).toEqual([])
  expect(other.prepare('SELECT count(*) FROM seen').pluck().get()).toBe(0)
  other.exec("INSERT INTO p(name) VALUES('four')")
  expect(other.prepare('SELECT count(*) FROM seen').pluck().get()).toBe(1)
  other.exec("DELETE FROM p WHERE name = 'four'")
  other.close()
  await undoAt(at)
  expect(contentOf(at.path)).toEqual(content)
  expect(everythingIn(at.folder).map(line => line.split(' ')[0])).toEqual([join(at.folder, 'hazard.db')])
})

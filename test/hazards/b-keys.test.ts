import { execFileSync, spawnSync } from 'node:child_process'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/core/compile/compile.ts'
import { sqlText } from '../../src/core/compile/program.ts'
import { detect } from '../../src/core/detect/detect.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { makePlan } from '../../src/core/plan/make-plan.ts'
import { change, columnOf, countIn, numbers, rowsOf } from '../support/database.ts'
import { agreeing, detectIn, inProcess, unwatched } from '../support/in-process.ts'
import { shareOf } from '../support/whole.ts'
import {
  findingsAt,
  isUlid,
  migrateAt,
  place,
  refusalOf,
  refusedMigration,
  textOf,
  thereAndBack,
  undoAt,
  uuid,
} from './support.ts'

/** HAZARDS B: the column that names the rows. */

const forms = ['keep-integer', 'pure'] as const
const names = 'SELECT c.n, p.name FROM c LEFT JOIN p ON p.id = +c.p_id ORDER BY c.n'

/** A parent with this definition of its key, and children that refer to it. */
const family = (key: string, child = 'INT', rest = '', tail = '') => `
  CREATE TABLE p(${key}, name TEXT${rest})${tail};
  CREATE TABLE c(n INTEGER PRIMARY KEY, p_id ${child} REFERENCES p(id));
  INSERT INTO p(id, name) VALUES(1, 'one'), (2, 'two'), (-3, 'minus three'), (9007199254740993, 'big');
  INSERT INTO c(p_id) VALUES(1), (2), (2), (-3), (9007199254740993), (99), (NULL), (0);`

describe.each(forms)('HAZARDS B1: an integer key (%s)', form => {
  test.each([
    ['INTEGER PRIMARY KEY', 'id INTEGER PRIMARY KEY', '', ''],
    ['"INTEGER" primary key autoincrement', '"id" "INTEGER" primary key autoincrement', '', ''],
    ['PRIMARY KEY(id) at the end', 'id INTEGER', ', PRIMARY KEY("id" AUTOINCREMENT)', ''],
    ['STRICT', 'id INTEGER NOT NULL PRIMARY KEY', '', ' STRICT'],
    [
      'with a clause of its own',
      'id INTEGER CONSTRAINT "the key" PRIMARY KEY ASC ON CONFLICT ABORT CHECK(id IS NOT NULL)',
      '',
      '',
    ],
  ])('that is the rowid: %s', async (_, key, rest, tail) => {
    await thereAndBack(place(family(key, 'INT', rest, tail)), {
      choices: { form },
      same: [names],
      then: path => {
        expect(rowsOf(path, `SELECT DISTINCT ${isUlid('id')} FROM p`)).toEqual([[1n]])
        const columns = columnOf(path, "SELECT name FROM pragma_table_info('p') ORDER BY cid")
        expect(columns).toEqual(form === 'pure' ? ['id', 'name'] : ['id', 'name', 'legacy_id'])
        if (form === 'keep-integer')
          expect(columnOf(path, 'SELECT count(*) FROM p WHERE legacy_id = rowid')).toEqual([4n])
      },
    })
  })

  test.each([
    ['INT PRIMARY KEY', 'id INT PRIMARY KEY', '', ''],
    ['INTEGER PRIMARY KEY DESC', 'id INTEGER PRIMARY KEY DESC', '', ''],
    ['BIGINT PRIMARY KEY', 'id BIGINT(20) NOT NULL PRIMARY KEY', '', ''],
    ['UNSIGNED BIG INT', 'id UNSIGNED BIG INT', ', PRIMARY KEY(id)', ''],
    ['WITHOUT ROWID', 'id INTEGER PRIMARY KEY', '', ' WITHOUT ROWID'],
    ['STRICT, WITHOUT ROWID', 'id INT PRIMARY KEY', '', ' STRICT, WITHOUT ROWID'],
    ['UNIQUE', 'id INTEGER UNIQUE', '', ''],
  ])('that is not the rowid: %s', async (_, key, rest, tail) => {
    await thereAndBack(place(family(key, 'INT', rest, tail)), {
      choices: { form },
      same: [names],
      then: path => {
        expect(rowsOf(path, `SELECT DISTINCT ${isUlid('id')} FROM p`)).toEqual([[1n]])
        expect(columnOf(path, "SELECT name FROM pragma_table_info('p')")).toEqual(['id', 'name'])
      },
    })
  })
})

describe('HAZARDS B2: a type name that would make numbers of ULIDs', () => {
  const digits = ['01234567890123456789012345', '01234567890123456789012E45', '00000000010000000000000001']

  test.each([
    'STRING',
    'UUID',
    'ULID',
    'NUMERIC',
    'DECIMAL(10,0)',
    'POINT',
    'ANY',
    'INT',
    'REAL',
    'DATETIME',
    'BOOLEAN',
    'SERIAL',
    '',
  ])('becomes TEXT, in the reference as well: %s', async type => {
    const at = place(
      `CREATE TABLE p(id ${type} PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id ${type} REFERENCES p(id));
         INSERT INTO p VALUES(${type === 'INT' ? 1 : `'${uuid(1)}'`}, 'one'), (${type === 'INT' ? 2 : `'${uuid(2)}'`}, 'two'); INSERT INTO c(p_id) SELECT id FROM p;`,
    )
    await thereAndBack(at, {
      same: [names],
      then: path => {
        for (const ulid of digits) {
          change(
            path,
            `INSERT INTO p(id, name) VALUES('${ulid}', 'new')`,
            `INSERT INTO c(p_id) VALUES('${ulid}')`,
          )
          expect(columnOf(path, "SELECT id FROM p WHERE name = 'new'")).toEqual([ulid])
          expect(columnOf(path, 'SELECT p_id FROM c WHERE n > 2')).toEqual([ulid])
          change(path, "DELETE FROM p WHERE name = 'new'", 'DELETE FROM c WHERE n > 2')
        }
      },
    })
  })

  test('stays where it keeps text as it is: VARCHAR, BLOB, and ANY under STRICT', async () => {
    const at = place(
      `CREATE TABLE a(id VARCHAR(36) PRIMARY KEY, x); CREATE TABLE b(id BLOB PRIMARY KEY, x);
       CREATE TABLE s(id ANY PRIMARY KEY, x ANY) STRICT; CREATE TABLE t(id INT PRIMARY KEY, x ANY) STRICT;
       INSERT INTO a VALUES('${uuid(1)}', 1); INSERT INTO b VALUES(x'${uuid(2).replaceAll('-', '')}', 1);
       INSERT INTO s VALUES('${uuid(3)}', 1); INSERT INTO t VALUES(1, 1);`,
    )
    await thereAndBack(at, {
      choices: { all: true },
      then: path =>
        expect(
          ['a', 'b', 's', 't'].map(
            table => rowsOf(path, `SELECT type FROM pragma_table_info('${table}')`)[0]![0],
          ),
        ).toEqual(['VARCHAR(36)', 'BLOB', 'ANY', 'TEXT']),
    })
  })
})

describe('HAZARDS B3: letter case', () => {
  const lowered = uuid(7)
  const sql = (
    collation: string,
  ) => `CREATE TABLE p(id TEXT ${collation} PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id));
    INSERT INTO p VALUES('${uuid(1)}', 'one'), ('${lowered.toUpperCase()}', 'seven'); INSERT INTO c(p_id) VALUES('${uuid(1)}'), ('${lowered}'), ('${lowered.toUpperCase()}')`

  test.each(['upper', 'lower'] as const)(
    'is one in a column and in all that refers to it: %s',
    async letters => {
      await thereAndBack(place(sql('')), {
        choices: { case: letters },
        same: [names],
        then: path => {
          const all = columnOf<string>(
            path,
            'SELECT id FROM p UNION ALL SELECT p_id FROM c WHERE p_id IS NOT NULL',
          )
          for (const id of all) expect(id).toBe(letters === 'upper' ? id.toUpperCase() : id.toLowerCase())
        },
      })
    },
  )

  test('does not decide what refers to what under NOCASE, and the own spelling comes back', async () => {
    await thereAndBack(place(sql('COLLATE NOCASE')), {
      same: [names],
      then: path => expect(rowsOf(path, names).map(row => row[1])).toEqual(['one', 'seven', 'seven']),
    })
  })

  test('that is mixed among ULIDs that are there already is warned about, and refused where two differ by it alone', async () => {
    const at = place(`CREATE TABLE p(id TEXT PRIMARY KEY, n);
      INSERT INTO p VALUES('01HK153X003BMPJNJB6JHKXK8T', 1), ('01hk153x003bmpjnjb6jhkxk8s', 2), ('${uuid(1)}', 3)`)
    expect(await findingsAt(at, {}, 'IDENTITY.MIXED_CASE')).toMatchObject([
      { object: 'p.id', severity: 'warning' },
    ])
    change(at.path, "INSERT INTO p VALUES('01hk153x003bmpjnjb6jhkxk8t', 4)")
    expect(await refusedMigration(at)).toMatchObject({
      code: 'IDENTITY.SAME_BUT_FOR_CASE',
      object: 'p.id',
      exit: 4,
    })
  })
})

describe.each(forms)('HAZARDS B4: a row inserted without an id (%s)', form => {
  test.each(['', ' STRICT'])(
    'gets a ULID of its time from any program%s, and NULL is refused',
    async tail => {
      const at = place(family('id INTEGER PRIMARY KEY', 'INT', '', tail))
      await migrateAt(at, { form })
      const begun = Date.now()
      // Not this process's SQLite where the machine has another one, and with nothing registered.
      const insert = "INSERT INTO p(name) VALUES('new'), ('newer')"
      if (spawnSync('sqlite3', ['-version']).error) change(at.path, insert)
      else execFileSync('sqlite3', [at.path, insert])
      const ulids = columnOf<string>(at.path, `SELECT id FROM p WHERE name LIKE 'new%' AND ${isUlid('id')}`)
      expect(new Set(ulids).size).toBe(2)
      for (const ulid of ulids) {
        expect(timeOf(ulid)).toBeGreaterThanOrEqual(begun - 1)
        expect(timeOf(ulid)).toBeLessThanOrEqual(Date.now() + 1)
      }
      expect(() => change(at.path, "INSERT INTO p(id, name) VALUES(NULL, 'x')")).toThrow('NOT NULL')
      expect(() => change(at.path, `INSERT INTO p(id, name) SELECT id, 'x' FROM p LIMIT 1`)).toThrow('UNIQUE')
    },
  )

  test('that refers to its parent by its own key gets none: its id comes from there', async () => {
    const at =
      place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE more(id INTEGER PRIMARY KEY REFERENCES p(id), x TEXT);
      INSERT INTO p VALUES(1, 'one'), (2, 'two'); INSERT INTO more VALUES(1, 'a'), (2, 'b'), (9, 'lost');`)
    await thereAndBack(at, {
      choices: { form },
      same: ['SELECT x, name FROM more LEFT JOIN p USING (id) ORDER BY x'],
      then: path => {
        expect(() => change(path, "INSERT INTO more(x) VALUES('c')")).toThrow('NOT NULL')
        expect(textOf(path, 'more')).not.toContain('random')
      },
    })
  })
})

const timeOf = (ulid: string) =>
  [...ulid.slice(0, 10)].reduce((ms, digit) => ms * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit), 0)

const expandable = `CREATE TABLE jobs(id TEXT PRIMARY KEY, n INT); CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id));
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), value FROM ${numbers(50)}; INSERT INTO logs(job_id) SELECT id FROM jobs;`

describe('HAZARDS B5, B19: an expansion', () => {
  test('HAZARDS B5: adds a plain nullable column to filled tables, and the uniqueness beside it', async () => {
    const at = place(expandable)
    await thereAndBack(at, {
      choices: { strategy: 'expand' },
      then: path => {
        expect(textOf(path, 'jobs')).toBe('CREATE TABLE jobs(id TEXT PRIMARY KEY, n INT, "job_ulid" TEXT)')
        expect(rowsOf(path, `SELECT count(DISTINCT job_ulid), min(${isUlid('job_ulid')}) FROM jobs`)).toEqual(
          [[50n, 1n]],
        )
        expect(
          columnOf(
            path,
            'SELECT count(*) FROM logs JOIN jobs ON jobs.job_ulid = logs.job_ulid AND jobs.id = logs.job_id',
          ),
        ).toEqual([50n])
        expect(() =>
          change(path, 'UPDATE jobs SET job_ulid = (SELECT job_ulid FROM jobs WHERE n = 1)'),
        ).toThrow('UNIQUE')
      },
    })
  })

  test('HAZARDS B19: makes the unique index over the empty column, before it is filled', async () => {
    const at = place(expandable)
    const sql = await lookAt(at.path, inProcess(at.settings), async looking =>
      sqlText(
        compile(
          makePlan(looking, await detect(looking, { strategy: 'expand' }, unwatched), { strategy: 'expand' }),
          looking.schema,
          { firstMap: 1 },
        ),
      ),
    )
    const at_ = (pattern: RegExp) => sql.findIndex(text => pattern.test(text))
    expect(at_(/CREATE UNIQUE INDEX .*job_ulid/)).toBeGreaterThan(-1)
    expect(at_(/CREATE UNIQUE INDEX .*job_ulid/)).toBeLessThan(at_(/UPDATE "?jobs"? .*SET/s))
  })
})

test('HAZARDS B6: RETURNING shows the ULID of a new row, since a default made it and no trigger', async () => {
  for (const form of forms) {
    const at = place(family('id INTEGER PRIMARY KEY AUTOINCREMENT'))
    await migrateAt(at, { form })
    const db = new Database(at.path)
    const returned = db.prepare("INSERT INTO p(name) VALUES('new') RETURNING id").pluck().get()
    expect(returned).toBe(db.prepare("SELECT id FROM p WHERE name = 'new'").pluck().get())
    expect(String(returned)).toHaveLength(26)
    db.close()
  }
})

describe('HAZARDS B7: a sequence that is ahead of the largest key', () => {
  const sql = `CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); CREATE TABLE other(id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); CREATE TABLE empty(id INTEGER PRIMARY KEY AUTOINCREMENT, p_id INT REFERENCES p(id));
    INSERT INTO p(name) VALUES('one'), ('two'), ('gone'); DELETE FROM p WHERE name = 'gone'; INSERT INTO c(p_id) VALUES(1), (2), (3);
    INSERT INTO other VALUES(70); DELETE FROM other; INSERT INTO empty VALUES(8, 1); DELETE FROM empty;`
  const sequence = 'SELECT name, seq, count(*) FROM sqlite_sequence GROUP BY 1, 2 ORDER BY 1'

  test('gives no number twice with the integer kept, nor after the undo', async () => {
    const at = place(sql)
    const before = rowsOf(at.path, sequence)
    await migrateAt(at)
    expect(rowsOf(at.path, sequence)).toEqual(before)
    change(at.path, "INSERT INTO p(name) VALUES('four')")
    expect(columnOf(at.path, "SELECT legacy_id FROM p WHERE name = 'four'")).toEqual([4n])
    await undoAt(at)
    change(
      at.path,
      "INSERT INTO p(name) VALUES('five')",
      'INSERT INTO empty(p_id) VALUES(1)',
      'INSERT INTO other DEFAULT VALUES',
    )
    expect(columnOf(at.path, 'SELECT id FROM p ORDER BY 1')).toEqual([1n, 2n, 4n, 5n])
    expect(columnOf(at.path, 'SELECT id FROM empty UNION ALL SELECT id FROM other')).toEqual([9n, 71n])
  })

  test('is remembered in the pure form, so that undo goes on after it', async () => {
    const at = place(sql)
    await migrateAt(at, { form: 'pure' })
    change(at.path, "INSERT INTO p(name) VALUES('four')")
    await undoAt(at)
    expect(columnOf(at.path, 'SELECT id FROM p ORDER BY 1')).toEqual([1n, 2n, 4n])
    change(at.path, "INSERT INTO p(name) VALUES('five')")
    expect(columnOf(at.path, "SELECT id FROM p WHERE name = 'five'")).toEqual([5n])
  })
})

test.each(forms)(
  'HAZARDS B7: a row that came since does not take the number that an orphan names (%s)',
  async form => {
    const at = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
     INSERT INTO p VALUES(1, 'one'), (2, 'two'), (3, 'gone'); INSERT INTO c(p_id) VALUES(1), (3), (4); DELETE FROM p WHERE id = 3`,
    )
    await migrateAt(at, { form })
    change(
      at.path,
      "INSERT INTO p(name) VALUES('new')",
      "INSERT INTO c(p_id) SELECT id FROM p WHERE name = 'new'",
    )
    const before = rowsOf(at.path, names)
    await undoAt(at)
    expect(rowsOf(at.path, names)).toEqual(before)
  },
)

test.each(forms)(
  'HAZARDS B8: members of a composite key go each by its own parent, and the junction gets no id (%s)',
  async form => {
    const at = place(
      `CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id TEXT PRIMARY KEY, name TEXT);
     CREATE TABLE ab(a_id INT REFERENCES a(id), b_id TEXT REFERENCES b(id), place INT, kind TEXT DEFAULT 'x', PRIMARY KEY(a_id, b_id, kind));
     CREATE TABLE wr(b_id TEXT REFERENCES b(id), a_id INT REFERENCES a(id), place INT, PRIMARY KEY(a_id, b_id)) WITHOUT ROWID;
     INSERT INTO a VALUES(1, 'a1'), (2, 'a2'); INSERT INTO b VALUES('${uuid(1)}', 'b1'), ('${uuid(2)}', 'b2');
     INSERT INTO ab(a_id, b_id, place) SELECT a.id, b.id, a.rowid * 10 + b.rowid FROM a, b; INSERT INTO ab VALUES(9, '${uuid(1)}', 91, 'y'), (NULL, '${uuid(2)}', 0, NULL);
     INSERT INTO wr SELECT b_id, a_id, place FROM ab WHERE a_id IS NOT NULL;`,
    )
    const joined = (table: string) =>
      `SELECT place, a.name, b.name FROM ${table} LEFT JOIN a ON a.id = +a_id LEFT JOIN b ON b.id = +b_id ORDER BY place`
    await thereAndBack(at, {
      choices: { form },
      same: [
        joined('ab'),
        joined('wr'),
        "SELECT name FROM pragma_table_info('ab')",
        "SELECT name FROM pragma_table_info('wr')",
      ],
      then: path => {
        expect(rowsOf(path, 'SELECT DISTINCT typeof(a_id), typeof(b_id) FROM wr')).toEqual([['text', 'text']])
        expect(() => change(path, 'INSERT INTO wr SELECT * FROM wr LIMIT 1')).toThrow('UNIQUE')
      },
    })
  },
)

test.each(forms)('HAZARDS B8: a foreign key of several columns follows member by member (%s)', async form => {
  const at = place(
    `CREATE TABLE p(id INTEGER PRIMARY KEY, part INT, name TEXT, UNIQUE(id, part));
     CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT, part INT, FOREIGN KEY(p_id, part) REFERENCES p(id, part) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
     CREATE TABLE lone(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
     INSERT INTO p VALUES(1, 10, 'one'), (2, 20, 'two'); INSERT INTO c VALUES(1, 1, 10), (2, 2, 20), (3, 2, 99), (4, NULL, 10), (5, 9, 10); INSERT INTO lone VALUES(1, 1)`,
  )
  await thereAndBack(at, {
    choices: { form },
    same: [
      'SELECT n, name FROM c LEFT JOIN p ON p.id = +c.p_id AND p.part = c.part ORDER BY n',
      "SELECT rowid FROM pragma_foreign_key_check('c')",
    ],
  })
})

test.each([
  ['declared', 'REFERENCES talk(id)'],
  ['found by its values', ''],
])(
  'HAZARDS B8: what refers to a reference that is a member of a key goes along with it, however far (first one %s)',
  async (_, declared) => {
    const at = place(
      `CREATE TABLE talk(id TEXT PRIMARY KEY, name TEXT);
       CREATE TABLE line(talk_id TEXT ${declared}, n INT, PRIMARY KEY(talk_id, n));
       CREATE TABLE word(talk TEXT, line INT, w INT, PRIMARY KEY(talk, line, w), FOREIGN KEY(talk, line) REFERENCES line(talk_id, n));
       CREATE TABLE letter(of_talk TEXT, of_line INT, of_word INT, FOREIGN KEY(of_talk, of_line, of_word) REFERENCES word(talk, line, w));
       INSERT INTO talk SELECT printf('%08x-1234-4abc-8def-%012x', value * 7919, value), 'talk ' || value FROM ${numbers(30)};
       INSERT INTO line SELECT id, rowid FROM talk; INSERT INTO word SELECT talk_id, n, 1 FROM line; INSERT INTO letter SELECT * FROM word`,
    )
    await thereAndBack(at, {
      same: [
        'SELECT name FROM letter JOIN word ON talk = of_talk AND line = of_line AND w = of_word JOIN line l ON l.talk_id = talk AND n = line JOIN talk t ON t.id = l.talk_id ORDER BY name',
        'PRAGMA foreign_key_check',
      ],
      then: path => expect(countIn(path, `SELECT count(*) FROM letter WHERE ${isUlid('of_talk')}`)).toBe(30),
    })
  },
)

test('HAZARDS B9: without a rowid, pages by the key: more rows than a chunk, and a compound key', async () => {
  const at = place(
    `CREATE TABLE p(id TEXT PRIMARY KEY, n INT) WITHOUT ROWID;
     CREATE TABLE c(p_id TEXT REFERENCES p(id), at INT, what TEXT, PRIMARY KEY(p_id, at)) WITHOUT ROWID;
     INSERT INTO p SELECT printf('%08x-1234-4abc-8def-%012x', value, value), value FROM ${numbers(11_000)};
     INSERT INTO c SELECT id, n % 7, 'row ' || n FROM p; INSERT INTO c VALUES('nobody', 1, 'orphan')`,
  )
  await thereAndBack(at, {
    same: ['SELECT what, n FROM c LEFT JOIN p ON p.id = p_id ORDER BY what'],
    then: path => expect(countIn(path, `SELECT count(*) FROM p WHERE ${isUlid('id')}`)).toBe(11_000),
  })
})

describe('HAZARDS B10: keys that are not what a key should be', () => {
  test('each NULL gets a ULID of its own under a primary key, and is NULL again after the undo', async () => {
    const at =
      place(`CREATE TABLE p(id TEXT PRIMARY KEY, n INT); INSERT INTO p VALUES('${uuid(1)}', 1), (NULL, 2), (NULL, 3), (NULL, 4);
      CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id)); INSERT INTO c(p_id) VALUES('${uuid(1)}'), (NULL)`)
    await thereAndBack(at, {
      then: path => {
        expect(rowsOf(path, `SELECT count(DISTINCT id), min(${isUlid('id')}) FROM p`)).toEqual([[4n, 1n]])
        expect(rowsOf(path, 'SELECT p.n FROM c LEFT JOIN p ON p.id = p_id ORDER BY c.n')).toEqual([
          [1n],
          [null],
        ])
      },
    })
  })

  test('duplicates, which only another comparison let in, are refused and counted', async () => {
    const at = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, n INT); INSERT INTO p VALUES('${uuid(1)}', 1), ('${uuid(2)}', 2), ('${uuid(3)}', 3)`,
    )
    // What a damaged index, or an older program with a collation of its own, leaves behind.
    const db = new Database(at.path)
    db.unsafeMode(true)
    db.pragma('writable_schema = ON')
    db.exec(
      "UPDATE sqlite_schema SET sql = 'CREATE TABLE p(id TEXT, n INT)' WHERE name = 'p'; DELETE FROM sqlite_schema WHERE type = 'index'",
    )
    db.close()
    change(at.path, `UPDATE p SET id = '${uuid(1)}' WHERE n = 3`)
    const again = await refusalOf(migrate(at.path, { only: ['p.id'] }, undefined, inProcess(at.settings)))
    expect(again).toMatchObject({ code: 'CHOICE.NOT_AN_IDENTITY', object: 'p.id', exit: 2 })
  })

  test.each(forms)('blobs of 16 bytes are keys and references like others (%s)', async form => {
    const blob = (n: number) => `x'${uuid(n).replaceAll('-', '')}'`
    const at = place(
      `CREATE TABLE p(id BLOB PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id BLOB REFERENCES p(id), raw BLOB);
       INSERT INTO p VALUES(${blob(1)}, 'one'), (${blob(2)}, 'two'), (x'00000000000000000000000000000001', 'low'), (x'ffffffffffffffffffffffffffffffff', 'high');
       INSERT INTO c(p_id, raw) SELECT id, id || x'00' FROM p; INSERT INTO c(p_id) VALUES(${blob(9)}), (x'00000000000000000000000000000000'), (NULL);`,
    )
    await thereAndBack(at, {
      choices: { form },
      same: [names, 'SELECT hex(raw) FROM c'],
      then: path => expect(columnOf(path, `SELECT count(*) FROM p WHERE ${isUlid('id')}`)).toEqual([4n]),
    })
  })

  test('a table without any key is copied as it is, rows that are equal included', async () => {
    const at =
      place(`CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE c(p_id TEXT REFERENCES p(id), x);
      INSERT INTO p VALUES('${uuid(1)}', 'one'); INSERT INTO c VALUES('${uuid(1)}', 1), ('${uuid(1)}', 1), ('${uuid(1)}', 1), (NULL, NULL), (NULL, NULL);
      DELETE FROM c WHERE rowid = 2;`)
    await thereAndBack(at, { same: ['SELECT c.rowid, name, x FROM c LEFT JOIN p ON p.id = p_id ORDER BY 1'] })
  })
})

/** Which children have a parent, and whose name it bears, as a foreign key tells it: never by JavaScript (HAZARDS B11). */
const matched = (pair: string) =>
  `SELECT c.n, (SELECT p.label FROM ${pair}p p WHERE p.id = +c.ref) FROM ${pair}c c ORDER BY c.n`

describe('HAZARDS B11: what refers to what is decided by the type and collation of the parent', () => {
  const types = [
    'INTEGER',
    'TEXT',
    'TEXT COLLATE NOCASE',
    'TEXT COLLATE RTRIM',
    'BLOB',
    'NUMERIC',
    'REAL',
    '',
  ]
  const values = [
    '1',
    "'1'",
    "'01'",
    "' 1'",
    "'1.0'",
    '1.0',
    "x'31'",
    "'a'",
    "'A'",
    "'a '",
    "x'61'",
    "'1e0'",
    '2',
    "'2'",
    '-0.0',
    'NULL',
  ]
  const all = types.flatMap((parent, at) =>
    types.map((child, index) => ({ parent, child, pair: `f${at}_${index}_` })),
  )
  const pairs = shareOf(all, 3) // 8 types: every third pair has each of them on both sides
  const sql = pairs.map(
    ({ parent, child, pair }) => `
      CREATE TABLE ${pair}p(id ${parent} UNIQUE, label TEXT); CREATE TABLE ${pair}c(n INTEGER PRIMARY KEY, ref ${child} REFERENCES ${pair}p(id));
      INSERT OR IGNORE INTO ${pair}p(id, label) VALUES(1, 'one'), ('a', 'a'), ('A', 'A'), (x'61', 'blob'), ('2', 'two'), (1.5, 'real');
      INSERT INTO ${pair}c(ref) VALUES${values.map(value => `(${value})`).join(', ')};`,
  )

  test(`${pairs.length} pairs of types, ${values.length} values each: the same rows afterwards, the same orphans, and back`, async () => {
    const at = place(...sql)
    await thereAndBack(at, {
      choices: { only: pairs.map(({ pair }) => `${pair}p.id`) },
      same: pairs.flatMap(({ pair }) => [
        matched(pair),
        `SELECT rowid FROM pragma_foreign_key_check('${pair}c')`,
        `SELECT n FROM ${pair}c WHERE ref IS NULL`,
      ]),
      then: path => {
        for (const { pair } of pairs)
          expect(
            rowsOf(
              path, // The last but one is a zero: it stands for nothing, and stays.
              `SELECT DISTINCT typeof(ref) FROM ${pair}c WHERE ref IS NOT NULL AND n <> 15`,
            ),
            pair,
          ).toEqual([['text']])
      },
    })
  })

  test("'01', ' 1' and '1.0' for 1 come back in their own spelling, also where there is no rowid", async () => {
    const at = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p VALUES(1, 'one'), (2, 'two');
       CREATE TABLE c(n INTEGER PRIMARY KEY, p_id REFERENCES p(id)); INSERT INTO c(p_id) VALUES('01'), (' 1'), ('1.0'), (1.0), (1), ('01'), ('02'), ('9'), ('09');
       CREATE TABLE flat(k TEXT, p_id REFERENCES p(id), PRIMARY KEY(k, p_id)) WITHOUT ROWID; INSERT INTO flat VALUES('a', '01'), ('b', 1), ('c', '2.0'), ('d', '09');
       CREATE TABLE kept(k TEXT PRIMARY KEY, p_id REFERENCES p(id)) WITHOUT ROWID; INSERT INTO kept VALUES('a', '01'), ('b', 1), ('c', ' 2'), ('d', '09');`,
    )
    for (const form of forms)
      await thereAndBack(at, {
        choices: { form },
        same: [
          names,
          'SELECT k, name FROM flat LEFT JOIN p ON p.id = +p_id ORDER BY k',
          'SELECT k, name FROM kept LEFT JOIN p ON p.id = +p_id ORDER BY k',
        ],
      })
  })

  test("numbers that merely share a column's name are no references", async () => {
    const at = place(
      `CREATE TABLE steps(seq INTEGER PRIMARY KEY, x TEXT); CREATE TABLE moves(code TEXT, seq INT);
       INSERT INTO steps VALUES(1, 'x'), (2, 'y'); INSERT INTO moves VALUES('a', 1), ('a', 2), ('b', 1)`,
    )
    const { identities } = await detectIn(at.path)
    expect(identities.filter(identity => identity.migrate)).toEqual([])
  })
})

describe('HAZARDS B12: one UUID in many shapes', () => {
  test('is followed in the shape of its column, and left alone byte for byte in another', async () => {
    const hex = (n: number) => uuid(n).replaceAll('-', '')
    const at = place(
      `CREATE TABLE dashed(id TEXT PRIMARY KEY); CREATE TABLE dashed_ref(n INTEGER PRIMARY KEY, dashed_id TEXT);
       CREATE TABLE plain(id TEXT PRIMARY KEY); CREATE TABLE plain_ref(n INTEGER PRIMARY KEY, plain_id TEXT);
       CREATE TABLE raw(id BLOB PRIMARY KEY); CREATE TABLE raw_ref(n INTEGER PRIMARY KEY, raw_id BLOB);
       CREATE TABLE braced(id TEXT PRIMARY KEY); CREATE TABLE braced_ref(n INTEGER PRIMARY KEY, braced_id TEXT);
       CREATE TABLE other(n INTEGER PRIMARY KEY, as_hex TEXT, as_blob BLOB, as_text TEXT);
       INSERT INTO dashed VALUES('${uuid(1)}'), ('${uuid(2)}'); INSERT INTO dashed_ref(dashed_id) SELECT id FROM dashed;
       INSERT INTO plain VALUES('${hex(11)}'), ('${hex(12)}'); INSERT INTO plain_ref(plain_id) SELECT id FROM plain;
       INSERT INTO raw VALUES(x'${hex(21)}'), (x'${hex(22)}'); INSERT INTO raw_ref(raw_id) SELECT id FROM raw;
       INSERT INTO braced VALUES('{${uuid(31).toUpperCase()}}'), ('{${uuid(32).toUpperCase()}}'); INSERT INTO braced_ref(braced_id) SELECT id FROM braced;
       INSERT INTO other(as_hex, as_blob, as_text) VALUES('${hex(1)}', x'${hex(2)}', 'see ${uuid(1)}')`,
    )
    await thereAndBack(at, {
      same: ['dashed', 'plain', 'raw', 'braced']
        .map(
          name => `SELECT n, p.rowid FROM ${name}_ref LEFT JOIN ${name} p ON p.id = +${name}_id ORDER BY n`,
        )
        .concat('SELECT * FROM other'),
      then: path => {
        for (const name of ['dashed', 'plain', 'raw', 'braced'])
          expect(
            columnOf(path, `SELECT count(*) FROM ${name}_ref WHERE ${isUlid(`${name}_id`)}`),
            name,
          ).toEqual([2n])
      },
    })
  })
})

describe('HAZARDS B13: sentinels', () => {
  const sql = `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p VALUES(1, 'one'), (2, 'two');
    CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO c(p_id) VALUES(1), (0), (-1), (''), (NULL), (7), (0);
    CREATE TABLE u(id TEXT PRIMARY KEY); INSERT INTO u VALUES('${uuid(1)}');
    CREATE TABLE d(n INTEGER PRIMARY KEY, u_id TEXT REFERENCES u(id)); INSERT INTO d(u_id) VALUES('${uuid(1)}'), ('00000000-0000-0000-0000-000000000000'), ('00000000000000000000000000000000'), ('0'), (''), ('None'), ('${uuid(9)}');
    CREATE TABLE flat(k TEXT PRIMARY KEY, p_id REFERENCES p(id)) WITHOUT ROWID; INSERT INTO flat VALUES('a', 0), ('b', ''), ('c', 1), ('d', 7);`
  const nothing = [
    'SELECT n FROM c WHERE p_id IS NULL ORDER BY 1',
    'SELECT n FROM d WHERE u_id IS NULL ORDER BY 1',
    'SELECT k FROM flat WHERE p_id IS NULL ORDER BY 1',
  ]

  test('are counted apart from orphans', async () => {
    const { identities } = await detectIn(place(sql).path)
    const counts = identities.flatMap(identity =>
      identity.references.map(({ table, orphans, sentinels }) => ({ table, orphans, sentinels })),
    )
    expect(counts).toEqual([
      { table: 'c', orphans: 1, sentinels: 4 },
      { table: 'flat', orphans: 1, sentinels: 2 },
      { table: 'd', orphans: 1, sentinels: 5 },
    ])
  })

  test('are kept as they are', async () => {
    await thereAndBack(place(sql), {
      choices: { sentinels: 'keep' },
      same: [
        'SELECT n, CAST(p_id AS TEXT) FROM c WHERE n IN (2, 3, 4, 7)',
        'SELECT n, u_id FROM d WHERE n BETWEEN 2 AND 6',
        "SELECT k, CAST(p_id AS TEXT) FROM flat WHERE k IN ('a', 'b')",
      ],
    })
  })

  test('become NULL where that is asked for, and come back', async () => {
    await thereAndBack(place(sql), {
      choices: { sentinels: 'null' },
      then: path =>
        expect(nothing.map(query => rowsOf(path, query).flat())).toEqual([
          [2n, 3n, 4n, 5n, 7n],
          [2n, 3n, 4n, 5n, 6n],
          ['a', 'b'],
        ]),
    })
  })

  test('stop the run where that is asked for, and where NULL is not allowed', async () => {
    expect(await refusedMigration(place(sql), { sentinels: 'refuse' })).toMatchObject({
      code: 'REFERENCE.SENTINELS',
      object: 'c.p_id',
      exit: 4,
    })
    const strict = place(
      sql.replace('p_id INT REFERENCES', 'p_id INT NOT NULL REFERENCES').replace('(NULL), ', ''),
    )
    expect(await refusedMigration(strict, { sentinels: 'null' })).toMatchObject({
      code: 'REFERENCE.SENTINELS',
      object: 'c.p_id',
      exit: 4,
    })
  })

  test.each(forms)('that name a row are references like any other: row 0, row -1 (%s)', async form => {
    const at =
      place(`CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO p VALUES(0, 'nil'), (-1, 'minus'), (1, 'one');
      CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id)); INSERT INTO c(p_id) VALUES(0), (-1), (1), ('')`)
    await thereAndBack(at, {
      choices: { form, sentinels: 'null' },
      same: [names],
      then: path => expect(rowsOf(path, names).map(row => row[1])).toEqual(['nil', 'minus', 'one', null]),
    })
  })
})

describe.each(forms)('HAZARDS B14: integers that JavaScript has no number for (%s)', form => {
  const large = [
    '9007199254740992',
    '9007199254740993',
    '9007199254740994',
    '9223372036854775806',
    '9223372036854775807',
    '-9223372036854775808',
    '-9007199254740993',
    '0',
    '-7',
  ]
  const sql = `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id REFERENCES p(id), raw);
    ${large.map(value => `INSERT INTO p VALUES(${value === '-9223372036854775808' ? '-9223372036854775807 - 1' : value}, 'at ${value}');`).join(' ')}
    INSERT INTO c(p_id, raw) SELECT id, id FROM p; INSERT INTO c(p_id, raw) VALUES(9007199254740995, 1e18), (CAST(9007199254740993 AS TEXT), '9007199254740993');`

  test('stay different, keep what refers to them, and come back', async () => {
    await thereAndBack(place(sql), {
      // (Numbers that large are in no column by accident; here they are a copy that has to stay.)
      choices: { form, noReferences: ['c.raw'] },
      same: [names, 'SELECT raw, typeof(raw) FROM c'],
      then: path =>
        expect(columnOf(path, 'SELECT count(DISTINCT id) FROM p')).toEqual([BigInt(large.length)]),
    })
  })

  test('leave room for a row that comes later, though the largest number is taken', async () => {
    const at = place(sql)
    await migrateAt(at, { form })
    change(
      at.path,
      "INSERT INTO p(name) VALUES('new')",
      "INSERT INTO c(p_id) SELECT id FROM p WHERE name = 'new'",
    )
    await undoAt(at)
    expect(
      rowsOf(at.path, "SELECT typeof(p.id), count(*) FROM p JOIN c ON c.p_id = p.id WHERE name = 'new'"),
    ).toEqual([['integer', 1n]])
  })
})

test.each(forms)(
  'HAZARDS B15: keys that read as one string in JavaScript stay different, and cells keep their bytes (%s)',
  async form => {
    const at = place(
      `CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id), body TEXT);
     INSERT INTO p VALUES(CAST(x'ff' AS TEXT), 'ff'), (CAST(x'fe' AS TEXT), 'fe'), (CAST(x'c328' AS TEXT), 'broken'), ('a' || char(0) || 'b', 'nul b'),
       ('a' || char(0) || 'c', 'nul c'), ('a', 'a'), (CAST(x'eda080' AS TEXT), 'surrogate'), ('${uuid(1)}', 'uuid'), (char(65533), 'replacement');
     INSERT INTO c(p_id, body) SELECT id, id || 'x' FROM p; INSERT INTO c(p_id) VALUES(CAST(x'fd' AS TEXT)), ('a' || char(0)), (CAST(x'fd' AS TEXT))`,
    )
    const lost = 'SELECT n FROM c WHERE p_id = (SELECT p_id FROM c WHERE n = 10) ORDER BY n'
    await thereAndBack(at, {
      choices: { form, only: ['p.id'] },
      same: [names, 'SELECT hex(body), typeof(body) FROM c', lost],
      then: path => {
        expect(columnOf(path, `SELECT count(DISTINCT id) FROM p WHERE ${isUlid('id')}`)).toEqual([9n])
        expect(columnOf(path, lost)).toEqual([10n, 12n])
      },
    })
  },
)

test.each(forms)(
  'HAZARDS B16: sorted by ULID, rows are in the order of (time, old order) (%s)',
  async form => {
    const at = place(
      `CREATE TABLE p(id INTEGER PRIMARY KEY, created_at TEXT, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
     INSERT INTO p VALUES(10, '2026-02-01', 'b'), (9, '2026-02-01', 'a'), (11, '2026-01-01', 'backdated'), (-5, '2026-02-02', 'd'), (100, NULL, 'last'), (12, '2026-02-01', 'c');
     INSERT INTO c(p_id) SELECT id FROM p;`,
    )
    await thereAndBack(at, {
      choices: { form },
      then: path => {
        expect(columnOf(path, 'SELECT name FROM p ORDER BY id')).toEqual([
          'backdated',
          'a',
          'b',
          'c',
          'last',
          'd',
        ])
        const ulids = columnOf<string>(path, "SELECT id FROM p WHERE name IN ('backdated', 'd') ORDER BY id")
        expect(ulids.map(timeOf)).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 1, 2)])
      },
    })
  },
)

describe('HAZARDS B17: the same plan', () => {
  test('gives the same rows the same ULIDs, which the map in the file holds', async () => {
    const [one, two, three] = [0, 1, 2].map(() => place(family('id INTEGER PRIMARY KEY')))
    const choices = { baseTime: '2026-01-01T00:00:00Z' }
    await migrateAt(one!, { ...choices, seed: 'abc' })
    await migrateAt(two!, { ...choices, seed: 'abc' })
    await migrateAt(three!, { ...choices, seed: 'abd' })
    const ids = ({ path }: { path: string }) =>
      columnOf(path, 'SELECT id FROM p UNION ALL SELECT p_id FROM c')
    expect(ids(two!)).toEqual(ids(one!))
    expect(ids(three!)).not.toEqual(ids(one!))
    expect(
      columnOf(
        one!.path,
        'SELECT count(*) FROM p JOIN _ulid_migrate_map_1 m ON m.ulid = p.id AND m.legacy = p.legacy_id',
      ),
    ).toEqual([4n])
  })
})

describe('HAZARDS B18: programs that would notice', () => {
  test('a prepared SELECT that is held over the migration finds nothing by the old id, and the row by its integer', async () => {
    const at = place(family('id INTEGER PRIMARY KEY'))
    const program = new Database(at.path)
    const select = program.prepare('SELECT name FROM p WHERE id = ?')
    expect(select.all(1)).toEqual([{ name: 'one' }])
    await migrateAt(at)
    expect(select.all(1)).toEqual([])
    expect(program.prepare('SELECT name FROM p WHERE legacy_id = ?').all(1)).toEqual([{ name: 'one' }])
    expect(program.prepare("INSERT INTO p(name) VALUES('new')").run().lastInsertRowid).toBe(
      program.prepare("SELECT legacy_id FROM p WHERE name = 'new'").pluck().get(),
    )
    program.close()
  })

  test.each([
    [
      'a trigger that inserts by position',
      "CREATE TRIGGER it AFTER DELETE ON c BEGIN INSERT INTO p VALUES(77, 'x'); END",
    ],
    ['a view that unites SELECT *', "CREATE VIEW it AS SELECT * FROM p UNION ALL SELECT 1, 'x'"],
  ])('%s is named before anything is tried, where a column is added', async (_, sql) => {
    const at = place(family('id INTEGER PRIMARY KEY'), sql)
    expect((await findingsAt(at)).filter(finding => finding.object === 'it')).not.toEqual([])
    expect(await refusedMigration(at, await agreeing(at.path, {}))).toMatchObject({ severity: 'blocker' })
    await thereAndBack(at, { choices: { form: 'pure' }, same: [names] })
  })
})

test('a row without an id in a table without row numbers is refused by name, and left alone by --skip', async () => {
  const at = place(
    `CREATE TABLE p(k INT PRIMARY KEY, id TEXT UNIQUE) WITHOUT ROWID;
     INSERT INTO p VALUES(1, '${uuid(1)}'), (2, NULL), (3, '${uuid(3)}')`,
  )
  const found = await findingsAt(at, { only: ['p.id'] }, 'IDENTITY.NULL')
  expect(found).toMatchObject([{ severity: 'blocker', object: 'p.id', message: '1 rows have no id.' }])
  expect(await findingsAt(at, { skip: ['p.id'] }, 'IDENTITY.NULL')).toEqual([])
})

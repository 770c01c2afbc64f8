import { describe, expect, test } from 'vitest'
import { uuid } from '../../hazards/support.ts'
import { change, columnOf, rowsOf } from '../../support/database.ts'
import { Twins, undoneAsByHand, type Write } from './by-hand.ts'

const ulids = [
  '01KHB3Y0K0AAAAAAAAAAAAAAAA',
  '01KHB3Y0K0BBBBBBBBBBBBBBBB',
  '01KHB3Y0K0CCCCCCCCCCCCCCCC',
] as const
const [one, two, three] = ulids.map(ulid => `'${ulid}'`) as [string, string, string]
const of = (table: string, n: number, column = 'id') => `(SELECT ${column} FROM ${table} WHERE n = ${n})`
const forms = ['keep-integer', 'pure'] as const

/** Parents under a key, with references to themselves; their children; the orphans 90 (of a parent) and 99 (of a child). */
const family = (p: string, c: string, key: string, options = '') => [
  `CREATE TABLE ${p}(id ${key}, n INT, name TEXT UNIQUE, parent INTEGER REFERENCES ${p}(id))${options}`,
  `CREATE TABLE ${c}(k INTEGER PRIMARY KEY, n INT, p_id INTEGER REFERENCES ${p}(id) ON DELETE CASCADE, line TEXT)`,
  `INSERT INTO ${p} VALUES(1, 1, 'one', NULL), (2, 2, 'two', 1), (5, 3, 'three', 90), (7, 4, 'four', 7), (8, 5, 'five', 2)`,
  `INSERT INTO ${c}(n, p_id, line) VALUES(1, 1, 'a'), (2, 2, 'b'), (3, 5, 'c'), (4, 99, 'lost'), (5, 7, 'd'), (6, NULL, 'e'), (7, 7, 'f')`,
]

/** What a program may do to them: each kind of write once. */
const life = (p: string, c: string, hasDefault = true): readonly Write[] => [
  'PRAGMA foreign_keys = ON',
  // Rows with ids of their own, in either letter case, and without; children of old ones, of new ones and of themselves.
  { into: p, n: 10, id: one, values: { name: "'own'", parent: of(p, 3) } },
  { into: p, n: 11, ...(hasDefault ? {} : { id: two }), values: { name: "'default'", parent: of(p, 10) } },
  { into: p, n: 12, id: three.toLowerCase(), values: { name: "'lower'" } },
  `UPDATE ${p} SET parent = id WHERE n = 12`,
  `INSERT INTO ${c}(n, p_id, line) VALUES(10, ${of(p, 10)}, 'x'), (11, ${of(p, 11)}, 'y'), (12, ${of(p, 1)}, 'z'), (13, NULL, 'none'), (14, ${of(p, 12)}, 'w')`,
  `UPDATE ${c} SET p_id = ${of(p, 11)} WHERE n = 1`,
  `UPDATE ${c} SET p_id = ${of(p, 3)} WHERE n = 4`,
  `UPDATE ${c} SET line = 'changed' WHERE n = 2`,
  `UPDATE ${p} SET parent = ${of(p, 10)}, name = 'THREE' WHERE n = 3`,
  // A parent goes with its children; another one leaves an orphan, and a row comes after it.
  `UPDATE ${p} SET parent = NULL WHERE n = 4`,
  `DELETE FROM ${p} WHERE n = 4`,
  'PRAGMA foreign_keys = OFF',
  `INSERT INTO ${c}(n, p_id, line) VALUES(15, ${of(p, 5)}, 'will be lost')`,
  `DELETE FROM ${p} WHERE n = 5`,
  {
    into: p,
    n: 13,
    ...(hasDefault ? {} : { id: "'01KHB3Y0K0DDDDDDDDDDDDDDDD'" }),
    values: { name: "'after'" },
  },
  // Replaced by its name, met by it, and named anew.
  {
    into: p,
    n: 14,
    id: "'01KHB3Y0K0EEEEEEEEEEEEEEEE'",
    values: { name: "'two'" },
    verb: 'INSERT OR REPLACE',
  },
  {
    into: p,
    n: 15,
    id: "'01KHB3Y0K0FFFFFFFFFFFFFFFF'",
    values: { name: "'one'" },
    upsert: 'ON CONFLICT(name) DO UPDATE SET parent = excluded.n',
  },
  `UPDATE ${p} SET parent = NULL WHERE n = 1`,
]

const news = [10, 11, 12, 13, 14]

describe.each(forms)('rows written since, under integers (%s),', form => {
  test('are what the same writes by hand make, with numbers above all that ever were', async () => {
    const families = [
      { p: 'alias', c: 'of_alias', key: 'INTEGER PRIMARY KEY', options: '' },
      { p: 'plain', c: 'of_plain', key: 'INT PRIMARY KEY', options: '' },
      { p: 'bare', c: 'of_bare', key: 'INTEGER PRIMARY KEY', options: ' WITHOUT ROWID' },
      { p: 'strict', c: 'of_strict', key: 'INTEGER PRIMARY KEY', options: ' STRICT' },
    ].map(each => ({ ...each, isAlias: ['alias', 'strict'].includes(each.p) }))
    const twins = await undoneAsByHand(
      families.flatMap(({ p, c, key, options }) => family(p, c, key, options)),
      { form },
      families.flatMap(({ p, c, isAlias }) => life(p, c, isAlias)),
    )
    for (const { p, c, isAlias } of families) {
      const ids = news.map(n => twins.idOf(p, n))
      expect(ids.every(id => typeof id === 'bigint')).toBe(true)
      expect(new Set(ids).size).toBe(news.length)
      // 90 and 99 are orphans, 8 is a parent that was deleted while a child named it.
      const free = form === 'keep-integer' && isAlias ? 8n : 99n
      expect(ids.filter(id => (id as bigint) <= free || id === 90n || id === 99n)).toEqual([])
      expect(rowsOf(twins.path, `SELECT n, p_id FROM ${c} WHERE n = 15`)).toEqual([[15n, 8n]])
    }
  })

  test('go on after the sequence of an AUTOINCREMENT', async () => {
    const gone = 'INSERT INTO p(id, n) VALUES(150, 6); DELETE FROM p WHERE n = 6'
    const twins = new Twins([...family('p', 'c', 'INTEGER PRIMARY KEY AUTOINCREMENT'), gone], { form }, [
      'sqlite_sequence',
    ])
    await twins.migrate()
    twins.write(...life('p', 'c'))
    await twins.undo()
    expect(news.map(n => twins.idOf('p', n)).every(number => (number as bigint) > 150n)).toBe(true)
    const last = columnOf<bigint>(twins.path, 'SELECT max(id) FROM p')[0]!
    change(twins.path, 'INSERT INTO p(n) VALUES(77)')
    expect(twins.idOf('p', 77)).toBeGreaterThan(last)
  })

  test('find room where the largest number of all is taken', async () => {
    const twins = await undoneAsByHand(
      [...family('p', 'c', 'INTEGER PRIMARY KEY'), "INSERT INTO p VALUES(9223372036854775807, 6, 'max', 1)"],
      { form },
      [{ into: 'p', n: 10, id: one }, `INSERT INTO c(n, p_id) VALUES(10, ${of('p', 10)})`],
    )
    expect(typeof twins.idOf('p', 10)).toBe('bigint')
  })

  test('keep every reference in a composite key, a circle and a key that triggers fill', async () => {
    const sql = [
      ...family('p', 'c', 'INTEGER PRIMARY KEY'),
      'CREATE TABLE pair(a INT REFERENCES p(id), b INT REFERENCES p(id), n INT, PRIMARY KEY(a, b))',
      'CREATE TABLE bare(a INT REFERENCES p(id), b INT REFERENCES p(id), n INT, PRIMARY KEY(a, b)) WITHOUT ROWID',
      'CREATE TABLE x(id INTEGER PRIMARY KEY, n INT, y_id INT REFERENCES y(id))',
      'CREATE TABLE y(id INTEGER PRIMARY KEY, n INT, x_id INT REFERENCES x(id))',
      'INSERT INTO pair VALUES(1, 1, 1), (2, 1, 2), (5, 7, 3), (90, 99, 4)',
      'INSERT INTO bare SELECT * FROM pair',
      'INSERT INTO x VALUES(1, 1, 10), (2, 2, 20); INSERT INTO y VALUES(10, 1, 1), (20, 2, 2)',
      'CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO c(n, p_id) VALUES(new.n + 100, new.id); END',
    ]
    const pairs = ['pair', 'bare'].flatMap(name => [
      `INSERT INTO ${name} VALUES(${of('p', 10)}, ${of('p', 1)}, 10), (${of('p', 2)}, ${of('p', 10)}, 11)`,
      `UPDATE ${name} SET b = ${of('p', 10)} WHERE n = 3`,
      `DELETE FROM ${name} WHERE n = 1`,
    ])
    await undoneAsByHand(sql, { form }, [
      { into: 'p', n: 10, id: one },
      ...pairs,
      { into: 'x', n: 10, id: one },
      { into: 'y', n: 10, values: { x_id: of('x', 10) } },
      `UPDATE x SET y_id = ${of('y', 10)} WHERE n IN (1, 10)`,
    ])
  })

  test('whose key is a reference follow their parents', async () => {
    const sql = [
      ...family('p', 'c', 'INTEGER PRIMARY KEY'),
      'CREATE TABLE profile(p_id INTEGER PRIMARY KEY REFERENCES p(id), n INT)',
      'INSERT INTO profile VALUES(1, 1), (7, 4)',
    ]
    await undoneAsByHand(sql, { form }, [
      { into: 'p', n: 10, id: one },
      `INSERT INTO profile(p_id, n) VALUES(${of('p', 10)}, 10), (${of('p', 3)}, 3)`,
      `DELETE FROM profile WHERE n = 1`,
    ])
  })

  test('do not disturb how others spell what they refer to', async () => {
    const sql = [
      ...family('p', 'c', 'INTEGER PRIMARY KEY'),
      "CREATE TABLE d(n INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id)); INSERT INTO d VALUES(1, '01'), (2, '2'), (3, ' 5'), (4, '0'), (5, '090')",
    ]
    await undoneAsByHand(sql, { form }, [
      { into: 'p', n: 10, id: one },
      `INSERT INTO d VALUES(10, ${of('p', 10)}), (11, ${of('p', 1)})`,
      `UPDATE d SET p_id = ${of('p', 2)} WHERE n = 3`,
    ])
  })

  test('are found by a full-text index over row numbers, however they have moved', async () => {
    const sql = [
      ...family('p', 'c', 'INTEGER PRIMARY KEY'),
      "CREATE VIRTUAL TABLE f USING fts5(name, content='p')",
      "CREATE VIEW names AS SELECT rowid AS rowid, name FROM p; CREATE VIRTUAL TABLE g USING fts5(name, content='names')",
      "INSERT INTO f(f) VALUES('rebuild'); INSERT INTO g(g) VALUES('rebuild')",
      'CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO f(rowid, name) VALUES(new.rowid, new.name); INSERT INTO g(rowid, name) VALUES(new.rowid, new.name); END',
      `CREATE TRIGGER p_ad AFTER DELETE ON p BEGIN INSERT INTO f(f, rowid, name) VALUES('delete', old.rowid, old.name); INSERT INTO g(g, rowid, name) VALUES('delete', old.rowid, old.name); END`,
    ]
    const parts = ['f', 'g'].flatMap(name => [
      name,
      ...['data', 'idx', 'docsize', 'content'].map(part => `${name}_${part}`),
    ])
    const { path } = await undoneAsByHand(
      sql,
      { form },
      [
        { into: 'p', n: 10, id: one, values: { name: "'new'" } },
        // The last row goes, and its number is given again; another one is named anew, and one comes back as it was.
        'DELETE FROM p WHERE n IN (5, 10)',
        { into: 'p', n: 11, id: two, values: { name: "'again'" } },
        { into: 'p', n: 3, id: three, verb: 'UPDATE' },
        'CREATE TEMP TABLE old AS SELECT id, n, name FROM p WHERE n = 2; DELETE FROM p WHERE n = 2; INSERT INTO p(id, n, name) SELECT * FROM old; DROP TABLE old',
      ],
      parts,
    )
    for (const index of ['f', 'g'])
      for (const name of ['one', 'again', 'three', 'two'])
        expect(
          rowsOf(path, `SELECT p.name FROM ${index}('${name}') JOIN p ON p.id = ${index}.rowid`),
        ).toEqual([[name]])
    change(
      path,
      "INSERT INTO f(f, rank) VALUES('integrity-check', 1)",
      "INSERT INTO g(g, rank) VALUES('integrity-check', 1)",
    )
  })

  test('keep their place in a spatial index over row numbers', async () => {
    const sql = [
      ...family('p', 'c', 'INTEGER PRIMARY KEY'),
      'CREATE VIRTUAL TABLE box USING rtree(id, x0, x1); INSERT INTO box SELECT id, id, id + 1 FROM p',
    ].map(text => text.replaceAll('90', '6').replaceAll('99', '4'))
    await undoneAsByHand(sql, { form }, [
      { into: 'p', n: 10, id: two },
      { into: 'p', n: 11, id: one },
      'INSERT INTO box SELECT rowid, n, n + 1 FROM p WHERE n > 9',
    ])
  })
})

interface Named {
  readonly type: string
  readonly more?: string
  readonly literal?: (n: number) => string
  readonly options?: string
}

/** Four old rows, children of three of them, an orphan. */
const named = (
  p: string,
  c: string,
  { type, more = '', literal = n => `'${uuid(n)}'`, options = '' }: Named,
) => [
  `CREATE TABLE ${p}(id ${type} PRIMARY KEY ${more}, n INT)${options}`,
  `CREATE TABLE ${c}(k INTEGER PRIMARY KEY, n INT, p_id ${type} REFERENCES ${p}(id))`,
  `INSERT INTO ${p} VALUES(${literal(1)}, 1), (${literal(2)}, 2), (${literal(3)}, 3), (${literal(4)}, 4)`,
  `INSERT INTO ${c}(n, p_id) VALUES(1, ${literal(1)}), (2, ${literal(2)}), (3, ${literal(9)}), (4, ${literal(4)})`,
]
const text = named('p', 'c', { type: 'TEXT' })
const days = (p: string, c: string): readonly Write[] => [
  { into: p, n: 10, id: one },
  { into: p, n: 11, id: two.toLowerCase() },
  { into: p, n: 3, id: three, verb: 'UPDATE' },
  `INSERT INTO ${c}(n, p_id) VALUES(10, ${of(p, 10)}), (11, ${of(p, 11)}), (12, ${of(p, 1)}), (13, '01KHB3Y0K0ZZZZZZZZZZZZZZZZ')`,
  `UPDATE ${c} SET p_id = ${of(p, 2)} WHERE n = 1`,
  `DELETE FROM ${p} WHERE n = 4`,
]

describe('rows written since, under ids of text,', () => {
  test('keep the ULID that they were given, whatever the type of the key', async () => {
    const kinds: readonly (Named & { readonly p: string; readonly c: string })[] = [
      { p: 'plain', c: 'of_plain', type: 'TEXT' },
      { p: 'nocase', c: 'of_nocase', type: 'TEXT COLLATE NOCASE' },
      { p: 'bare', c: 'of_bare', type: 'TEXT', options: ' WITHOUT ROWID' },
      { p: 'filled', c: 'of_filled', type: 'VARCHAR(36)', more: 'NOT NULL' },
      { p: 'uuids', c: 'of_uuids', type: 'UUID' }, // NUMERIC to SQLite (HAZARDS B2)
      { p: 'untyped', c: 'of_untyped', type: '' },
      { p: 'blobs', c: 'of_blobs', type: 'BLOB', literal: n => `x'${uuid(n).replaceAll('-', '')}'` },
    ]
    const twins = await undoneAsByHand(
      kinds.flatMap(({ p, c, ...kind }) => named(p, c, kind)),
      {},
      kinds.flatMap(({ p, c }) => days(p, c)),
    )
    for (const { p } of kinds)
      expect([10, 11, 3].map(n => twins.idOf(p, n))).toEqual([ulids[0], ulids[1].toLowerCase(), ulids[2]])
    expect(twins.document).toMatchObject({ rowsDiscarded: 0 })
  })

  test('keep the one that SQLite made, where it had made other ids', async () => {
    const sql = named('p', 'c', { type: 'TEXT', more: 'DEFAULT (lower(hex(randomblob(16))))' })
    const twins = new Twins(sql, {})
    await twins.migrate()
    twins.write({ into: 'p', n: 10 }, `INSERT INTO c(n, p_id) VALUES(10, ${of('p', 10)})`)
    const made = twins.idOf('p', 10)
    expect(made).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    await twins.undo()
    expect(twins.idOf('p', 10)).toBe(made)
  })

  test('stay without one where they had none', async () => {
    await undoneAsByHand(text, {}, ['INSERT INTO p(n) VALUES(10), (11)'])
  })

  test('of an expansion keep what they had', async () => {
    await undoneAsByHand(text, { strategy: 'expand' }, [
      { into: 'p', n: 10, id: `'${uuid(10)}'` },
      `INSERT INTO c(n, p_id) VALUES(10, ${of('p', 10)})`,
      `UPDATE c SET p_id = ${of('p', 3)} WHERE n = 1`,
      'DELETE FROM p WHERE n = 2',
    ])
  })
})

describe('an undo taken back, and undone again,', () => {
  test.each([
    ['integers kept', { form: 'keep-integer' }, family('p', 'c', 'INTEGER PRIMARY KEY'), '20', '21'],
    [
      'integers given up',
      { form: 'pure' },
      family('p', 'c', 'INTEGER PRIMARY KEY AUTOINCREMENT'),
      '200',
      '201',
    ],
    ['text', {}, text, `'${uuid(20)}'`, `'${uuid(21)}'`],
    ['an expansion', { strategy: 'expand' }, text, `'${uuid(20)}'`, `'${uuid(21)}'`],
  ] as const)(
    'gives old rows the same ULIDs, and loses nothing written in between: %s',
    async (name, choices, sql, a, b) => {
      const twins = new Twins(sql, choices, ['sqlite_sequence'])
      await twins.migrate()
      const column = name === 'an expansion' ? 'p_ulid' : 'id'
      const there = twins.idsOf('p', column)
      twins.write({ into: 'p', n: 10, id: name === 'an expansion' ? `'${uuid(30)}'` : one })
      twins.write(
        `INSERT INTO c(n, p_id) VALUES(10, ${of('p', 10)})`,
        `UPDATE c SET p_id = ${of('p', 2)} WHERE n = 3`,
      )
      await twins.undo()
      twins.writeToBoth(
        `INSERT INTO p(id, n) VALUES(${a}, 20), (${b}, 21)`,
        `INSERT INTO c(n, p_id) VALUES(20, ${a}), (21, ${of('p', 1)})`,
        'DELETE FROM c WHERE n = 1',
      )
      await twins.redo()
      const ofOld = (rows: readonly (readonly unknown[])[]) => rows.filter(row => Number(row[0]) < 10)
      expect(ofOld(twins.idsOf('p', column))).toEqual(ofOld(there))
      twins.write(`INSERT INTO c(n, p_id) VALUES(30, ${of('p', 20)})`, 'DELETE FROM c WHERE n = 2')
      await twins.undo()
      expect(twins.idOf('p', 20)).toBe(name === 'text' || name === 'an expansion' ? uuid(20) : BigInt(a))
    },
  )
})

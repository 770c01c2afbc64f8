import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import {
  addColumn,
  applyEdits,
  insertColumnConstraint,
  makeReferenceExplicit,
  nameUses,
  removeColumn,
  removeColumnConstraint,
  renameColumnDefinition,
  retargetReference,
  setColumnType,
} from '../../../src/core/schema/table-edits.ts'
import { acceptanceSchema } from './acceptance-schema.ts'
import { everyEditMustHold } from './every-edit.ts'
import { nastyTables } from './nasty-schema.ts'
import { factsAfterRunning, tableTexts } from './sqlite-oracle.ts'

const names = (sql: string) => factsAfterRunning(sql).columns.map(column => column.name)
const types = (sql: string) => factsAfterRunning(sql).columns.map(column => column.type)
const references = (sql: string) => factsAfterRunning(sql).references

describe('applyEdits', () => {
  test('makes edits in any order, to the letter, at the offsets of the original', () => {
    const edits = [
      { start: 4, end: 5, text: 'E' },
      { start: 0, end: 0, text: '<' },
      { start: 0, end: 1, text: 'A' },
      { start: 2, end: 4, text: '' },
      { start: 5, end: 5, text: '1' },
      { start: 5, end: 5, text: '2' },
    ]
    expect(applyEdits('abcde', edits)).toBe('<AbE12')
  })

  test('without edits gives the text back', () => expect(applyEdits('abc', [])).toBe('abc'))

  test.each([
    [
      [
        { start: 0, end: 2 },
        { start: 1, end: 3 },
      ],
    ],
    [
      [
        { start: 0, end: 3 },
        { start: 1, end: 1 },
      ],
    ],
    [[{ start: 2, end: 9 }]],
    [[{ start: 2, end: 1 }]],
    [[{ start: -1, end: 1 }]],
  ])('refuses what overlaps or lies outside: %j', spans => {
    expect(() =>
      applyEdits(
        'abc',
        spans.map(span => ({ ...span, text: '' })),
      ),
    ).toThrow(RangeError)
  })
})

describe('setColumnType', () => {
  test('replaces all words of the type and nothing else', () => {
    const sql = 'CREATE TABLE t(a, ID unsigned  big /* ? */ int ( 8 ) NOT NULL, b INT) -- end'
    expect(setColumnType(sql, 'id', 'TEXT')).toBe('CREATE TABLE t(a, ID TEXT NOT NULL, b INT) -- end')
  })

  test('gives a type to a column that had none', () => {
    const sql = 'CREATE TABLE t(a, [b]NOT NULL, c/* c */, d -- d\n)'
    const typed = ['a', 'b', 'c', 'd'].reduce((text, column) => setColumnType(text, column, 'TEXT'), sql)
    expect(typed).toBe('CREATE TABLE t(a TEXT, [b] TEXT NOT NULL, c TEXT/* c */, d TEXT -- d\n)')
    expect(types(typed)).toEqual(['text', 'text', 'text', 'text'])
  })

  test('keeps words apart where only a parenthesis or a quote did', () => {
    const sql = 'CREATE TABLE t("a"INT(3)NOT NULL, b"my type"UNIQUE)'
    const typed = setColumnType(setColumnType(sql, 'a', 'TEXT'), 'b', 'TEXT')
    expect(typed).toBe('CREATE TABLE t("a"TEXT NOT NULL, b TEXT UNIQUE)')
    expect(types(typed)).toEqual(['text', 'text'])
  })

  test('leaves GENERATED ALWAYS out of the type', () => {
    const sql = 'CREATE TABLE t(a, b INT GENERATED ALWAYS AS (a))'
    expect(setColumnType(sql, 'b', 'TEXT')).toBe('CREATE TABLE t(a, b TEXT GENERATED ALWAYS AS (a))')
  })

  test('refuses a column that is not there, by name', () => {
    expect(() => setColumnType('CREATE TABLE t(a)', 'b', 'TEXT')).toThrow('t has no column b')
  })
})

describe('addColumn', () => {
  const add = (sql: string) => addColumn(sql, '"n w" TEXT')

  test.each([
    ['CREATE TABLE t(a)', 'CREATE TABLE t(a, "n w" TEXT)'],
    ['CREATE TABLE t(a INT, CHECK(a > 0)) STRICT', 'CREATE TABLE t(a INT, "n w" TEXT, CHECK(a > 0)) STRICT'],
    ['CREATE TABLE t(a -- last\n)', 'CREATE TABLE t(a, "n w" TEXT -- last\n)'],
    ['CREATE TABLE t(\n  a\n)', 'CREATE TABLE t(\n  a,\n  "n w" TEXT\n)'],
    ['CREATE TABLE t(\n\ta -- last, of all\n)', 'CREATE TABLE t(\n\ta, -- last, of all\n\t"n w" TEXT\n)'],
    [
      'CREATE TABLE t(\n  a /* x */ -- y\n  -- below\n)',
      'CREATE TABLE t(\n  a, /* x */ -- y\n  "n w" TEXT\n  -- below\n)',
    ],
    [
      'CREATE TABLE t(\n  a, -- about a\n  -- the check\n  CHECK(a > 0)\n)',
      'CREATE TABLE t(\n  a, -- about a\n  "n w" TEXT,\n  -- the check\n  CHECK(a > 0)\n)',
    ],
    [
      'CREATE TABLE t(\n  a -- last\n  , CHECK(a > 0))',
      'CREATE TABLE t(\n  a -- last\n  ,\n  "n w" TEXT, CHECK(a > 0))',
    ],
    ['CREATE TABLE t(\r\n  a -- last\r\n)', 'CREATE TABLE t(\r\n  a, -- last\r\n  "n w" TEXT\n)'],
  ])('puts it behind the last column: %j', (sql, expected) => {
    expect(add(sql)).toBe(expected)
    expect(names(add(sql))).toEqual(['a', 'n w'])
  })

  test('does not let a comment at the end of the new definition swallow the rest', () => {
    const sql = addColumn('CREATE TABLE t(a, CHECK(a > 0))', 'b TEXT -- new')
    expect(names(sql)).toEqual(['a', 'b'])
  })
})

describe('renameColumnDefinition', () => {
  const sql = `CREATE TABLE grp(id INTEGER PRIMARY KEY, parent INT REFERENCES GRP(ID), twice INT AS (id*2) STORED,
  CHECK(grp.id > 0 AND "ID" <> 'id' AND id(1) IS NULL), UNIQUE(Id, parent), FOREIGN KEY([id]) REFERENCES other(id))`

  test('by default touches nothing but the definition', () => {
    expect(renameColumnDefinition(sql, 'ID', 'legacy_id')).toBe(
      sql.replace('(id INTEGER', '("legacy_id" INTEGER'),
    )
  })

  test('takes keys, expressions and self references along, each when asked', () => {
    const definition = sql.replace('(id INTEGER', '("legacy_id" INTEGER')
    expect(renameColumnDefinition(sql, 'id', 'legacy_id', { keys: true })).toBe(
      definition.replace('UNIQUE(Id', 'UNIQUE("legacy_id"').replace('KEY([id])', 'KEY("legacy_id")'),
    )
    expect(renameColumnDefinition(sql, 'id', 'legacy_id', { expressions: true })).toBe(
      definition
        .replace('(id*2)', '("legacy_id"*2)')
        .replace('grp.id > 0 AND "ID"', 'grp."legacy_id" > 0 AND "legacy_id"'),
    )
    expect(renameColumnDefinition(sql, 'id', 'legacy_id', { selfReferences: true })).toBe(
      definition.replace('GRP(ID)', 'GRP("legacy_id")'),
    )
  })

  test('frees the name for the ULID, and SQLite takes the result', () => {
    const plain = 'CREATE TABLE t(id INTEGER PRIMARY KEY, up INT REFERENCES t(id), CHECK(id > 0))'
    const renamed = renameColumnDefinition(plain, 'id', 'legacy_id', { expressions: true })
    const edited = setColumnType(addColumn(renamed, 'id TEXT NOT NULL UNIQUE'), 'up', 'TEXT')
    expect(edited).toBe(
      'CREATE TABLE t("legacy_id" INTEGER PRIMARY KEY, up TEXT REFERENCES t(id), id TEXT NOT NULL UNIQUE, CHECK("legacy_id" > 0))',
    )
    const facts = factsAfterRunning(edited)
    expect(facts.columns.map(column => [column.name, column.pk])).toEqual([
      ['legacy_id', 1],
      ['up', 0],
      ['id', 0],
    ])
    expect(facts.references).toEqual([{ table: 't', from: ['up'], to: ['id'] }])
  })

  test.each([
    ['CASE WHEN end > 1 THEN end ELSE -end END', 'end', 'CASE WHEN @ > 1 THEN @ ELSE -@ END'],
    ['like LIKE like ESCAPE match AND NOT match', 'like', '@ LIKE @ ESCAPE match AND NOT match'],
    ['length(length) + "length"', 'length', 'length(@) + @'],
    ['CAST(text AS text) || text', 'text', 'CAST(@ AS text) || @'],
    [
      'a ISNULL OR a NOTNULL AND CASE a WHEN 1 THEN 2 END AND a',
      'a',
      '@ ISNULL OR @ NOTNULL AND CASE @ WHEN 1 THEN 2 END AND @',
    ],
    ['nocase COLLATE nocase > 0', 'nocase', '@ COLLATE nocase > 0'],
    ['CAST(a AS VARCHAR(10)) = a', 'a', 'CAST(@ AS VARCHAR(10)) = @'],
    [
      'a IS NOT DISTINCT FROM a AND a NOT NULL OR a ISNULL',
      'a',
      '@ IS NOT DISTINCT FROM @ AND @ NOT NULL OR @ ISNULL',
    ],
    [
      "a IN (1, a) AND a BETWEEN [a] AND `A` AND 'a' = x'aa'",
      'a',
      "@ IN (1, @) AND @ BETWEEN @ AND @ AND 'a' = x'aa'",
    ],
    ["a->>'$.a' /* a */ IS a", 'a', "@->>'$.a' /* a */ IS @"],
    ['t.t > 0 AND t > -t.t', 't', 't.@ > 0 AND @ > -t.@'],
  ])('in %s finds the column %s, and not what is only called alike', (expression, column, expected) => {
    const others = ['a', 'match'].filter(other => other !== column).join(', ')
    const text = `CREATE TABLE t("${column}", ${others}, CHECK(${expression}))`
    const renamed = renameColumnDefinition(text, column, 'n w', { expressions: true })
    expect(renamed).toBe(`CREATE TABLE t("n w", ${others}, CHECK(${expected.replaceAll('@', '"n w"')}))`)
    // SQLite's own rename is the judge: it has to find the same uses.
    const db = new Database(':memory:')
    db.exec(text)
    db.exec(`ALTER TABLE t RENAME COLUMN "${column}" TO "n w"`)
    expect(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 't'").pluck().get()).toBe(renamed)
    db.close()
  })
})

describe('column constraints', () => {
  test('are written behind those that are there, before a comment', () => {
    const sql = 'CREATE TABLE t(a, b INT DEFAULT 1 -- b\n)'
    const edited = insertColumnConstraint(
      insertColumnConstraint(sql, 'a', 'NOT NULL'),
      'b',
      'CHECK(b > 0) -- new',
    )
    expect(edited).toBe('CREATE TABLE t(a NOT NULL, b INT DEFAULT 1 CHECK(b > 0) -- new\n -- b\n)')
    expect(factsAfterRunning(edited).columns.map(column => column.notnull)).toEqual([1, 0])
  })

  test('are removed with their name, by kind', () => {
    const sql = `CREATE TABLE t(id TEXT CONSTRAINT k PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))) NOT NULL, n)`
    expect(removeColumnConstraint(sql, 'id', 'default')).toBe(
      'CREATE TABLE t(id TEXT CONSTRAINT k PRIMARY KEY NOT NULL, n)',
    )
    expect(removeColumnConstraint(sql, 'id', 'primary-key')).toBe(
      'CREATE TABLE t(id TEXT DEFAULT (lower(hex(randomblob(16)))) NOT NULL, n)',
    )
  })

  test('are removed as a test picks them', () => {
    const sql = 'CREATE TABLE t(id TEXT CHECK(length(id) = 36) CHECK(id > 0))'
    const edited = removeColumnConstraint(
      sql,
      'id',
      one => one.kind === 'check' && sql.slice(one.span.start, one.span.end).includes('36'),
    )
    expect(edited).toBe('CREATE TABLE t(id TEXT CHECK(id > 0))')
  })

  test('leave neither two words joined nor the rest inside a comment', () => {
    const joined = removeColumnConstraint('CREATE TABLE t(a INT CHECK(a)NOT NULL)', 'a', 'check')
    expect(joined).toBe('CREATE TABLE t(a INT NOT NULL)')
    const both = removeColumnConstraint('CREATE TABLE t(a INT CHECK(a)CHECK(a>0)UNIQUE)', 'a', 'check')
    expect(both).toBe('CREATE TABLE t(a INT UNIQUE)')
    const commented = removeColumnConstraint('CREATE TABLE t(a INT -- a\n  NOT NULL, b)', 'a', 'not-null')
    expect(names(commented)).toEqual(['a', 'b'])
  })

  test('take a DEFERRABLE along that stands apart from its reference', () => {
    const sql = 'CREATE TABLE t(a REFERENCES p, b REFERENCES q NOT NULL DEFERRABLE INITIALLY DEFERRED UNIQUE)'
    expect(removeColumnConstraint(sql, 'b', 'references')).toBe(
      'CREATE TABLE t(a REFERENCES p, b NOT NULL UNIQUE)',
    )
  })

  test('that are not there can not be removed', () => {
    expect(() => removeColumnConstraint('CREATE TABLE t(a NOT NULL)', 'a', 'unique')).toThrow(RangeError)
  })
})

describe('references', () => {
  test('get the key they meant written out, whatever the case of the name', () => {
    const sql =
      'CREATE TABLE t(a REFERENCES Grp ON DELETE CASCADE, b REFERENCES[grp]NOT NULL, c REFERENCES grp(x), d REFERENCES o)'
    const edited = makeReferenceExplicit(sql, { parent: 'GRP' }, ['i d'])
    expect(edited).toBe(
      'CREATE TABLE t(a REFERENCES Grp("i d") ON DELETE CASCADE, b REFERENCES[grp]("i d")NOT NULL, c REFERENCES grp(x), d REFERENCES o)',
    )
    expect(references(edited).map(reference => reference.to)).toEqual([['i d'], ['i d'], ['x'], []])
    expect(makeReferenceExplicit(edited, { parent: 'grp' }, ['i d'])).toBe(edited)
  })

  test('of several columns get all of them, and one that never fitted stays', () => {
    const sql = 'CREATE TABLE t(a REFERENCES p, b, FOREIGN KEY(a, b) REFERENCES p ON UPDATE CASCADE)'
    const edited = makeReferenceExplicit(sql, { parent: 'p' }, ['x', 'y'])
    expect(edited).toBe(
      'CREATE TABLE t(a REFERENCES p, b, FOREIGN KEY(a, b) REFERENCES p("x", "y") ON UPDATE CASCADE)',
    )
    expect(references(edited).map(reference => reference.to)).toEqual([[], ['x', 'y']])
  })

  test('can be chosen by the columns they come from', () => {
    const sql = 'CREATE TABLE t(a REFERENCES p, b REFERENCES p)'
    expect(makeReferenceExplicit(sql, { parent: 'p', from: ['B'] }, ['id'])).toBe(
      'CREATE TABLE t(a REFERENCES p, b REFERENCES p("id"))',
    )
  })

  test('can be pointed at another column', () => {
    const sql =
      'CREATE TABLE t(a REFERENCES p(ID), b, c REFERENCES q(id), FOREIGN KEY(a, b) REFERENCES p([id], "x"))'
    const edited = retargetReference(sql, { parent: 'P' }, 'id', 'legacy_id')
    expect(edited).toBe(
      'CREATE TABLE t(a REFERENCES p("legacy_id"), b, c REFERENCES q(id), FOREIGN KEY(a, b) REFERENCES p("legacy_id", "x"))',
    )
  })

  test('that do not exist are an error, by name', () => {
    const sql = 'CREATE TABLE t(a REFERENCES p)'
    expect(() => makeReferenceExplicit(sql, { parent: 'q' }, ['id'])).toThrow('No reference to q')
    expect(() => makeReferenceExplicit(sql, { parent: 'p', from: ['b'] }, ['id'])).toThrow(
      'No reference to p from b',
    )
    expect(() => retargetReference(sql, { parent: 'p' }, 'id', 'x')).toThrow('No reference to p lists id')
  })
})

describe('removeColumn', () => {
  test.each([
    ['CREATE TABLE t(a, b, c)', 'a', 'CREATE TABLE t(b, c)'],
    ['CREATE TABLE t(a, b, c)', 'b', 'CREATE TABLE t(a, c)'],
    ['CREATE TABLE t(a, b, c)', 'c', 'CREATE TABLE t(a, b)'],
    ['CREATE TABLE t(a, b NOT NULL, UNIQUE(a))', 'b', 'CREATE TABLE t(a, UNIQUE(a))'],
    [
      'CREATE TABLE t(\n  a, -- about a\n  b, -- about b\n  c -- about c\n)',
      'b',
      'CREATE TABLE t(\n  a, -- about a\n  c -- about c\n)',
    ],
    ['CREATE TABLE t(\n  a, -- about a\n  b -- about b\n)', 'b', 'CREATE TABLE t(\n  a -- about a\n  \n)'],
    ['CREATE TABLE t(\n  a,\n  b -- about b\n)', 'b', 'CREATE TABLE t(\n  a\n)'],
    ['CREATE TABLE t(a -- about a\n, b)', 'b', 'CREATE TABLE t(a -- about a\n)'],
    ['CREATE TABLE t(a CHECK(a > 0) UNIQUE, b)', 'A', 'CREATE TABLE t(b)'],
  ])('takes the comma and the comment of its line along: %j, %s', (sql, column, expected) => {
    const edited = removeColumn(sql, column)
    expect(edited).toBe(expected)
    expect(names(edited)).toEqual(names(sql).filter(name => name !== column.toLowerCase()))
  })

  test.each([
    ['CREATE TABLE t(a)', 'a is the only column of t'],
    ['CREATE TABLE t(a, b, PRIMARY KEY(a, b))', 't still uses a at 33'],
    ['CREATE TABLE t(a, b CHECK("A" > 0))', 't still uses a at 26'],
    ['CREATE TABLE t(a, b AS (a))', 't still uses a at 24'],
    ['CREATE TABLE t(a, b REFERENCES T(a))', 't still uses a at 33'],
    ['CREATE TABLE t(a, b, FOREIGN KEY(a) REFERENCES p)', 't still uses a at 33'],
  ])('refuses while something uses the column: %s', (sql, message) => {
    expect(() => removeColumn(sql, 'a')).toThrow(RangeError)
    expect(() => removeColumn(sql, 'a')).toThrow(message)
  })
})

test('nameUses finds the name bare and quoted, and not in comments or strings', () => {
  const sql = `SELECT j.ID, "id", [Id], 'id', x.idea -- id\n FROM id`
  expect(nameUses(sql, 'id').map(token => token.start)).toEqual([9, 13, 19, sql.length - 2])
  expect(nameUses(sql, 'jd')).toEqual([])
})

describe('every edit at every column leaves what SQLite takes as meant', () => {
  const stored = (schema: string) => {
    const db = new Database(':memory:')
    db.exec(schema)
    const texts = tableTexts(db)
    db.close()
    return texts
  }

  test.each(stored(acceptanceSchema).map(({ name, sql }) => [name, sql] as const))(
    'in the acceptance schema: %s',
    (_, sql) => everyEditMustHold(sql),
  )

  test.each(Object.entries(nastyTables))('in a table with %s', (_, schema) => {
    for (const { sql } of stored(schema)) everyEditMustHold(sql)
  })
})

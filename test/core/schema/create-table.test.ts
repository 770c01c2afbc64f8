import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { columnNamed, parseCreateTable, writtenReferences } from '../../../src/core/schema/create-table.ts'
import type { Span } from '../../../src/core/schema/tokens.ts'
import { acceptanceSchema } from './acceptance-schema.ts'
import { nastyTables } from './nasty-schema.ts'
import { everyTableMustAgree } from './sqlite-oracle.ts'

const textOf = (sql: string, span: Span | null) => (span === null ? null : sql.slice(span.start, span.end))

describe('what is read equals what SQLite says', () => {
  test('for every table of the acceptance schema, shadow tables included', () => {
    const db = new Database(':memory:')
    db.exec(acceptanceSchema)
    expect(everyTableMustAgree(db)).toBeGreaterThanOrEqual(5 + 5 + 3)
    db.close()
  })

  test.each(Object.entries(nastyTables))('for %s', (_, sql) => {
    const db = new Database(':memory:')
    db.exec(sql)
    expect(everyTableMustAgree(db)).toBeGreaterThan(0)
    db.close()
  })

  test('for CREATE TABLE AS, of which SQLite stores plain columns', () => {
    const db = new Database(':memory:')
    db.exec(`CREATE TABLE "s t" AS SELECT 1 AS "a b", 'x' AS "select", 2.5 AS c, NULL AS "d""e"`)
    expect(everyTableMustAgree(db)).toBe(1)
    db.close()
  })

  test('after SQLite itself has edited the text', () => {
    const db = new Database(':memory:')
    db.exec(`CREATE TABLE p(a INT, b TEXT -- last
      , CHECK(a > 0)); CREATE TABLE c(x REFERENCES p)`)
    db.exec(
      `ALTER TABLE p ADD COLUMN "n w" TEXT DEFAULT '(' COLLATE NOCASE; ALTER TABLE p RENAME COLUMN a TO "select"`,
    )
    db.exec('ALTER TABLE p RENAME TO "p q"; ALTER TABLE "p q" DROP COLUMN b')
    expect(everyTableMustAgree(db)).toBe(2)
    db.close()
  })
})

describe('spans', () => {
  const sql = `CREATE TABLE "it em" (
  id INTEGER -- the key
    CONSTRAINT pk PRIMARY KEY DESC,
  g VARCHAR ( 10 ) DEFAULT (1) REFERENCES [a b] ( x ) ON DELETE CASCADE DEFERRABLE UNIQUE,
  made AS (id * 2) STORED,
  CONSTRAINT own CHECK (id > 0)
  FOREIGN KEY (g, "id") REFERENCES other
) STRICT, WITHOUT ROWID`
  const table = parseCreateTable(sql)

  test('cover the names, the body and the options', () => {
    expect(table.name).toBe('it em')
    expect(textOf(sql, table.nameSpan)).toBe('"it em"')
    expect(textOf(sql, table.bodySpan)).toBe(sql.slice(sql.indexOf('('), sql.lastIndexOf(')') + 1))
    expect(textOf(sql, table.optionsSpan)).toBe('STRICT, WITHOUT ROWID')
    expect([table.strict, table.withoutRowid]).toEqual([true, true])
  })

  test('cover a column from its name to its last constraint', () => {
    expect(table.columns.map(column => textOf(sql, column.nameSpan))).toEqual(['id', 'g', 'made'])
    expect(table.columns.map(column => textOf(sql, column.typeSpan))).toEqual([
      'INTEGER',
      'VARCHAR ( 10 )',
      null,
    ])
    expect(textOf(sql, table.columns[2]!.span)).toBe('made AS (id * 2) STORED')
  })

  test('cover each constraint with its name', () => {
    const [id, g, made] = table.columns
    expect(id!.constraints).toMatchObject([
      { kind: 'primary-key', name: 'pk', descending: true, autoincrement: false },
    ])
    expect(textOf(sql, id!.constraints[0]!.span)).toBe('CONSTRAINT pk PRIMARY KEY DESC')
    expect(g!.constraints.map(constraint => textOf(sql, constraint.span))).toEqual([
      'DEFAULT (1)',
      'REFERENCES [a b] ( x ) ON DELETE CASCADE DEFERRABLE',
      'UNIQUE',
    ])
    expect(made!.constraints).toMatchObject([{ kind: 'generated', stored: true, name: null }])
    expect(table.constraints.map(constraint => textOf(sql, constraint.span))).toEqual([
      'CONSTRAINT own CHECK (id > 0)',
      'FOREIGN KEY (g, "id") REFERENCES other',
    ])
  })

  test('cover the parts of references', () => {
    const [ofColumn, ofTable] = writtenReferences(table)
    expect(ofColumn).toMatchObject({ from: ['g'], table: 'a b', columns: [{ name: 'x' }] })
    expect(textOf(sql, ofColumn!.tableSpan)).toBe('[a b]')
    expect(textOf(sql, ofColumn!.columnsSpan)).toBe('( x )')
    expect(ofTable).toMatchObject({ from: ['g', 'id'], table: 'other', columns: [], columnsSpan: null })
  })

  test('are found by the name of a column in any letter case', () => {
    expect(columnNamed(table, 'MADE').name).toBe('made')
    expect(() => columnNamed(table, 'nope')).toThrow('it em has no column nope')
  })
})

test('reads also what is not yet stored: TEMP, IF NOT EXISTS, a schema, a semicolon', () => {
  const sql = 'create temp table if not exists main."t t" (a);'
  expect(textOf(sql, parseCreateTable(sql).nameSpan)).toBe('"t t"')
})

describe('refuses, and says what it could not read', () => {
  test.each([
    ['CREATE VIRTUAL TABLE f USING fts5(a)', 'expected TABLE, found VIRTUAL at 7'],
    ['CREATE TABLE t AS SELECT 1', 'expected (, found AS at 15'],
    ['CREATE INDEX i ON t(a)', 'expected TABLE, found INDEX at 7'],
    ['CREATE TABLE t(a', 'expected ), found the end'],
    ['CREATE TABLE t(a, )', 'expected the name of a column, found ) at 18'],
    ['CREATE TABLE t(a CHECK((a))', 'expected ), found the end'],
    ['CREATE TABLE t(a, UNIQUE(a), b)', 'expected a constraint, found b at 29'],
    ['CREATE TABLE t(a, UNIQUE(a),)', 'expected a table constraint, found ) at 28'],
    ['CREATE TABLE t(a) WITHOUT OIDS', 'expected WITHOUT ROWID or STRICT, found WITHOUT at 18'],
    [
      'CREATE TABLE t(a REFERENCES p ON DELETE EXPLODE)',
      'expected what a foreign key does, found EXPLODE at 40',
    ],
    ['CREATE TABLE t(a) STRICT; DROP TABLE t', 'expected the end of the statement, found DROP at 26'],
    ["CREATE TABLE t(a DEFAULT 'open)", 'found the end'],
    ['', 'expected CREATE, found the end'],
  ])('%s', (sql, message) => {
    expect(() => parseCreateTable(sql)).toThrow(RangeError)
    expect(() => parseCreateTable(sql)).toThrow(message)
  })
})

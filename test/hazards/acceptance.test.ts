import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { sqliteUlidExpression } from '../../src/core/identifiers/index.ts'
import { change, columnOf, contentOf, type Row, rowsOf, type Value } from '../support/database.ts'
import { detectIn } from '../support/in-process.ts'
import { acceptancePlace } from './acceptance.ts'
import {
  contentWithout,
  isUlid,
  migrateAt,
  type Place,
  rebuildAllAt,
  refusedMigration,
  undoAt,
} from './support.ts'

const schemaText = `SELECT type, name, tbl_name, sql FROM sqlite_schema
  WHERE substr(name, 1, 14) <> '_ulid_migrate_' AND substr(tbl_name, 1, 14) <> '_ulid_migrate_' ORDER BY type, name`

/** The row number of each object in sqlite_schema: one that was dropped and made anew has another. */
const places = (path: string) =>
  new Map(
    rowsOf(path, "SELECT name, rowid FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'") as [string, bigint][],
  )

const tables = ['grp', 'it em', 'strict_t', 'link', 'note']

describe('a plan that changes nothing', () => {
  test('leaves texts, rows, sequence and full text as they were, with every table really made anew', async () => {
    const at = acceptancePlace()
    const [schema, content, was] = [rowsOf(at.path, schemaText), contentOf(at.path), places(at.path)]
    await rebuildAllAt(at)
    expect(rowsOf(at.path, schemaText)).toEqual(schema)
    expect(contentOf(at.path)).toEqual(content)
    const is = places(at.path)
    const last = [...was.values()].sort((a, b) => Number(b - a))[0]!
    for (const table of tables) expect(is.get(table), table).toBeGreaterThan(last)
    for (const other of ['grp_fts', 'grp_fts_data', 'box', 'box_node', 'v', 'broken', 'v_io'])
      expect(is.get(other), other).toBe(was.get(other))
    expect(rowsOf(at.path, 'SELECT * FROM sqlite_sequence')).toEqual([['grp', 9007199254740999n]])
    change(at.path, "INSERT INTO grp_fts(grp_fts, rank) VALUES('integrity-check', 1)")
    expect(columnOf(at.path, "SELECT rowid FROM grp_fts('child OR inside') ORDER BY 1")).toEqual([
      2n,
      9007199254740994n,
    ])
  })

  test('leaves a file behind in which every program may do what it could before', async () => {
    const at = acceptancePlace()
    const before = behaviour(at, 'before')
    await rebuildAllAt(at)
    expect(behaviour(at, 'after')).toEqual(before)
  })
})

const ulid = sqliteUlidExpression()

/** What changes in both forms: the lines before, and the lines after. */
const changedInBoth = {
  'it em': [
    `CREATE TABLE "it em"([select] TEXT PRIMARY KEY DEFAULT ('k'||hex(randomblob(4))), \`g\` INT REFERENCES GRP(ID)
  ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, j TEXT CHECK(json_valid(j)), b BLOB)`,
    `CREATE TABLE "it em"([select] TEXT PRIMARY KEY DEFAULT ${ulid}, \`g\` TEXT REFERENCES GRP(ID)
  ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, j TEXT CHECK(json_valid(j)), b BLOB)`,
  ],
} as const

const grp = `CREATE TABLE grp(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE, parent INT REFERENCES grp,
  twice INT AS (id*2) STORED, CHECK(grp.id > 0), CONSTRAINT nm CHECK(length(name) < 99))`
const strict =
  'CREATE TABLE strict_t(id INTEGER PRIMARY KEY, any_ ANY, r REAL NOT NULL DEFAULT 0, v INT AS (id+1)) STRICT'
const link = `CREATE TABLE link(g INT REFERENCES grp ON DELETE SET NULL, k TEXT REFERENCES "it em", ord INT,
  PRIMARY KEY(g, k), UNIQUE(ord)) WITHOUT ROWID`
const fts = "CREATE VIRTUAL TABLE grp_fts USING fts5(name, content='grp', content_rowid='id')"
const inserted =
  'CREATE TRIGGER grp_ai AFTER INSERT ON grp BEGIN INSERT INTO grp_fts(rowid, name) VALUES(new.id, new.name); END'
const deleted = `CREATE TRIGGER grp_ad AFTER DELETE ON grp BEGIN
  INSERT INTO grp_fts(grp_fts, rowid, name) VALUES('delete', old.id, old.name); END`

const changed: Readonly<
  Record<'keep-integer' | 'pure', Readonly<Record<string, readonly [string, string]>>>
> = {
  'keep-integer': {
    ...changedInBoth,
    grp: [
      grp,
      `CREATE TABLE grp(id TEXT NOT NULL UNIQUE DEFAULT ${ulid}, name TEXT COLLATE NOCASE UNIQUE, parent TEXT REFERENCES grp("id"),
  twice INT AS (id*2) STORED,
  "legacy_id" INTEGER PRIMARY KEY AUTOINCREMENT, CHECK(grp.id > 0), CONSTRAINT nm CHECK(length(name) < 99))`,
    ],
    strict_t: [
      strict,
      `CREATE TABLE strict_t(id TEXT NOT NULL UNIQUE DEFAULT ${ulid}, any_ ANY, r REAL NOT NULL DEFAULT 0, v INT AS (id+1), "legacy_id" INTEGER PRIMARY KEY) STRICT`,
    ],
    link: [
      link,
      `CREATE TABLE link(g TEXT REFERENCES grp("id") ON DELETE SET NULL, k TEXT REFERENCES "it em", ord INT,
  PRIMARY KEY(g, k), UNIQUE(ord)) WITHOUT ROWID`,
    ],
    grp_fts: [fts, "CREATE VIRTUAL TABLE grp_fts USING fts5(name, content='grp', content_rowid='legacy_id')"],
    grp_ai: [
      inserted,
      'CREATE TRIGGER grp_ai AFTER INSERT ON grp BEGIN INSERT INTO grp_fts(rowid, name) VALUES(new."legacy_id", new.name); END',
    ],
    grp_ad: [
      deleted,
      `CREATE TRIGGER grp_ad AFTER DELETE ON grp BEGIN
  INSERT INTO grp_fts(grp_fts, rowid, name) VALUES('delete', old."legacy_id", old.name); END`,
    ],
  },
  pure: {
    ...changedInBoth,
    grp: [
      grp,
      `CREATE TABLE grp(id TEXT PRIMARY KEY NOT NULL DEFAULT ${ulid}, name TEXT COLLATE NOCASE UNIQUE, parent TEXT REFERENCES grp,
  twice INT AS (id*2) STORED, CHECK(grp.id > 0), CONSTRAINT nm CHECK(length(name) < 99))`,
    ],
    strict_t: [
      strict,
      `CREATE TABLE strict_t(id TEXT PRIMARY KEY NOT NULL DEFAULT ${ulid}, any_ ANY, r REAL NOT NULL DEFAULT 0, v INT AS (id+1)) STRICT`,
    ],
    link: [
      link,
      `CREATE TABLE link(g TEXT REFERENCES grp ON DELETE SET NULL, k TEXT REFERENCES "it em", ord INT,
  PRIMARY KEY(g, k), UNIQUE(ord)) WITHOUT ROWID`,
    ],
    grp_fts: [fts, "CREATE VIRTUAL TABLE grp_fts USING fts5(name, content='grp', content_rowid='rowid')"],
    grp_ai: [
      inserted,
      'CREATE TRIGGER grp_ai AFTER INSERT ON grp BEGIN INSERT INTO grp_fts(rowid, name) VALUES(new.rowid, new.name); END',
    ],
    grp_ad: [
      deleted,
      `CREATE TRIGGER grp_ad AFTER DELETE ON grp BEGIN
  INSERT INTO grp_fts(grp_fts, rowid, name) VALUES('delete', old.rowid, old.name); END`,
    ],
  },
}

const fullText = ['grp_fts', 'grp_fts_data', 'grp_fts_idx', 'grp_fts_docsize', 'grp_fts_config']

/** Who refers to whom, told by what rows hold besides their ids. */
const relations = [
  'SELECT hex(c.name), hex(p.name) FROM grp c LEFT JOIN grp p ON p.id = +c.parent ORDER BY c.rowid',
  `SELECT i.j, hex(i.b), typeof(i.b), hex(g.name) FROM "it em" i LEFT JOIN grp g ON g.id = +i.g ORDER BY i.rowid`,
  `SELECT l.ord, hex(g.name), i.j FROM link l LEFT JOIN grp g ON g.id = +l.g LEFT JOIN "it em" i ON i."select" = +l.k ORDER BY l.ord`,
  'SELECT n.owner_type, n.body, n.ids, typeof(n.ids), hex(g.name) FROM note n LEFT JOIN grp g ON g.id = +n.owner_id ORDER BY n.rowid',
  'SELECT hex(any_), typeof(any_), r FROM strict_t ORDER BY rowid',
  'SELECT n FROM v ORDER BY n',
  'SELECT * FROM box',
  "SELECT count(*) FROM grp_fts('child OR inside')",
]

describe.each(['keep-integer', 'pure'] as const)('a real migration in the form %s', form => {
  const choices = { all: true, form, references: ['note.owner_id=grp.id'] }

  test('changes exactly the planned lines, and every id in them', async () => {
    const at = acceptancePlace()
    const texts = new Map(rowsOf(at.path, schemaText).map(row => [String(row[1]), row]))
    const related = relations.map(sql => rowsOf(at.path, sql))
    await migrateAt(at, choices)
    const expected = [...texts].map(([name, row]) => {
      const [from, to] = changed[form][name] ?? [row[3], row[3]]
      expect(row[3], name).toBe(from)
      return [...row.slice(0, 3), to ?? null]
    })
    expect(rowsOf(at.path, schemaText).filter(row => !indexesBehindUlids.includes(String(row[1])))).toEqual(
      expected,
    )
    expect(relations.map(sql => rowsOf(at.path, sql))).toEqual(related)
    for (const [table, column] of [
      ['grp', 'id'],
      ['strict_t', 'id'],
      ['"it em"', '"select"'],
    ])
      expect(columnOf(at.path, `SELECT count(*) FROM ${table} WHERE NOT ${isUlid(column!)}`)).toEqual([0n])
    expect(rowsOf(at.path, 'SELECT * FROM sqlite_sequence')).toEqual([['grp', 9007199254740999n]])
  })

  test('leaves orphans orphans, equal ones equal, and sentinels what they were', async () => {
    const at = acceptancePlace()
    await migrateAt(at, choices)
    expect(rowsOf(at.path, `SELECT g FROM "it em" WHERE j IN ('1', '[]', '0') ORDER BY j`)).toEqual([
      [null],
      ['0'],
      ['-1'],
    ])
    const lost = columnOf<string>(
      at.path,
      `SELECT g FROM "it em" WHERE j = '""' UNION ALL SELECT g FROM link WHERE ord = 3`,
    )
    expect(lost[0]).toHaveLength(26)
    expect(lost[1]).toBe(lost[0])
    expect(
      columnOf(at.path, 'SELECT count(*) FROM grp WHERE id IN (SELECT parent FROM grp WHERE rowid = 3)'),
    ).toEqual([0n])
  })

  test('leaves inserts, updates, deletes and searches doing what they did', async () => {
    const at = acceptancePlace()
    const before = behaviour(at, 'before')
    await migrateAt(at, choices)
    expect(behaviour(at, 'after')).toEqual(before)
  })

  test('gives a new row a ULID by itself, and the next number after all that ever were', async () => {
    const at = acceptancePlace()
    await migrateAt(at, choices)
    change(at.path, "INSERT INTO grp(name) VALUES('new')", 'INSERT INTO strict_t(r) VALUES(1)')
    expect(columnOf(at.path, `SELECT ${isUlid('id')} FROM grp WHERE name = 'new'`)).toEqual([1n])
    expect(columnOf(at.path, `SELECT ${isUlid('id')} FROM strict_t WHERE r = 1`)).toEqual([1n])
    await undoAt(at)
    expect(columnOf(at.path, "SELECT id FROM grp WHERE name = 'new'")).toEqual([9007199254741000n])
    expect(rowsOf(at.path, "SELECT rowid FROM grp_fts('new')")).toEqual([[9007199254741000n]])
  })

  test('is taken back cell by cell; full text by what it finds', async () => {
    const at = acceptancePlace()
    const [content, found] = [contentWithout(at.path, fullText), search(at.path)]
    await migrateAt(at, choices)
    expect(search(at.path)).toEqual(found)
    await undoAt(at)
    expect(contentWithout(at.path, fullText)).toEqual(content)
    expect(search(at.path)).toEqual(found)
    change(at.path, "INSERT INTO grp_fts(grp_fts, rank) VALUES('integrity-check', 1)")
  })

  test('waits until each object that would change its text or its meaning is accepted by name', async () => {
    const at = acceptancePlace()
    const { findings } = await detectIn(at.path, choices)
    const blockers = findings.filter(finding => finding.severity === 'blocker')
    expect(blockers.map(({ code, object }) => `${code} ${object}`)).toEqual([
      'SCHEMA.GENERATOR it em',
      'SCHEMA.MOVED grp_fts',
      'SCHEMA.MOVED grp_ai',
      'SCHEMA.MOVED grp_ad',
      'SCHEMA.MEANING grp',
      'SCHEMA.MEANING grp.twice',
      'SCHEMA.MEANING strict_t.v',
    ])
    for (const { object } of blockers) {
      const accept = blockers.map(each => each.object).filter(each => each !== object)
      expect(await refusedMigration(at, { ...choices, accept })).toMatchObject({ object, exit: 4 })
    }
  })
})

const search = (path: string) =>
  ['root', 'child', 'inside', 'nul', 'gone', 'nothing'].map(word =>
    rowsOf(path, `SELECT rowid FROM grp_fts('${word}')`),
  )

/** `INTEGER PRIMARY KEY` has no index behind it; a ULID has. */
const indexesBehindUlids = ['sqlite_autoindex_grp_2', 'sqlite_autoindex_strict_t_1']

/** What the file does to a program that writes: each statement's answer, told without ids. Tried on a copy. */
function behaviour(
  { path, folder }: Place,
  name: string,
): readonly (readonly [string, string | readonly Row[]])[] {
  const copy = join(folder, `${name}.copy`)
  copyFileSync(path, copy)
  const db = new Database(copy)
  try {
    db.defaultSafeIntegers(true)
    db.pragma('foreign_keys = ON')
    return statements.map(sql => {
      try {
        const statement = db.prepare(sql)
        if (statement.reader) return [sql, statement.raw().all() as Value[][]]
        return [sql, `${statement.run().changes} changes`]
      } catch (error) {
        return [sql, (error as Error).message]
      }
    })
  } finally {
    db.close()
  }
}

const named = (name: string) => `(SELECT id FROM grp WHERE name = '${name}')`

const statements = [
  "INSERT INTO grp(name, parent) VALUES('fresh', (SELECT id FROM grp WHERE name = 'root'))",
  "SELECT name FROM grp_fts('fresh')",
  'INSERT INTO v(n) VALUES(7)',
  "SELECT name FROM grp_fts('via')",
  "SELECT c.name, p.name FROM grp c JOIN grp p ON p.id = c.parent WHERE c.name = 'fresh'",
  "INSERT INTO grp(name) VALUES('ROOT')", // UNIQUE COLLATE NOCASE
  `INSERT INTO grp(name) VALUES('${'x'.repeat(99)}')`, // CONSTRAINT nm
  "INSERT INTO grp(name, parent) VALUES('no parent', 4711)",
  `INSERT INTO "it em"(g, j) VALUES(${named('fresh')}, 'not JSON')`,
  `INSERT INTO "it em"(g, j) VALUES(${named('fresh')}, '"mine"')`,
  `UPDATE "it em" SET g = ${named('Child')} WHERE j = '"mine"'`, // item_au
  "SELECT name FROM grp WHERE name LIKE '%*'",
  `DELETE FROM grp WHERE name = 'Child*'`, // still referred to by grp.parent
  `UPDATE grp SET parent = NULL WHERE parent = ${named('Child*')}`,
  `DELETE FROM grp WHERE name = 'Child*'`,
  `SELECT j FROM "it em" ORDER BY j`, // ON DELETE CASCADE
  "SELECT count(*) FROM grp_fts('child')",
  `UPDATE grp SET id = id`,
  `INSERT INTO link(g, k, ord) SELECT g, k, 1 FROM link WHERE ord = 3`,
  `INSERT INTO link(g, k, ord) SELECT g, k, 4 FROM link WHERE ord = 3`,
  'DELETE FROM link WHERE ord = 3',
  "INSERT INTO strict_t(r) VALUES('no number')",
  'INSERT INTO strict_t(any_) VALUES(NULL)',
  'SELECT count(*), sum(r = 0) FROM strict_t',
  "UPDATE note SET body = 'changed' WHERE body = 'c'",
  'INSERT INTO box VALUES(3, 100, 200)',
  'SELECT id FROM box WHERE x1 > 15 ORDER BY 1',
  'SELECT * FROM broken',
  'SELECT name FROM grp ORDER BY lower(name) COLLATE BINARY DESC',
]

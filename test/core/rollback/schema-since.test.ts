import { describe, expect, test } from 'vitest'
import { undo } from '../../../src/core/rollback/undo.ts'
import { migrateAt, type Place, place, refusalOf, textOf, uuid } from '../../hazards/support.ts'
import { change, columnOf, contentOf, countIn, makeDatabase, rowsOf } from '../../support/database.ts'
import { sha256Of } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const forms = ['keep-integer', 'pure'] as const

const schema = [
  "CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT, CHECK(name <> ''))",
  'CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id), line TEXT)',
  'CREATE TABLE log(what TEXT); CREATE TABLE other(what TEXT)',
  'CREATE INDEX c_by_line ON c(line)',
  "INSERT INTO p VALUES(1, 'one'), (2, 'two'), (4, 'four')",
  "INSERT INTO c VALUES(1, 1, 'a'), (2, 2, 'b'), (3, 4, 'c'), (4, 9, 'lost')",
]
// The run edits this one: it hands the key to a full-text index, which wants a number (HAZARDS D1).
const searched = [
  "CREATE VIRTUAL TABLE f USING fts5(name, content='p', content_rowid='id')",
  "INSERT INTO f(f) VALUES('rebuild')",
  'CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN INSERT INTO f(rowid, name) VALUES(new.id, new.name); END',
]

/** Undoes and gives the very content that the same statements make of a database that was never migrated. */
async function keepsAsByHand(form: 'keep-integer' | 'pure', ...sql: readonly string[]): Promise<Place> {
  const at = place(...schema)
  await migrateAt(at, { form })
  change(at.path, ...sql)
  await undo(at.path, undefined, inProcess(at.settings))
  const byHand = makeDatabase(`${at.settings.stateDir}-by-hand.db`, ...schema, ...sql)
  expect(contentOf(at.path)).toEqual(contentOf(byHand))
  return at
}

/** What the undo is refused with; not a byte has changed. */
async function refused(at: Place, ...sql: readonly string[]) {
  change(at.path, ...sql)
  const bytes = sha256Of(at.path)
  const failure = await refusalOf(undo(at.path, undefined, inProcess(at.settings)))
  expect(sha256Of(at.path)).toBe(bytes)
  return failure
}

async function migrated(form: 'keep-integer' | 'pure' = 'keep-integer', ...more: readonly string[]) {
  const at = place(...schema, ...more)
  await migrateAt(at, { form })
  return at
}

describe.each(forms)('an undo (%s)', form => {
  test('keeps what was made, dropped and added beside what the run had changed', async () => {
    await keepsAsByHand(
      form,
      "CREATE TABLE tags(tag TEXT PRIMARY KEY); INSERT INTO tags VALUES('x')",
      'CREATE INDEX p_by_name ON p(name COLLATE NOCASE)',
      'CREATE UNIQUE INDEX p_once ON p(id, name)',
      'DROP INDEX c_by_line',
      'CREATE VIEW both AS SELECT name, line FROM p JOIN c ON p.id = c.p_id',
      'CREATE TRIGGER p_au AFTER UPDATE ON p BEGIN INSERT INTO tags VALUES(new.name); END',
      'ALTER TABLE other ADD COLUMN more',
      'CREATE INDEX other_by_more ON other(more)',
      'DROP TABLE log',
      // What was added at the end stays there, and what was written into it.
      "ALTER TABLE p ADD COLUMN more TEXT DEFAULT 'x'; UPDATE p SET more = 'y' WHERE name = 'two'",
      "ALTER TABLE c ADD COLUMN a INT; ALTER TABLE c ADD COLUMN b NOT NULL DEFAULT 1.5; UPDATE c SET a = n, b = x'00' WHERE n = 2",
      'ALTER TABLE c ADD COLUMN loud AS (upper(line))',
      'ANALYZE other',
    )
  })

  test('makes a new trigger again, which does not fire meanwhile and does afterwards', async () => {
    const { path } = await keepsAsByHand(
      form,
      'CREATE TRIGGER c_ad AFTER DELETE ON c BEGIN INSERT INTO log VALUES(old.line); END',
    )
    expect(countIn(path, 'SELECT count(*) FROM log')).toBe(0)
    change(path, 'DELETE FROM c WHERE n = 1')
    expect(columnOf(path, 'SELECT what FROM log')).toEqual(['a'])
  })
})

describe('an undo is refused, with the difference and the way on, when', () => {
  test.each([
    [
      'a column was renamed',
      'ALTER TABLE p RENAME COLUMN name TO title',
      'p',
      'the column name is called title now',
    ],
    [
      'a column was dropped',
      'ALTER TABLE c DROP COLUMN line',
      'c',
      'the column "line TEXT" is gone',
      'DROP INDEX c_by_line',
    ],
    ['a table was renamed', 'ALTER TABLE c RENAME TO d', 'c', 'The table c is called d now.'],
    ['a table was dropped', 'DROP TABLE c', 'c', 'The table c was dropped'],
  ])('%s', async (_, sql, object, why, first = 'SELECT 1') => {
    const at = await migrated()
    const failure = await refused(at, first, sql)
    expect(failure).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED', exit: 4 })
    expect(failure.object.split(' ').slice(1)).toEqual([object])
    expect(failure.why).toContain(why)
  })

  test('a table was made anew with another rule, telling the words', async () => {
    const at = await migrated()
    const text = textOf(at.path, 'c')
    const failure = await refused(
      at,
      'CREATE TABLE aside AS SELECT * FROM c; DROP TABLE c',
      text.replace('line TEXT', 'line TEXT COLLATE NOCASE'),
      'INSERT INTO c SELECT * FROM aside',
    )
    expect(failure.why).toBe('The table c was changed since the run: "COLLATE NOCASE" is new.')
    expect(failure.next).toContain(text)
  })

  test('an added column speaks of the legacy one', async () => {
    const failure = await refused(await migrated(), 'ALTER TABLE p ADD COLUMN twice AS (legacy_id * 2)')
    expect(failure).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED' })
    expect(failure.why).toContain('the column "twice AS (legacy_id * 2)" is new')
  })

  test('a trigger that the run had edited was edited again', async () => {
    const at = await migrated('keep-integer', ...searched)
    const failure = await refused(
      at,
      'DROP TRIGGER p_ai',
      'CREATE TRIGGER p_ai AFTER INSERT ON p WHEN new.name > 0 BEGIN INSERT INTO f(rowid, name) VALUES(new.legacy_id, new.name); END',
    )
    expect(failure).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED', exit: 4 })
    expect(failure.why).toContain('The trigger p_ai was changed since the run: ')
    expect(failure.why).toContain('WHEN new.name > 0')
    expect(failure.next).toContain('CREATE TRIGGER p_ai AFTER INSERT ON p BEGIN')
  })

  test('a trigger that the run had edited was dropped', async () => {
    const failure = await refused(await migrated('keep-integer', ...searched), 'DROP TRIGGER p_ai')
    expect(failure.why).toBe('The trigger p_ai was dropped since the run.')
  })

  test.each([
    ['index', 'CREATE INDEX by_legacy ON p(legacy_id, name)'],
    ['view', 'CREATE VIEW by_legacy AS SELECT legacy_id, id FROM p'],
    [
      'trigger',
      'CREATE TRIGGER by_legacy AFTER INSERT ON p BEGIN INSERT INTO log VALUES(new.legacy_id); END',
    ],
  ])('a new %s reads the legacy column', async (type, sql) => {
    const failure = await refused(await migrated(), sql)
    expect(failure).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED', exit: 4 })
    expect(failure.why).toBe(`The ${type} by_legacy reads p.legacy_id, which the undo takes away.`)
    expect(failure.next).toContain(`DROP ${type.toUpperCase()} "by_legacy"`)
  })

  test.each([
    [
      'view',
      'CREATE VIEW by_legacy AS SELECT p.legacy_id FROM p JOIN far ON far.legacy_id = p.legacy_id',
      'view by_legacy',
    ],
    [
      'trigger',
      'CREATE TRIGGER by_legacy AFTER INSERT ON p BEGIN INSERT INTO far VALUES(new.legacy_id); END',
      'INSERT INTO p: no such column: new.legacy_id',
    ],
  ])(
    'the proof finds that a new %s reads the legacy column, where a table of that column is there as well',
    async (_, sql, why) => {
      const failure = await refused(await migrated(), 'CREATE TABLE far(legacy_id)', sql)
      expect(failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
      expect(failure.why).toContain(why)
    },
  )

  test('a new table refers to ids that the undo takes away', async () => {
    const failure = await refused(
      await migrated(),
      'CREATE TABLE tags(tag TEXT, p_id TEXT REFERENCES p(id))',
      "INSERT INTO tags SELECT 'x', id FROM p",
    )
    expect(failure).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED', exit: 4 })
    expect(failure.why).toContain('The foreign key tags.p_id was made since the run')
  })

  test('several things were changed, all of which are told at once', async () => {
    const failure = await refused(
      await migrated(),
      'ALTER TABLE p RENAME COLUMN name TO title',
      'CREATE INDEX by_legacy ON p(legacy_id)',
    )
    expect(failure.object).toMatch(/ p, by_legacy$/)
    expect(failure.why).toContain('called title now')
    expect(failure.why).toContain('The index by_legacy reads')
  })

  test('the refusal is heeded: what it names is dropped, and the undo goes through', async () => {
    const at = await migrated()
    const { next } = await refused(at, 'CREATE VIEW by_legacy AS SELECT legacy_id FROM p')
    change(at.path, /DROP VIEW [^;]+;/.exec(next)![0])
    await undo(at.path, undefined, inProcess(at.settings))
    expect(rowsOf(at.path, 'SELECT id FROM p ORDER BY id')).toEqual([[1n], [2n], [4n]])
  })
})

describe('of an expansion', () => {
  const expand = async () => {
    const at = place(
      'CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT)',
      `INSERT INTO p VALUES('${uuid(1)}', 'one'), ('${uuid(2)}', 'two')`,
    )
    const before = contentOf(at.path)
    await migrateAt(at, { strategy: 'expand' })
    return { at, before }
  }

  test('an undo keeps a column that was added behind the ULID', async () => {
    const { at } = await expand()
    change(at.path, "ALTER TABLE p ADD COLUMN more TEXT; UPDATE p SET more = 'x'")
    await undo(at.path, undefined, inProcess(at.settings))
    expect(textOf(at.path, 'p')).toBe('CREATE TABLE p(id TEXT PRIMARY KEY, name TEXT, more TEXT)')
    expect(columnOf(at.path, 'SELECT more FROM p')).toEqual(['x', 'x'])
  })

  test('an undo is refused when a new view reads the ULID column', async () => {
    const { at, before } = await expand()
    const failure = await refused(at, 'CREATE VIEW v AS SELECT p_ulid FROM p')
    expect(failure.why).toBe('The view v reads p.p_ulid, which the undo takes away.')
    change(at.path, 'DROP VIEW v')
    await undo(at.path, undefined, inProcess(at.settings))
    expect(contentOf(at.path)).toEqual(before)
  })
})

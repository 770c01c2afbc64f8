import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, test } from 'vitest'
import type { VerifiedTarget } from '../../src/core/documents.ts'
import { signatureOf } from '../../src/core/journal/signature.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import { columnOf, reading } from '../support/database.ts'
import { inProcess } from '../support/in-process.ts'
import { migrateAt, type Place, place, refusedMigration, uuid } from './support.ts'

/**
 * What a faulty rewrite, a bad disk or another program might do, done on purpose (issue 3, evidence 3): once between
 * rewrite and COMMIT, once afterwards in a file that passes for untouched, once as somebody's later write. Each time it
 * must be a certain check that says so, or, where later writes are nobody's fault, it must be counted.
 */

const database = `
  CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, created_at TEXT, name TEXT COLLATE NOCASE, size);
  CREATE TABLE t(id VARCHAR(36) NOT NULL, created_at TEXT, name TEXT); CREATE UNIQUE INDEX t_id ON t(id);
  CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id) ON DELETE CASCADE, t_id TEXT REFERENCES t(id), body TEXT);
  CREATE TABLE flat(p_id INT REFERENCES p(id), t_id TEXT REFERENCES t(id), body TEXT, PRIMARY KEY(p_id, t_id)) WITHOUT ROWID;
  CREATE TABLE log(what TEXT COLLATE NOCASE);
  CREATE INDEX c_by_p ON c(p_id); CREATE INDEX c_body ON c(body COLLATE NOCASE) WHERE body IS NOT NULL;
  CREATE TRIGGER c_ai AFTER INSERT ON c BEGIN INSERT INTO log VALUES('inserted'); END;
  CREATE VIEW named AS SELECT c.n, p.name FROM c JOIN p ON p.id = c.p_id;
  INSERT INTO p(created_at, name, size) VALUES ${[1, 2, 3, 4, 5, 6].map(n => `('2026-01-0${n}', 'p${n}', ${n})`).join(', ')}; DELETE FROM p WHERE id = 6;
  INSERT INTO t VALUES ${[1, 2, 3, 4, 5].map(n => `('${uuid(n)}', '2026-01-0${n}', 't${n}')`).join(', ')};
  INSERT INTO c(p_id, t_id, body) SELECT p.rowid, t.id, p.name || t.name FROM p JOIN t ON t.rowid = p.rowid WHERE p.rowid < 5; INSERT INTO c(p_id, t_id, body) VALUES(9, 'nobody', 'orphan'), (NULL, NULL, NULL);
  INSERT INTO flat SELECT p.rowid, t.id, 'flat' || p.rowid FROM p JOIN t ON t.rowid = p.rowid WHERE p.rowid < 5;
  INSERT INTO log SELECT 'first'; ANALYZE;`

/** A ULID of the time that row `name` has, which is not its own. */
const sameTime = (table: string, name: string) =>
  `(SELECT substr(id, 1, 10) || '0000000000000000' FROM ${table} WHERE name = '${name}')`
const idOf = (table: string, name: string) => `(SELECT id FROM ${table} WHERE name = '${name}')`
const otherTime = "'01HK153X003BMPJNJB6JHKXK8T'" // 2024

/** Two rows that change places, by a third value that is none of theirs. */
const swap = (table: string, column: string, a: string, b: string) =>
  `UPDATE ${table} SET ${column} = '~' WHERE ${column} = ${a}; UPDATE ${table} SET ${column} = ${a} WHERE ${column} = ${b}; UPDATE ${table} SET ${column} = ${b} WHERE ${column} = '~';`

/** With everything that refers to them: nothing but the rows themselves can tell. */
const swapThroughout = (table: 'p' | 't') =>
  `CREATE TEMP TABLE two AS SELECT ${idOf(table, `${table}1`)} AS a, ${idOf(table, `${table}2`)} AS b;
   ${[
     [table, 'id'],
     ['c', `${table}_id`],
     ['flat', `${table}_id`],
   ]
     .map(([name, column]) => swap(name!, column!, '(SELECT a FROM two)', '(SELECT b FROM two)'))
     .join(' ')}
   DROP TABLE two;`

/** Makes a table anew from its own text with something left out; its indexes and triggers are put back. */
function withoutWords(db: Database.Database, table: string, words: RegExp): void {
  const objects = db
    .prepare(
      "SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC, rowid",
    )
    .all(table) as { type: string; sql: string }[]
  expect(objects[0]!.sql).toMatch(words)
  db.pragma('foreign_keys = OFF')
  db.pragma('legacy_alter_table = ON')
  db.exec(`CREATE TEMP TABLE copied AS SELECT * FROM ${table}; DROP TABLE ${table}`)
  db.exec(objects[0]!.sql.replace(words, ''))
  const columns = (db.pragma(`table_info(${table})`) as { name: string }[])
    .map(({ name }) => `"${name}"`)
    .join(', ')
  db.exec(`INSERT INTO ${table}(${columns}) SELECT ${columns} FROM copied; DROP TABLE copied`)
  for (const { sql } of objects.slice(1)) db.exec(sql)
}

interface Mutation {
  readonly what: string
  readonly strike: string | ((db: Database.Database) => void)
  /** The checks that must say so before COMMIT, and in a file that passes for untouched. */
  readonly caughtBy: readonly string[]
  /** After later writes: the checks that must say so still, or how it is counted. */
  readonly later:
    | readonly string[]
    | { readonly cells?: number; readonly rowsAdded?: number; readonly rowsDeleted?: number }
}

const mutations: readonly Mutation[] = [
  {
    what: 'one changed cell',
    strike: "UPDATE c SET body = 'P1t1' WHERE n = 1",
    caughtBy: ['untouched-cells'],
    later: { cells: 1 },
  },
  {
    what: 'a cell of another type',
    strike: "UPDATE p SET size = '3' WHERE name = 'p3'",
    caughtBy: ['untouched-cells'],
    later: { cells: 1 },
  },
  {
    what: 'a changed cell without rowid',
    strike: "UPDATE flat SET body = 'other' WHERE body = 'flat2'",
    caughtBy: ['untouched-cells'],
    later: { cells: 1 },
  },
  {
    what: 'a swapped reference',
    strike: swap('c', 'p_id', idOf('p', 'p1'), idOf('p', 'p2')),
    caughtBy: ['references'],
    later: { cells: 2 },
  },
  {
    what: 'a swapped reference to a text id',
    strike: swap('c', 't_id', idOf('t', 't1'), idOf('t', 't2')),
    caughtBy: ['references'],
    later: { cells: 2 },
  },
  {
    what: 'a reference that was lost',
    strike: 'UPDATE c SET p_id = NULL WHERE n = 1',
    caughtBy: ['references'],
    later: { cells: 1 },
  },
  {
    what: 'a reference to nothing, while its row is there',
    strike: `UPDATE c SET p_id = ${otherTime} WHERE n = 1`,
    caughtBy: ['references'],
    later: ['references'],
  },
  {
    what: 'an orphan that found a parent',
    strike: `UPDATE c SET p_id = ${idOf('p', 'p1')} WHERE n = 5`,
    caughtBy: ['references'],
    later: { cells: 1 },
  },
  {
    what: 'two ids that changed places with all that refers to them',
    strike: swapThroughout('p'),
    caughtBy: ['ulid-time', 'maps'],
    later: ['ulid-time'],
  },
  {
    what: 'two text ids that changed places with all that refers to them',
    strike: swapThroughout('t'),
    caughtBy: ['ulid-time', 'maps'],
    later: ['ulid-time'],
  },
  {
    what: 'a lost row',
    strike: 'DELETE FROM c WHERE n = 6',
    caughtBy: ['row-counts'],
    later: { rowsDeleted: 1 },
  },
  {
    what: 'a lost row without rowid',
    strike: "DELETE FROM flat WHERE body = 'flat3'",
    caughtBy: ['row-counts'],
    later: { rowsDeleted: 1 },
  },
  {
    what: 'an added row',
    strike: "INSERT INTO log VALUES('second')",
    caughtBy: ['row-counts'],
    later: { rowsAdded: 1 },
  },
  {
    what: 'a row that was lost and another added',
    strike: 'DELETE FROM c WHERE n = 6; INSERT INTO c(n) VALUES(7)',
    caughtBy: ['untouched-cells'],
    later: { rowsAdded: 2, rowsDeleted: 1 },
  },
  { what: 'a lost trigger', strike: 'DROP TRIGGER c_ai', caughtBy: ['schema'], later: ['schema'] },
  { what: 'a lost index', strike: 'DROP INDEX c_by_p', caughtBy: ['schema'], later: ['schema'] },
  { what: 'a lost view', strike: 'DROP VIEW named', caughtBy: ['schema'], later: ['schema'] },
  {
    what: 'a ULID with the wrong time',
    strike: `UPDATE p SET id = ${otherTime} WHERE name = 'p5'`,
    caughtBy: ['ulid-time', 'maps'],
    later: ['ulid-time', 'maps'],
  },
  {
    what: 'a ULID with the wrong time, in text',
    strike: `UPDATE t SET id = ${otherTime} WHERE name = 't5'`,
    caughtBy: ['ulid-time', 'maps'],
    later: ['ulid-time', 'maps'],
  },
  {
    what: "a ULID of the right time that is not the row's own",
    strike: `UPDATE p SET id = ${sameTime('p', 'p5')} WHERE name = 'p5'`,
    caughtBy: ['maps'],
    later: ['maps'],
  },
  {
    what: 'a duplicate ULID',
    strike: `DROP INDEX t_id; UPDATE t SET id = ${idOf('t', 't1')} WHERE name = 't5'`,
    caughtBy: ['ulid-format', 'schema'],
    later: ['ulid-format', 'schema'],
  },
  {
    what: 'a lower-case ULID',
    strike: "UPDATE p SET id = lower(id) WHERE name = 'p5'",
    caughtBy: ['ulid-format'],
    later: ['ulid-format'],
  },
  {
    what: 'a lower-case ULID, with all that refers to it',
    strike: `UPDATE t SET id = lower(id) WHERE name = 't1'; UPDATE c SET t_id = lower(t_id) WHERE n = 1; UPDATE flat SET t_id = lower(t_id) WHERE body = 'flat1'`,
    caughtBy: ['ulid-format'],
    later: ['ulid-format'],
  },
  {
    what: 'a legacy id left over',
    strike: `UPDATE t SET id = '${uuid(5)}' WHERE name = 't5'`,
    caughtBy: ['ulid-format'],
    later: ['ulid-format'],
  },
  {
    what: 'a collation lost in a table that was rewritten',
    strike: db => withoutWords(db, 'p', / COLLATE NOCASE/),
    caughtBy: ['schema'],
    later: ['schema'],
  },
  {
    what: 'a collation lost in a table that was not',
    strike: db => withoutWords(db, 'log', / COLLATE NOCASE/),
    caughtBy: ['schema'],
    later: ['schema'],
  },
  {
    what: 'a collation lost in an index',
    strike: 'DROP INDEX c_body; CREATE INDEX c_body ON c(body) WHERE body IS NOT NULL',
    caughtBy: ['schema'],
    later: ['schema'],
  },
  {
    what: 'an action lost in a foreign key',
    strike: db => withoutWords(db, 'c', / ON DELETE CASCADE/),
    caughtBy: ['schema'],
    later: ['schema'],
  },
  {
    what: 'a sequence set back',
    strike: "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'p'",
    caughtBy: ['bookkeeping'],
    later: {},
  },
  { what: 'statistics lost', strike: 'DELETE FROM sqlite_stat1', caughtBy: ['bookkeeping'], later: {} },
  {
    what: 'an orphan that kept its legacy id',
    strike: "UPDATE c SET t_id = 'nobody' WHERE n = 5",
    caughtBy: ['orphans'],
    later: {},
  },
  {
    what: 'equal orphans torn apart',
    strike: `UPDATE c SET p_id = 9 WHERE n = 5`,
    caughtBy: ['orphans'],
    later: {},
  },
  {
    what: 'a map altered',
    strike: 'UPDATE _ulid_migrate_map_1 SET legacy = legacy || 1 WHERE rowid = 1',
    caughtBy: ['maps'],
    later: ['maps'],
  },
]

function strike(db: Database.Database, mutation: Mutation): void {
  if (typeof mutation.strike === 'string') db.exec(mutation.strike)
  else mutation.strike(db)
}

/** Strikes as another program would. */
function strikeAt(path: string, mutation: Mutation): void {
  const db = new Database(path)
  try {
    db.pragma('foreign_keys = OFF')
    db.exec('BEGIN')
    strike(db, mutation)
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

/** Lets the file pass for the one that the run left: as after a change below SQLite, or of a copied ledger. */
function passForUntouched({ path, settings }: Place): void {
  const ledger = new Database(join(settings.stateDir, 'ledger.sqlite'))
  ledger
    .prepare("UPDATE pool_execution SET metadata = json_set(metadata, '$.signature', ?)")
    .run(signatureOf(path).signature)
  ledger.close()
}

const verify = ({ path, settings }: Place) => verifyPastRun(path, undefined, inProcess(settings))
const failing = ({ proof }: VerifiedTarget) => proof.checks.filter(check => !check.ok).map(check => check.id)

describe.each(['keep-integer', 'pure'] as const)('in the form %s, each of these is noticed', form => {
  let migrated: { readonly at: Place; readonly bytes: Buffer }

  beforeAll(async () => {
    const at = place(database)
    await migrateAt(at, { form })
    migrated = { at, bytes: readFileSync(at.path) }
  })

  /** The one migrated file, as the run left it, and then struck. */
  function struck(mutation: Mutation): Place {
    writeFileSync(migrated.at.path, migrated.bytes)
    strikeAt(migrated.at.path, mutation)
    return migrated.at
  }

  test.each(mutations)('before COMMIT: $what, by $caughtBy', async mutation => {
    const at = place(database)
    const failure = await refusedMigration(at, { form }, { sabotage: db => strike(db, mutation) })
    expect(failure).toMatchObject({ code: 'PROOF.FAILED', object: at.path, exit: 3 })
    for (const id of mutation.caughtBy) expect(failure.why).toMatch(new RegExp(`^${id}: `, 'm'))
  })

  test.each(mutations)(
    'after COMMIT, in a file that passes for untouched: $what, by $caughtBy',
    async mutation => {
      const at = struck(mutation)
      passForUntouched(at)
      const verified = await verify(at)
      expect(verified).toMatchObject({ changedSince: null, proof: { ok: false } })
      expect(failing(verified)).toEqual(expect.arrayContaining([...mutation.caughtBy]))
    },
  )

  test.each(mutations)("after COMMIT, as somebody's later write: $what, as $later", async mutation => {
    const verified = await verify(struck(mutation))
    const { later } = mutation
    if (Array.isArray(later)) {
      expect(verified.proof.ok).toBe(false)
      expect(failing(verified)).toEqual(expect.arrayContaining([...later]))
      return
    }
    expect(verified.changedSince).toMatchObject(later)
    expect(failing(verified)).toEqual([])
    // What is not held against anybody is said all the same.
    const changed = verified.proof.checks.filter(check => (check.changed ?? 0) > 0).map(check => check.id)
    expect(Object.keys(later).length > 0 || changed.length > 0, `${changed}`).toBe(true)
  })
})

test('a duplicate ULID is noticed where no index was dropped for it: one that was unique by its text only', async () => {
  const at = place(database)
  await migrateAt(at)
  const unsafe = (sql: string) => {
    const db = new Database(at.path)
    db.unsafeMode(true)
    db.pragma('writable_schema = ON')
    db.exec(sql)
    db.close()
  }
  unsafe("UPDATE sqlite_schema SET sql = 'CREATE INDEX t_id ON t(id)' WHERE name = 't_id'")
  strikeAt(at.path, {
    what: '',
    strike: `UPDATE t SET id = ${idOf('t', 't1')} WHERE name = 't5'`,
    caughtBy: [],
    later: [],
  })
  unsafe("UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX t_id ON t(id)' WHERE name = 't_id'")
  expect(columnOf(at.path, 'PRAGMA integrity_check')[0]).toContain('non-unique')
  expect(failing(await verify(at))).toEqual(expect.arrayContaining(['ulid-format', 'integrity']))
})

test('a file in which nothing was struck passes, strictly and leniently', async () => {
  const at = place(database)
  await migrateAt(at)
  expect(await verify(at)).toMatchObject({ changedSince: null, proof: { ok: true } })
  strikeAt(at.path, {
    what: '',
    strike: 'UPDATE log SET what = what; PRAGMA user_version = 0',
    caughtBy: [],
    later: [],
  })
  expect(await verify(at)).toMatchObject({
    changedSince: { cells: 0, rowsAdded: 0, rowsDeleted: 0 },
    proof: { ok: true },
  })
  expect(reading(at.path, db => db.prepare('SELECT count(*) FROM c').pluck().get())).toBe(6n)
})

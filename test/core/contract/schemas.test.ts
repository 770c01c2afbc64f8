import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planContract } from '../../../src/core/contract/contract-plan.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices, ContractChoices } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { change, columnOf, contentHash, countIn, makeDatabase, rowsOf } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { agreeing, inProcess } from '../../support/in-process.ts'

const uuid = (n: number) => `'3f2504e0-4f89-41d3-9a0c-0305e82c330${n}'`

/** A database that is expanded, and what it takes to contract it. */
async function expansionOf(sql: string, choices: Choices) {
  const folder = temporaryFolder()
  const path = makeDatabase(join(folder, 'app.db'), sql)
  const original = contentHash(path)
  const settings = settingsIn(folder)
  await migrate(
    path,
    await agreeing(path, { strategy: 'expand', seed: '5eed', ...choices }),
    undefined,
    inProcess(settings),
  )
  return {
    path,
    original,
    async contract(way: ContractChoices = {}) {
      const accept: string[] = []
      for (;;)
        try {
          const { plan } = await planContract(path, { early: true, accept, ...way }, inProcess(settings))
          return await migrate(path, {}, plan, inProcess(settings))
        } catch (error) {
          if (!(error instanceof Refusal) || !error.failure.next.includes('--accept')) throw error
          if (accept.includes(error.failure.object)) throw error
          accept.push(error.failure.object)
        }
    },
    undo: () => undo(path, undefined, inProcess(settings)),
  }
}

const textOf = (path: string, name: string) =>
  columnOf<string>(path, `SELECT sql FROM sqlite_schema WHERE name = '${name}'`)[0] ?? ''

describe('a contract', () => {
  test('renames the column wherever the schema names it: keys, checks, generated columns, indexes, other tables', async () => {
    const app = await expansionOf(
      `CREATE TABLE jobs(tenant INT, job_id TEXT NOT NULL CHECK(job_id <> ''), short TEXT AS (substr("job_id", -4)),
         PRIMARY KEY(tenant, job_id), UNIQUE(job_id));
       CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT, what TEXT, FOREIGN KEY(job_id) REFERENCES jobs(job_id));
       CREATE TABLE tags(job_id TEXT REFERENCES jobs("job_id"), tag TEXT, PRIMARY KEY(job_id, tag)) WITHOUT ROWID;
       CREATE INDEX logs_of ON logs(job_id, what DESC) WHERE job_id IS NOT NULL;
       CREATE INDEX logs_short ON logs(substr(job_id, 1, 3));
       INSERT INTO jobs(tenant, job_id) VALUES(1, ${uuid(1)}), (1, ${uuid(2)});
       INSERT INTO logs(job_id, what) VALUES(${uuid(1)}, 'a'), (${uuid(2)}, 'b'), (NULL, 'c'), ('gone', 'd');
       INSERT INTO tags VALUES(${uuid(1)}, 'x'), (${uuid(1)}, 'y')`,
      { only: ['jobs.job_id'] },
    )
    const both = contentHash(app.path)
    await app.contract()
    expect(textOf(app.path, 'jobs').replaceAll('"', '')).toBe(
      `CREATE TABLE jobs(tenant INT, job_ulid TEXT NOT NULL CHECK(job_ulid <> ''), short TEXT AS (substr(job_ulid, -4)),
         PRIMARY KEY(tenant, job_ulid), UNIQUE(job_ulid))`,
    )
    expect(textOf(app.path, 'logs').replaceAll('"', '')).toContain(
      'FOREIGN KEY(job_ulid) REFERENCES jobs(job_ulid)',
    )
    expect(textOf(app.path, 'tags').replaceAll('"', '')).toContain('PRIMARY KEY(job_ulid, tag)')
    expect(textOf(app.path, 'logs_of').replaceAll('"', '')).toBe(
      'CREATE INDEX logs_of ON logs(job_ulid, what DESC) WHERE job_ulid IS NOT NULL',
    )
    expect(textOf(app.path, 'logs_short').replaceAll('"', '')).toContain('substr(job_ulid, 1, 3)')
    expect(
      countIn(
        app.path,
        'SELECT count(*) FROM tags JOIN jobs USING(job_ulid) WHERE short = substr(job_ulid, -4)',
      ),
    ).toBe(2)
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
    await app.undo()
    expect(contentHash(app.path)).toBe(app.original)
  })

  test('renames members of keys of several columns in every table that refers to them, and in their own', async () => {
    const app = await expansionOf(
      `CREATE TABLE talk(id TEXT PRIMARY KEY);
       CREATE TABLE line(talk_id TEXT REFERENCES talk(id), n INT, up_talk TEXT, up_n INT, PRIMARY KEY(talk_id, n),
         FOREIGN KEY(up_talk, up_n) REFERENCES line(talk_id, n));
       CREATE TABLE word(talk_id TEXT, n INT, w INT, FOREIGN KEY(talk_id, n) REFERENCES line(talk_id, n));
       INSERT INTO talk VALUES(${uuid(1)}), (${uuid(2)});
       INSERT INTO line VALUES(${uuid(1)}, 1, NULL, NULL), (${uuid(2)}, 1, ${uuid(1)}, 1);
       INSERT INTO word VALUES(${uuid(1)}, 1, 1), (${uuid(2)}, 1, 1)`,
      { only: ['talk.id'] },
    )
    const both = contentHash(app.path)
    await app.contract()
    expect(textOf(app.path, 'line').replaceAll('"', '')).toContain(
      'FOREIGN KEY(up_talk_ulid, up_n) REFERENCES line(talk_ulid, n)',
    )
    expect(textOf(app.path, 'word').replaceAll('"', '')).toContain(
      'FOREIGN KEY(talk_ulid, n) REFERENCES line(talk_ulid, n)',
    )
    expect(rowsOf(app.path, 'PRAGMA foreign_key_check')).toEqual([])
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
    await app.undo()
    expect(contentHash(app.path)).toBe(app.original)
  })

  test('gives triggers that the expansion had narrowed their own text back', async () => {
    const trigger =
      'CREATE TRIGGER touched AFTER UPDATE ON jobs BEGIN UPDATE jobs SET seen = 1 WHERE n = NEW.n; END'
    const app = await expansionOf(
      `CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, seen INT);
       ${trigger};
       INSERT INTO jobs(job_id) VALUES(${uuid(1)}), (${uuid(2)})`,
      { only: ['jobs.job_id'] },
    )
    expect(textOf(app.path, 'touched')).not.toBe(trigger)
    const both = contentHash(app.path)
    await app.contract()
    expect(textOf(app.path, 'touched')).toBe(trigger)
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
  })

  test.each([{}, { keepLegacy: true }, { takeNames: true }, { takeNames: true, keepLegacy: true }])(
    'of an integer key moves full-text search to what is left of the integer: %j',
    async way => {
      const app = await expansionOf(
        `CREATE TABLE notes(id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);
         CREATE TABLE lines(n INTEGER PRIMARY KEY, note_id INTEGER NOT NULL DEFAULT 0 REFERENCES notes);
         CREATE VIRTUAL TABLE search USING fts5(body, content='notes', content_rowid='id');
         CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO search(rowid, body) VALUES(new.id, new.body); END;
         INSERT INTO notes(id, body) VALUES(3, 'three'), (7, 'seven'), (9, 'nine');
         INSERT INTO lines(note_id) VALUES(3), (9), (0), (42)`,
        { only: ['notes.id'] },
      )
      const both = contentHash(app.path)
      const ulid = columnOf<string>(app.path, 'SELECT note_ulid FROM notes WHERE id = 7')[0]!
      await app.contract(way)
      const key = 'takeNames' in way ? 'id' : 'note_ulid'
      expect(
        rowsOf(
          app.path,
          `SELECT ${key} FROM notes WHERE rowid IN (SELECT rowid FROM search WHERE search MATCH 'seven')`,
        ),
      ).toEqual([[ulid]])
      if ('keepLegacy' in way)
        expect(columnOf(app.path, 'SELECT legacy_id FROM notes ORDER BY 1')).toEqual([3n, 7n, 9n])
      change(app.path, "INSERT INTO notes(body) VALUES('later')")
      expect(countIn(app.path, `SELECT count(*) FROM notes WHERE length(${key}) = 26`)).toBe(4)
      expect(countIn(app.path, "SELECT count(*) FROM search WHERE search MATCH 'later'")).toBe(1)
      change(app.path, "DELETE FROM notes WHERE body = 'later'")
      await app.undo()
      change(
        app.path,
        "UPDATE sqlite_sequence SET seq = 9 WHERE name = 'notes'",
        "INSERT INTO search(search) VALUES('rebuild')",
      )
      expect(columnOf(app.path, 'SELECT note_id FROM lines ORDER BY n')).toEqual([3n, 9n, 0n, 42n])
      expect(textOf(app.path, 'search')).toContain("content_rowid='id'")
      await app.undo()
      expect(both).not.toBe(app.original)
      expect(textOf(app.path, 'notes')).toBe(
        'CREATE TABLE notes(id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)',
      )
    },
  )

  test('replaces what makes and checks ids, and keeps STRICT', async () => {
    const app = await expansionOf(
      `CREATE TABLE jobs(id TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))) CHECK(length(id) = 32), note TEXT) STRICT;
       CREATE TABLE logs(n INTEGER PRIMARY KEY, job TEXT REFERENCES jobs) STRICT;
       INSERT INTO jobs(note) VALUES('a'), ('b');
       INSERT INTO logs(job) SELECT id FROM jobs`,
      { only: ['jobs.id'] },
    )
    const both = contentHash(app.path)
    await app.contract({ keepLegacy: true })
    expect(textOf(app.path, 'jobs')).toMatch(/length\("job_ulid"\) = 26.*"legacy_id" TEXT.*STRICT/s)
    change(app.path, "INSERT INTO jobs(note) VALUES('c')")
    expect(countIn(app.path, 'SELECT count(*) FROM jobs WHERE length(job_ulid) = 26')).toBe(3)
    expect(countIn(app.path, 'SELECT count(*) FROM logs l JOIN jobs j ON l.job_ulid = j.job_ulid')).toBe(2)
    change(app.path, "DELETE FROM jobs WHERE note = 'c'")
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
  })

  test('makes views and triggers read the ULIDs, as SQLite understands them, and gives them their texts back', async () => {
    const app = await expansionOf(
      `CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE);
       CREATE TABLE logs(job_id TEXT REFERENCES jobs(job_id), line TEXT);
       CREATE TABLE other(job_id INT, seen TEXT);
       CREATE VIEW busy AS SELECT j."job_id" AS id, count(*) AS lines, 'job_id' AS what FROM jobs j JOIN logs l USING(job_id) GROUP BY 1;
       CREATE VIEW plain AS SELECT job_id, line FROM logs;
       CREATE VIEW above AS SELECT job_id FROM plain WHERE line IS NULL;
       CREATE TRIGGER busy_in INSTEAD OF INSERT ON busy BEGIN INSERT INTO logs(job_id) VALUES(NEW.id); END;
       CREATE TRIGGER seen AFTER INSERT ON other BEGIN INSERT INTO logs(job_id, line) SELECT job_id, NEW.job_id FROM jobs; END;
       INSERT INTO jobs(job_id) VALUES(${uuid(1)}), (${uuid(2)});
       INSERT INTO logs(job_id) SELECT job_id FROM jobs`,
      { only: ['jobs.job_id'] },
    )
    const both = contentHash(app.path)
    await app.contract()
    expect(textOf(app.path, 'busy').replaceAll('"', '')).toBe(
      "CREATE VIEW busy AS SELECT j.job_ulid AS id, count(*) AS lines, 'job_id' AS what FROM jobs j JOIN logs l USING(job_ulid) GROUP BY 1",
    )
    expect(textOf(app.path, 'plain').replaceAll('"', '')).toBe(
      'CREATE VIEW plain(job_id, line) AS SELECT job_ulid, line FROM logs',
    )
    expect(columnOf(app.path, 'SELECT job_id FROM above ORDER BY 1')).toEqual(
      columnOf(app.path, 'SELECT job_ulid FROM jobs ORDER BY 1'),
    )
    expect(textOf(app.path, 'seen').replaceAll('"', '')).toContain(
      'INSERT INTO logs(job_ulid, line) SELECT job_ulid, NEW.job_id FROM jobs',
    )
    change(app.path, "INSERT INTO other VALUES(5, 'now')", 'INSERT INTO busy(id) SELECT job_ulid FROM jobs')
    expect(countIn(app.path, 'SELECT sum(lines) FROM busy')).toBe(6)
    change(app.path, 'DELETE FROM other', 'DELETE FROM logs WHERE rowid > 2')
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
  })

  test('takes a ULID column with it that somebody had begun, with its own index', async () => {
    const app = await expansionOf(
      `CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, job_ulid TEXT, note TEXT);
       CREATE INDEX by_ulid ON jobs(job_ulid, note);
       INSERT INTO jobs(job_id, job_ulid) VALUES(${uuid(1)}, '0000000000000000'), (${uuid(2)}, NULL)`,
      { only: ['jobs.job_id'] },
    )
    const both = contentHash(app.path)
    await app.contract({ takeNames: true })
    expect(textOf(app.path, 'jobs')).toBe(
      'CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, note TEXT)',
    )
    expect(textOf(app.path, 'by_ulid')).toBe('CREATE INDEX by_ulid ON jobs("job_id", note)')
    await app.undo()
    expect(contentHash(app.path)).toBe(both)
    await app.undo()
    expect(contentHash(app.path)).toBe(app.original)
  })
})

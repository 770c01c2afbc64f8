import { describe, expect, test } from 'vitest'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { change, columnOf, contentHash, countIn, rowsOf } from '../../support/database.ts'
import { made, migrated, undone } from './planned.ts'

const jobs = { table: 'jobs', column: 'job_id' }
const users = { table: 'users', column: 'id' }

const schema = `
  CREATE TABLE jobs(job_id TEXT PRIMARY KEY, created_at TEXT);
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);
  INSERT INTO jobs VALUES('j-1', '2025-01-01 00:00:00'), ('j-2', '2025-02-01 00:00:00'), ('j"3', '2025-03-01 00:00:00');
  INSERT INTO users VALUES(7, 'ann'), (8, 'bob'), (9007199254740993, 'big');
  CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);`

const data: PlannedInside = {
  table: 'events',
  column: 'data',
  time: null,
  places: [
    { kind: 'json', path: '$.job.id', of: jobs },
    { kind: 'json', path: '$.jobs[*]', of: jobs },
    { kind: 'json', path: '$.by_job.*~', of: jobs },
    { kind: 'json', path: '$.by_user.*.id', of: users },
    { kind: 'json', path: '$.user', of: users },
    { kind: 'json', path: '$.ref', pattern: 'user-{id}', of: users },
  ],
}
const choices = { only: ['jobs.job_id', 'users.id'] }

const documents = [
  '{"job": {"id" :"j-1"},\t"x":1.50}',
  ' {"jobs":["j-2", "j-1","j-404" , "j-2"], "user":7}\n',
  '{"by_job":{"j-1":1,"j-2":{"job":"j-1"}},"user":"8"}',
  '{"by_user":{"a":{"id":7},"b":{"id":9007199254740993},"c":{"id":0},"d":{"id":1.0}}}',
  '{"job":{"id":"\\u006a-1"},"job":{"id":"j\\"3"}}',
  '{"nothing":"j-1", "job":"j-1"}',
  '{"job":{"id":"j-1"} no json',
  '{"ref":"user-7","job":{"id":""}}',
  'j-1',
]

function texts(documents: readonly string[]): string {
  return documents
    .map((each, at) => `INSERT INTO events VALUES(${at + 1}, '${each.replaceAll("'", "''")}');`)
    .join('')
}

function ulidsOf(path: string): { job: Record<string, string>; user: Record<string, string> } {
  const pairs = (sql: string) =>
    Object.fromEntries(rowsOf(path, sql).map(([key, ulid]) => [String(key), String(ulid)]))
  return {
    job: pairs(`SELECT created_at, job_id FROM jobs`),
    user: pairs('SELECT name, id FROM users'),
  }
}

describe('ids in a JSON document', () => {
  test('become ULIDs where the plan says so, and nothing else moves', async () => {
    const target = made(schema, texts(documents))
    const { proof, outside } = await migrated(target, [data], choices)
    expect([proof.ok, outside.ok]).toEqual([true, true])
    const { job, user } = ulidsOf(target.path)
    const [one, two, three] = ['01', '02', '03'].map(month => job[`2025-${month}-01 00:00:00`]!)
    const after = columnOf<string>(target.path, 'SELECT data FROM events ORDER BY n')
    const lost = /"(\w{26})" , /.exec(after[1]!)?.[1]
    expect(after).toEqual([
      `{"job": {"id" :"${one}"},\t"x":1.50}`,
      ` {"jobs":["${two}", "${one}","${lost}" , "${two}"], "user":"${user.ann}"}\n`,
      `{"by_job":{"${one}":1,"${two}":{"job":"j-1"}},"user":"${user.bob}"}`,
      `{"by_user":{"a":{"id":"${user.ann}"},"b":{"id":"${user.big}"},"c":{"id":0},"d":{"id":1.0}}}`,
      `{"job":{"id":"${one}"},"job":{"id":"${three}"}}`,
      documents[5],
      documents[6],
      `{"ref":"user-${user.ann}","job":{"id":""}}`,
      documents[8],
    ])
  })

  test('come back byte for byte', async () => {
    const target = made(schema, texts(documents))
    const before = contentHash(target.path)
    await migrated(target, [data], choices)
    const { proof } = await undone(target)
    expect(proof.ok).toBe(true)
    expect(contentHash(target.path)).toBe(before)
  })

  test('share one ULID for one orphan with every other reference, as old as the earliest row', async () => {
    const target = made(
      schema,
      `CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs, at TEXT);
       INSERT INTO logs VALUES(1, 'j-404', '2025-06-01 00:00:00');
       CREATE TABLE dated(n INTEGER PRIMARY KEY, data TEXT, created_at TEXT);
       INSERT INTO dated VALUES(1, '{"job":{"id":"j-404"}}', '2024-05-05 00:00:00'), (2, '{"job":{"id":"j-405"}}', '2024-06-06 00:00:00'),
         (3, '{"job":{"id":"j-405"}}', '2024-07-07 00:00:00');`,
    )
    const inside = { ...data, table: 'dated', time: 'created_at', places: data.places.slice(0, 1) }
    await migrated(target, [inside], choices)
    const [[log]] = rowsOf(target.path, 'SELECT job_id FROM logs') as [[string]]
    const ids = columnOf<string>(target.path, `SELECT json_extract(data, '$.job.id') FROM dated ORDER BY n`)
    expect(ids[0]).toBe(log)
    expect(ids[1]).toBe(ids[2])
    expect(ids[1]).not.toBe(log)
    expect(log.slice(0, 10) < ids[1]!.slice(0, 10)).toBe(true)
  })

  test('in documents written since become the legacy ids again, around whatever was changed', async () => {
    const target = made(schema, texts(documents))
    await migrated(target, [data], choices)
    change(
      target.path,
      `INSERT INTO users(name) VALUES('new');
       UPDATE events SET data = json_set(data, '$.seen', 1) WHERE n = 1;
       INSERT INTO events SELECT 20, json_object('user', id, 'job', json_object('id', (SELECT job_id FROM jobs ORDER BY created_at LIMIT 1))) FROM users WHERE name = 'new';
       INSERT INTO events SELECT 21, '{"ref":"user-' || id || '","by_user":{"x":{"id":"' || id || '"}}}' FROM users WHERE name = 'ann';
       INSERT INTO events VALUES(22, '{"user":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}');`,
    )
    await undone(target)
    expect(columnOf(target.path, 'SELECT data FROM events WHERE n IN (1, 2, 20, 21, 22) ORDER BY n')).toEqual(
      [
        '{"job":{"id":"j-1"},"x":1.50,"seen":1}',
        documents[1],
        `{"user":${rowsOf(target.path, "SELECT id FROM users WHERE name = 'new'")[0]![0]},"job":{"id":"j-1"}}`,
        '{"ref":"user-7","by_user":{"x":{"id":7}}}',
        '{"user":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}',
      ],
    )
  })

  test('are found in JSONB and in text that is stored as a BLOB, which stay what they are', async () => {
    const target = made(
      schema,
      `CREATE TABLE blobs(n INTEGER PRIMARY KEY, data BLOB);
       INSERT INTO blobs VALUES(1, jsonb('{"job":{"id":"j-1"},"user":7,"long":"${'x'.repeat(300)}"}')), (2, CAST('{"user": 8}' AS BLOB)), (3, x'1f8b00ff'), (4, jsonb('{"a":1}'));`,
    )
    const before = contentHash(target.path)
    const inside = { ...data, table: 'blobs' }
    const { proof } = await migrated(target, [inside], choices)
    expect(proof.ok).toBe(true)
    expect(countIn(target.path, `SELECT count(*) FROM blobs WHERE typeof(data) = 'blob'`)).toBe(4)
    expect(
      rowsOf(
        target.path,
        `SELECT json_valid(data, 8), json_extract(data, '$.user') = (SELECT id FROM users WHERE name = 'ann'),
         json_extract(data, '$.job.id') = (SELECT min(job_id) FROM jobs) FROM blobs WHERE n = 1`,
      ),
    ).toEqual([[1n, 1n, 1n]])
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })

  test.each([
    [
      'without row numbers',
      'CREATE TABLE docs(a TEXT COLLATE NOCASE, b INT, data TEXT, PRIMARY KEY(b, a)) WITHOUT ROWID',
    ],
    [
      'under a key that is a reference',
      'CREATE TABLE docs(a TEXT REFERENCES jobs, b INT, data TEXT, PRIMARY KEY(b, a)) WITHOUT ROWID',
    ],
    ['STRICT', 'CREATE TABLE docs(a TEXT, b INT, data TEXT) STRICT'],
    ['with a type of its own', 'CREATE TABLE docs(a TEXT, b INT, data JSON)'],
    [
      'with names that hide the row number',
      'CREATE TABLE docs(a TEXT, b INT, data JSON, rowid TEXT, oid TEXT)',
    ],
  ])('are found in a table %s', async (_, table) => {
    const target = made(
      schema,
      table,
      `INSERT INTO docs(a, b, data) VALUES('j-1', 1, '{"job":{"id":"j-1"}}'), ('J-2', 1, '{"job":{"id":"j-2"}, "user":8}'), ('j-2', 2, '{"user": 5}'), ('x', 3, NULL);`,
    )
    const before = contentHash(target.path)
    const { proof } = await migrated(target, [{ ...data, table: 'docs' }], choices)
    expect(proof.ok).toBe(true)
    expect(
      countIn(
        target.path,
        `SELECT count(*) FROM docs d JOIN jobs j ON j.job_id = json_extract(d.data, '$.job.id')`,
      ),
    ).toBe(2)
    expect(rowsOf(target.path, `SELECT sql FROM sqlite_schema WHERE name = 'docs'`)).toEqual([[table]])
    change(
      target.path,
      `UPDATE docs SET data = json_set(data, '$.seen', 1) WHERE json_extract(data, '$.user') = (SELECT id FROM users WHERE name = 'bob')`,
    )
    await undone(target)
    const [changed, was] = ['{"job":{"id":"j-2"},"user":8,"seen":1}', '{"job":{"id":"j-2"}, "user":8}']
    expect(countIn(target.path, `SELECT count(*) FROM docs WHERE data = '${changed}'`)).toBe(1)
    change(target.path, `UPDATE docs SET data = '${was}' WHERE data = '${changed}'`)
    expect(contentHash(target.path)).toBe(before)
  })

  test('keep generated columns, indexes over expressions, checks, views and full-text indexes in step', async () => {
    const target = made(
      schema,
      `CREATE TABLE docs(n INTEGER PRIMARY KEY, data TEXT CHECK(json_valid(data)), job TEXT AS (json_extract(data, '$.job.id')) STORED);
       CREATE INDEX docs_job ON docs(json_extract(data, '$.job.id'));
       CREATE VIEW docs_v AS SELECT n, json_extract(data, '$.job.id') AS job FROM docs;
       INSERT INTO docs(data) VALUES('{"job":{"id":"j-1"},"w":"alpha"}'), ('{"job":{"id":"j-2"},"w":"beta"}');
       CREATE VIRTUAL TABLE docs_fts USING fts5(data, content='docs', content_rowid='n');
       INSERT INTO docs_fts(docs_fts) VALUES('rebuild');`,
    )
    const before = contentHash(target.path)
    const { proof } = await migrated(target, [{ ...data, table: 'docs' }], choices)
    expect(proof.ok).toBe(true)
    const same = `SELECT count(*) FROM docs d JOIN jobs j ON j.job_id = d.job JOIN docs_v v ON v.n = d.n AND v.job = j.job_id
      JOIN docs_fts f ON f.rowid = d.n AND docs_fts MATCH '"' || j.job_id || '"'`
    expect(countIn(target.path, same)).toBe(2)
    await undone(target)
    expect(countIn(target.path, `SELECT count(*) FROM docs_fts WHERE docs_fts MATCH '"j-1"'`)).toBe(1)
    change(target.path, `INSERT INTO docs_fts(docs_fts, rank) VALUES('integrity-check', 1)`)
    expect(contentHash(target.path)).toBe(before)
  })

  test('are found in a database that writes UTF-16', async () => {
    const target = made(
      'PRAGMA encoding = "UTF-16le"',
      schema,
      texts(['{"job":{"id":"j-1"},"ü":"日本"}', '{"by_job":{"j-2":"é"}}']),
    )
    const before = contentHash(target.path)
    const { proof } = await migrated(target, [data], choices)
    expect(proof.ok).toBe(true)
    expect(
      countIn(target.path, `SELECT count(*) FROM events JOIN jobs ON data GLOB '*' || job_id || '*'`),
    ).toBe(2)
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })

  test('are found where the parent compares in its own way, and come back as they were spelled', async () => {
    const target = made(
      `CREATE TABLE jobs(job_id TEXT COLLATE NOCASE PRIMARY KEY, created_at TEXT); INSERT INTO jobs VALUES('Abc', NULL);
       CREATE TABLE users(id INTEGER PRIMARY KEY); INSERT INTO users VALUES(7);
       CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);
       INSERT INTO events VALUES(1, '{"job":{"id":"aBC"},"user":"07"}'), (2, '{"jobs":["x","X"]}');`,
    )
    const before = contentHash(target.path)
    const { proof } = await migrated(target, [data], choices)
    expect(proof.ok).toBe(true)
    expect(
      rowsOf(
        target.path,
        `SELECT json_extract(data, '$.job.id') = (SELECT job_id FROM jobs), json_extract(data, '$.user') = (SELECT id FROM users) FROM events WHERE n = 1`,
      ),
    ).toEqual([[1n, 1n]])
    expect(
      rowsOf(
        target.path,
        `SELECT json_extract(data, '$.jobs[0]') = json_extract(data, '$.jobs[1]') FROM events WHERE n = 2`,
      ),
    ).toEqual([[1n]])
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })
})

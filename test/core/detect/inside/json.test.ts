import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { findInside } from '../../../../src/core/detect/inside/find-inside.ts'
import { knownIds } from '../../../../src/core/detect/inside/known-ids.ts'
import { keyColumns } from '../../../../src/core/detect/keys.ts'
import { inspect } from '../../../../src/core/engines/sqlite/inspect.ts'
import { foundIn, hash, rows, uuid } from './found.ts'

const jobs = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, status TEXT); ${rows('jobs', 200, uuid('n'), "'done'")}`
const numbered = `CREATE TABLE jobs(id INTEGER PRIMARY KEY, status TEXT); ${rows('jobs', 200, 'n', "'done'")}`
const events = 'CREATE TABLE events(id INTEGER PRIMARY KEY, data);'

describe('ids that a machine made', () => {
  it('are found at any path, whatever it is called, as text, BLOB or JSONB', () => {
    const document = `json_object('x', json_object('ref', ${uuid('n')}), 'n', n, 'at', '2026-01-01')`
    for (const value of [document, `CAST(${document} AS BLOB)`, `jsonb(${document})`]) {
      const found = foundIn(jobs, events, rows('events', 100, 'n', value))
      expect(found.chosen('accepted')).toEqual(['events.data:$.x.ref -> jobs.job_id'])
      expect(found.the('events.data:$.x.ref -> jobs.job_id')).toMatchObject({
        matched: 100,
        orphans: 0,
        kind: 'json',
      })
    }
  })

  it('are found in a database that is written in UTF-16', () => {
    const found = foundIn(
      "PRAGMA encoding = 'UTF-16le'",
      jobs,
      events,
      rows('events', 100, 'n', `json_object('ref', ${uuid('n')})`),
    )
    expect(found.the('events.data:$.ref -> jobs.job_id')).toMatchObject({ choice: 'accepted', matched: 100 })
  })

  it('are certain even where most of them are gone', () => {
    const found = foundIn(jobs, events, rows('events', 400, 'n', `json_object('ref', ${uuid('n * 10')})`))
    expect(found.the('events.data:$.ref -> jobs.job_id')).toMatchObject({
      choice: 'accepted',
      matched: 20,
      orphans: 380,
    })
  })

  it('are only offered among texts that are written otherwise: an address is no orphan', () => {
    const target = `CASE WHEN n % 10 = 0 THEN ${uuid('n')} ELSE 'https://example.org/' || n END`
    const found = foundIn(jobs, events, rows('events', 200, 'n', `json_object('target', ${target})`))
    expect([found.chosen('accepted'), found.chosen('offered')]).toEqual([
      [],
      ['events.data:$.target -> jobs.job_id'],
    ])
  })

  it('are offered by name where all of them are gone', () => {
    const found = foundIn(
      `CREATE TABLE conversations(id TEXT PRIMARY KEY, metadata TEXT);`,
      rows(
        'conversations',
        100,
        hash('n'),
        `CASE WHEN n % 10 = 0 THEN json_object('original_conversations', json_array(${hash('n + 1000')}, ${hash('n + 2000')}), 'digest', ${hash('n + 3000')}) ELSE '{}' END`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([])
    expect(found.chosen('offered')).toEqual([
      'conversations.metadata:$.original_conversations[*] -> conversations.id',
    ])
    expect(found.the('conversations.metadata:$.original_conversations[*] -> conversations.id')).toMatchObject(
      {
        matched: 0,
        orphans: 20,
      },
    )
  })

  it('are found in arrays, in the keys of an object, and behind keys that are data', () => {
    const found = foundIn(
      jobs,
      events,
      rows(
        'events',
        50,
        'n',
        `json_object('jobs', json_array(${uuid('n')}, ${uuid('n + 1')}), 'by_job', json_object(${uuid('n + 2')}, json_object('next', ${uuid('n + 3')})))`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'events.data:$.by_job.*.next -> jobs.job_id',
      'events.data:$.by_job.*~ -> jobs.job_id',
      'events.data:$.jobs[*] -> jobs.job_id',
    ])
  })

  it('are found in a column that few rows fill, at the end of a large table', () => {
    const found = foundIn(
      jobs,
      events,
      rows(
        'events',
        20_000,
        'n',
        `CASE WHEN n > 19900 AND n % 2 THEN json_object('ref', ${uuid('n % 200')}) END`,
      ),
    )
    expect(found.the('events.data:$.ref -> jobs.job_id')).toMatchObject({ choice: 'accepted', matched: 50 })
    const between = foundIn(
      jobs,
      events,
      rows(
        'events',
        20_000,
        'n',
        `CASE WHEN n BETWEEN 7003 AND 7009 THEN json_object('ref', ${uuid('n % 200')}) END`,
      ),
    )
    expect(between.the('events.data:$.ref -> jobs.job_id').matched).toBe(7)
  })

  it('count sentinels apart, and say what they are believed for', () => {
    const found = foundIn(
      jobs,
      events,
      rows(
        'events',
        60,
        'n',
        `json_object('job_id', CASE WHEN n % 3 = 0 THEN '' WHEN n % 3 = 1 THEN ${uuid('n')} ELSE ${uuid('n + 5000')} END)`,
      ),
    )
    const reference = found.the('events.data:$.job_id -> jobs.job_id')
    expect(reference).toMatchObject({ matched: 20, orphans: 20, sentinels: 20, choice: 'accepted' })
    expect(reference.samples).toHaveLength(3)
    expect(reference.orphanSamples).toHaveLength(3)
    expect(reference.why).toBe(
      '20 of 40 ids at $.job_id name rows of jobs; they stand in 60 of 60 values; the name agrees',
    )
    expect(reference.leftOut).toContain('40 values keep the old ids')
  })

  it('are of the identity that has them, where several look alike', () => {
    const found = foundIn(
      jobs,
      `CREATE TABLE runs(id TEXT PRIMARY KEY); ${rows('runs', 100, uuid('n + 9000'))}`,
      events,
      rows(
        'events',
        50,
        'n',
        `json_object('a', ${uuid('n + 9000')}, 'b', ${uuid('n')}, 'either', CASE WHEN n % 2 THEN ${uuid('n')} ELSE ${uuid('n + 9000')} END)`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'events.data:$.a -> runs.id',
      'events.data:$.b -> jobs.job_id',
      'events.data:$.either -> jobs.job_id',
      'events.data:$.either -> runs.id',
    ])
  })

  it("are the parent's where a table of one-to-one rows has the same", () => {
    const found = foundIn(
      jobs,
      `CREATE TABLE logs(job_id TEXT PRIMARY KEY REFERENCES jobs); ${rows('logs', 200, uuid('n'))}`,
      events,
      rows('events', 50, 'n', `json_object('ref', ${uuid('n')})`),
    )
    expect(found.chosen('accepted')).toEqual(['events.data:$.ref -> jobs.job_id'])
  })
})

describe('small numbers', () => {
  it.each([
    ["json_object('job_id', n)", '$.job_id'],
    ["json_object('jobId', n)", '$.jobId'],
    ["json_object('job', json_object('id', n))", '$.job.id'],
    ["json_object('parentJobId', n)", '$.parentJobId'],
    ["json_object('job_ids', json_array(n, n + 1))", '$.job_ids[*]'],
    ["json_object('jobs', json_array(json_object('id', n)))", '$.jobs[*].id'],
    ["json_object('job_id', CAST(n AS TEXT))", '$.job_id'],
  ])('are ids where the name says so: %s', (document, path) => {
    const found = foundIn(numbered, events, rows('events', 150, 'n', document))
    expect(found.chosen('accepted')).toEqual([`events.data:${path} -> jobs.id`])
  })

  it.each([
    ["json_object('count', n, 'port', 8000 + n % 5, 'year', 2000 + n % 20, 'id', n % 90 + 3)"],
    ["json_object('jobs', n % 7, 'retries', n % 3)"],
    ["json_object('job_count', n, 'jobs_done', n, 'job_status', n % 3)"],
    ['json_array(n, n + 1, 3)'],
    ["json_object('sizes', json_array(n, n % 30), 'pages', json_array(1, 2, 3))"],
    ["json_object('client_id', n, 'external_id', n)"],
  ])('are none where it does not: %s', document => {
    const found = foundIn(numbered, events, rows('events', 150, 'n', document))
    expect(found.chosen('accepted')).toEqual([])
    expect(found.chosen('offered')).toEqual([])
  })

  it('are ids where each document repeats the id of its row', () => {
    const table = (id: string) =>
      `CREATE TABLE docs(id INTEGER PRIMARY KEY, body TEXT); ${rows('docs', 100, 'n', `json_object('id', ${id}, 'rank', n)`)}`
    expect(foundIn(table('n')).chosen('accepted')).toEqual(['docs.body:$.id -> docs.id'])
    expect(foundIn(table('101 - n')).references).toEqual([])
  })

  it('are of the table that is called so, and not of one whose name ends so', () => {
    const found = foundIn(
      numbered,
      `CREATE TABLE cron_jobs(id INTEGER PRIMARY KEY); ${rows('cron_jobs', 200, 'n')}`,
      events,
      rows('events', 150, 'n', "json_object('job_id', n, 'cronJobId', n)"),
    )
    expect(found.chosen('accepted')).toEqual([
      'events.data:$.cronJobId -> cron_jobs.id',
      'events.data:$.job_id -> jobs.id',
    ])
  })

  it('are only offered where the name names no id, or few of them are there', () => {
    const bare = foundIn(numbered, events, rows('events', 150, 'n', "json_object('job', n)"))
    expect([bare.chosen('accepted'), bare.chosen('offered')]).toEqual([[], ['events.data:$.job -> jobs.id']])
    const few = foundIn(numbered, events, rows('events', 150, 'n', "json_object('job_id', n % 3 + 1)"))
    expect([few.chosen('accepted'), few.chosen('offered')]).toEqual([[], ['events.data:$.job_id -> jobs.id']])
    const most = foundIn(numbered, events, rows('events', 150, 'n', "json_object('job_id', n * 2)"))
    expect([most.chosen('accepted'), most.chosen('offered')]).toEqual([
      [],
      ['events.data:$.job_id -> jobs.id'],
    ])
  })
})

describe('words', () => {
  const skills = `CREATE TABLE skills(skill_name TEXT PRIMARY KEY);
    INSERT INTO skills VALUES ('pdf'), ('python'), ('test'), ('review'), ('code'), ('web'), ('docs')`

  it('are never ids by accident', () => {
    const found = foundIn(
      skills,
      events,
      rows(
        'events',
        100,
        'n',
        "json_object('tags', json_array('python', 'web', 'pdf', 'test'), 'kind', 'review', 'lang', 'python')",
      ),
    )
    expect(found.references).toEqual([])
  })

  it('are ids where the name says so', () => {
    const found = foundIn(
      skills,
      events,
      rows(
        'events',
        100,
        'n',
        "json_object('skill_id', (SELECT skill_name FROM skills WHERE rowid = n % 7 + 1), 'skill', 'pdf')",
      ),
    )
    expect(found.chosen('accepted')).toEqual(['events.data:$.skill_id -> skills.skill_name'])
    expect(found.chosen('offered')).toEqual(['events.data:$.skill -> skills.skill_name'])
  })
})

it('takes no text for a document that is none, and no id from one that refers to nothing', () => {
  const found = foundIn(
    jobs,
    events,
    rows('events', 50, 'n', `'{job: ' || ${uuid('n')} || '}'`),
    `CREATE TABLE requests(id INTEGER PRIMARY KEY, headers TEXT); ${rows('requests', 50, 'n', `json_object('request_id', ${uuid('n + 7000')}, 'trace', json_array(${hash('n')}))`)}`,
  )
  expect(found.references.filter(({ kind }) => kind === 'json')).toEqual([])
})

it('can be stopped between its steps, and leaves nothing open', () => {
  const db = new Database(':memory:')
  db.defaultSafeIntegers()
  db.exec(
    `${jobs}; ${events} ${rows('events', 10_000, 'n', `json_object('ref', 'job:' || ${uuid('n % 200')})`)}`,
  )
  const schema = inspect(db)
  const looking = findInside(
    db,
    schema,
    schema.tables.flatMap(table => keyColumns(table)).flatMap(key => knownIds(db, key) ?? []),
  )
  const seen: number[] = []
  for (const { rows } of looking) {
    seen.push(rows)
    if (rows > 3000) break
  }
  expect(seen).toContain(4000)
  expect(seen).not.toContain(6000)
  db.exec('DROP TABLE events')
  db.close()
})

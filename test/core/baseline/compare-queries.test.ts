import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { compareQueries } from '../../../src/core/baseline/compare-queries.ts'
import { indexNoLongerUsed } from '../../../src/core/baseline/query-plan.ts'
import { median } from '../../../src/core/baseline/time-query.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { BaselineQuery } from '../../../src/core/requests.ts'
import { change, makeDatabase, numbers } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs, migratedJobs } from '../../support/jobs.ts'

const sql = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, at TEXT);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job TEXT, line TEXT);
  CREATE INDEX logs_by_job ON logs(job);
  INSERT INTO jobs SELECT 'job-' || value, value FROM ${numbers(2000)};
  INSERT INTO logs(job, line) SELECT 'job-' || (value % 2000 + 1), value FROM ${numbers(6000)};`

/** Two files that were one: as it was, and as it is after `changes`. */
function beforeAndAfter(...changes: readonly string[]) {
  const folder = temporaryFolder()
  const before = makeDatabase(join(folder, 'before.db'), sql)
  const target = makeDatabase(join(folder, 'after.db'), sql, ...changes)
  const context = inProcess(settingsIn(folder))
  return {
    folder,
    compare: (...queries: readonly BaselineQuery[]) => compareQueries({ target, before, queries }, context),
  }
}

const logsOfAJob: BaselineQuery = {
  name: 'logs of a job',
  sql: 'SELECT * FROM logs WHERE job = ?',
  values: { table: 'jobs', column: 'id' },
}

test('what has not changed is as before, with what was measured on both sides', async () => {
  const [query] = await beforeAndAfter().compare(logsOfAJob)
  expect(query).toMatchObject({
    name: 'logs of a job',
    values: 100,
    before: { rows: 300 },
    after: { rows: 300 },
  })
  expect(['as-before', 'slower']).toContain(query?.verdict) // whatever else this machine does
  expect(query?.times).toBeGreaterThan(4)
  expect(query?.before.microseconds).toBeGreaterThan(0)
  expect(query?.before.plan).toEqual(['SEARCH logs USING INDEX logs_by_job (job=?)'])
})

test('a query whose index is gone is told as such, with both plans', async () => {
  const [query] = await beforeAndAfter('DROP INDEX logs_by_job').compare(logsOfAJob)
  expect(query?.verdict).toBe('no-index')
  expect(query?.why).toBe(
    'it reads a whole table now (SCAN logs), and did not before (SEARCH logs USING INDEX logs_by_job (job=?))',
  )
})

test('so is a join that SQLite has to make an index for at each run, and a sort that an index spared', async () => {
  const join = { name: 'join', sql: 'SELECT count(*) FROM jobs JOIN logs ON logs.job = jobs.id' }
  const sorted = { name: 'sorted', sql: 'SELECT * FROM logs ORDER BY job LIMIT 3' }
  const compared = await beforeAndAfter(
    'DROP INDEX logs_by_job',
    'ALTER TABLE jobs RENAME TO j; CREATE TABLE jobs(id TEXT, at TEXT); INSERT INTO jobs SELECT * FROM j; DROP TABLE j',
  ).compare(join, sorted)
  expect(compared.map(each => each.verdict)).toEqual(['no-index', 'no-index'])
  expect(compared[0]?.why).toMatch(/AUTOMATIC/)
  expect(compared[1]?.why).toMatch(/sorts now \(USE TEMP B-TREE FOR ORDER BY\)/)
})

test('a query that takes longer by far more than a tenth is slower, with both numbers', async () => {
  const [query] = await beforeAndAfter(
    `INSERT INTO logs(job, line) SELECT 'none', value FROM ${numbers(200_000)}`,
  ).compare({ name: 'all lines', sql: 'SELECT count(*) FROM logs WHERE line > 7' })
  expect(query?.verdict).toBe('slower')
  expect(query?.why).toMatch(
    /^[\d.]+ .?s before, [\d.]+ .?s now: \d+ % slower, by the median of \d+, 3 times over$/,
  )
})

test('other rows than before are told, for their times say nothing', async () => {
  const [query] = await beforeAndAfter("UPDATE jobs SET id = 'ulid' WHERE id = 'job-7'").compare({
    name: 'job 7',
    sql: "SELECT * FROM jobs WHERE id = 'job-7'",
  })
  expect(query).toMatchObject({ verdict: 'other-rows', before: { rows: 1 }, after: { rows: 0 } })
})

test('a query that can no longer be asked fails, with what SQLite says', async () => {
  const [query] = await beforeAndAfter('ALTER TABLE logs RENAME COLUMN job TO job_id').compare(logsOfAJob)
  expect(query).toMatchObject({ verdict: 'fails', after: null, why: 'no such column: job' })
})

test('a query that the database never understood is left out', async () => {
  const { compare } = beforeAndAfter()
  const compared = await compare(
    { name: 'elsewhere', sql: 'SELECT * FROM sessions' },
    { name: 'counts', sql: 'SELECT count(*) FROM logs' },
  )
  expect(compared.map(each => each.name)).toEqual(['counts'])
  expect(compared[0]?.after?.rows).toBe(1)
})

test.each([
  ['DELETE FROM logs RETURNING n', 'only read'],
  ['WITH x AS (SELECT 1) DELETE FROM logs', 'only read'],
  ["ATTACH 'other.db' AS other", 'only read'],
  ['PRAGMA user_version = 5', 'only read'],
  ['SELECT 1; DELETE FROM logs', 'more than one statement'],
  ['SELECT * FROM logs WHERE n = ?', 'parameter'],
  ['SELEKT 1', 'syntax error'],
])('what is no query is refused, and not run: %s', async (query, why) => {
  const { compare, folder } = beforeAndAfter()
  const before = everythingIn(folder)
  await expect(compare({ name: 'odd', sql: query })).rejects.toMatchObject({
    failure: { code: 'QUERY.REFUSED', object: 'odd', exit: 4, why: expect.stringContaining(why) },
  })
  expect(everythingIn(folder)).toEqual(before)
})

test('the queries that follow from the plan of a migration are asked of the snapshot and of what came of it', async () => {
  const { path, snapshot, settings } = await migratedJobs()
  const compared = await compareQueries({ target: path, before: snapshot, queries: [] }, inProcess(settings))
  expect(compared.map(each => each.name)).toEqual([
    'a row by jobs.job_id',
    'the last 20 by jobs.job_id',
    'rows of one jobs.job_id by logs.job_id',
    'logs.job_id joined to jobs.job_id',
  ])
  for (const { before, after, verdict } of compared) {
    expect(after?.rows).toBe(before.rows)
    expect(['as-before', 'slower']).toContain(verdict)
  }
})

test.each(['DELETE', 'WAL'])(
  'neither the snapshot nor the database is touched, with the journal in mode %s',
  async mode => {
    const jobs = makeJobs(`PRAGMA journal_mode = ${mode}`)
    const { snapshot } = await migrate(jobs.path, {}, undefined, inProcess(jobs.settings))
    const before = [jobs.folder, dirname(snapshot)].map(everythingIn)
    const compared = await compareQueries(
      { target: jobs.path, before: snapshot, queries: [] },
      inProcess(jobs.settings),
    )
    expect(compared).toHaveLength(4)
    expect([jobs.folder, dirname(snapshot)].map(everythingIn)).toEqual(before)
  },
)

test('an integer key that is kept beside its ULID finds the same rows by both', async () => {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'keys.db'),
    `CREATE TABLE a(id INTEGER PRIMARY KEY, at TEXT); CREATE TABLE b(n INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id));
     CREATE INDEX b_a ON b(a_id);
     INSERT INTO a SELECT value, '2026-01-01T00:00:00Z' FROM ${numbers(50)}; INSERT INTO b(a_id) SELECT value % 50 + 1 FROM ${numbers(200)}`,
  )
  const settings = settingsIn(folder)
  const { snapshot } = await migrate(path, { only: ['a.id'] }, undefined, inProcess(settings))
  const compared = await compareQueries({ target: path, before: snapshot, queries: [] }, inProcess(settings))
  const rows = compared.map(({ before, after }) => [before.rows, after?.rows])
  expect(rows).toEqual([
    [50, 50],
    [20, 20],
    [50, 50],
    [1, 1],
  ])
  expect(compared.map(each => each.verdict)).not.toContain('no-index')
  change(path, 'DROP INDEX b_a')
  const again = await compareQueries({ target: path, before: snapshot, queries: [] }, inProcess(settings))
  expect(again.filter(each => each.verdict === 'no-index').map(each => each.name)).toContain(
    'rows of one a.id by b.a_id',
  )
})

test.each([
  [
    'the order of a join',
    ['SCAN child', 'SEARCH parent USING INDEX x'],
    ['SCAN parent', 'SEARCH child USING INDEX y'],
  ],
  ['another index', ['SEARCH t USING INDEX x (a=?)'], ['SEARCH t USING COVERING INDEX y (a=?)']],
  ['a scan that was one before', ['SCAN t'], ['SCAN t']],
  ['less work than before', ['SCAN t', 'USE TEMP B-TREE FOR ORDER BY'], ['SCAN t USING INDEX x']],
  ['a constant', ['SEARCH t USING INDEX x'], ['SCAN CONSTANT ROW', 'SEARCH t USING INDEX x']],
])('%s is no index lost', (_, before, after) => {
  expect(indexNoLongerUsed(before, after)).toBe('')
})

test('a median is the value in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

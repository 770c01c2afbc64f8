import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { change, columnOf, contentHash, rowsOf } from '../../support/database.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'
import { type Jobs, jobId, makeJobs } from '../../support/jobs.ts'
import { identityIn } from '../detect/looking.ts'

const chosen = {
  strategy: 'expand',
  only: ['jobs.job_id'],
  ulidColumns: ['jobs.job_id="the ""ULID"""', 'logs.job_id=of_job'],
} as const

async function expanded(...more: readonly string[]): Promise<Jobs> {
  const jobs = makeJobs(...more)
  await migrate(jobs.path, { ...chosen, seed: '5eed' }, undefined, inProcess(jobs.settings))
  return jobs
}

const both =
  'SELECT j."the ""ULID""" AS ulid FROM jobs j JOIN logs l ON l.job_id = j.job_id AND l.of_job = ulid'

describe('names chosen for ULID columns', () => {
  test('are those of the columns, kept in step like any other', async () => {
    const { path } = await expanded()
    expect(rowsOf(path, both)).toHaveLength(10)
    change(
      path,
      "INSERT INTO logs(job_id) VALUES('late')",
      "INSERT INTO jobs(job_id) VALUES('late')",
      `UPDATE logs SET of_job = (SELECT "the ""ULID""" FROM jobs WHERE job_id = '${jobId(6)}') WHERE n = 1`,
    )
    expect(rowsOf(path, both)).toHaveLength(11)
    expect(columnOf(path, 'SELECT job_id FROM logs WHERE n = 1')).toEqual([jobId(6)])
  })

  test('are known to detection and to a second run without being said again', async () => {
    const { path, settings } = await expanded()
    const found = await detectIn(path)
    expect(found.state).toBe('expanded')
    expect(identityIn(found, 'jobs.job_id')).toMatchObject({
      migrate: false,
      reason: 'a ULID stands beside every value already',
    })
    expect(identityIn(found, 'jobs.the "ULID"')).toMatchObject({ migrate: false, offered: false })
    for (const choices of [{}, chosen])
      expect((await migrate(path, choices, undefined, inProcess(settings))).status).toBe('nothing-to-do')
    expect((await status([path], inProcess(settings)))[0]).toMatchObject({ state: 'expanded', due: [] })
  })

  test('are known under the name that somebody has given the column since', async () => {
    const { path } = await expanded()
    change(
      path,
      'DROP VIEW lines',
      'ALTER TABLE jobs RENAME COLUMN "the ""ULID""" TO other',
      'ALTER TABLE jobs RENAME COLUMN job_id TO id',
    )
    const found = await detectIn(path)
    expect(found.state).toBe('expanded')
    expect(identityIn(found, 'jobs.id')).toMatchObject({ migrate: false })
  })

  test('are not read out of a trigger that is only called like ours', async () => {
    const { path } = makeJobs(
      "CREATE TRIGGER ulid_sync_mine AFTER UPDATE ON jobs BEGIN UPDATE jobs SET note = coalesce(OLD.note, 'x') WHERE number = NEW.number; END",
    )
    const { findings } = await detectIn(path, { only: ['jobs.job_id'] })
    expect(findings.filter(({ code }) => code.startsWith('EXPAND.'))).toEqual([])
  })

  test('go with the expansion', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings } = await expanded()
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('may be those of columns that are there, which are judged value by value', async () => {
    const good = '01KH5SDK70AAAAAAAAAAAAAAAA'
    const begun = [
      'ALTER TABLE jobs ADD COLUMN "THE ""ulid""" TEXT',
      'ALTER TABLE logs ADD COLUMN of_job TEXT',
      `UPDATE jobs SET "the ""ulid""" = CASE number WHEN 1 THEN '${good}' WHEN 2 THEN 'fallback_20260211072500' END`,
    ]
    const before = contentHash(makeJobs(...begun).path)
    const { findings } = await detectIn(makeJobs(...begun).path, chosen)
    expect(findings.find(({ code }) => code === 'IDENTITY.HALF_EXPANDED')).toMatchObject({
      object: 'jobs."THE ""ulid"""',
      message: '1 of 6 rows have a ULID beside job_id.',
    })
    expect(findings.find(({ code }) => code === 'EXPAND.RETURNING')?.object).toBe('jobs."THE ""ulid"""')
    const { path, settings } = await expanded(...begun)
    expect(columnOf(path, 'SELECT "the ""ulid""" FROM jobs WHERE number = 1')).toEqual([good])
    expect(rowsOf(path, both)).toHaveLength(10)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('come first: who would have had the name by rule takes another', async () => {
    const { path, settings } = makeJobs(
      'CREATE TABLE items(id TEXT PRIMARY KEY, up TEXT REFERENCES items(id))',
    )
    change(path, `INSERT INTO items VALUES('${jobId(1)}', NULL), ('${jobId(2)}', '${jobId(1)}')`)
    await migrate(
      path,
      { strategy: 'expand', only: ['items.id'], ulidColumns: ['items.up=item_ulid'] },
      undefined,
      inProcess(settings),
    )
    expect(columnOf(path, "SELECT name FROM pragma_table_info('items')")).toEqual([
      'id',
      'up',
      'id_ulid',
      'item_ulid',
    ])
    expect(rowsOf(path, 'SELECT 1 FROM items a JOIN items b ON a.item_ulid = b.id_ulid')).toHaveLength(1)
  })

  test.each([
    ['jobs.nothing=x', 'CHOICE.UNKNOWN_COLUMN', 'job_id'],
    ['jobs.job_id', 'CHOICE.NO_EQUALS', '='],
    ['jobs.job_id=', 'CHOICE.ULID_NAME', 'quoted'],
    ['jobs.job_id=""', 'CHOICE.ULID_NAME', 'empty'],
    ['jobs.job_id=two words', 'CHOICE.ULID_NAME', 'quoted'],
    ['jobs.job_id=_ULID_migrate_x', 'CHOICE.ULID_NAME', '_ulid_migrate_'],
    ['jobs.job_id=RowId', 'CHOICE.ULID_NAME', 'number of a row'],
    ['logs.line=line_ulid', 'CHOICE.NO_ULID_BESIDE', '--reference logs.line'],
    ['jobs.job_id=Number', 'CHOICE.ULID_NAME_TAKEN', 'part of a key'],
    ['jobs.job_id=made', 'CHOICE.ULID_NAME_TAKEN', 'generated'],
    ['jobs.job_id=created_at', 'CHOICE.ULID_NAME_TAKEN', 'no ULID among them'],
    ['jobs.job_id=rank', 'CHOICE.ULID_NAME_TAKEN', 'numbers'],
    ['jobs.job_id=JOB_ID', 'CHOICE.ULID_NAME_TAKEN', 'identity or a reference'],
  ])('refuses %s with %s', async (text, code, words) => {
    const { path } = makeJobs(
      'ALTER TABLE jobs ADD COLUMN made TEXT AS (note)',
      'ALTER TABLE jobs ADD COLUMN rank INTEGER',
    )
    const before = contentHash(path)
    const failed = await detectIn(path, { strategy: 'expand', ulidColumns: [text] }).catch(error => error)
    expect(failed.failure).toMatchObject({ code, exit: 2 })
    expect(`${failed.failure.why} ${failed.failure.next}`).toContain(words)
    expect(contentHash(path)).toBe(before)
  })

  test('refuses one name for two columns, two for one, and another than the one that is kept in step', async () => {
    const two = makeJobs('CREATE TABLE items(id TEXT PRIMARY KEY, up TEXT REFERENCES items(id))')
    change(two.path, `INSERT INTO items VALUES('${jobId(1)}', NULL)`)
    const { path } = await expanded()
    const refused = (at: string, ...ulidColumns: readonly string[]) =>
      expect(detectIn(at, { strategy: 'expand', ulidColumns })).rejects.toMatchObject({
        failure: { code: 'CHOICE.ULID_NAME_TAKEN', exit: 2 },
      })
    await refused(two.path, 'items.id=x', 'items.up=X')
    await refused(two.path, 'items.id=x', 'items.id=y')
    await refused(path, 'jobs.job_id=another')
  })
})

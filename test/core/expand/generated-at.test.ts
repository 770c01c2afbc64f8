import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, columnOf, contentHash, rowsOf } from '../../support/database.ts'
import { detectIn, inProcess, noon } from '../../support/in-process.ts'
import { type Jobs, jobId, makeJobs } from '../../support/jobs.ts'

const choices: Choices = { strategy: 'expand', only: ['jobs.job_id'], seed: '5eed', generatedAt: true }
const ofTheRun = new Date(noon).toISOString()
const good = '01KH5SDK70AAAAAAAAAAAAAAAA'

async function expanded(...more: readonly string[]): Promise<Jobs> {
  const jobs = makeJobs(...more)
  const done = await migrate(jobs.path, choices, undefined, inProcess(jobs.settings))
  expect(done.proof.ok && done.outside.ok).toBe(true)
  return jobs
}

function times(path: string, where = '1'): readonly (string | null)[] {
  return columnOf(path, `SELECT job_ulid_generated_at FROM jobs WHERE ${where} ORDER BY number`)
}

describe('the time at which a ULID was made', () => {
  test('is that of the run for the rows there were, and of the insert for those that come', async () => {
    const { path } = await expanded()
    expect(times(path)).toEqual(Array(6).fill(ofTheRun))
    const since = new Date().toISOString()
    change(
      path,
      "INSERT INTO jobs(job_id) VALUES('new')",
      `INSERT INTO jobs(job_id, job_ulid) VALUES('own', '${good}')`,
    )
    for (const time of times(path, "job_id IN ('new', 'own')")) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(time! >= since && time! <= new Date().toISOString()).toBe(true)
    }
    expect(
      columnOf(path, "SELECT name FROM pragma_table_info('logs') WHERE name LIKE '%generated%'"),
    ).toEqual([])
  })

  test('stays with a ULID that stays, and is told anew with another one', async () => {
    const { path } = await expanded()
    change(
      path,
      `INSERT OR REPLACE INTO jobs(job_id, note) VALUES('${jobId(1)}', 'anew')`,
      `INSERT INTO jobs(job_id) VALUES('${jobId(2)}') ON CONFLICT DO UPDATE SET note = 'again'`,
      `UPDATE jobs SET job_id = 'renamed' WHERE number = 3`,
      `UPDATE jobs SET job_ulid = '${good}' WHERE number = 4`,
      `UPDATE jobs SET job_ulid = '01KH5SDK70BBBBBBBBBBBBBBBB', job_ulid_generated_at = 'mine' WHERE number = 5`,
    )
    expect(times(path, `job_id IN ('${jobId(1)}', '${jobId(2)}', 'renamed')`)).toEqual(
      Array(3).fill(ofTheRun),
    )
    expect(times(path, 'number = 4')[0]! > ofTheRun).toBe(true)
    expect(times(path, 'number = 5')).toEqual(['mine'])
  })

  test('is not known of a ULID that was there before, be it in the ULID column or the legacy id itself', async () => {
    const { path } = await expanded(
      'ALTER TABLE jobs ADD COLUMN job_ulid TEXT',
      `UPDATE jobs SET job_ulid = '${good}' WHERE number = 1`,
      `UPDATE jobs SET job_ulid = '${'0'.repeat(26)}' WHERE number = 2`,
    )
    expect(times(path)).toEqual([null, ...Array(5).fill(ofTheRun)])
    change(path, `INSERT OR REPLACE INTO jobs(job_id, note) VALUES('${jobId(1)}', 'anew')`)
    expect(times(path, `job_ulid = '${good}'`)).toEqual([null])
    const mixed = await expanded(`UPDATE jobs SET job_id = '${good}' WHERE number = 1`)
    expect(times(mixed.path)).toEqual([null, ...Array(5).fill(ofTheRun)])
  })

  test('is written without firing the triggers of others', async () => {
    const { path } = await expanded(
      "CREATE TRIGGER touched AFTER UPDATE ON jobs BEGIN INSERT INTO audit VALUES('updated'); END",
    )
    change(
      path,
      "INSERT INTO jobs(job_id) VALUES('new')",
      `UPDATE jobs SET job_ulid = '${good}' WHERE number = 1`,
    )
    expect(columnOf(path, 'SELECT what FROM audit')).toEqual([])
  })

  test('goes with the expansion, which leaves the schema as it was', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings } = await expanded()
    change(
      path,
      "INSERT INTO jobs(job_id) VALUES('new')",
      "DELETE FROM jobs WHERE job_id = 'new'",
      'DELETE FROM audit',
    )
    const twin = makeJobs(
      "INSERT INTO jobs(job_id) VALUES('new')",
      "DELETE FROM jobs WHERE job_id = 'new'",
      'DELETE FROM audit',
    )
    expect((await verifyPastRun(path, undefined, inProcess(settings))).proof.ok).toBe(true)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(contentHash(twin.path))
    const untouched = await expanded()
    await undo(untouched.path, undefined, inProcess(untouched.settings))
    expect(contentHash(untouched.path)).toBe(before)
  })

  test('may stand in a column that somebody has begun: what goes with a ULID that stays is kept, and all comes back', async () => {
    const begun = [
      'ALTER TABLE jobs ADD COLUMN job_ulid TEXT',
      'ALTER TABLE jobs ADD COLUMN job_ulid_generated_at TIMESTAMP',
      "CREATE TRIGGER touched AFTER UPDATE ON jobs BEGIN INSERT INTO audit VALUES('updated'); END",
      `UPDATE jobs SET job_ulid = '${good}', job_ulid_generated_at = '2026-01-01' WHERE number = 1`,
      "UPDATE jobs SET job_ulid = 'fallback_20260211', job_ulid_generated_at = '2026-01-02' WHERE number = 2",
      'DELETE FROM audit',
    ]
    const { findings } = await detectIn(makeJobs(...begun).path, choices)
    expect(findings.find(({ code }) => code === 'EXPAND.TRIGGER_NARROWED')?.why).not.toMatch(/generated_at/)
    const { path, settings } = await expanded(...begun)
    expect(times(path)).toEqual(['2026-01-01', ...Array(5).fill(ofTheRun)])
    expect((await verifyPastRun(path, undefined, inProcess(settings))).proof.ok).toBe(true)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(contentHash(makeJobs(...begun).path))
  })

  test('says nothing of when the row was made', async () => {
    const { path } = await expanded()
    const { identities } = await detectIn(path, { strategy: 'replace' })
    expect(identities.find(({ column }) => column === 'job_id')?.timeColumns).toEqual(['created_at'])
  })

  test.each([
    ['job_ulid_generated_at TEXT AS (note)', 'generated'],
    ['job_ulid_generated_at INTEGER', 'declared as INTEGER'],
  ])('is refused where its name stands for something else: %s', async (definition, words) => {
    const { path } = makeJobs(`ALTER TABLE jobs ADD COLUMN ${definition}`)
    const failed = await detectIn(path, choices).catch(error => error)
    expect(failed.failure).toMatchObject({ code: 'CHOICE.ULID_NAME_TAKEN', exit: 2 })
    expect(failed.failure.why).toContain(words)
    expect(rowsOf(path, 'SELECT count(*) FROM jobs')).toEqual([[6n]])
  })
})

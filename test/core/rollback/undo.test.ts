import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { change, columnOf, contentHash, countIn, makeDatabase, rowsOf } from '../../support/database.ts'
import { answerOf, refusalOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobId, makeJobs, migratedJobs } from '../../support/jobs.ts'

const mine = '01KHB3Y0K0AAAAAAAAAAAAAAAA'

/** The ULID that job `n` has now. */
function ulidOf(path: string, n: number): string {
  return columnOf<string>(path, `SELECT job_id FROM jobs WHERE number = ${n}`)[0]!
}

describe('undo', () => {
  test('brings back every id, cell, index, view, trigger and sequence', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings } = await migratedJobs()
    expect(contentHash(path)).not.toBe(before)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('leaves none of our tables but the record of what was done', async () => {
    const { path, settings } = await migratedJobs()
    await undo(path, undefined, inProcess(settings))
    expect(
      columnOf(
        path,
        "SELECT name FROM sqlite_schema WHERE name LIKE '\\_ulid\\_migrate%' ESCAPE '\\' AND type = 'table'",
      ),
    ).toEqual(['_ulid_migrate_runs'])
  })

  test('keeps what was inserted, updated and deleted since', async () => {
    const { path, settings } = await migratedJobs()
    const [two, three, four] = [2, 3, 4].map(n => ulidOf(path, n))
    change(
      path,
      // A new job with a log of its own, and a new log of an old job.
      `INSERT INTO jobs(job_id, created_at) VALUES('${mine}', '2026-02-11')`,
      `INSERT INTO logs(job_id, line) VALUES('${mine}', 'new of new'), ('${two}', 'new of old'), (NULL, 'of nobody')`,
      // Old rows written to, one sent to another job.
      "UPDATE logs SET line = 'changed' WHERE n = 1",
      `UPDATE logs SET job_id = '${three}' WHERE n = 2`,
      `UPDATE logs SET job_id = '${mine}' WHERE n = 6`,
      "UPDATE jobs SET note = 'changed' WHERE number = 5",
      // An old job deleted with its logs, and one of the orphans.
      `DELETE FROM logs WHERE job_id = '${four}'`,
      'DELETE FROM jobs WHERE number = 4',
      'DELETE FROM logs WHERE n = 12',
    )
    const document = await undo(path, undefined, inProcess(settings))
    expect(document).toMatchObject({ mode: 'undo', rowsKept: 5, rowsDiscarded: 0 })
    expect(Object.fromEntries(document.byTable.map(({ table, rows }) => [table, rows]))).toEqual({
      jobs: 1,
      logs: 3,
      audit: 1,
    })

    expect(rowsOf(path, 'SELECT number, job_id FROM jobs ORDER BY number')).toEqual([
      ...[1, 2, 3, 5, 6].map(n => [BigInt(n), jobId(n)]),
      [7n, mine],
    ])
    expect(rowsOf(path, 'SELECT n, job_id, line FROM logs ORDER BY n')).toEqual([
      [1n, jobId(1), 'changed'],
      [2n, jobId(3), 'line 1'],
      [3n, jobId(3), 'line 2'],
      [5n, jobId(5), 'line 4'],
      [6n, mine, 'line 5'],
      [7n, jobId(2), 'line 6'],
      [8n, jobId(3), 'line 7'],
      [10n, jobId(5), 'line 9'],
      [11n, jobId(99), 'lost'],
      [13n, mine, 'new of new'],
      [14n, jobId(2), 'new of old'],
      [15n, null, 'of nobody'],
    ])
    expect(columnOf(path, 'SELECT note FROM jobs WHERE number = 5')).toEqual(['changed'])
    // The trigger noted the id that the job had when it was deleted: that is history, not a reference.
    expect(columnOf(path, 'SELECT what FROM audit')).toEqual([four])
  })

  test('of an expansion drops the columns and keeps the rows written since', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings } = await migratedJobs({ strategy: 'expand' })
    expect(countIn(path, 'SELECT count(*) FROM jobs WHERE length(job_ulid) = 26')).toBe(6)
    change(path, `INSERT INTO logs(n, job_id, line) VALUES(50, '${jobId(1)}', 'new')`)
    expect(await undo(path, undefined, inProcess(settings))).toMatchObject({ rowsKept: 1 })
    expect(columnOf(path, 'SELECT line FROM logs WHERE n = 50')).toEqual(['new'])
    change(path, 'DELETE FROM logs WHERE n = 50')
    expect(contentHash(path)).toBe(before)
  })

  test('gives an id that was NULL its NULL back', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'nulls.db'),
      `CREATE TABLE t(id TEXT PRIMARY KEY, n); INSERT INTO t VALUES(NULL, 1), ('${jobId(1)}', 2)`,
    )
    const before = contentHash(path)
    const settings = settingsIn(folder)
    await migrate(path, {}, undefined, inProcess(settings))
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('gives orphans their own spelling back, where the parent compares without case', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'nocase.db'),
      `CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY); CREATE TABLE c(t_id TEXT REFERENCES t(id));
       INSERT INTO t VALUES('${jobId(171)}'); INSERT INTO c VALUES('${jobId(171).toUpperCase()}'), ('${jobId(172)}'), ('${jobId(172).toUpperCase()}')`,
    )
    const before = contentHash(path)
    const settings = settingsIn(folder)
    await migrate(path, {}, undefined, inProcess(settings))
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('works when the snapshot is gone', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings, snapshot } = await migratedJobs()
    rmSync(snapshot)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test.each([
    ['is no database any more', (_: Buffer) => Buffer.from('not a database at all')],
    ['was cut short', (content: Buffer) => content.subarray(0, content.length / 2)],
    ['has other bytes', (content: Buffer) => content.fill(7, content.length - 3000)],
  ])('works when the snapshot %s', async (_, spoil) => {
    const before = contentHash(makeJobs().path)
    const { path, settings, snapshot } = await migratedJobs()
    writeFileSync(snapshot, spoil(readFileSync(snapshot)))
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })

  test('can be followed by another migration, and that one undone as well', async () => {
    const { path, settings } = await migratedJobs()
    await undo(path, undefined, inProcess(settings))
    const before = contentHash(path)
    expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({ status: 'succeeded' })
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })
})

describe.concurrent('undo through the engine', () => {
  test('rehearsed, touches nothing and says what would be kept', async () => {
    const { path, folder, settings } = await migratedJobs()
    change(path, `INSERT INTO jobs(job_id) VALUES('${mine}')`)
    const before = everythingIn(folder)
    const document = await answerOf(settings, 'rollback', { target: path, mode: 'undo', dryRun: true })
    expect(document).toMatchObject({ rehearsed: true, rowsKept: 1, proof: { ok: true } })
    expect(everythingIn(folder)).toEqual(before)
  })

  test('is refused the second time, and says that it was done', async () => {
    const { path, folder, settings, run } = await migratedJobs()
    await undo(path, undefined, inProcess(settings))
    const before = everythingIn(folder)
    const error = await refusalOf(settings, 'rollback', { target: path, mode: 'undo', run, dryRun: false })
    expect(error).toMatchObject({
      code: 'UNDO.NOTHING',
      object: path,
      exit: 4,
      why: 'It was undone already.',
    })
    expect(everythingIn(folder)).toEqual(before)
  })

  test('is refused when a column of a migrated table was renamed since, naming the table and the way on', async () => {
    const { path, folder, settings } = await migratedJobs()
    change(path, 'ALTER TABLE logs RENAME COLUMN size TO bytes')
    const before = everythingIn(folder)
    const error = await refusalOf(settings, 'rollback', { target: path, mode: 'undo', dryRun: false })
    expect(error).toMatchObject({ code: 'UNDO.SCHEMA_CHANGED', exit: 4 })
    expect(error.object).toContain('logs')
    expect(error.why).toContain('bytes')
    expect(error.next).not.toBe('')
    expect(everythingIn(folder)).toEqual(before)
  })
})

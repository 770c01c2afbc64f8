import { appendFileSync, chmodSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { VerifiedTarget } from '../../../src/core/documents.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, columnOf } from '../../support/database.ts'
import { answerOf, refusalOf } from '../../support/engine.ts'
import { everythingIn } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { type Jobs, jobId, makeJobs, migratedJobs } from '../../support/jobs.ts'

const mine = '01KHB3Y0K0AAAAAAAAAAAAAAAA'

function verify({ path, settings }: Jobs): Promise<VerifiedTarget> {
  return verifyPastRun(path, undefined, inProcess(settings))
}

const failing = ({ proof }: VerifiedTarget) => proof.checks.filter(check => !check.ok).map(check => check.id)

function jobUlid(path: string, n: number): string {
  return columnOf<string>(path, `SELECT job_id FROM jobs WHERE number = ${n}`)[0]!
}

describe('a past run', () => {
  test('is proved strictly as long as nobody has written', async () => {
    const jobs = await migratedJobs()
    const verified = await verify(jobs)
    expect(verified).toMatchObject({ run: jobs.run, changedSince: null, proof: { ok: true } })
  })

  test('is proved still after others have written, and what they changed is counted', async () => {
    const jobs = await migratedJobs()
    change(
      jobs.path,
      `INSERT INTO jobs(job_id, created_at) VALUES('${mine}', '2026-02-11')`,
      `INSERT INTO logs(job_id, line) VALUES('${mine}', 'new'), ('${jobUlid(jobs.path, 1)}', 'new')`,
      "UPDATE logs SET line = 'changed' WHERE n IN (1, 2)",
      'DELETE FROM logs WHERE n = 3',
    )
    const verified = await verify(jobs)
    expect(failing(verified)).toEqual([])
    expect(verified.proof.ok).toBe(true)
    expect(verified.changedSince).toEqual({ cells: 2, rowsAdded: 3, rowsDeleted: 1 })
  })

  test('is proved after others have written legacy ids again: those rows are theirs', async () => {
    const jobs = await migratedJobs()
    change(jobs.path, `INSERT INTO jobs(job_id) VALUES('${jobId(77)}')`)
    expect((await verify(jobs)).proof.ok).toBe(true)
  })

  test('is proved after a job was deleted with its logs, and after a vacuum', async () => {
    const jobs = await migratedJobs()
    change(
      jobs.path,
      `DELETE FROM logs WHERE job_id = '${jobUlid(jobs.path, 1)}'`,
      'DELETE FROM jobs WHERE number = 1',
      'VACUUM',
    )
    expect(failing(await verify(jobs))).toEqual([])
  })

  test('of an expansion is proved as well, also after others have written', async () => {
    const jobs = await migratedJobs({ strategy: 'expand' })
    expect(await verify(jobs)).toMatchObject({ changedSince: null, proof: { ok: true } })
    change(jobs.path, `INSERT INTO jobs(job_id) VALUES('${jobId(77)}')`)
    expect(await verify(jobs)).toMatchObject({ changedSince: { rowsAdded: 1 }, proof: { ok: true } })
  })
})

describe('verify notices', () => {
  const tampered = async (...sql: readonly ((path: string) => string)[]) => {
    const jobs = await migratedJobs()
    change(jobs.path, ...sql.map(make => make(jobs.path)))
    return failing(await verify(jobs))
  }

  test('a ULID that was replaced by something else', async () => {
    expect(await tampered(() => "UPDATE jobs SET job_id = 'not-a-ulid' WHERE number = 6")).toContain(
      'ulid-format',
    )
  })

  test('a ULID of another time', async () => {
    expect(await tampered(() => `UPDATE jobs SET job_id = '${mine}' WHERE number = 6`)).toContain('ulid-time')
  })

  test('a ULID of the same time that the run never made', async () => {
    const changed = await tampered(
      path => `UPDATE jobs SET job_id = '${jobUlid(path, 6).slice(0, 10)}0000000000000000' WHERE number = 6`,
    )
    expect(changed).not.toEqual([])
  })

  test('a ULID that its own logs no longer find', async () => {
    expect(
      await tampered(
        path =>
          `UPDATE jobs SET job_id = '${jobUlid(path, 1).slice(0, 10)}0000000000000000' WHERE number = 1`,
      ),
    ).toContain('references')
  })

  test('a reference that names nothing any more while its job is still there', async () => {
    expect(await tampered(() => `UPDATE logs SET job_id = '${mine}' WHERE n = 1`)).toContain('references')
  })

  test('two jobs that changed places with all their logs', async () => {
    const swap = (path: string) => {
      const [one, two] = [jobUlid(path, 1), jobUlid(path, 2)]
      const turn = (table: string) =>
        `UPDATE ${table} SET job_id = CASE job_id WHEN '${one}' THEN '~' WHEN '${two}' THEN '${one}' END WHERE job_id IN ('${one}', '${two}'); UPDATE ${table} SET job_id = '${two}' WHERE job_id = '~';`
      return `${turn('jobs')} ${turn('logs')}`
    }
    expect(await tampered(swap)).not.toEqual([])
  })

  test.each([
    ['a dropped index', 'DROP INDEX logs_by_job'],
    ['a dropped trigger', 'DROP TRIGGER job_removed'],
    ['a dropped view', 'DROP VIEW lines'],
    ['a dropped table', 'DROP TABLE audit'],
    ['a new column', 'ALTER TABLE jobs ADD COLUMN more'],
  ])('%s', async (_, sql) => {
    expect(await tampered(() => sql)).toContain('schema')
  })

  test.each([
    ['its map emptied', 'DELETE FROM _ulid_migrate_map_1'],
    ['its map altered', "UPDATE _ulid_migrate_map_1 SET legacy = 'x' WHERE pos = 1"],
  ])('%s, since undo hangs on it', async (_, sql) => {
    expect(await tampered(() => sql)).not.toEqual([])
  })
})

describe.concurrent('verify', () => {
  test('never writes', async () => {
    const jobs = await migratedJobs()
    const before = everythingIn(jobs.folder)
    const snapshots = everythingIn(jobs.settings.snapshotDir)
    expect(await answerOf(jobs.settings, 'verify', { target: jobs.path })).toMatchObject({
      proof: { ok: true },
    })
    expect(everythingIn(jobs.folder)).toEqual(before)
    expect(everythingIn(jobs.settings.snapshotDir)).toEqual(snapshots)
  })

  test('without a run says so', async () => {
    const { path, settings } = makeJobs()
    expect(await refusalOf(settings, 'verify', { target: path })).toMatchObject({
      code: 'RUN.NONE',
      object: path,
      exit: 4,
    })
  })

  test('without the snapshot says what still works', async () => {
    const { path, settings, snapshot } = await migratedJobs()
    rmSync(snapshot)
    const error = await refusalOf(settings, 'verify', { target: path })
    expect(error).toMatchObject({ code: 'SNAPSHOT.MISSING', object: snapshot, exit: 4 })
    expect(error.next).toContain('rollback')
  })

  test('does not trust a snapshot that somebody wrote to', async () => {
    const { path, settings, snapshot } = await migratedJobs()
    chmodSync(snapshot, 0o600)
    appendFileSync(snapshot, 'x')
    expect(await refusalOf(settings, 'verify', { target: path })).toMatchObject({
      code: 'SNAPSHOT.ALTERED',
      object: snapshot,
      exit: 4,
    })
  })
})

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { change, columnOf, countIn, makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobId, migratedJobs } from '../../support/jobs.ts'

/** Invariant 11: running twice is safe. */

describe('a second run', () => {
  test.each(['replace', 'expand'] as const)(
    'by %s finds nothing to do and touches nothing',
    async strategy => {
      const { path, folder, settings } = await migratedJobs({ strategy })
      const before = everythingIn(folder)
      expect(await migrate(path, { strategy }, undefined, inProcess(settings))).toMatchObject({
        status: 'nothing-to-do',
        identities: 0,
      })
      expect(everythingIn(folder)).toEqual(before)
    },
  )

  test('of an expansion finds nothing to do beside a reference that is unique and sometimes NULL', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'users.db'),
      `CREATE TABLE users(id TEXT PRIMARY KEY); CREATE TABLE profiles(id TEXT PRIMARY KEY, user_id TEXT UNIQUE);
       INSERT INTO users VALUES('${jobId(1)}'); INSERT INTO profiles VALUES('${jobId(2)}', '${jobId(1)}'), ('${jobId(3)}', NULL)`,
    )
    const settings = settingsIn(folder)
    const run = () => migrate(path, { strategy: 'expand' }, undefined, inProcess(settings))
    expect((await run()).status).toBe('succeeded')
    expect((await run()).status).toBe('nothing-to-do')
  })

  test('after others have written legacy ids again gives ULIDs to those, and the others keep theirs', async () => {
    const { path, settings } = await migratedJobs()
    const before = columnOf(path, 'SELECT job_id FROM jobs ORDER BY number')
    change(
      path,
      `INSERT INTO jobs(job_id, created_at) VALUES('${jobId(70)}', '2026-02-10')`,
      `INSERT INTO logs(job_id) VALUES('${jobId(70)}')`,
    )
    expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({ status: 'succeeded' })
    expect(columnOf(path, 'SELECT job_id FROM jobs WHERE number <= 6 ORDER BY number')).toEqual(before)
    expect(
      countIn(
        path,
        'SELECT count(*) FROM logs JOIN jobs USING (job_id) WHERE jobs.number = 7 AND length(job_id) = 26',
      ),
    ).toBe(1)
  })
})

import { appendFileSync, chmodSync, rmSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { change, contentHash, countIn } from '../../support/database.ts'
import { answerOf, refusalOf } from '../../support/engine.ts'
import { everythingIn } from '../../support/folder.ts'
import { type Jobs, makeJobs, migratedJobs } from '../../support/jobs.ts'
import { otherProgram } from '../../support/other-program.ts'

async function withNewerRows() {
  const jobs = await migratedJobs()
  change(
    jobs.path,
    "INSERT INTO jobs(job_id) VALUES('01KHB3Y0K0AAAAAAAAAAAAAAAA'), ('01KHB3Y0K0BBBBBBBBBBBBBBBB')",
    "INSERT INTO logs(line) VALUES('new')",
  )
  return jobs
}

const restore = ({ path }: Jobs, more: { readonly confirm?: string; readonly dryRun?: boolean } = {}) => ({
  target: path,
  mode: 'restore' as const,
  dryRun: false,
  ...more,
})

const lost = (byTable: readonly { readonly table: string; readonly rows: number }[]) =>
  Object.fromEntries(
    byTable.filter(each => !each.table.startsWith('_ulid_migrate_')).map(({ table, rows }) => [table, rows]),
  )

describe.concurrent('restore', () => {
  test('rehearsed, says table by table what it would discard, and touches nothing', async () => {
    const jobs = await withNewerRows()
    const before = everythingIn(jobs.folder)
    const document = await answerOf(jobs.settings, 'rollback', restore(jobs, { dryRun: true }))
    expect(document).toMatchObject({ mode: 'restore', rehearsed: true, rowsKept: 0 })
    expect(lost(document.byTable)).toEqual({ jobs: 2, logs: 1 })
    expect(everythingIn(jobs.folder)).toEqual(before)
  })

  test.each([undefined, '', 'other.db', 'db'])(
    'confirmed by %j is refused, with what would be lost and the command',
    async confirm => {
      const jobs = await withNewerRows()
      const before = everythingIn(jobs.folder)
      const error = await refusalOf(
        jobs.settings,
        'rollback',
        restore(jobs, confirm === undefined ? {} : { confirm }),
      )
      expect(error).toMatchObject({ code: 'RESTORE.UNCONFIRMED', object: jobs.path, exit: 4 })
      expect(error.why).toContain('jobs 2')
      expect(error.next).toContain('--restore --confirm jobs.db')
      expect(everythingIn(jobs.folder)).toEqual(before)
    },
  )

  test('confirmed by name puts back the very content, into the same file with the mode it had, and keeps what it discards', async () => {
    const before = contentHash(makeJobs().path)
    const jobs = await withNewerRows()
    const { ino, mode } = statSync(jobs.path)
    chmodSync(jobs.path, 0o600)
    const document = await answerOf(jobs.settings, 'rollback', restore(jobs, { confirm: 'jobs.db' }))
    expect(document).toMatchObject({ mode: 'restore', rehearsed: false, proof: { ok: true } })
    expect(lost(document.byTable)).toEqual({ jobs: 2, logs: 1 })
    expect(contentHash(jobs.path)).toBe(before)
    expect([statSync(jobs.path).ino, statSync(jobs.path).mode & 0o777]).toEqual([ino, mode & 0o777])
    expect(countIn(document.snapshot, 'SELECT count(*) FROM jobs')).toBe(8)
    expect(await answerOf(jobs.settings, 'status', { targets: [jobs.path] })).toMatchObject([
      {
        state: 'legacy',
        runs: [
          { what: 'restore', status: 'succeeded' },
          { what: 'migrate', status: 'undone' },
        ],
      },
    ])
  })

  test('is refused when the snapshot is gone, and names undo as the way', async () => {
    const jobs = await withNewerRows()
    rmSync(jobs.snapshot)
    const before = everythingIn(jobs.folder)
    const error = await refusalOf(jobs.settings, 'rollback', restore(jobs, { confirm: 'jobs.db' }))
    expect(error).toMatchObject({ code: 'SNAPSHOT.MISSING', object: jobs.snapshot, exit: 4 })
    expect(error.next).toContain(`ulid-migrate rollback ${jobs.path}`)
    expect(everythingIn(jobs.folder)).toEqual(before)
  })

  test('is refused when somebody wrote to the snapshot', async () => {
    const jobs = await withNewerRows()
    chmodSync(jobs.snapshot, 0o600)
    appendFileSync(jobs.snapshot, 'x')
    const before = everythingIn(jobs.folder)
    expect(await refusalOf(jobs.settings, 'rollback', restore(jobs, { confirm: 'jobs.db' }))).toMatchObject({
      code: 'SNAPSHOT.ALTERED',
      exit: 4,
    })
    expect(everythingIn(jobs.folder)).toEqual(before)
  })

  test('waits for another writer, then refuses', async () => {
    const jobs = await withNewerRows()
    await otherProgram(jobs.path, "db.exec('BEGIN IMMEDIATE')")
    const before = everythingIn(jobs.folder)
    const settings = { ...jobs.settings, waitSeconds: 0 }
    expect(await refusalOf(settings, 'rollback', restore(jobs, { confirm: 'jobs.db' }))).toMatchObject({
      code: 'LOCK.HELD',
      exit: 4,
    })
    expect(everythingIn(jobs.folder)).toEqual(before)
  })
})

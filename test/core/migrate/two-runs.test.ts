import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { status } from '../../../src/core/status/status.ts'
import { makeDatabase, numbers } from '../../support/database.ts'
import { begin, refusalOf, resultOf, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs } from '../../support/jobs.ts'

function large() {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'a.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT);
     INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'note ' || value FROM ${numbers(30_000)};`,
  )
  return { folder, path, settings: settingsIn(folder, 1) }
}

test('of two runs on one target the second is refused at once, and the first is named; with another state folder, as the holder of the lock', async () => {
  const { folder, path, settings } = large()
  const first = begin(settings, 'migrate', { target: path, choices: {} })
  const seen: unknown[] = []
  for await (const event of first.events) {
    if (event.type !== 'phase' || event.phase !== 'snapshot' || event.status !== 'started') continue
    const elsewhere = { ...settings, stateDir: join(folder, 'other'), waitSeconds: 0 }
    seen.push(
      ...(await Promise.all([
        refusalOf(settings, 'rollback', { target: path, mode: 'undo', dryRun: false }).catch(error => error),
        refusalOf(settings, 'migrate', { target: path, choices: {} }),
        refusalOf(elsewhere, 'migrate', { target: path, choices: {} }),
      ])),
    )
  }
  resultOf(await first.outcome)
  expect(seen[1]).toMatchObject({ code: 'RUN.IN_PROGRESS', object: path, exit: 4 })
  expect((seen[1] as { why: string }).why).toContain(first.run)
  if (process.platform === 'linux') {
    expect(seen[2]).toMatchObject({ code: 'LOCK.HELD', exit: 4 })
    expect((seen[2] as { why: string }).why).toContain(`another run of ulid-migrate (${first.run}`)
  }
}, 120_000)

test('a run whose process is gone, and whose number another process has by now, is recognised as dead', async () => {
  const { path, settings } = makeJobs()
  await migrate(path, {}, undefined, inProcess(settings), {
    sabotage: db => void db.exec('DELETE FROM logs'),
  }).catch(() => {})
  // As if it had been killed: it says that it runs, under the number of a process that started at another time.
  const ledger = new Database(join(settings.stateDir, 'ledger.sqlite'))
  const orphan = join(settings.snapshotDir, 'jobs.db.of-the-dead.snapshot')
  writeFileSync(orphan, 'a copy')
  writeFileSync(`${orphan}.partial`, 'half a copy')
  ledger
    .prepare(`UPDATE pool_execution SET status = 'running', metadata = json_patch(metadata, ?)`)
    .run(JSON.stringify({ pid: process.pid, started: '1', snapshot: orphan }))
  ledger.close()
  expect(await status([path], inProcess(settings))).toMatchObject([{ runs: [{ status: 'stopped' }] }])
  const done = await migrate(path, {}, undefined, inProcess(settings))
  expect(done.status).toBe('succeeded')
  const { readdirSync } = await import('node:fs')
  expect(readdirSync(settings.snapshotDir)).toEqual([done.snapshot.slice(settings.snapshotDir.length + 1)])
})

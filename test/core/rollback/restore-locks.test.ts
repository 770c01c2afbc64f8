import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Context } from '../../../src/core/context.ts'
import type { EngineEvent } from '../../../src/core/events.ts'
import { restore } from '../../../src/core/rollback/restore.ts'
import { change, contentHash, countIn } from '../../support/database.ts'
import { answerOf, refusalOf } from '../../support/engine.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs, migratedJobs } from '../../support/jobs.ts'
import { otherProgram } from '../../support/other-program.ts'

const confirm = 'jobs.db'

test('a restore that a reader keeps from writing waits and refuses; it does not take "no page copied" for success', async () => {
  const { path, settings } = await migratedJobs()
  const before = contentHash(path)
  const reader = await otherProgram(path, "db.exec('BEGIN'); db.prepare('SELECT count(*) FROM jobs').get()")
  const request = { target: path, mode: 'restore', dryRun: false, confirm } as const
  const snapshots = readdirSync(settings.snapshotDir)
  expect(await refusalOf({ ...settings, waitSeconds: 1 }, 'rollback', request)).toMatchObject({
    code: 'LOCK.HELD',
    exit: 4,
  })
  expect(contentHash(path)).toBe(before)
  expect(readdirSync(settings.snapshotDir)).toEqual(snapshots)
  await reader.kill()
  await answerOf(settings, 'rollback', request)
  expect(contentHash(path)).toBe(contentHash(makeJobs().path))
})

test.each(['DELETE', 'WAL'])(
  'a row that somebody commits just before the restore has the file to itself is in the snapshot of what is discarded, in %s mode',
  async mode => {
    const { path, settings } = await migratedJobs()
    change(path, `PRAGMA journal_mode = ${mode}`)
    const plain = inProcess(settings)
    let times = 0
    const context: Context = {
      ...plain,
      emit: (event: EngineEvent) => {
        if (event.type !== 'phase' || event.phase !== 'restore' || event.status !== 'started') return
        times += 1
        // The lock of the first snapshot has just been let go.
        if (times === 1) change(path, "INSERT INTO logs(line) VALUES('in the gap')")
      },
    }
    const document = await restore(path, { confirm, dryRun: false }, context)
    expect(times).toBe(2)
    expect(readdirSync(settings.snapshotDir)).toHaveLength(2)
    expect(countIn(document.snapshot, "SELECT count(*) FROM logs WHERE line = 'in the gap'")).toBe(1)
    expect(document.byTable).toContainEqual({ table: 'logs', rows: 1 })
    expect(countIn(path, "SELECT count(*) FROM logs WHERE line = 'in the gap'")).toBe(0)
  },
)

test('a program that never stops writing makes the restore give up, with everything as it was', async () => {
  const { path, settings } = await migratedJobs()
  const plain = inProcess(settings)
  let written = 0
  const context: Context = {
    ...plain,
    emit: (event: EngineEvent) => {
      if (event.type !== 'phase' || event.phase !== 'restore' || event.status !== 'started') return
      written += 1
      change(path, `INSERT INTO logs(line) VALUES('row ${written}')`)
    },
  }
  await expect(restore(path, { confirm, dryRun: false }, context)).rejects.toThrow('LOCK.HELD')
  expect(countIn(path, "SELECT count(*) FROM logs WHERE line LIKE 'row %'")).toBe(written)
  expect(readdirSync(settings.snapshotDir)).toHaveLength(1)
})

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { writeBenchDatabase } from '../../../bench/database.ts'
import { openTracer } from '../../../src/core/index.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import type { Tracer } from '../../../src/core/trace/tracer.ts'
import { change, columnOf, contentHash } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobId, migratedJobs } from '../../support/jobs.ts'

const open: Tracer[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

async function tracerOf(...args: Parameters<typeof openTracer>): Promise<Tracer> {
  const tracer = await openTracer(...args)
  open.push(tracer)
  return tracer
}

test('one tracer answers for many ids, and says what the command says', async () => {
  const { path, settings } = await migratedJobs({ only: ['jobs.job_id'] })
  const before = contentHash(path)
  const tracer = await tracerOf([path], settings)
  for (const n of [1, 2, 3]) {
    const { found, references } = tracer.trace(jobId(n))
    expect(found).toMatchObject([{ row: String(n), legacy: jobId(n) }])
    expect(references).toMatchObject([{ rows: 2 }])
  }
  expect(tracer.trace(jobId(2), { window: 86_400 }).related.map(each => each.row)).toEqual(['1', '3'])
  expect(contentHash(path)).toBe(before)
})

test('of four databases, replaced and expanded, each id is found by index alone, with what refers to it', async () => {
  const folder = temporaryFolder()
  const settings = settingsIn(folder)
  const paths: string[] = []
  for (const strategy of ['replace', 'expand', 'replace', 'expand'] as const) {
    const path = join(folder, `${paths.length}.db`)
    writeBenchDatabase(path, 120)
    await migrate(path, { strategy, only: ['jobs.job_id'] }, undefined, inProcess(settings))
    paths.push(path)
  }
  const tracer = await tracerOf(paths, settings)
  for (const [at, path] of paths.entries()) {
    const ids = columnOf<string>(
      path,
      at % 2 === 0
        ? 'SELECT legacy FROM _ulid_migrate_map_1 UNION ALL SELECT job_id FROM jobs'
        : 'SELECT job_id FROM jobs UNION ALL SELECT job_ulid FROM jobs',
    )
    expect(ids).toHaveLength(60)
    for (const id of ids) {
      const { found, references, related, targets } = tracer.trace(id)
      expect(found).toMatchObject([{ target: path }])
      expect([found[0]!.ulid, found[0]!.legacy]).toContain(id)
      expect(references.map(({ table, rows }) => [table, rows])).toEqual([
        ['errors', 1],
        ['hooks', 1],
        ['tests', 1],
      ])
      // A job a minute in each of the four: three of the same time, and those of the minute before and after.
      expect(related.length).toBeGreaterThanOrEqual(3 + 4)
      expect(targets.map(each => each.readThrough)).toEqual([[], [], [], []])
    }
  }
})

test('it sees what others write between two traces, and keeps nobody from writing', async () => {
  const { path, settings } = await migratedJobs({ only: ['jobs.job_id'] })
  const tracer = await tracerOf([path], settings)
  const own = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
  expect(tracer.trace(own).found).toEqual([])
  change(path, `INSERT INTO jobs(job_id) VALUES('${own}')`)
  expect(tracer.trace(own).found).toMatchObject([{ row: '7' }])
  change(path, 'ALTER TABLE jobs RENAME TO tasks')
  expect(tracer.trace(own).found).toMatchObject([{ table: 'tasks', row: '7' }])
})

test('it knows of a run that was undone while it was open', async () => {
  const { path, settings } = await migratedJobs({ only: ['jobs.job_id'] })
  const tracer = await tracerOf([path], settings)
  const ulid = columnOf<string>(path, 'SELECT job_id FROM jobs WHERE number = 2')[0]!
  expect(tracer.trace(ulid).found).toHaveLength(1)
  await undo(path, undefined, inProcess(settings))
  expect(tracer.trace(ulid)).toMatchObject({ found: [], targets: [{ migrated: false }] })
})

test('without targets it opens those of the ledger, and says which it can not', async () => {
  const one = await migratedJobs({ only: ['jobs.job_id'] })
  expect((await tracerOf([], one.settings)).trace(jobId(1)).found).toMatchObject([{ target: one.path }])
  rmSync(one.path)
  const none = await tracerOf([], one.settings)
  expect(none.unread).toMatchObject([{ code: 'TARGET.MISSING', object: one.path }])
  expect(none.trace(jobId(1)).targets).toMatchObject([{ error: { code: 'TARGET.MISSING' } }])
})

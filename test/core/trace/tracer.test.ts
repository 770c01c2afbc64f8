import { rmSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { openTracer } from '../../../src/core/index.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import type { Tracer } from '../../../src/core/trace/tracer.ts'
import { change, columnOf, contentHash } from '../../support/database.ts'
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

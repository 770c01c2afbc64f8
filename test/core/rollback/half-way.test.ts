import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Context, Stopped } from '../../../src/core/context.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { restore } from '../../../src/core/rollback/restore.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { contentHash, countIn, numbers } from '../../support/database.ts'
import { begin } from '../../support/engine.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'
import { type Jobs, makeJobs } from '../../support/jobs.ts'

/** Enough rows that the rewrite takes its time. */
function manyJobs(): Jobs {
  return makeJobs(
    `INSERT INTO jobs(job_id, created_at, note) SELECT printf('%08x-1234-4abc-8def-%012x', value + 1000, value), '2026-02-11T00:00:00Z', zeroblob(200) FROM ${numbers(12_000)}`,
    'INSERT INTO logs(job_id, line) SELECT job_id, hex(randomblob(20)) FROM jobs',
  )
}

/** There is nothing to take back and nothing to put back, everything is as it was, and the way forward is open. */
async function mustBeUntouched({ path, settings }: Jobs, before: string): Promise<void> {
  expect(await detectIn(path)).toMatchObject({ state: 'legacy' })
  await expect(undo(path, undefined, inProcess(settings))).rejects.toThrow('UNDO.NOTHING')
  const restoring = restore(path, { confirm: 'jobs.db', dryRun: false }, inProcess(settings))
  await expect(restoring).rejects.toThrow('SNAPSHOT.NONE')
  expect(contentHash(path)).toBe(before)
  const rows = countIn(path, 'SELECT count(*) FROM jobs')
  await migrate(path, {}, undefined, inProcess(settings))
  expect(countIn(path, 'SELECT count(*) FROM jobs WHERE length(job_id) = 26')).toBe(rows)
  await undo(path, undefined, inProcess(settings))
  expect(contentHash(path)).toBe(before)
}

test('a migration that was stopped in the middle of the rewrite leaves nothing to undo and nothing to restore', async () => {
  const jobs = makeJobs()
  const before = contentHash(jobs.path)
  let rewriting = false
  const plain = inProcess(jobs.settings)
  const context: Context = {
    ...plain,
    emit: event => {
      if (event.type === 'progress' && event.phase === 'rewrite') rewriting = true
    },
    breathe: async () => {
      if (rewriting) throw new Stopped(jobs.path, 'The test asked for it.')
    },
  }
  await expect(migrate(jobs.path, {}, undefined, context)).rejects.toThrow('RUN.STOPPED')
  expect(rewriting).toBe(true)
  await mustBeUntouched(jobs, before)
})

test('a migration that was killed in the middle of the rewrite, with its journal left behind, leaves none either', async () => {
  const jobs = manyJobs()
  const before = contentHash(jobs.path)
  const run = begin(jobs.settings, 'migrate', { target: jobs.path, choices: {} })
  let killed = false
  for await (const event of run.events) {
    if (killed || !('phase' in event) || event.phase !== 'rewrite') continue
    killed = process.kill(run.pid!, 'SIGKILL')
  }
  expect(await run.outcome).toMatchObject({ type: 'failed', error: { code: 'ENGINE.LOST' } })
  expect(existsSync(`${jobs.path}-journal`)).toBe(true)
  await mustBeUntouched(jobs, before)
  expect(readdirSync(jobs.folder)).toEqual(['jobs.db'])
})

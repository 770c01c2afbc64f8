import { chmodSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Context, Stopped } from '../../../src/core/context.ts'
import type { EngineEvent } from '../../../src/core/events.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, contentHash, countIn } from '../../support/database.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs } from '../../support/jobs.ts'

/** What happens between the commit and the last word: the change is made, and nothing may say otherwise. */

const migratedIn = (path: string) => countIn(path, 'SELECT count(*) FROM jobs WHERE length(job_id) = 26')

async function refusalOf(work: Promise<unknown>): Promise<Refusal['failure']> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refusal) return error.failure
    throw error
  }
  throw new Error('It was not refused.')
}

describe('an engine that lied', () => {
  /** Committed, and then it turns out that a reference names another job. */
  async function lied() {
    const jobs = makeJobs()
    const wrong = 'UPDATE logs SET job_id = (SELECT job_id FROM jobs WHERE number = 2) WHERE n = 1'
    const lie = (db: { exec(sql: string): unknown }) => void db.exec(wrong)
    const context = inProcess(jobs.settings)
    return { ...jobs, done: await migrate(jobs.path, { seed: '5eed' }, undefined, context, { lie }) }
  }

  test('is found out by the proof from outside, which says what is wrong', async () => {
    const { done } = await lied()
    expect(done.proof.ok).toBe(true)
    expect(done.outside.checks.filter(check => !check.ok).map(check => check.id)).toContain('references')
  })

  test('can not be passed over: the same command proves first, fails with 3 and offers both ways back', async () => {
    const { path, settings } = await lied()
    const before = contentHash(path)
    const error = await refusalOf(migrate(path, {}, undefined, inProcess(settings)))
    expect(error).toMatchObject({ code: 'PROOF.FAILED', object: path, exit: 3 })
    expect(error.why).toContain('references:')
    expect(error.next).toContain(`ulid-migrate rollback ${path} --yes`)
    expect(error.next).toContain(`ulid-migrate rollback ${path} --restore --confirm jobs.db`)
    expect(contentHash(path)).toBe(before)
    const [target] = await status([path], inProcess(settings))
    expect(target!.due).toEqual([expect.stringContaining('failed its proof from outside')])
  })

  test('is taken back by undo, and then the way is free', async () => {
    const { path, settings } = await lied()
    await undo(path, undefined, inProcess(settings))
    expect((await status([path], inProcess(settings)))[0]!.due).toEqual([])
    expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({ outside: { ok: true } })
  })
})

test('what somebody else writes right after the commit is theirs, and no failure of the run', async () => {
  const { path, settings } = makeJobs()
  const plain = inProcess(settings)
  let written = false
  const context: Context = {
    ...plain,
    emit: (event: EngineEvent) => {
      if (written || event.type !== 'phase' || event.phase !== 'verify-outside') return
      written = true
      change(
        path,
        "INSERT INTO logs(line) VALUES('theirs')",
        "UPDATE jobs SET note = 'theirs' WHERE number = 2",
      )
    },
  }
  const done = await migrate(path, {}, undefined, context)
  expect(done.outside.ok).toBe(true)
  expect((await verifyPastRun(path, undefined, plain)).changedSince).toMatchObject({ rowsAdded: 1 })
})

describe('a stop after the commit', () => {
  test('says that the change is made, with the exit code of a stop, and the next run proves it', async () => {
    const jobs = makeJobs()
    const { path, settings } = jobs
    const context: Context = {
      ...inProcess(settings),
      ask: (operation, request) =>
        operation === 'verify'
          ? Promise.reject(new Stopped(path, 'It was asked to stop.'))
          : inProcess(settings).ask(operation, request),
    }
    const error = await refusalOf(migrate(path, {}, undefined, context))
    expect(error).toMatchObject({ code: 'RUN.STOPPED_COMMITTED', object: path, exit: 5 })
    expect(`${error.message} ${error.why}`).not.toMatch(/as it was/)
    expect(migratedIn(path)).toBe(6)
    const [target] = await status([path], inProcess(settings))
    expect(target!.runs).toMatchObject([{ what: 'migrate', status: 'succeeded' }])
    expect(target!.due).toEqual([expect.stringContaining('was not proved from outside')])
    expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({
      status: 'nothing-to-do',
    })
    expect((await status([path], inProcess(settings)))[0]!.due).toEqual([])
  })
})

describe('a second process that dies', () => {
  test('leaves a change that is committed, said as such with 3', async () => {
    const { path, settings } = makeJobs()
    const plain = inProcess(settings)
    const context: Context = {
      ...plain,
      ask: async (operation, request) => {
        if (operation !== 'verify') return plain.ask(operation, request)
        const error = { code: 'ENGINE.LOST', severity: 'blocker', object: path, exit: 1 } as const
        return { type: 'failed', error: { ...error, message: 'It ended.', why: 'SIGKILL', next: '' } }
      },
    }
    const error = await refusalOf(migrate(path, {}, undefined, context))
    expect(error).toMatchObject({ code: 'RUN.COMMITTED_UNPROVED', exit: 3 })
    expect(error.next).toContain(`ulid-migrate verify ${path}`)
    expect(migratedIn(path)).toBe(6)
    expect((await verifyPastRun(path, undefined, plain)).proof.ok).toBe(true)
  })
})

describe('what a run leaves in the snapshot folder', () => {
  test('is nothing, when its proof failed and it was rolled back', async () => {
    const { path, settings } = makeJobs()
    const sabotage = { sabotage: (db: { exec(sql: string): unknown }) => void db.exec('DELETE FROM logs') }
    const error = await refusalOf(migrate(path, {}, undefined, inProcess(settings), sabotage))
    expect(error.code).toBe('PROOF.FAILED')
    expect(readdirSync(settings.snapshotDir)).toEqual([])
    const [target] = await status([path], inProcess(settings))
    expect(target!.runs).toMatchObject([{ status: 'failed', snapshot: '' }])
  })

  test('is never overwritten: targets of one name, migrated by one run in the same second, have one each', async () => {
    const [one, other] = [makeJobs(), makeJobs()]
    const context = inProcess(one.settings)
    const first = await migrate(one.path, {}, undefined, context)
    const second = await migrate(other.path, {}, undefined, context)
    expect(second.snapshot).not.toBe(first.snapshot)
    expect(readdirSync(one.settings.snapshotDir)).toHaveLength(2)
    chmodSync(first.snapshot, 0o600)
    expect(contentHash(first.snapshot)).toBe(contentHash(second.snapshot))
  })
})

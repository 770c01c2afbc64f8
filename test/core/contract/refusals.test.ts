import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/core/context.ts'
import { planContract } from '../../../src/core/contract/contract-plan.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import type { ContractChoices } from '../../../src/core/requests.ts'
import { assertExpansion } from '../../../src/core/rollback/assert-expansion.ts'
import { finalize } from '../../../src/core/rollback/finalize.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, columnOf, contentHash } from '../../support/database.ts'
import { answerOf, refusalOf } from '../../support/engine.ts'
import { inProcess, noon } from '../../support/in-process.ts'
import { type Jobs, jobId, makeJobs, migratedJobs } from '../../support/jobs.ts'

const days = (count: number) => noon + count * 86_400_000

async function expandedJobs(): Promise<Jobs & { readonly run: string }> {
  return migratedJobs({ strategy: 'expand', only: ['jobs.job_id'] })
}

function at(jobs: Jobs, now: number): Context {
  return { ...inProcess(jobs.settings), now: () => now }
}

async function planned(jobs: Jobs, choices: ContractChoices = {}, now = days(15)): Promise<Plan> {
  return (await planContract(jobs.path, choices, at(jobs, now))).plan
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    expect(error.failure.exit).toBe(4)
    return `${error.failure.code} ${error.failure.object}`.replace(/ \/.*\//, ' ')
  }
}

describe('a contract is refused', () => {
  test('before the verification period is over, unless it is said to be early', async () => {
    const jobs = await expandedJobs()
    expect(await codeOf(planned(jobs, {}, days(13)))).toBe('CONTRACT.EARLY jobs.db')
    expect(await codeOf(planned(jobs, {}, days(14)))).toBe('done')
    expect(await codeOf(planned(jobs, { verificationDays: 30 }, days(29)))).toBe('CONTRACT.EARLY jobs.db')
    expect(await codeOf(planned(jobs, { verificationDays: 7 }, days(7)))).toBe('done')
    expect(await codeOf(planned(jobs, { early: true }, noon))).toBe('done')
  })

  test('where no expansion stands', async () => {
    expect(await codeOf(planned(makeJobs()))).toBe('EXPANSION.NONE jobs.db')
    expect(await codeOf(planned(await migratedJobs()))).toBe('EXPANSION.NONE jobs.db')
    const taken = await expandedJobs()
    await undo(taken.path, undefined, inProcess(taken.settings))
    expect(await codeOf(planned(taken))).toBe('EXPANSION.NONE jobs.db')
  })

  test.each([
    [
      'a row without its ULID',
      'UPDATE jobs SET job_ulid = NULL WHERE job_id = (SELECT min(job_id) FROM jobs)',
    ],
    ['a reference out of step', "UPDATE logs SET job_ulid = '01KHB3Y0K0AAAAAAAAAAAAAAAA' WHERE n = 1"],
    ['a reference without its ULID', 'UPDATE logs SET job_ulid = NULL WHERE n = 1'],
    ['what is no ULID', "UPDATE jobs SET job_ulid = 'mine' WHERE job_id = (SELECT min(job_id) FROM jobs)"],
  ])('while there is %s, also where it came after the plan was made', async (_, write) => {
    const jobs = await expandedJobs()
    const plan = await planned(jobs)
    change(
      jobs.path,
      ...columnOf<string>(
        jobs.path,
        "SELECT 'DROP TRIGGER \"' || name || '\"' FROM sqlite_schema WHERE name LIKE 'ulid_sync%'",
      ),
    )
    change(jobs.path, write)
    expect(await codeOf(planned(jobs))).toBe('CONTRACT.OUT_OF_STEP jobs.db')
    const before = contentHash(jobs.path)
    expect(await codeOf(migrate(jobs.path, {}, plan, inProcess(jobs.settings)))).toMatch(
      /^(CONTRACT.OUT_OF_STEP|PLAN.OTHER_SCHEMA) jobs.db$/,
    )
    expect(contentHash(jobs.path)).toBe(before)
  })

  test('with the lock held, when a program wrote past the triggers between plan and run', async () => {
    const jobs = await expandedJobs()
    const plan = await planned(jobs)
    change(jobs.path, "UPDATE jobs SET job_ulid = 'mine' WHERE job_id = (SELECT min(job_id) FROM jobs)")
    const before = contentHash(jobs.path)
    expect(await codeOf(migrate(jobs.path, {}, plan, inProcess(jobs.settings)))).toBe(
      'CONTRACT.OUT_OF_STEP jobs.db',
    )
    expect(contentHash(jobs.path)).toBe(before)
  })

  test('while a view reads a legacy column that another view shows by a star; with the other names it may', async () => {
    const jobs = await expandedJobs()
    change(
      jobs.path,
      'CREATE VIEW busy AS SELECT * FROM logs',
      'CREATE VIEW busiest AS SELECT max(line), job_id FROM busy',
    )
    expect(await codeOf(planned(jobs, { accept: ['busy', 'busiest'] }))).toMatch(/^CONTRACT.STILL_READ/)
    expect(await codeOf(planned(jobs, { takeNames: true }))).toBe('done')
  })

  test('while a table that came since refers to the legacy ids', async () => {
    const jobs = await expandedJobs()
    change(
      jobs.path,
      'CREATE TABLE later(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id))',
      `INSERT INTO later(job_id) SELECT job_id FROM jobs`,
    )
    expect(await codeOf(planned(jobs))).toBe('CONTRACT.REFERENCE_LEFT later.job_id')
  })

  test('without the name of the database, by the engine itself', async () => {
    const jobs = await expandedJobs()
    const { plan } = await answerOf(jobs.settings, 'plan-contract', {
      target: jobs.path,
      choices: { early: true },
    })
    const refused = (confirm: object) =>
      refusalOf(jobs.settings, 'migrate', { target: jobs.path, choices: {}, plan, ...confirm })
    expect(await refused({})).toMatchObject({ code: 'CONTRACT.UNCONFIRMED', exit: 4 })
    expect(await refused({ confirm: 'logs.db' })).toMatchObject({ code: 'CONTRACT.UNCONFIRMED' })
    const done = await answerOf(jobs.settings, 'migrate', {
      target: jobs.path,
      choices: {},
      plan,
      confirm: 'jobs.db',
    })
    expect(done).toMatchObject({ status: 'succeeded', strategy: 'contract', outside: { ok: true } })
  })
})

test('status says when a contract is due, and not before', async () => {
  const jobs = await expandedJobs()
  const dueAt = async (now: number, days?: number) =>
    (await status([jobs.path], at(jobs, now), () => days))[0]!.due.join()
  expect(await dueAt(days(13))).toBe('')
  expect(await dueAt(days(14))).toContain(`ulid-migrate contract ${jobs.path} --confirm jobs.db`)
  expect(await dueAt(days(8), 7)).toContain('is over since 2026-02-18')
})

describe('after a contract', () => {
  async function contractedJobs() {
    const jobs = await expandedJobs()
    await migrate(jobs.path, {}, await planned(jobs), inProcess(jobs.settings))
    return jobs
  }

  test('status knows no expansion any more, and the expansion can no longer be proved or collapsed by itself', async () => {
    const jobs = await contractedJobs()
    const [seen] = await status([jobs.path], inProcess(jobs.settings))
    expect(seen).toMatchObject({ state: 'migrated', expansions: [], due: [] })
    const context = inProcess(jobs.settings)
    expect(await codeOf(verifyPastRun(jobs.path, jobs.run, context))).toBe('RUN.NONE jobs.db')
    expect(await codeOf(assertExpansion(jobs.path, undefined, context))).toBe('EXPANSION.NONE jobs.db')
    expect(await codeOf(planned(jobs))).toBe('EXPANSION.NONE jobs.db')
  })

  test('finalize takes all of ours away', async () => {
    const jobs = await contractedJobs()
    await finalize(jobs.path, { confirm: 'jobs.db', dryRun: false }, inProcess(jobs.settings))
    expect(columnOf(jobs.path, "SELECT name FROM sqlite_schema WHERE sql LIKE '%ulid_migrate%'")).toEqual([])
  })

  test('the undo can be undone: the same contract once more', async () => {
    const jobs = await contractedJobs()
    const contracted = contentHash(jobs.path)
    const back = inProcess(jobs.settings)
    await undo(jobs.path, undefined, back)
    expect((await status([jobs.path], inProcess(jobs.settings)))[0]).toMatchObject({ state: 'expanded' })
    await undo(jobs.path, back.run, inProcess(jobs.settings))
    expect(contentHash(jobs.path)).toBe(contracted)
    expect(columnOf(jobs.path, `SELECT count(*) FROM jobs WHERE job_ulid = '${jobId(1)}'`)).toEqual([0n])
  })
})

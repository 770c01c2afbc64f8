import { describe, expect, test } from 'vitest'
import { finalize } from '../../../src/core/rollback/finalize.ts'
import { status } from '../../../src/core/status/status.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, columnOf, contentHash, rowsOf } from '../../support/database.ts'
import { answerOf, refusalOf } from '../../support/engine.ts'
import { detectIn, inProcess, noon } from '../../support/in-process.ts'
import { type Jobs, jobId, makeJobs, migratedJobs } from '../../support/jobs.ts'

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

async function expandedJobs(): Promise<Jobs & { readonly run: string }> {
  return migratedJobs({ strategy: 'expand', only: ['jobs.job_id'] })
}

function jobUlid(path: string, legacy: string): string | null {
  return columnOf<string>(path, `SELECT job_ulid FROM jobs WHERE job_id = '${legacy}'`)[0] ?? null
}

describe('an expansion', () => {
  test('gives the rows of programs that know only the old columns their ULIDs, of the time they came', async () => {
    const { path } = await expandedJobs()
    const since = Date.now()
    change(
      path,
      `INSERT INTO jobs(job_id, created_at) VALUES('new-1', '2026-02-11'), ('new-2', '2026-02-11')`,
    )
    for (const id of ['new-1', 'new-2']) {
      const made = jobUlid(path, id)!
      expect(made).toMatch(ulid)
      const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
      const time = [...made.slice(0, 10)].reduce((sum, digit) => sum * 32 + digits.indexOf(digit), 0)
      expect(time).toBeGreaterThanOrEqual(since - 1)
      expect(time).toBeLessThanOrEqual(Date.now() + 1)
    }
  })

  test('finds a new child its parent, also one that comes later', async () => {
    const { path } = await expandedJobs()
    change(path, "INSERT INTO logs(job_id, line) VALUES('late', 'before its job'), ('late', 'again')")
    const waiting = columnOf<string>(path, "SELECT DISTINCT job_ulid FROM logs WHERE job_id = 'late'")
    expect(waiting).toHaveLength(1)
    change(path, "INSERT INTO jobs(job_id, created_at) VALUES('late', '2026-02-11')")
    expect(jobUlid(path, 'late')).toBe(waiting[0])
  })

  test('keeps the ULID of a row that is replaced', async () => {
    const { path } = await expandedJobs()
    const before = jobUlid(path, jobId(1))
    change(
      path,
      `INSERT OR REPLACE INTO jobs(job_id, created_at, note) VALUES('${jobId(1)}', '2026-02-11', 'anew')`,
    )
    expect(jobUlid(path, jobId(1))).toBe(before)
  })

  test('follows a program that knows the ULIDs: its own are kept, and its references name the legacy id too', async () => {
    const { path } = await expandedJobs()
    const mine = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
    change(
      path,
      `INSERT INTO jobs(job_id, created_at, job_ulid) VALUES('mine', '2026-02-11', '${mine}')`,
      `INSERT INTO logs(line, job_ulid) VALUES('by ULID alone', '${mine}')`,
      `UPDATE logs SET job_ulid = '${mine}' WHERE n = 1`,
    )
    expect(jobUlid(path, 'mine')).toBe(mine)
    expect(rowsOf(path, "SELECT job_id, job_ulid FROM logs WHERE line = 'by ULID alone' OR n = 1")).toEqual([
      ['mine', mine],
      ['mine', mine],
    ])
  })

  test('shows before what it means: RETURNING, and the triggers it narrows', async () => {
    const { path } = makeJobs('CREATE TRIGGER touched AFTER UPDATE ON jobs BEGIN SELECT 1; END')
    const { findings } = await detectIn(path, { strategy: 'expand', only: ['jobs.job_id'] })
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'EXPAND.RETURNING', object: 'jobs.job_ulid' }),
    )
    expect(
      findings.find(({ code, object }) => code === 'EXPAND.TRIGGER_NARROWED' && object === 'touched')?.why,
    ).toMatch(/AFTER UPDATE OF "number"/)
  })

  test('refuses a trigger or view that counts on the number of columns', async () => {
    const { path } = makeJobs(
      'CREATE TRIGGER copying AFTER DELETE ON logs BEGIN INSERT INTO logs VALUES(OLD.n, OLD.job_id, OLD.line); END',
    )
    const { findings } = await detectIn(path, { strategy: 'expand', only: ['jobs.job_id'] })
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'SCHEMA.POSITIONAL', severity: 'blocker', object: 'copying' }),
    )
  })
})

describe('status of an expansion', () => {
  test('says since when, how complete, and how long it is watched', async () => {
    const { path, settings, run } = await expandedJobs()
    const [known] = await status([path], inProcess(settings))
    expect(known!.state).toBe('expanded')
    expect(known!.expansions).toEqual([
      {
        run,
        since: new Date(noon).toISOString(),
        verifyUntil: new Date(noon + 14 * 86_400_000).toISOString(),
        coverage: expect.arrayContaining([
          expect.objectContaining({ column: 'jobs.job_ulid', role: 'identity', without: 0, outOfStep: 0 }),
          expect.objectContaining({ column: 'logs.job_ulid', role: 'reference', without: 0, outOfStep: 0 }),
        ]),
        lookups: ['SELECT * FROM "jobs" WHERE "job_id" = :id OR "job_ulid" = :id;'],
      },
    ])
    expect(known!.due).toEqual([])
    const [week] = await status([path], inProcess(settings), () => 7)
    expect(week!.expansions[0]!.verifyUntil).toBe(new Date(noon + 7 * 86_400_000).toISOString())
  })

  test('counts what was written past the triggers, and verify condemns it', async () => {
    const { path, settings } = await expandedJobs()
    const sync = columnOf<string>(path, "SELECT name FROM sqlite_schema WHERE name LIKE 'ulid_sync_%'")
    expect(sync.length).toBeGreaterThan(4)
    const texts = columnOf<string>(path, "SELECT sql FROM sqlite_schema WHERE name LIKE 'ulid_sync_%'")
    change(
      path,
      ...sync.map(name => `DROP TRIGGER ${name}`),
      "INSERT INTO jobs(job_id, created_at) VALUES('past', '2026-02-11')",
      `UPDATE logs SET job_id = '${jobId(3)}' WHERE n = 1`,
      ...texts,
    )
    const [known] = await status([path], inProcess(settings))
    expect(known!.due.join('\n')).toMatch(/jobs\.job_ulid: 1 rows have no ULID/)
    expect(known!.due.join('\n')).toMatch(/logs\.job_ulid: 1 rows hold another ULID/)
    const { proof } = await verifyPastRun(path, undefined, inProcess(settings))
    expect(proof.checks.find(check => check.id === 'in-step')).toMatchObject({ ok: false })
  })
})

describe('collapse', () => {
  test('brings the very file of before back when nobody wrote since', async () => {
    const before = contentHash(makeJobs().path)
    const { path, settings } = await expandedJobs()
    expect(contentHash(path)).not.toBe(before)
    const done = await answerOf(settings, 'rollback', {
      target: path,
      mode: 'undo',
      expansion: true,
      dryRun: false,
    })
    expect(done).toMatchObject({ mode: 'undo' })
    expect(contentHash(path)).toBe(before)
    expect(columnOf(path, "SELECT name FROM sqlite_schema WHERE name LIKE '_ulid_migrate_%'")).not.toContain(
      '_ulid_migrate_fresh_1',
    )
  })

  test('keeps what was written since, and leaves the schema as it was', async () => {
    const twin = makeJobs()
    const { path, settings } = await expandedJobs()
    for (const each of [twin.path, path])
      change(
        each,
        "INSERT INTO logs(job_id, line) VALUES('late', 'before its job')",
        "INSERT INTO jobs(job_id, created_at) VALUES('late', '2026-02-11')",
        `INSERT OR REPLACE INTO jobs(job_id, created_at, note) VALUES('${jobId(1)}', '2026-02-11', 'anew')`,
        `UPDATE logs SET job_id = '${jobId(3)}' WHERE n = 1`,
        `DELETE FROM jobs WHERE job_id = '${jobId(4)}'`,
      )
    await answerOf(settings, 'rollback', { target: path, mode: 'undo', expansion: true, dryRun: false })
    expect(contentHash(path)).toBe(contentHash(twin.path))
  })

  test('refuses a migration that is no expansion, and names the way back of that', async () => {
    const { path, settings } = await migratedJobs()
    const before = contentHash(path)
    const refusal = await refusalOf(settings, 'rollback', {
      target: path,
      mode: 'undo',
      expansion: true,
      dryRun: false,
    })
    expect(refusal).toMatchObject({ code: 'EXPANSION.NONE', exit: 4 })
    expect(refusal.next).toMatch(/ulid-migrate rollback/)
    expect(contentHash(path)).toBe(before)
  })
})

test('finalize refuses to take away the tables that the triggers of an expansion need', async () => {
  const { path, settings } = await expandedJobs()
  await expect(
    finalize(path, { confirm: 'jobs.db', dryRun: false }, inProcess(settings)),
  ).rejects.toMatchObject({
    failure: { code: 'EXPANSION.LIVE', exit: 4 },
  })
  change(path, "INSERT INTO jobs(job_id, created_at) VALUES('still', '2026-02-11')")
  expect(jobUlid(path, 'still')).toMatch(ulid)
})

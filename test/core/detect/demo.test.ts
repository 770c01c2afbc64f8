import { describe, expect, test } from 'vitest'
import { countIn } from '../../support/database.ts'
import { makeDemo } from '../../support/demo.ts'
import { detectIn } from '../../support/in-process.ts'
import { accepted, codesOf, identityIn, migrating } from './looking.ts'

const rows = 240

describe("the guide's crackerjack.db", () => {
  test('has one identity by default: jobs.job_id, all UUIDs, with the three tables that refer to it', async () => {
    const found = await detectIn(makeDemo(rows).path.crackerjack)
    expect(found.state).toBe('legacy')
    expect(migrating(found)).toEqual(['jobs.job_id'])
    const jobs = identityIn(found, 'jobs.job_id')
    expect(jobs).toMatchObject({ rows, kinds: { uuid4: rows }, nulls: 0, duplicates: 0 })
    expect(accepted(jobs)).toEqual([
      'errors.job_id declared',
      'hook_executions.job_id declared',
      'test_executions.job_id declared',
    ])
  })

  test("takes a job's time from start_time, since a UUID of version 4 has none", async () => {
    const jobs = identityIn(await detectIn(makeDemo(rows).path.crackerjack), 'jobs.job_id')
    expect(jobs.time).toEqual({ from: 'column', column: 'start_time' })
  })

  test('lists every table with its rows', async () => {
    const { path } = makeDemo(rows)
    const { tables } = await detectIn(path.crackerjack)
    expect(tables.map(table => table.name)).toEqual(['jobs', 'errors', 'hook_executions', 'test_executions'])
    for (const table of tables)
      expect(table.rows).toBe(countIn(path.crackerjack, `SELECT count(*) FROM ${table.name}`))
  })
})

describe('the real metrics.db', () => {
  const children = [
    'errors',
    'hook_executions',
    'test_executions',
    'orchestration_executions',
    'strategy_decisions',
    'individual_test_executions',
    'agent_executions',
  ]

  test('has jobs.job_id with its seven referencing tables, and none of the nine numbers nobody refers to', async () => {
    const found = await detectIn(makeDemo(rows).path.metrics)
    expect(found.state).toBe('legacy')
    expect(migrating(found)).toEqual(['jobs.job_id'])
    expect(accepted(identityIn(found, 'jobs.job_id'))).toEqual(
      children.map(table => `${table}.job_id declared`),
    )
  })

  test('counts the kinds in its mixed column value by value', async () => {
    const { path } = makeDemo(rows)
    const { kinds } = identityIn(await detectIn(path.metrics), 'jobs.job_id')
    const count = (where: string) => countIn(path.metrics, `SELECT count(*) FROM jobs WHERE ${where}`)
    expect(kinds).toEqual({
      uuid4: count("job_id GLOB '????????-????-4???-????-????????????'"),
      'name-timestamp': count("job_id GLOB 'job_*'"),
      hex: count("length(job_id) = 8 AND job_id GLOB '*[a-f]*'"),
      // Eight digits could be a date as well as hexadecimal.
      ...(count("length(job_id) = 8 AND job_id NOT GLOB '*[a-f]*'") > 0
        ? { text: count("length(job_id) = 8 AND job_id NOT GLOB '*[a-f]*'") }
        : {}),
    })
    expect(Object.values(kinds).reduce((sum, each) => sum + each, 0)).toBe(rows)
  })

  test('counts matches and orphans of each reference as SQL does, and reports each place with orphans', async () => {
    const { path } = makeDemo(rows)
    const found = await detectIn(path.metrics)
    const { references } = identityIn(found, 'jobs.job_id')
    for (const reference of references) {
      const count = (not: string) =>
        countIn(
          path.metrics,
          `SELECT count(*) FROM ${reference.table} WHERE job_id ${not} IN (SELECT job_id FROM jobs)`,
        )
      expect(reference).toMatchObject({
        confidence: 1,
        matched: count(''),
        orphans: count('NOT'),
        sentinels: 0,
      })
      expect(reference.orphans).toBeGreaterThan(0)
      for (const sample of reference.orphanSamples)
        expect(countIn(path.metrics, `SELECT count(*) FROM jobs WHERE job_id = '${sample}'`)).toBe(0)
    }
    expect(found.findings.filter(each => each.code === 'REFERENCE.ORPHANS').map(each => each.object)).toEqual(
      children.map(table => `${table}.job_id`),
    )
  })

  test('names the day as a natural key that stays', async () => {
    const day = identityIn(await detectIn(makeDemo(rows).path.metrics), 'daily_summary.date')
    expect(day).toMatchObject({ migrate: false, offered: false })
    expect(day.reason).toContain('natural key')
  })
})

describe("the guide's session_buddy.db", () => {
  test('reads the time of a session out of its name, and falls back on the column', async () => {
    const found = await detectIn(makeDemo(rows).path.sessions)
    expect(found.state).toBe('legacy')
    expect(identityIn(found, 'sessions.session_id')).toMatchObject({
      migrate: true,
      kinds: { 'name-timestamp': rows },
      time: { from: 'id', column: 'start_time' },
      timeColumns: ['start_time'],
    })
  })
})

describe("Oneiric's checkpoints", () => {
  test('refer to executions from inside a composite key, undeclared, and nearly all as orphans', async () => {
    const { path } = makeDemo(rows)
    const found = await detectIn(path.oneiric)
    expect(migrating(found)).toEqual(['workflow_executions.run_id'])
    const [reference] = identityIn(found, 'workflow_executions.run_id').references
    const matched = countIn(
      path.oneiric,
      'SELECT count(*) FROM workflow_execution_nodes JOIN workflow_executions USING (run_id)',
    )
    expect(reference).toMatchObject({
      table: 'workflow_execution_nodes',
      column: 'run_id',
      kind: 'composite',
      choice: 'accepted',
      matched,
      orphans: rows - matched,
    })
    expect(reference!.orphans).toBeGreaterThan(rows * 0.9)
    expect(reference!.why).toContain('no key declared')
  })
})

describe('states', () => {
  test('a file of 0 bytes is empty: it says to initialize first, and with which command', async () => {
    const { path } = makeDemo(rows)
    const found = await detectIn(path.fresh)
    expect(found).toMatchObject({ state: 'empty', tables: [], identities: [], bytes: 0 })
    expect(found.findings).toMatchObject([
      {
        code: 'TARGET.NO_TABLES',
        severity: 'blocker',
        object: path.fresh,
        next: `ulid-migrate initialize ${path.fresh}`,
      },
    ])
    expect(found.findings[0]!.message).toContain('initialize first')
  })

  test('a migrated database has nothing left to migrate', async () => {
    const found = await detectIn(makeDemo(rows).path.migrated)
    expect(found.state).toBe('migrated')
    expect(migrating(found)).toEqual([])
    expect(identityIn(found, 'jobs.job_id').kinds).toEqual({ ulid: rows })
  })

  test('a half migrated one says how far somebody got', async () => {
    const found = await detectIn(makeDemo(rows).path.halfMigrated)
    expect(found.state).toBe('half')
    expect(identityIn(found, 'jobs.job_id').kinds).toEqual({ ulid: rows / 2, uuid4: rows / 2 })
    expect(codesOf(found)).toContain('IDENTITY.HALF_MIGRATED')
    expect(found.findings.find(each => each.code === 'IDENTITY.HALF_MIGRATED')!.message).toContain(
      `${rows / 2} of ${rows}`,
    )
  })

  test('a half filled ULID column beside the id is half as well, and the filled rows are counted', async () => {
    const { path } = makeDemo(rows)
    const found = await detectIn(path.halfExpanded)
    expect(found.state).toBe('half')
    const filled = countIn(path.halfExpanded, 'SELECT count(session_ulid) FROM sessions')
    expect(found.findings.find(each => each.code === 'IDENTITY.HALF_EXPANDED')).toMatchObject({
      object: 'sessions.session_ulid',
    })
    expect(found.findings.find(each => each.code === 'IDENTITY.HALF_EXPANDED')!.message).toContain(
      `${filled} of ${rows}`,
    )
  })

  test('the half filled column itself is not said to be full of ULIDs', async () => {
    const found = await detectIn(makeDemo(rows).path.halfExpanded)
    expect(identityIn(found, 'sessions.session_ulid').reason).not.toBe('every value is a ULID already')
  })

  test('every message names its object, its reason and what to do next', async () => {
    const { path } = makeDemo(rows)
    for (const target of Object.values(path))
      for (const finding of (await detectIn(target)).findings)
        for (const part of ['object', 'message', 'why', 'next'] as const)
          expect(finding[part], `${finding.code} ${part}`).not.toBe('')
  })
})

import { describe, expect, test } from 'vitest'
import type { DryRunTarget, Proof, Sample } from '../../../src/core/documents.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { status } from '../../../src/core/status/status.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { columnOf, contentHash, countIn, rowsOf } from '../../support/database.ts'
import { type DemoName, makeDemo } from '../../support/demo.ts'
import { answerOf, ask, resultOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, printOf, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { longTest } from '../../support/whole.ts'

/** The whole way on every demo database, through real engine processes. */

const rows = 60

function expectProved(proof: Proof): void {
  expect(proof.checks.filter(check => !check.ok)).toEqual([])
  expect(proof.ok).toBe(true)
  expect(proof.checks.length).toBeGreaterThan(8)
}

/** Each sample is what stands in the database now, in the row that had the id before. */
function expectTrue(samples: readonly Sample[], path: string, ulidOf: (before: string) => string): void {
  expect(samples.length).toBeGreaterThan(0)
  for (const sample of samples) expect(columnOf(path, ulidOf(sample.before))).toEqual([sample.after])
}

interface Way {
  readonly path: string
  readonly dryRun: DryRunTarget
  /** Proves, undoes, proves the content, and that there is nothing more to undo. */
  readonly back: () => Promise<void>
}

async function forward(name: DemoName): Promise<Way> {
  const path = makeDemo(rows).path[name]
  const settings = settingsIn(temporaryFolder())
  const before = contentHash(path)
  const rehearsal = await rehearse(path, {}, undefined, inProcess(settings))
  expectProved(rehearsal.document.proof)
  expectProved(rehearsal.document.undo)
  const { run, outcome, events } = await ask(settings, 'migrate', {
    target: path,
    choices: {},
    plan: rehearsal.plan,
  })
  const migrated = resultOf(outcome)
  expect(migrated).toMatchObject({ target: path, status: 'succeeded', plan: rehearsal.plan.hash })
  expectProved(migrated.proof)
  expectProved(migrated.outside)
  const phases = events.flatMap(event =>
    event.type === 'phase' && event.status === 'done' ? [event.phase] : [],
  )
  expect(phases.filter(phase => phase !== 'map' && phase !== 'rewrite')).toEqual([
    'inspect',
    'preconditions',
    'snapshot',
    'check-snapshot',
    // An expansion is proved when others can see it already: there is no transaction to look into.
    ...(migrated.strategy === 'expand' ? [] : ['verify']),
    'commit',
    'verify-outside',
  ])
  return {
    path,
    dryRun: rehearsal.document,
    async back() {
      const verified = await verifyPastRun(path, undefined, inProcess(settings))
      expectProved(verified.proof)
      expect([verified.run, verified.changedSince]).toEqual([run, null])
      expect(await status([path], inProcess(settings))).toMatchObject([
        { target: path, runs: [{ run, what: 'migrate', status: 'succeeded', rowsSince: 0 }], due: [] },
      ])
      expect(await migrate(path, {}, undefined, inProcess(settings))).toMatchObject({
        status: 'nothing-to-do',
      })
      const undone = await answerOf(settings, 'rollback', { target: path, mode: 'undo', dryRun: false })
      expectProved(undone.proof)
      expect(undone).toMatchObject({ run, mode: 'undo', rowsKept: 0, rowsDiscarded: 0, rehearsed: false })
      expect(contentHash(path)).toBe(before)
      expect(
        (await status([path], inProcess(settings)))[0]!.runs.map(each => [each.what, each.status]),
      ).toEqual([
        ['undo', 'succeeded'],
        ['migrate', 'undone'],
      ])
    },
  }
}

describe.concurrent('there, proved and back', () => {
  test("crackerjack.db: the guide's query counts every job, and every child still finds its own", async () => {
    const { path, dryRun, back } = await forward('crackerjack')
    expect(countIn(path, 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26')).toBe(rows)
    for (const child of ['errors', 'hook_executions', 'test_executions'])
      expect(
        countIn(
          path,
          `SELECT count(*) FROM ${child} LEFT JOIN jobs USING (job_id) WHERE jobs.job_id IS NULL`,
        ),
      ).toBe(0)
    expectTrue(
      dryRun.samples,
      path,
      before => `SELECT ulid FROM _ulid_migrate_map_1 WHERE legacy = '${before}'`,
    )
    await back()
  })

  test('metrics.db: the mixed ids of jobs and seven referencing tables, with their orphans', async () => {
    const { path, dryRun, back } = await forward('metrics')
    expect(countIn(path, 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26')).toBe(rows)
    expect(dryRun.changes.map(change => [change.table, change.columns])).toEqual(
      [
        'jobs',
        'errors',
        'hook_executions',
        'test_executions',
        'orchestration_executions',
        'strategy_decisions',
        'individual_test_executions',
        'agent_executions',
      ].map(table => [table, ['job_id']]),
    )
    expect(dryRun.orphans).toBeGreaterThan(0)
    expect(
      countIn(path, 'SELECT count(*) FROM agent_executions WHERE job_id NOT IN (SELECT job_id FROM jobs)'),
    ).toBeGreaterThan(0)
    expect(countIn(path, 'SELECT count(*) FROM agent_executions WHERE length(job_id) <> 26')).toBe(0)
    await back()
  })

  longTest(
    "session_buddy.db: the guide's query counts a ULID beside every session, whose own id stays",
    async () => {
      const { path, dryRun, back } = await forward('sessions')
      expect(countIn(path, 'SELECT COUNT(*) FROM sessions WHERE LENGTH(session_ulid) = 26')).toBe(rows)
      expect(countIn(path, "SELECT count(*) FROM sessions WHERE session_id GLOB '*-[0-9]*-[0-9]*'")).toBe(
        rows,
      )
      expect(
        rowsOf(path, "SELECT name FROM pragma_index_list('sessions') WHERE \"unique\" AND origin = 'c'"),
      ).toHaveLength(1)
      expectTrue(
        dryRun.samples,
        path,
        before => `SELECT session_ulid FROM sessions WHERE session_id = '${before}'`,
      )
      await back()
    },
  )

  longTest(
    'workflow_checkpoints.sqlite: nodes follow their runs from inside a composite key, orphans and all',
    async () => {
      const { path, back } = await forward('oneiric')
      expect(countIn(path, 'SELECT count(*) FROM workflow_executions WHERE length(run_id) = 26')).toBe(
        countIn(path, 'SELECT count(*) FROM workflow_executions'),
      )
      expect(countIn(path, 'SELECT count(*) FROM workflow_execution_nodes WHERE length(run_id) = 26')).toBe(
        rows,
      )
      await back()
    },
  )

  longTest('the half migrated crackerjack.db: ULIDs that are there stay, the rest follows', async () => {
    const { path, back } = await forward('halfMigrated')
    expect(countIn(path, 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26')).toBe(rows)
    expect(countIn(path, 'SELECT count(*) FROM _ulid_migrate_map_1 WHERE legacy = ulid')).toBe(rows / 2)
    await back()
  })

  test('the half expanded session_buddy.db: the column is filled up, and what stood in it stays', async () => {
    const { path, back } = await forward('halfExpanded')
    expect(countIn(path, 'SELECT COUNT(*) FROM sessions WHERE LENGTH(session_ulid) = 26')).toBe(rows)
    await back()
  })

  test('the migrated crackerjack.db: nothing to do, and not a byte is touched', async () => {
    const path = makeDemo(rows).path.migrated
    const before = everythingIn(path.slice(0, path.lastIndexOf('/')))
    const document = await answerOf(settingsIn(temporaryFolder()), 'migrate', { target: path, choices: {} })
    expect(document).toMatchObject({ status: 'nothing-to-do', identities: 0, identifiers: 0 })
    expect(everythingIn(path.slice(0, path.lastIndexOf('/')))).toEqual(before)
  })

  test('the fresh crackerjack.db: refused until it is initialized, then like any other without rows', async () => {
    const path = makeDemo(rows).path.fresh
    const settings = settingsIn(temporaryFolder())
    const before = printOf(path)
    const { outcome } = await ask(settings, 'migrate', { target: path, choices: {} })
    expect(outcome).toMatchObject({
      type: 'failed',
      error: { code: 'TARGET.NO_TABLES', object: path, exit: 4, next: `ulid-migrate initialize ${path}` },
    })
    expect(printOf(path)).toBe(before)
    const made = await answerOf(settings, 'initialize', { target: path, schema: '' })
    expect(made.tables).toContain('jobs')
    expect(await answerOf(settings, 'migrate', { target: path, choices: {} })).toMatchObject({
      status: 'nothing-to-do',
    })
  })
})

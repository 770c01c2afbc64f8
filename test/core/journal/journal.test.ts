import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isUlid } from '../../../src/core/identifiers/index.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { change, columnOf, rowsOf } from '../../support/database.ts'
import { everythingIn } from '../../support/folder.ts'
import { inProcess, noon } from '../../support/in-process.ts'
import { jobId, makeJobs, migratedJobs } from '../../support/jobs.ts'

describe('the ledger', () => {
  test('names runs, targets and phases by ULIDs, and is only for its owner', async () => {
    const { settings, run, path } = await migratedJobs()
    const ledger = join(settings.stateDir, 'ledger.sqlite')
    expect(statSync(ledger).mode & 0o777).toBe(0o600)
    expect(rowsOf(ledger, 'SELECT execution_id, workflow_name, status FROM workflow_execution')).toEqual([
      [run, 'migrate', 'succeeded'],
    ])
    expect(rowsOf(ledger, 'SELECT pool_id, worker_id, operation, status FROM pool_execution')).toEqual([
      [run, path, 'migrate', 'succeeded'],
    ])
    const checkpoints = columnOf<string>(ledger, 'SELECT checkpoint_id FROM workflow_checkpoint ORDER BY 1')
    expect(checkpoints.every(isUlid)).toBe(true)
    expect(columnOf(ledger, 'SELECT stage_name FROM workflow_checkpoint ORDER BY checkpoint_id')).toEqual(
      expect.arrayContaining([
        'preconditions',
        'snapshot',
        'check-snapshot',
        'verify',
        'commit',
        'verify-outside',
      ]),
    )
  })

  test('notes a refused run as failed', async () => {
    const { path, settings } = makeJobs()
    const refused = migrate(path, {}, undefined, inProcess(settings), {
      sabotage: db => void db.exec('DELETE FROM logs WHERE n = 1'),
    })
    await expect(refused).rejects.toThrow('PROOF.FAILED')
    expect(await status([path], inProcess(settings))).toMatchObject([
      { state: 'legacy', runs: [{ what: 'migrate', status: 'failed' }] },
    ])
  })
})

describe('status', () => {
  test('lists runs newest first, with the rows written since', async () => {
    const { path, settings, run, snapshot } = await migratedJobs()
    change(path, `INSERT INTO jobs(job_id) VALUES('${jobId(7)}'), ('${jobId(8)}')`)
    const [target] = await status([path], inProcess(settings))
    expect(target).toMatchObject({
      target: path,
      runs: [
        {
          run,
          what: 'migrate',
          status: 'succeeded',
          strategy: 'replace',
          identifiers: 6,
          snapshot,
          rowsSince: 2,
        },
      ],
    })
    await undo(path, undefined, { ...inProcess(settings), now: () => noon + 1000 })
    expect((await status([path], inProcess(settings)))[0]!.runs.map(each => each.status)).toEqual([
      'succeeded',
      'undone',
    ])
  })

  test('is rebuilt from the target where the ledger was lost', async () => {
    const { path, settings, run, snapshot } = await migratedJobs()
    rmSync(settings.stateDir, { recursive: true })
    expect(await status([path], inProcess(settings))).toMatchObject([
      {
        state: 'migrated',
        runs: [{ run, what: 'migrate', status: 'succeeded', strategy: 'replace', identifiers: 6, snapshot }],
      },
    ])
  })

  test('of all targets names those the ledger knows, also one that is gone by now', async () => {
    const { path, settings } = await migratedJobs()
    rmSync(path)
    expect(await status([], inProcess(settings))).toMatchObject([
      { target: path, state: 'missing', runs: [{ what: 'migrate' }] },
    ])
  })

  test('never fails and never writes', async () => {
    const { path, folder, settings } = await migratedJobs()
    const before = everythingIn(folder)
    const states = (await status([path, join(folder, 'nothing.db'), folder], inProcess(settings))).map(
      each => each.state,
    )
    expect(states).toEqual(['migrated', 'missing', 'unreadable'])
    expect(everythingIn(folder)).toEqual(before)
  })
})

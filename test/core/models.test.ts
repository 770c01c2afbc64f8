import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import {
  insertRecord,
  ledgerDdl,
  poolExecutions,
  readRecords,
  workflowCheckpoints,
  workflowExecutions,
} from '../../src/core/journal/ledger-tables.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import {
  poolExecutionSchema,
  workflowCheckpointSchema,
  workflowExecutionSchema,
} from '../../src/core/models.ts'
import { makeDatabase } from '../support/database.ts'
import { settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { inProcess } from '../support/in-process.ts'

const [run, pool, checkpoint] = [
  '01KEXWDFNRRMDJHG5GXSQG2QCQ',
  '01kexwged0cxe423w3pyd3z736',
  '01KDVDNA00TNW9F95QTTX86ZFV',
]
const workflow = {
  execution_id: run,
  workflow_name: 'nightly',
  status: 'running',
  start_time: '2026-02-11T07:25:00Z',
}
const execution = {
  ...workflow,
  execution_id: pool,
  pool_id: run,
  worker_id: '/data/app.db',
  operation: 'migrate',
}
const poolExecution = (({ workflow_name: _, ...rest }) => rest)(execution)
const finished = {
  checkpoint_id: checkpoint,
  workflow_execution_id: pool,
  stage_name: 'snapshot',
  status: 'succeeded',
  timestamp: '2026-02-11T07:25:01.250+01:00',
}

describe('the records of runs', () => {
  test('come back from the tables of the ledger as they were put there, with all that was left out', () => {
    const db = new Database(':memory:')
    db.exec(ledgerDdl)
    const metadata = { list: [1, 'two', null, { three: true }], text: 'Ünïcödé "quoted"' }
    insertRecord(db, workflowExecutions, { ...workflow, metadata, iterations: 3 })
    insertRecord(db, poolExecutions, poolExecution)
    insertRecord(db, workflowCheckpoints, { ...finished, result_data: metadata, error_message: 'none' })
    expect(readRecords(db, workflowExecutions, '')).toEqual([
      { ...workflow, metadata, iterations: 3, end_time: null },
    ])
    expect(readRecords(db, poolExecutions, 'WHERE pool_id = ?', run)).toEqual([
      { ...poolExecution, metadata: {}, end_time: null },
    ])
    expect(readRecords(db, workflowCheckpoints, '')).toEqual([
      { ...finished, result_data: metadata, error_message: 'none' },
    ])
    db.close()
  })

  test.each([
    ['a run that is no ULID', workflowExecutionSchema, workflow, { execution_id: 'nightly-1' }],
    ['a first digit above 7', workflowExecutionSchema, workflow, { execution_id: `8${run.slice(1)}` }],
    ['no name', workflowExecutionSchema, workflow, { workflow_name: '' }],
    ['a name of 101 characters', workflowExecutionSchema, workflow, { workflow_name: 'n'.repeat(101) }],
    ['no iteration', workflowExecutionSchema, workflow, { iterations: 0 }],
    ['a time without a zone', workflowExecutionSchema, workflow, { start_time: '2026-02-11T07:25:00' }],
    ['an unknown field', workflowExecutionSchema, workflow, { name: 'x' }],
    ['metadata that are no object', workflowExecutionSchema, workflow, { metadata: [] }],
    ['a pool that is no ULID', poolExecutionSchema, poolExecution, { pool_id: 'local' }],
    ['no worker', poolExecutionSchema, poolExecution, { worker_id: '' }],
    ['a checkpoint that is no ULID', workflowCheckpointSchema, finished, { checkpoint_id: 'cp_1' }],
    ['a checkpoint of no execution', workflowCheckpointSchema, finished, { workflow_execution_id: '' }],
  ])('are refused with %s', (_, schema, record, wrong) => {
    expect(schema.safeParse(record).success).toBe(true)
    expect(schema.safeParse({ ...record, ...wrong }).success).toBe(false)
  })

  test('are what the ledger of a real run consists of', async () => {
    const folder = temporaryFolder()
    const path = makeDatabase(
      join(folder, 'a.db'),
      'CREATE TABLE t(id INTEGER PRIMARY KEY, n); INSERT INTO t VALUES(1, 2)',
    )
    const settings = settingsIn(folder)
    await migrate(path, { all: true }, undefined, inProcess(settings))
    const db = new Database(join(settings.stateDir, 'ledger.sqlite'), { readonly: true })
    const [whole] = readRecords(db, workflowExecutions, '')
    const [part] = readRecords(db, poolExecutions, '')
    const phases = readRecords(db, workflowCheckpoints, '')
    db.close()
    expect(whole).toMatchObject({
      execution_id: part!.pool_id,
      workflow_name: 'migrate',
      status: 'succeeded',
    })
    expect(part).toMatchObject({ worker_id: path, operation: 'migrate', status: 'succeeded' })
    expect(phases.map(each => each.stage_name)).toContain('commit')
    expect(new Set(phases.map(each => each.workflow_execution_id))).toEqual(new Set([part!.execution_id]))
  })
})

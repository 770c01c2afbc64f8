import { expect, test } from 'vitest'
import { statusOf } from './documents.ts'
import { invoke, type Script } from './world.ts'

const script: Script = {
  status: ({ targets }) => ({ outcome: { type: 'result', value: targets.map(statusOf) } }),
}

test('all targets are asked for at once, and their runs are listed', async () => {
  const { exit, stdout, asked } = await invoke({ argv: ['status', 'a.db', 'b.db'], script })
  expect(exit).toBe(0)
  expect(asked).toEqual([{ operation: 'status', request: { targets: ['/data/a.db', '/data/b.db'] } }])
  expect(stdout).toMatch(/migrate replace +succeeded +41,020 identifiers +12 rows since +snapshot 155 MB/)
  expect(stdout).toContain('both ids live since 2026-02-11; verification period over since 2026-02-25')
  expect(stdout).toMatch(/jobs\.job_ulid +41,018 of 41,020 rows +2 without ULID/)
  expect(stdout).toMatch(/errors\.job_ulid +1,000 of 1,000 rows +3 out of step/)
  expect(stdout).toContain('due: verify again')
})

test('with -v also the statement that finds a row by either id', async () => {
  const sql = 'SELECT * FROM "jobs" WHERE "job_id" = :id OR "job_ulid" = :id;'
  expect((await invoke({ argv: ['status', 'a.db', '-v'], script })).stdout).toContain(sql)
  expect((await invoke({ argv: ['status', 'a.db'], script })).stdout).not.toContain(sql)
})

test('an empty ledger says where it looked', async () => {
  const { exit, stdout } = await invoke({ argv: ['status', '--state-dir', '/state'], script })
  expect([exit, stdout]).toEqual([0, 'No runs in /state\n'])
})

test('--json lists the targets', async () => {
  const { json } = await invoke({ argv: ['status', 'a.db', '--json'], script })
  expect(json()).toEqual({ schema: 'ulid-migrate.status/1', targets: [statusOf('/data/a.db')] })
})

import { expect, test } from 'vitest'
import type { Message, Trace } from '../../src/core/index.ts'
import { invoke, type Script } from './world.ts'

const ulid = '01KH5SDK70AAAAAAAAAAAAAAAA'
const error: Message = {
  code: 'TARGET.MISSING',
  severity: 'blocker',
  object: '/data/b.db',
  message: 'There is no such file.',
  why: 'It was not made either.',
  next: 'Look for it: ls /data',
}

function traced(more: Partial<Trace> = {}): Script {
  const value: Trace = {
    id: 'old',
    time: null,
    found: [
      {
        ...{ system: 'crackerjack', target: '/data/a.db', table: 'jobs', column: 'job_id', row: '7' },
        ...{ ulid, legacy: 'old', time: '2026-02-11T07:25:00.000Z' },
      },
    ],
    references: [
      {
        ...{ target: '/data/a.db', table: 'my errors', column: 'job', to: 'jobs.job_id' },
        ...{ rows: 1200, samples: ['3', '4', 'a, 5'], ids: [null, null, null] },
      },
    ],
    related: [],
    targets: [{ target: '/data/a.db', identities: 2, error: null }],
    ...more,
  }
  return { trace: () => ({ outcome: { type: 'result', value } }) }
}

test('what an id names is shown under both ids, with what refers to it', async () => {
  const { exit, stdout, asked } = await invoke({ argv: ['trace', 'old', 'a.db'], script: traced() })
  expect([exit, asked]).toEqual([
    0,
    [{ operation: 'trace', request: { id: 'old', targets: ['/data/a.db'] } }],
  ])
  expect(stdout).toMatch(/jobs\.job_id {2}row 7 {2}\(\/data\/a\.db, crackerjack\)/)
  expect(stdout).toMatch(new RegExp(`ULID +${ulid} +of 2026-02-11T07:25:00.000Z`))
  expect(stdout).toMatch(/legacy id +old/)
  expect(stdout).toMatch(/"my errors"\.job +1,200 rows +refers to jobs\.job_id +row 3; 4; a, 5/)
})

test('not found anywhere is said, with where it was looked for, and is no failure', async () => {
  const nothing = { found: [], references: [] }
  const { exit, stdout } = await invoke({
    argv: ['trace', 'x', 'a.db'],
    script: traced({ ...nothing, id: 'x' }),
  })
  expect([exit, stdout]).toEqual([0, 'x was not found anywhere: 1 database, 2 migrated identities\n'])
  const none = await invoke({
    argv: ['trace', 'x', '--state-dir', '/state'],
    script: traced({ ...nothing, targets: [] }),
  })
  expect([none.exit, none.stdout]).toEqual([0, 'No runs in /state: name the databases to look into.\n'])
})

test('a database that can not be read is said beside the others, and fails only where it is all there is', async () => {
  const missing = { target: '/data/b.db', identities: 0, error }
  const targets = [{ target: '/data/a.db', identities: 2, error: null }, missing]
  const some = await invoke({ argv: ['trace', 'old', 'a.db', 'b.db'], script: traced({ targets }) })
  expect(some.exit).toBe(0)
  expect(some.stdout).toContain('There is no such file.  TARGET.MISSING')
  const script = traced({ found: [], references: [], targets: [missing] })
  const plain = await invoke({ argv: ['trace', 'old', 'b.db'], script })
  expect([plain.exit, plain.stdout]).toEqual([4, ''])
  const all = await invoke({ argv: ['trace', 'old', 'b.db', '--json'], script })
  expect(all.exit).toBe(4)
  expect(all.json()).toMatchObject({
    schema: 'ulid-migrate.trace/1',
    found: [],
    targets: [missing],
    error: { code: 'TRACE.NOTHING_READ' },
  })
  expect(all.stderr).toContain('/data/b.db: There is no such file.')
})

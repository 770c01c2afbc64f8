import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Message, Trace, TracedTarget } from '../../src/core/index.ts'
import { makeDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
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

function asked(target: string): TracedTarget {
  return {
    ...{ target, system: 'crackerjack', migrated: true, identities: 2, keys: 0 },
    ...{ readThrough: [], error: null },
  }
}

function tracedValue(more: Partial<Trace> = {}): Trace {
  return {
    id: 'old',
    time: null,
    found: [
      {
        ...{ system: 'crackerjack', target: '/data/a.db', table: 'jobs', column: 'job_id', row: '7' },
        ...{ ulid, legacy: 'old', time: '2026-02-11T07:25:00.000Z' },
        inShort: [{ column: 'status', value: 'done' }],
      },
    ],
    references: [
      {
        ...{ target: '/data/a.db', table: 'my errors', column: 'job', to: 'jobs.job_id' },
        ...{ rows: 1200, samples: ['3', '4', 'a, 5'], ids: [null, null, null] },
        ...{ toTarget: '/data/a.db', kind: 'declared', inside: null, scanned: false },
      },
    ],
    related: [],
    near: { seconds: 60, ulid, identities: [] },
    targets: [asked('/data/a.db')],
    ...more,
  }
}

function traced(more: Partial<Trace> = {}): Script {
  return { trace: () => ({ outcome: { type: 'result', value: tracedValue(more) } }) }
}

test('what an id names is shown under both ids, with what refers to it', async () => {
  const {
    exit,
    stdout,
    asked: calls,
  } = await invoke({
    argv: ['trace', 'old', 'a.db'],
    script: traced(),
  })
  expect([exit, calls]).toEqual([
    0,
    [{ operation: 'trace', request: { id: 'old', targets: ['/data/a.db'] } }],
  ])
  expect(stdout).toMatch(/^crackerjack\n {2}\/data\/a\.db\n {4}✔ jobs\.job_id {2}row 7$/m)
  expect(stdout).toMatch(/status +done/)
  expect(stdout).toMatch(new RegExp(`ULID +${ulid} +of 2026-02-11T07:25:00.000Z`))
  expect(stdout).toMatch(/legacy id +old/)
  expect(stdout).toMatch(/referred to by\n +"my errors"\.job +1,200 rows +row 3; 4; a, 5/)
})

test('not found anywhere is said, with where it was looked for, and is no failure', async () => {
  const nothing = { found: [], references: [], near: { seconds: 60, ulid: null, identities: [] } }
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
  const missing = { ...asked('/data/b.db'), identities: 0, error }
  const targets = [asked('/data/a.db'), missing]
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

test('what refers to it elsewhere stands with its own system, and what is near it in a time line', async () => {
  const { references } = tracedValue()
  const place = { target: '/data/s.db', system: 'session-buddy', table: 'sessions', column: 'session_id' }
  const script = traced({
    references: [
      ...references,
      {
        ...{
          target: '/data/s.db',
          table: 'events',
          column: 'data',
          to: 'jobs.job_id',
          toTarget: '/data/a.db',
        },
        ...{ kind: 'json', inside: 'events.data:$.job', rows: 2, samples: ['1', '2'], ids: [null, null] },
        scanned: true,
      },
    ],
    related: [
      { ...place, row: '1', ulid, legacy: 'before', time: '2026-02-11T07:24:59.500Z', offset: -0.5 },
      { ...place, row: '2', ulid, legacy: null, time: '2026-02-11T07:28:20.000Z', offset: 200 },
    ],
    near: {
      ...{ seconds: 300, ulid },
      identities: [
        { ...place, rows: 1500, more: false, shown: 2 },
        { target: '/data/a.db', table: 'jobs', column: 'job_id', rows: null, more: false, shown: 0 },
      ],
    },
    targets: [
      asked('/data/a.db'),
      {
        ...asked('/data/s.db'),
        ...{ system: 'session-buddy', migrated: false, keys: 1, readThrough: ['events.data'] },
      },
    ],
  })
  const { stdout, asked: calls } = await invoke({
    argv: ['trace', 'old', 'a.db', 's.db', '--window', '300', '--everywhere'],
    script,
  })
  expect(calls).toMatchObject([{ request: { window: 300, everywhere: true } }])
  const lines = stdout.split('\n')
  expect(lines.slice(lines.indexOf('session-buddy'))).toEqual([
    'session-buddy',
    '  /data/s.db',
    '    refers to it',
    '      events.data:$.job  2 rows  row 1; 2  no index: all was read  to jobs.job_id in /data/a.db',
    `within 5 min of ${ulid}`,
    `     -0.500 s  session-buddy  sessions.session_id  row 1  ${ulid}  before  /data/s.db`,
    `  +3 min 20 s  session-buddy  sessions.session_id  row 2  ${ulid}  -       /data/s.db`,
    '  sessions.session_id in /data/s.db: and 1,498 more',
    '  jobs.job_id in /data/a.db: no index on its ULIDs, so nothing was looked for',
    '- /data/s.db: never migrated, 1 key looked into',
    '- /data/s.db: read as a whole: events.data',
    '',
  ])
})

test('without names it asks the ledger, the systems here and what config files name, readable or not', async () => {
  const folder = temporaryFolder()
  const projects = join(folder, 'projects')
  mkdirSync(join(projects, 'own'), { recursive: true })
  const [first, second, duck] = ['own/one.db', 'two.db', 'own/three.duckdb'].map(name => join(projects, name))
  makeDatabase(first!, 'CREATE TABLE t(x)')
  writeFileSync(duck!, Buffer.concat([Buffer.alloc(8), Buffer.from('DUCK'), Buffer.alloc(4096)]))
  writeFileSync(
    join(folder, 'ulid-migrate.config.json'),
    JSON.stringify({
      systems: { own: { targets: [first, duck, join(projects, 'own/none.db')] } },
      targets: { [second!]: { wait: 1 } },
    }),
  )
  const { asked: calls } = await invoke({ argv: ['trace', ulid], folder, script: traced() })
  expect(calls).toEqual([
    {
      operation: 'trace',
      request: {
        ...{ id: ulid, targets: [first, duck, second], everywhere: true },
        systems: { [first!]: 'own', [duck!]: 'own' },
      },
    },
  ])
  const some = await invoke({ argv: ['trace', ulid, second!, '--everywhere'], folder, script: traced() })
  expect(some.asked).toMatchObject([{ request: { targets: [second, first, duck], everywhere: true } }])
  const one = await invoke({ argv: ['trace', ulid, second!], folder, script: traced() })
  expect(one.asked).toMatchObject([{ request: { targets: [second] } }])
})

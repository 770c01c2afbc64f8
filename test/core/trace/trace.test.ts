import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planContract } from '../../../src/core/contract/contract-plan.ts'
import type { Trace } from '../../../src/core/documents.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { sessionBuddySchema } from '../../../src/core/systems/schemas/session-buddy.ts'
import { trace } from '../../../src/core/trace/trace.ts'
import { change, columnOf, contentHash, makeDatabase } from '../../support/database.ts'
import { answerOf, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { jobId, migratedJobs } from '../../support/jobs.ts'

const expansion: Choices = { strategy: 'expand', only: ['jobs.job_id'] }

function traceIn(settings: Settings, id: string, ...targets: readonly string[]): Promise<Trace> {
  return trace(id, targets, inProcess(settings))
}

/** A database of one's own making, expanded or replaced. */
async function migrated(sql: string, choices: Choices): Promise<{ path: string; settings: Settings }> {
  const folder = temporaryFolder()
  const path = makeDatabase(join(folder, 'own.db'), sql)
  const settings = settingsIn(folder)
  await migrate(path, { seed: '5eed', ...choices }, undefined, inProcess(settings))
  return { path, settings }
}

const numbered = `CREATE TABLE jobs(id INTEGER PRIMARY KEY, note TEXT);
  CREATE TABLE logs(a TEXT, b INTEGER, job_id INTEGER REFERENCES jobs(id), PRIMARY KEY(a, b)) WITHOUT ROWID;
  INSERT INTO jobs VALUES (1, 'x'), (42, 'y');
  INSERT INTO logs VALUES ('k', 1, 42), ('k', 2, 42), ('k', 3, 1), ('k', 4, 77), ('k', 5, 0)`

describe.each([
  ['expanded', expansion, 'job_ulid'],
  ['replaced', { only: ['jobs.job_id'] } as Choices, 'job_id'],
])('of a database that was %s', (_, choices, column) => {
  test('a row is found by either id, with what refers to it', async () => {
    const { path, settings } = await migratedJobs(choices)
    const ulid = columnOf<string>(path, `SELECT ${column} FROM jobs WHERE number = 2`)[0]!
    const before = contentHash(path)
    for (const id of [jobId(2), ulid, ulid.toLowerCase()]) {
      const { found, references, targets, time } = await traceIn(settings, id, path)
      expect(found).toEqual([
        {
          ...{ system: null, target: path, table: 'jobs', column: 'job_id', row: '2' },
          ...{ ulid, legacy: jobId(2), time: '2026-02-02T00:00:00.000Z' },
          inShort: [
            { column: 'created_at', value: '2026-02-02T00:00:00Z' },
            { column: 'note', value: 'blob, 3 bytes' },
          ],
        },
      ])
      expect(references).toEqual([
        {
          target: path,
          table: 'logs',
          column: 'job_id',
          to: 'jobs.job_id',
          toTarget: path,
          kind: 'declared',
          inside: null,
          rows: 2,
          samples: ['2', '7'],
          ids: [null, null],
          scanned: false,
        },
      ])
      expect(targets).toEqual([
        {
          ...{ target: path, system: null, migrated: true, identities: 1, keys: 0 },
          ...{ readThrough: [], error: null },
        },
      ])
      expect(time).toBe(id === jobId(2) ? null : '2026-02-02T00:00:00.000Z')
    }
    expect(contentHash(path)).toBe(before)
  })

  test('an orphan is told as one, by either id', async () => {
    const { path, settings } = await migratedJobs(choices)
    const ulid = columnOf<string>(path, `SELECT ${column} FROM logs WHERE n = 11`)[0]!
    for (const id of [jobId(99), ulid.toLowerCase()]) {
      const { found, references } = await traceIn(settings, id, path)
      expect(found).toEqual([expect.objectContaining({ row: null, ulid, legacy: jobId(99) })])
      expect(references).toEqual([expect.objectContaining({ rows: 2, samples: ['11', '12'] })])
    }
  })

  test('a row that is deleted leaves those that refer to it, and its two ids', async () => {
    const { path, settings } = await migratedJobs(choices)
    const ulid = columnOf<string>(path, `SELECT ${column} FROM jobs WHERE number = 3`)[0]!
    change(path, 'DELETE FROM jobs WHERE number = 3')
    for (const id of [jobId(3), ulid]) {
      const { found, references } = await traceIn(settings, id, path)
      expect(found).toEqual([expect.objectContaining({ row: null, ulid, legacy: jobId(3) })])
      expect(references[0]).toMatchObject({ rows: 2 })
    }
  })

  test('a row is found whatever table and columns are called', async () => {
    const [table, id, up] = [`"it's ""odd""; --"`, '":id"', '"?1"']
    const { path, settings } = await migrated(
      `CREATE TABLE ${table}(${id} TEXT PRIMARY KEY, ${up} TEXT REFERENCES ${table}(${id})) WITHOUT ROWID;
       INSERT INTO ${table} VALUES('${jobId(1)}', NULL), ('${jobId(2)}', '${jobId(1)}')`,
      { ...choices, only: [`${table}.${id}`] },
    )
    const { found, references } = await traceIn(settings, jobId(1), path)
    expect(found).toEqual([
      expect.objectContaining({ table: `it's "odd"; --`, column: ':id', legacy: jobId(1) }),
    ])
    expect(references).toEqual([expect.objectContaining({ column: '?1', to: `${table}.${id}`, rows: 1 })])
  })

  test('an integer given as text is found, and its references under keys of several columns', async () => {
    const { path, settings } = await migrated(numbered, { ...choices, only: ['jobs.id'] })
    const ulid = columnOf<string>(
      path,
      `SELECT ${column === 'job_id' ? 'id' : column} FROM jobs WHERE note = 'y'`,
    )[0]!
    for (const id of ['42', '042', ulid]) {
      const { found, references } = await traceIn(settings, id, path)
      expect(found).toEqual([expect.objectContaining({ row: '42', ulid, legacy: '42' })])
      expect(references).toEqual([
        expect.objectContaining({ column: 'job_id', rows: 2, samples: ['k, 1', 'k, 2'] }),
      ])
    }
    expect((await traceIn(settings, '77', path)).found).toEqual([
      expect.objectContaining({ row: null, legacy: '77' }),
    ])
    for (const nothing of ['0', '-1', '', 'NULL', '43', '4e1'])
      expect(await traceIn(settings, nothing, path)).toMatchObject({ found: [], references: [] })
  })
})

describe('of an expansion that a contract has ended', () => {
  test.each([
    ['job_ulid', {}],
    ['job_id', { takeNames: true }],
    ['job_ulid', { keepLegacy: true }],
  ])('a row is found by either id, in %s (%j)', async (column, way) => {
    const { path, settings } = await migratedJobs({ ...expansion, generatedAt: true })
    const ulid = columnOf<string>(path, 'SELECT job_ulid FROM jobs WHERE number = 2')[0]!
    const context = inProcess(settings)
    const { plan } = await planContract(path, { ...way, early: true }, context)
    await migrate(path, {}, plan, context)
    expect(columnOf(path, 'SELECT job_ulid_generated_at FROM jobs')).toHaveLength(6)
    for (const id of [jobId(2), ulid]) {
      const { found, references } = await traceIn(settings, id, path)
      expect(found).toEqual([expect.objectContaining({ column, row: '2', ulid, legacy: jobId(2) })])
      expect(references).toEqual([expect.objectContaining({ column, to: `jobs.${column}`, rows: 2 })])
    }
    expect((await traceIn(settings, jobId(99), path)).found).toEqual([
      expect.objectContaining({ row: null, legacy: jobId(99) }),
    ])
  })
})

describe('an id', () => {
  test.each(['expand', 'replace'] as const)(
    'is compared as its column compares: without a type, 1 is not the text 01 (%s)',
    async strategy => {
      const { path, settings } = await migrated(
        `CREATE TABLE things(id UNIQUE, n INTEGER PRIMARY KEY);
         INSERT INTO things(id) VALUES (1), ('01'), ('ABC'), (x'3f2504e04f8941d39a0c0305e82c3301')`,
        { strategy, only: ['things.id'] },
      )
      const rows = async (id: string) =>
        (await traceIn(settings, id, path)).found.map(({ row, legacy }) => [row, legacy])
      expect(await rows('1')).toEqual([['1', '1']])
      expect(await rows('01')).toEqual([['2', '01']])
      expect(await rows('abc')).toEqual([])
      expect(await rows('3F2504E0-4F89-41D3-9A0C-0305E82C3301')).toEqual([
        ['4', '3f2504e04f8941d39a0c0305e82c3301'],
      ])
    },
  )

  test('of a row that came since is found, also where it never had a legacy id', async () => {
    const { path, settings } = await migratedJobs({ only: ['jobs.job_id'] })
    const own = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
    change(path, `INSERT INTO jobs(job_id) VALUES('${own}')`, `INSERT INTO logs(job_id) VALUES('${own}')`)
    expect(await traceIn(settings, own.toLowerCase(), path)).toMatchObject({
      found: [{ row: '7', ulid: own, legacy: null }],
      references: [{ rows: 1, samples: ['13'] }],
    })
    const expanded = await migratedJobs(expansion)
    change(expanded.path, `INSERT INTO jobs(job_id, job_ulid) VALUES('new', '${own.toLowerCase()}')`)
    expect((await traceIn(expanded.settings, own, expanded.path)).found).toEqual([
      expect.objectContaining({ row: '7', ulid: own.toLowerCase(), legacy: 'new' }),
    ])
  })

  test('that is not found anywhere gives nothing, and so does one of a run that was undone', async () => {
    const { path, settings } = await migratedJobs({ only: ['jobs.job_id'] })
    expect(await traceIn(settings, '01KHB3Y0K0AAAAAAAAAAAAAAAA', path)).toEqual({
      id: '01KHB3Y0K0AAAAAAAAAAAAAAAA',
      time: '2026-02-13T09:04:55.904Z',
      ...{ found: [], references: [], related: [] },
      near: { seconds: 60, ulid: '01KHB3Y0K0AAAAAAAAAAAAAAAA', identities: [] },
      targets: [
        {
          ...{ target: path, system: null, migrated: true, identities: 1, keys: 0 },
          ...{ readThrough: ['the map of jobs.job_id'], error: null },
        },
      ],
    })
    await undo(path, undefined, inProcess(settings))
    expect(await traceIn(settings, jobId(2), path)).toMatchObject({ found: [], targets: [{ identities: 0 }] })
  })
})

describe('targets', () => {
  test('are those of the ledger where none is named, and one that can not be read stops nothing', async () => {
    const { path, settings, folder } = await migratedJobs(expansion)
    expect((await traceIn(settings, jobId(1))).found).toEqual([expect.objectContaining({ target: path })])
    const other = join(folder, 'other.db')
    writeFileSync(other, 'no database at all')
    const { found, targets } = await answerOf(settings, 'trace', { id: jobId(1), targets: [other, path] })
    expect(found).toHaveLength(1)
    expect(targets).toMatchObject([
      { target: other, identities: 0, error: { code: 'TARGET.NOT_A_DATABASE', object: other } },
      { target: path, error: null },
    ])
  })

  test('of a known system are called by it', async () => {
    const { path, settings } = await migrated(
      `${sessionBuddySchema.statements[0]};
       INSERT INTO sessions(session_id, component_name, start_time) VALUES('app-20260211-072500', 'app', '2026-02-11 07:25:00')`,
      {},
    )
    expect((await traceIn(settings, 'app-20260211-072500', path)).found).toEqual([
      expect.objectContaining({ system: 'session-buddy', table: 'sessions', row: '1' }),
    ])
  })

  test('are not looked into where somebody has dropped a column since', async () => {
    const { path, settings } = await migratedJobs(expansion)
    const triggers = columnOf<string>(path, "SELECT name FROM sqlite_schema WHERE name LIKE 'ulid_sync_%'")
    change(
      path,
      ...triggers.map(name => `DROP TRIGGER ${name}`),
      'DROP INDEX logs_job_ulid',
      'ALTER TABLE logs DROP COLUMN job_ulid',
    )
    expect(await traceIn(settings, jobId(1), path)).toMatchObject({ found: [{ row: '1' }], references: [] })
  })
})

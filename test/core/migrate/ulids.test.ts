import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { columnOf, countIn, makeDatabase, numbers, rowsOf } from '../../support/database.ts'
import { makeDemo } from '../../support/demo.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess, noon } from '../../support/in-process.ts'

/** What the ULIDs say, read by a second implementation that shares no code with the engine. */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Milliseconds since 1970 in the first ten characters. */
function timeIn(ulid: string): number {
  return [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0)
}

const wellFormed = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

async function migrated(choices: Choices, ...sql: readonly string[]): Promise<string> {
  const path = makeDatabase(join(temporaryFolder(), 'small.db'), ...sql)
  await migrate(path, { seed: '5eed', ...choices }, undefined, inProcess(settingsIn(temporaryFolder())))
  return path
}

const uuid = (n: number) =>
  `${n.toString(16).padStart(8, '0')}-1234-4abc-8def-${n.toString(16).padStart(12, '0')}`
const some = (count: number) =>
  `printf('%08x-1234-4abc-8def-%012x', (value * 7919) % 10007, value) FROM ${numbers(count)}`

describe('the time in a ULID is that of its row', () => {
  test('for every job, by start_time', async () => {
    const path = makeDemo(300).path.crackerjack
    await migrate(path, {}, undefined, inProcess(settingsIn(temporaryFolder())))
    for (const [ulid, started] of rowsOf(path, 'SELECT job_id, start_time FROM jobs') as [string, string][]) {
      expect(ulid).toMatch(wellFormed)
      // Python writes microseconds and a zone; Date reads milliseconds and drops the rest.
      expect(timeIn(ulid)).toBe(Date.parse(started.replace(' ', 'T').replace(/(\.\d{3})\d*/, '$1')))
    }
  })

  test('for every session, by the timestamp in its name', async () => {
    const path = makeDemo(300).path.sessions
    await migrate(path, {}, undefined, inProcess(settingsIn(temporaryFolder())))
    for (const [id, ulid] of rowsOf(path, 'SELECT session_id, session_ulid FROM sessions') as [
      string,
      string,
    ][]) {
      const [, date, clock] = /-(\d{8})-(\d{6})$/.exec(id)!
      const iso = `${date!.replace(/(....)(..)(..)/, '$1-$2-$3')}T${clock!.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`
      expect(timeIn(ulid)).toBe(Date.parse(iso))
    }
  })

  test.each([
    ["'2026-02-11T07:25:00.123456+01:00'", '2026-02-11T06:25:00.123Z'],
    ["'2026-02-11 07:25:00'", '2026-02-11T07:25:00.000Z'],
    ["'2026-02-11'", '2026-02-11T00:00:00.000Z'],
    ['1770794700', '2026-02-11T07:25:00.000Z'],
    ['1770794700123', '2026-02-11T07:25:00.123Z'],
    ['1770794700123456789', '2026-02-11T07:25:00.123Z'],
    ["'1770794700'", '2026-02-11T07:25:00.000Z'],
    ['2461082.809027778', '2026-02-11T07:25:00.000Z'],
  ])('where the column says %s', async (value, iso) => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id TEXT PRIMARY KEY, created_at); INSERT INTO t VALUES('${uuid(1)}', ${value})`,
    )
    expect(new Date(timeIn(columnOf<string>(path, 'SELECT id FROM t')[0]!)).toISOString()).toBe(iso)
  })

  test('read in the zone that the operator names', async () => {
    const path = await migrated(
      { timezone: 'Europe/Berlin' },
      `CREATE TABLE t(id TEXT PRIMARY KEY, created_at); INSERT INTO t VALUES('${uuid(1)}', '2026-07-01 12:00:00')`,
    )
    expect(timeIn(columnOf<string>(path, 'SELECT id FROM t')[0]!)).toBe(Date.UTC(2026, 6, 1, 10))
  })

  test('and where there is none, the base time of the plan', async () => {
    const path = await migrated(
      { baseTime: '2026-03-01T00:00:00Z' },
      `CREATE TABLE t(id TEXT PRIMARY KEY); INSERT INTO t SELECT ${some(20)}`,
    )
    for (const ulid of columnOf<string>(path, 'SELECT id FROM t'))
      expect(timeIn(ulid)).toBe(Date.UTC(2026, 2, 1))
  })

  test('or that of the row before in legacy order, where a single one has none or an absurd one', async () => {
    const path = await migrated(
      { times: ['t.id=created_at'] },
      `CREATE TABLE t(n INTEGER PRIMARY KEY, id TEXT UNIQUE, created_at);
       INSERT INTO t(id, created_at) VALUES('${uuid(1)}', NULL), ('${uuid(2)}', '2026-01-02'), ('${uuid(3)}', '0001-01-01'), ('${uuid(4)}', 'soon'), ('${uuid(5)}', '2026-01-01'), ('${uuid(6)}', '9999-12-31')`,
    )
    const days = columnOf<string>(path, 'SELECT id FROM t ORDER BY n').map(ulid =>
      new Date(timeIn(ulid)).toISOString().slice(0, 10),
    )
    expect(days).toEqual(['2026-01-02', '2026-01-02', '2026-01-02', '2026-01-02', '2026-01-01', '2026-01-01'])
  })
})

describe('the order of ULIDs', () => {
  test('is the order of (time, legacy id)', async () => {
    const sql = `CREATE TABLE t(n INTEGER PRIMARY KEY, id TEXT UNIQUE, created_at INTEGER);
      INSERT INTO t(id, created_at) SELECT printf('%08x-1234-4abc-8def-%012x', (value * 7919) % 10007, value), 1770000000 + value % 37 FROM ${numbers(500)}`
    const before = rowsOf(
      makeDatabase(join(temporaryFolder(), 'before.db'), sql),
      'SELECT n FROM t ORDER BY created_at, id',
    )
    expect(rowsOf(await migrated({}, sql), 'SELECT n FROM t ORDER BY id')).toEqual(before)
  })

  test('is strict within a millisecond, across the chunks they are made in', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(n INTEGER PRIMARY KEY, id TEXT UNIQUE); INSERT INTO t(id) SELECT printf('%08x-1234-4abc-8def-%012x', value, value) FROM ${numbers(25_000)}`,
    )
    const ulids = columnOf<string>(path, 'SELECT id FROM t ORDER BY n')
    expect(new Set(ulids.map(timeIn))).toEqual(new Set([noon]))
    expect(ulids.findIndex((ulid, at) => at > 0 && ulid <= ulids[at - 1]!)).toBe(-1)
  })

  test('is by the time where legacy ids and times disagree', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(n INTEGER PRIMARY KEY, id TEXT UNIQUE, created_at); INSERT INTO t VALUES(1, '${uuid(1)}', '2026-02-01'), (2, '${uuid(2)}', '2026-01-01')`,
    )
    expect(columnOf(path, 'SELECT n FROM t ORDER BY id')).toEqual([2n, 1n])
  })
})

describe('values that are there already', () => {
  const upper = '01HK153X003BMPJNJB6JHKXK8T'

  test('stay, when they are ULIDs', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id TEXT PRIMARY KEY); INSERT INTO t VALUES('${upper}'), ('${uuid(1)}')`,
    )
    expect(columnOf(path, 'SELECT id FROM t')).toContain(upper)
    expect(countIn(path, 'SELECT count(*) FROM t WHERE length(id) = 26')).toBe(2)
  })

  test.each([
    ['lower', upper.toLowerCase()],
    ['upper', upper],
  ] as const)('are written in the letter case that is chosen: %s', async (letters, expected) => {
    const path = await migrated(
      { case: letters },
      `CREATE TABLE t(id TEXT PRIMARY KEY); INSERT INTO t VALUES('${upper.toLowerCase()}'), ('${uuid(1)}'), ('${uuid(2)}')`,
    )
    const ids = columnOf<string>(path, 'SELECT id FROM t')
    expect(ids).toContain(expected)
    for (const id of ids) expect(id).toBe(letters === 'lower' ? id.toLowerCase() : id.toUpperCase())
  })
})

describe('what names no row', () => {
  const lost = uuid(999)
  const tables = `CREATE TABLE jobs(id TEXT PRIMARY KEY); CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id), created_at TEXT); CREATE TABLE notes(job_id REFERENCES jobs(id));
    INSERT INTO jobs VALUES('${uuid(1)}');`
  const logs = (...values: readonly string[]) =>
    `INSERT INTO logs(job_id, created_at) VALUES ${values.map(value => `(${value}, '2026-01-05')`).join(', ')};`

  test('stays an orphan, and equal ones get one ULID, in whatever table they stand', async () => {
    const path = await migrated(
      {},
      `${tables} ${logs(`'${uuid(1)}'`, `'${lost}'`, `'${lost}'`, `'${uuid(998)}'`)} INSERT INTO notes VALUES('${lost}')`,
    )
    const [found, one, two, other] = columnOf<string>(path, 'SELECT job_id FROM logs ORDER BY n')
    expect(columnOf(path, 'SELECT id FROM jobs')).toEqual([found])
    expect(one).toBe(two)
    expect(columnOf(path, 'SELECT job_id FROM notes')).toEqual([one])
    expect(new Set([found, one, other]).size).toBe(3)
    for (const ulid of [one, other]) expect(ulid).toMatch(wellFormed)
    expect(countIn(path, 'SELECT count(*) FROM logs WHERE job_id NOT IN (SELECT id FROM jobs)')).toBe(3)
  })

  test('takes the time of the earliest row that refers to it', async () => {
    const path = await migrated(
      {},
      `${tables} INSERT INTO logs(job_id, created_at) VALUES('${lost}', '2026-01-07'), ('${lost}', '2026-01-03'), ('${lost}', NULL)`,
    )
    expect(columnOf<string>(path, 'SELECT job_id FROM logs').map(timeIn)).toEqual(
      Array(3).fill(Date.UTC(2026, 0, 3)),
    )
  })

  test('is counted by the proof and never dropped', async () => {
    const path = makeDatabase(
      join(temporaryFolder(), 'small.db'),
      `${tables} ${logs(`'${lost}'`, `'${lost}'`, `'${uuid(1)}'`)}`,
    )
    const { proof } = await migrate(path, {}, undefined, inProcess(settingsIn(temporaryFolder())))
    expect(proof.checks.find(check => check.id === 'orphans')).toMatchObject({ ok: true, count: 2 })
    expect(countIn(path, 'SELECT count(*) FROM logs')).toBe(3)
  })

  test('stays as it is when it is a sentinel or NULL, by type and bytes', async () => {
    const values = ["''", "'0'", "'-1'", "'00000000-0000-0000-0000-000000000000'", 'NULL']
    const path = await migrated(
      {},
      `${tables} ${logs(...values)} INSERT INTO notes VALUES(0), (-1), (''), (NULL), ('${uuid(1)}')`,
    )
    const typed = (table: string) =>
      rowsOf(path, `SELECT typeof(job_id), quote(job_id) FROM ${table} ORDER BY rowid`).map(row =>
        row.join(' '),
      )
    expect(typed('logs')).toEqual([
      "text ''",
      "text '0'",
      "text '-1'",
      "text '00000000-0000-0000-0000-000000000000'",
      'null NULL',
    ])
    expect(typed('notes').slice(0, 4)).toEqual(['integer 0', 'integer -1', "text ''", 'null NULL'])
  })

  test('an id that is NULL gets a ULID of its own, each', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id TEXT PRIMARY KEY, n); INSERT INTO t VALUES(NULL, 1), (NULL, 2), ('${uuid(1)}', 3)`,
    )
    expect(new Set(columnOf(path, 'SELECT id FROM t WHERE length(id) = 26')).size).toBe(3)
  })

  test('a reference that is NULL stays NULL beside an id that is NULL', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id TEXT PRIMARY KEY); CREATE TABLE c(t_id TEXT REFERENCES t(id)); INSERT INTO t VALUES(NULL), ('${uuid(1)}'); INSERT INTO c VALUES(NULL), ('${uuid(1)}')`,
    )
    expect(columnOf(path, 'SELECT t_id FROM c WHERE t_id IS NULL')).toHaveLength(1)
  })

  test('ids that are sentinels themselves name rows, and their references follow', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id TEXT PRIMARY KEY, n); CREATE TABLE c(t_id TEXT REFERENCES t(id)); INSERT INTO t VALUES('0', 1), ('${uuid(1)}', 2), ('${uuid(2)}', 3); INSERT INTO c VALUES('0')`,
    )
    expect(rowsOf(path, 'SELECT n FROM t JOIN c ON c.t_id = t.id')).toEqual([[1n]])
  })
})

describe('references that are spelled otherwise', () => {
  const nocase = (values: string) =>
    migrated(
      {},
      `CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY, n); CREATE TABLE c(t_id TEXT REFERENCES t(id), n);
       INSERT INTO t VALUES('${uuid(171)}', 1); INSERT INTO c VALUES${values}`,
    )

  test('under a parent that compares without case they name the same row afterwards', async () => {
    const path = await nocase(`('${uuid(171).toUpperCase()}', 1), ('${uuid(171)}', 2), ('${uuid(172)}', 3)`)
    expect(rowsOf(path, 'SELECT c.n FROM c JOIN t ON t.id = c.t_id ORDER BY 1')).toEqual([[1n], [2n]])
  })

  test('and orphans that such a parent would hold for one id are one', async () => {
    const path = await nocase(`('${uuid(172)}', 1), ('${uuid(172).toUpperCase()}', 2), ('${uuid(173)}', 3)`)
    expect(countIn(path, 'SELECT count(DISTINCT t_id) FROM c')).toBe(2)
  })

  test('16 bytes refer to 16 bytes', async () => {
    const path = await migrated(
      {},
      `CREATE TABLE t(id BLOB PRIMARY KEY); CREATE TABLE c(t_id BLOB REFERENCES t(id));
       INSERT INTO t VALUES(x'0123456789ab4def8123456789abcdef'); INSERT INTO c SELECT id FROM t`,
    )
    expect(rowsOf(path, 'SELECT typeof(t_id), length(t_id) FROM c JOIN t ON t.id = c.t_id')).toEqual([
      ['text', 26n],
    ])
  })
})

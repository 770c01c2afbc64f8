import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { Trace } from '../../../src/core/documents.ts'
import { encodeTime } from '../../../src/core/identifiers/index.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { openRegistry, registryPath } from '../../../src/core/registry/open.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import type { RegisteredRow } from '../../../src/core/trace/registered.ts'
import { trace } from '../../../src/core/trace/trace.ts'
import { holdingSql, migrateTogether, neighbours, range, rowsSql, uuid } from '../../support/across.ts'
import { change, columnOf, makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const look = (settings: Settings, id: string, ...targets: readonly string[]): Promise<Trace> =>
  trace(id, targets, inProcess(settings))

describe('ids of another target', () => {
  async function together() {
    const { settings, make } = neighbours()
    const sessions = make('sessions.db', rowsSql('sessions', range(1, 40)))
    const links = make(
      'links.db',
      holdingSql('links', 'session_id', [...range(1, 40), ...range(1, 20)]),
      `CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT); INSERT INTO events(data) SELECT json_object('session', session_id) FROM links`,
    )
    await migrateTogether(settings, [links, sessions])
    return { settings, sessions, links }
  }

  test('are found where they are referred to, in whole values and in documents, by either id', async () => {
    const { settings, sessions, links } = await together()
    const ulid = columnOf<string>(sessions, 'SELECT id FROM sessions ORDER BY at LIMIT 1')[0]!
    for (const id of [uuid(1), ulid]) {
      const { found, references } = await look(settings, id, sessions, links)
      expect(found).toMatchObject([{ target: sessions, table: 'sessions', ulid, legacy: uuid(1) }])
      const to = { target: links, to: 'sessions.id', toTarget: sessions, rows: 2 }
      expect(references).toMatchObject([
        { ...to, table: 'links', column: 'session_id' },
        { ...to, inside: 'events.data:$.session', scanned: true },
      ])
    }
  })

  test('are found as well where the other target is not at hand', async () => {
    const { settings, sessions, links } = await together()
    const ulid = columnOf<string>(sessions, 'SELECT id FROM sessions ORDER BY at LIMIT 1')[0]!
    for (const id of [uuid(1), ulid]) {
      const { found, references } = await look(settings, id, links)
      expect(found).toEqual([])
      expect(references).toMatchObject([{ toTarget: sessions, rows: 2 }, { rows: 2 }])
    }
  })

  test('are not looked for where the id is one of something else', async () => {
    const { settings, sessions, links } = await together()
    const other = makeDatabase(join(settings.stateDir, '..', 'other.db'), rowsSql('jobs', range(100, 120)))
    await migrate(other, { only: ['jobs.id'] }, undefined, inProcess(settings))
    const { references, targets } = await look(settings, uuid(100), other, sessions, links)
    expect(references).toEqual([])
    expect(targets.flatMap(each => each.readThrough)).toEqual([])
  })
})

/** ULIDs that tell their number. */
const at = (ms: number, n = 0) => `${encodeTime(ms)}${String(n).padStart(16, '0')}`
const start = Date.UTC(2026, 1, 11, 7, 25)

function born(name: string, ulids: readonly string[], declaration = 'id TEXT PRIMARY KEY'): string {
  const folder = temporaryFolder()
  return makeDatabase(
    join(folder, name),
    `CREATE TABLE things(${declaration}, note TEXT);
     CREATE TABLE uses(n INTEGER PRIMARY KEY, thing TEXT REFERENCES things(id));
     INSERT INTO things(id) VALUES ${ulids.map(ulid => `('${ulid}')`).join(', ')};
     INSERT INTO uses(thing) SELECT id FROM things`,
  )
}

describe('a target that was never migrated', () => {
  test('is said to be so, and its ULIDs are found by the keys that may hold them', async () => {
    const path = born('born.db', [at(start), at(start + 500)])
    const settings = settingsIn(temporaryFolder())
    const { found, references, related, targets } = await look(settings, at(start).toLowerCase(), path)
    expect(found).toMatchObject([{ table: 'things', column: 'id', ulid: at(start), legacy: null }])
    expect(references).toMatchObject([{ table: 'uses', column: 'thing', rows: 1, scanned: true }])
    expect(related).toMatchObject([{ ulid: at(start + 500), offset: 0.5 }])
    expect(targets).toMatchObject([{ migrated: false, identities: 0, keys: 1 }])
  })
})

describe('what is near in time', () => {
  const settings = () => settingsIn(temporaryFolder())

  test('is told across systems, in its order, with the distance to the id, which is left out itself', async () => {
    const a = born('a.db', [at(start - 61_000), at(start - 60_000), at(start), at(start + 59_999)])
    const b = born('b.db', [at(start + 250, 1), at(start - 1500, 2), at(start + 60_001)])
    const { related, near } = await look(settings(), at(start), a, b)
    expect(related.map(({ target, offset }) => [target, offset])).toEqual([
      [a, -60],
      [b, -1.5],
      [b, 0.25],
      [a, 59.999],
    ])
    expect(near).toMatchObject({
      seconds: 60,
      ulid: at(start),
      identities: [
        { target: a, rows: 2, more: false, shown: 2 },
        { target: b, rows: 2, more: false, shown: 2 },
      ],
    })
  })

  test('is as wide as one asks for', async () => {
    const path = born('a.db', [at(start - 3000), at(start), at(start + 1000)])
    const offsets = async (window: number) =>
      (await trace(at(start), [path], inProcess(settings()), { window })).related.map(each => each.offset)
    expect(await offsets(0)).toEqual([])
    expect(await offsets(1)).toEqual([1])
    expect(await offsets(3)).toEqual([-3, 1])
    expect(await offsets(1e12)).toEqual([-3, 1])
  })

  test('of each identity the nearest are shown, and all are counted', async () => {
    const path = born(
      'a.db',
      range(0, 99).map(n => at(start + n * 100)),
    )
    const { related, near } = await look(settings(), at(start + 5000), path)
    expect(related.map(({ offset }) => offset)).toEqual([...range(-10, -1), ...range(1, 10)].map(n => n / 10))
    expect(near.identities).toMatchObject([{ rows: 99, more: false, shown: 20 }])
  })

  test.each([
    ['lower case', [at(start + 10).toLowerCase(), at(start - 10).toLowerCase()], 'id TEXT PRIMARY KEY'],
    ['both', [at(start + 10).toLowerCase(), at(start - 10)], 'id TEXT PRIMARY KEY'],
    [
      'either, alike to the column',
      [at(start + 10).toLowerCase(), at(start - 10)],
      'id TEXT PRIMARY KEY COLLATE NOCASE',
    ],
  ])('is found in letters of %s', async (_, ulids, declaration) => {
    const path = born('a.db', [...ulids, 'not one', `${at(start).slice(0, 12)}_not`], declaration)
    const { related } = await look(settings(), at(start), path)
    expect(related.map(({ ulid, offset }) => [ulid, offset])).toEqual([
      [ulids[1], -0.01],
      [ulids[0], 0.01],
    ])
  })

  test('of a legacy id is what is near the ULID that it has now', async () => {
    const { settings: own, make } = neighbours()
    const path = make('sessions.db', rowsSql('sessions', range(1, 9)))
    await migrate(path, { only: ['sessions.id'] }, undefined, inProcess(own))
    const { related, near, time } = await trace(uuid(5), [path], inProcess(own), { window: 2 })
    expect(time).toBe(null)
    expect(near.ulid).toBe(columnOf(path, 'SELECT id FROM sessions ORDER BY at LIMIT 1 OFFSET 4')[0])
    expect(related.map(({ offset, legacy }) => [offset, legacy])).toEqual([
      [-2, uuid(3)],
      [-1, uuid(4)],
      [1, uuid(6)],
      [2, uuid(7)],
    ])
  })

  test('is not looked for where no index serves, which is said', async () => {
    const { settings: own, make } = neighbours()
    const path = make('jobs.db', rowsSql('jobs', range(1, 3)))
    const choices: Choices = { only: ['jobs.id'], strategy: 'expand' }
    await migrate(path, choices, undefined, inProcess(own))
    change(
      path,
      ...columnOf<string>(
        path,
        "SELECT 'DROP INDEX ' || name FROM sqlite_schema WHERE sql LIKE 'CREATE UNIQUE INDEX%job_ulid%'",
      ),
    )
    const { related, near } = await look(own, uuid(2), path)
    expect(related).toEqual([])
    expect(near.identities).toMatchObject([{ table: 'jobs', rows: null, shown: 0 }])
  })
})

describe('a row in short', () => {
  test('shows a few cells, and neither secrets nor documents nor long texts', async () => {
    const { settings: own, make } = neighbours()
    const path = make(
      'users.db',
      `CREATE TABLE users(id TEXT PRIMARY KEY, "userPassword" TEXT, api_token TEXT, clientSecret TEXT, name TEXT, empty TEXT, picture BLOB, settings TEXT, about TEXT, age INTEGER, weight REAL, more TEXT);
       INSERT INTO users VALUES ('${uuid(1)}', 'hunter2', 't0ken', 's3cret', 'Ann', NULL, zeroblob(2000), '{"password":"hunter2"}', '${'long '.repeat(50)}', 42, 70.5, 'seventh')`,
    )
    await migrate(path, { only: ['users.id'] }, undefined, inProcess(own))
    const answer = await look(own, uuid(1), path)
    expect(answer.found[0]!.inShort).toEqual([
      { column: 'name', value: 'Ann' },
      { column: 'picture', value: 'blob, 2000 bytes' },
      { column: 'settings', value: 'document, 22 characters' },
      { column: 'about', value: `${'long '.repeat(5).slice(0, 23)}…${'long '.repeat(5).slice(-23)}` },
      { column: 'age', value: '42' },
      { column: 'weight', value: '70.5' },
    ])
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|t0ken|s3cret/)
  })
})

describe('a target that can not be read', () => {
  test('is said with the reason, and the others answer: missing, locked, damaged, of either engine', async () => {
    const path = born('a.db', [at(start)])
    const folder = temporaryFolder()
    const locked = makeDatabase(join(folder, 'locked.db'), 'CREATE TABLE t(x)')
    const damaged = born(
      'damaged.db',
      range(0, 2000).map(n => at(start + n * 1000)),
    )
    const bytes = readFileSync(damaged)
    writeFileSync(damaged, bytes.fill(0xff, 4096, bytes.length))
    const duck = join(folder, 'd.duckdb')
    writeFileSync(duck, Buffer.concat([Buffer.alloc(8), Buffer.from('DUCK'), Buffer.alloc(4096)]))
    const holder = new Database(locked)
    holder.exec('BEGIN EXCLUSIVE')
    try {
      const own = { ...settingsIn(folder), waitSeconds: 0 }
      const { found, targets } = await look(
        own,
        at(start),
        join(folder, 'gone.db'),
        locked,
        damaged,
        duck,
        path,
      )
      expect(found).toMatchObject([{ target: path }])
      expect(targets.map(({ error }) => error?.code ?? null)).toEqual([
        'TARGET.MISSING',
        'LOCK.HELD',
        'TARGET.CORRUPT',
        'TARGET.CORRUPT',
        null,
      ])
    } finally {
      holder.close()
    }
  })
})

test('what was registered is found, and is near, beside what stands in databases', async () => {
  const path = born('a.db', [at(start)])
  const entry = (ms: number): RegisteredRow => ({
    ...{ target: '/state/registry.db', system: 'akosha', kind: 'entity', ulid: at(ms, 7), legacy: null },
    inShort: [{ column: 'name', value: 'one' }],
  })
  const asked: unknown[] = []
  const { found, related } = await trace(at(start, 7), [path], inProcess(settingsIn(temporaryFolder())), {
    registered: (ids, window) => {
      asked.push([ids, window?.from ?? null])
      return window === null ? [entry(start)] : [entry(start), entry(start + 2000)]
    },
  })
  expect(found).toMatchObject([{ target: '/state/registry.db', table: 'entity', system: 'akosha' }])
  expect(related).toMatchObject([
    { target: path, offset: 0 },
    { target: '/state/registry.db', table: 'entity', offset: 2 },
  ])
  expect(asked).toEqual([
    [[at(start, 7)], null],
    [[], `${encodeTime(start - 60_000)}${'0'.repeat(16)}`],
  ])
})

test('the registry of the state folder is asked, by either id, and one that can not be used is said to be so', async () => {
  const path = born('a.db', [at(start)])
  const settings = settingsIn(temporaryFolder())
  expect((await look(settings, at(start), path)).targets).toHaveLength(1)
  const registry = openRegistry(settings)
  const metadata = { name: 'one', apiToken: 't0ken', more: { deep: true } }
  const entry = { system: 'akosha', kind: 'entity', ulid: at(start + 1000), legacy: 'system:goal', metadata }
  registry.register(entry)
  registry.close()
  for (const id of [at(start + 1000).toLowerCase(), 'system:goal']) {
    const { found, related } = await look(settings, id, path)
    expect(found).toEqual([
      {
        ...{ system: 'akosha', target: registryPath(settings), table: 'entity', column: 'ulid' },
        ...{ row: entry.ulid, ulid: entry.ulid, legacy: 'system:goal', time: '2026-02-11T07:25:01.000Z' },
        inShort: [
          { column: 'name', value: 'one' },
          { column: 'more', value: 'document, 13 characters' },
        ],
      },
    ])
    expect(related).toMatchObject([{ target: path, offset: -1 }])
  }
  expect((await look(settings, at(start), path)).related).toMatchObject([{ table: 'entity', offset: 1 }])
  for (const suffix of ['-wal', '-shm']) rmSync(registryPath(settings) + suffix, { force: true })
  writeFileSync(
    registryPath(settings),
    'no registry at all, but a text that is longer than a header of SQLite is'.repeat(9),
  )
  expect(await look(settings, at(start), path)).toMatchObject({
    found: [{ target: path }],
    targets: [{ error: null }, { target: registryPath(settings), error: { code: 'REGISTRY.UNUSABLE' } }],
  })
})

test('a row that came since and is gone again is still told by what refers to it', async () => {
  const { settings, make } = neighbours()
  const path = make(
    'jobs.db',
    rowsSql('jobs', range(1, 3)),
    `CREATE TABLE logs(n INTEGER PRIMARY KEY, job TEXT REFERENCES jobs(id)); INSERT INTO logs(job) SELECT id FROM jobs`,
  )
  await migrate(path, { only: ['jobs.id'] }, undefined, inProcess(settings))
  change(path, `INSERT INTO logs(job) VALUES ('${at(start)}')`)
  expect(await look(settings, at(start), path)).toMatchObject({
    found: [{ row: null, ulid: at(start), legacy: null }],
    references: [{ rows: 1, samples: ['4'] }],
  })
})

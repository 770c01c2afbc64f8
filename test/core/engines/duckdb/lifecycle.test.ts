/** What becomes of a DuckDB file from the first run on: both ids live, rows that come, the end of it, and the ways back. */
import { appendFileSync, chmodSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../../../src/core/message.ts'
import { migrate } from '../../../../src/core/migrate/migrate.ts'
import { uuid } from '../../../support/across.ts'
import { duckContentOf } from '../../../support/duck-content.ts'
import { duckProgram, inDuck, inFormat, valueIn } from '../../../support/duck-files.ts'
import { duckColumn, duckRows } from '../../../support/duck-rows.ts'
import { answerOf, refusalOf, settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'
import type { OtherProgram } from '../../../support/other-program.ts'

const schema = [
  'CREATE TABLE talk(id UUID PRIMARY KEY DEFAULT uuid(), said VARCHAR, at_time TIMESTAMP)',
  'CREATE TABLE note(talk_id UUID REFERENCES talk(id), line INTEGER, about FLOAT[3], PRIMARY KEY(talk_id, line))',
  'CREATE INDEX by_line ON note(line)',
]
const rows = [
  // Row numbers do not begin with 0, as in any file that rows were deleted from.
  "INSERT INTO talk(said) VALUES ('gone'), ('gone too')",
  'CHECKPOINT',
  "DELETE FROM talk WHERE said LIKE 'gone%'",
  `INSERT INTO talk VALUES ${[1, 2, 3, 4].map(n => `('${uuid(n)}', 'talk ${n}', '2026-02-11 07:0${n}:00')`).join(', ')}`,
  `INSERT INTO note VALUES ${[1, 2, 3].map(n => `('${uuid(n)}', ${n}, [${n}, 0.5, 2])`).join(', ')}`,
]

async function talks(version?: string) {
  const folder = temporaryFolder()
  const path = join(folder, 'talks.duckdb')
  if (version === undefined) await inDuck(path, ...schema, ...rows)
  else await inFormat(version, path, ...schema, ...rows)
  return { folder, path, settings: settingsIn(folder) }
}

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

describe('an expansion', () => {
  async function expanded() {
    const at = await talks()
    const done = await answerOf(at.settings, 'migrate', { target: at.path, choices: { strategy: 'expand' } })
    expect(done.outside.ok).toBe(true)
    return at
  }
  const program = [
    "INSERT INTO talk(said) VALUES ('a new one')",
    "INSERT INTO note(talk_id, line, about) SELECT id, 9, [1, 2, 3] FROM talk WHERE said = 'a new one'",
  ]
  const coverage = async ({ path, settings }: Awaited<ReturnType<typeof talks>>) => {
    const [found] = await answerOf(settings, 'status', { targets: [path] })
    return {
      due: found!.due.join(' '),
      without: Object.fromEntries(
        found!.expansions.flatMap(each => each.coverage.map(({ column, without }) => [column, without])),
      ),
    }
  }

  test('gives a new row its own ULID; what it refers to is behind, status says so, and the contract refuses', async () => {
    const at = await expanded()
    await inDuck(at.path, ...program)
    expect(await valueIn(at.path, "SELECT talk_ulid FROM talk WHERE said = 'a new one'")).toMatch(ulid)
    expect(await valueIn(at.path, 'SELECT talk_ulid FROM note WHERE line = 9')).toBeNull()
    const { due, without } = await coverage(at)
    expect(without).toMatchObject({ 'talk.talk_ulid': 0, 'note.talk_ulid': 1 })
    expect(due).toMatch(/Run the backfill again: ulid-migrate migrate/)
    const refused = await refusalOf(at.settings, 'plan-contract', {
      target: at.path,
      choices: { early: true },
    })
    expect(refused).toMatchObject({ code: 'CONTRACT.OUT_OF_STEP', exit: 4 })
    expect(refused.why).toContain('note.talk_ulid')
  })

  test('is completed by running it again, which then finds nothing to do', async () => {
    const at = await expanded()
    const snapshots = readdirSync(at.settings.snapshotDir)
    await inDuck(at.path, ...program)
    const again = await answerOf(at.settings, 'migrate', {
      target: at.path,
      choices: { strategy: 'expand' },
    })
    expect(again).toMatchObject({ status: 'succeeded', outside: { ok: true } })
    // The way back is that of the expansion: of a copy more nobody would know.
    expect(readdirSync(at.settings.snapshotDir)).toEqual(snapshots)
    expect([basename(again.snapshot)]).toEqual(snapshots)
    expect(
      await duckRows(
        at.path,
        'SELECT count(*) FROM note n JOIN talk t ON t.id = n.talk_id AND t.talk_ulid = n.talk_ulid',
      ),
    ).toEqual([['4']])
    expect((await coverage(at)).due).toBe('')
    const third = await answerOf(at.settings, 'migrate', {
      target: at.path,
      choices: { strategy: 'expand' },
    })
    expect(third.status).toBe('nothing-to-do')
  })

  test('that is to be completed beside a reader who came in between is as it was, and says so', async () => {
    const at = await expanded()
    await inDuck(at.path, ...program)
    const before = await duckContentOf(at.path)
    const context = inProcess({ ...at.settings, waitSeconds: 0 })
    const readers: OtherProgram[] = []
    const refused = await migrate(at.path, {}, undefined, {
      ...context,
      now: () => Date.now(),
      ask: async (operation, request) => {
        const answer = await context.ask(operation, request)
        if (operation === 'check-snapshot') readers.push(await duckProgram(at.path, 'READ_ONLY'))
        return answer
      },
    }).catch(error => error as Refusal)
    expect(refused).toMatchObject({ failure: { code: 'LOCK.HELD', exit: 4 } })
    for (const reader of readers) await reader.kill()
    expect(await duckContentOf(at.path)).toEqual(before)
    const again = await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })
    expect(again.status).toBe('succeeded')
  })

  test('is completed where status says so, and nothing else is done then, though more could be migrated', async () => {
    const at = await talks()
    await inDuck(
      at.path,
      'CREATE TABLE other(id UUID PRIMARY KEY)',
      `INSERT INTO other VALUES ('${uuid(7)}')`,
    )
    await answerOf(at.settings, 'migrate', {
      target: at.path,
      choices: { strategy: 'expand', only: ['talk.id'] },
    })
    await inDuck(at.path, ...program)
    const again = await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })
    expect(again).toMatchObject({ strategy: 'expand', outside: { ok: true } })
    expect((await coverage(at)).due).toBe('')
    expect(await duckColumn(at.path, 'SELECT id FROM other')).toEqual([uuid(7)])
    expect(await valueIn(at.path, "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'other'")).toBe(
      1n,
    )
  })

  test('is completed beside a newer one, and proved by that', async () => {
    const at = await talks()
    await inDuck(
      at.path,
      'CREATE TABLE other(id UUID PRIMARY KEY)',
      `INSERT INTO other VALUES ('${uuid(7)}')`,
    )
    for (const only of ['talk.id', 'other.id'])
      await answerOf(at.settings, 'migrate', {
        target: at.path,
        choices: { strategy: 'expand', only: [only] },
      })
    await inDuck(at.path, ...program)
    const again = await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })
    expect(again).toMatchObject({ strategy: 'expand', outside: { ok: true } })
    expect((await coverage(at)).due).toBe('')
  })

  test('ends in a contract whose ULIDs are the keys, and that can be taken back, as can the expansion', async () => {
    const at = await talks()
    const before = await duckContentOf(at.path)
    await answerOf(at.settings, 'migrate', { target: at.path, choices: { strategy: 'expand' } })
    const both = await duckRows(at.path, 'SELECT id, talk_ulid FROM talk ORDER BY id')
    const { plan } = await answerOf(at.settings, 'plan-contract', {
      target: at.path,
      choices: { early: true, takeNames: true },
    })
    const done = await answerOf(at.settings, 'migrate', {
      target: at.path,
      choices: {},
      plan,
      confirm: 'talks.duckdb',
    })
    expect(done.outside.ok).toBe(true)
    expect(await duckColumn(at.path, 'SELECT id FROM talk ORDER BY said')).toEqual(
      (await Promise.all([1, 2, 3, 4].map(n => both.find(([id]) => id === uuid(n))!))).map(row => row[1]),
    )
    await inDuck(at.path, "INSERT INTO talk(said) VALUES ('by default')")
    expect(await valueIn(at.path, "SELECT id FROM talk WHERE said = 'by default'")).toMatch(ulid)
    await inDuck(at.path, "DELETE FROM talk WHERE said = 'by default'")
    const back = { target: at.path, mode: 'undo' as const, dryRun: false }
    await answerOf(at.settings, 'rollback', back)
    expect(await duckRows(at.path, 'SELECT id, talk_ulid FROM talk ORDER BY id')).toEqual(both)
    await answerOf(at.settings, 'rollback', { ...back, expansion: true })
    await answerOf(at.settings, 'finalize', { target: at.path, confirm: 'talks.duckdb', dryRun: false })
    expect(await duckContentOf(at.path)).toEqual(before)
  })
})

test('each text of a table is taken back to what stood behind it then, also where a contract ends with the text that the expansion began with', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'talks.duckdb')
  const settings = settingsIn(folder)
  await inDuck(
    path,
    'CREATE TABLE talk(id VARCHAR PRIMARY KEY, at_time TIMESTAMP)',
    `INSERT INTO talk VALUES ${[1, 2, 3].map(n => `('${uuid(n)}', '2026-02-11 07:0${n}:00')`).join(', ')}`,
  )
  const before = await duckContentOf(path)
  const sql = () => valueIn(path, "SELECT sql FROM duckdb_tables() WHERE table_name = 'talk'")
  await answerOf(settings, 'migrate', { target: path, choices: { strategy: 'expand' } })
  const expanded = await sql()
  const { plan } = await answerOf(settings, 'plan-contract', {
    target: path,
    choices: { early: true, takeNames: true },
  })
  await answerOf(settings, 'migrate', { target: path, choices: {}, plan, confirm: 'talks.duckdb' })
  const back = { target: path, mode: 'undo' as const, dryRun: false }
  await answerOf(settings, 'rollback', back)
  expect(await sql()).toBe(expanded)
  await answerOf(settings, 'rollback', back)
  await answerOf(settings, 'finalize', { target: path, confirm: 'talks.duckdb', dryRun: false })
  expect(await duckContentOf(path)).toEqual(before)
})

test('the ULID column beside a key in a schema is called after the table alone', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'talks.duckdb')
  await inDuck(
    path,
    'CREATE SCHEMA app',
    'CREATE TABLE app.sessions(id VARCHAR PRIMARY KEY)',
    `INSERT INTO app.sessions VALUES ('${uuid(1)}'), ('${uuid(2)}')`,
  )
  await answerOf(settingsIn(folder), 'migrate', { target: path, choices: { strategy: 'expand' } })
  expect(await duckColumn(path, 'SELECT session_ulid FROM app.sessions')).toEqual([
    expect.stringMatching(ulid),
    expect.stringMatching(ulid),
  ])
})

describe('a restore', () => {
  async function migrated() {
    const at = await talks()
    chmodSync(at.path, 0o640)
    const before = await duckContentOf(at.path)
    const { snapshot } = await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })
    await inDuck(at.path, "INSERT INTO talk(said) VALUES ('later')")
    return { ...at, before, snapshot }
  }
  const restore = { mode: 'restore' as const, dryRun: false }

  test('wants the rows that it would discard confirmed by name, and then puts back all of it', async () => {
    const at = await migrated()
    const refused = await refusalOf(at.settings, 'rollback', { target: at.path, ...restore })
    expect(refused).toMatchObject({ code: 'RESTORE.UNCONFIRMED', exit: 4 })
    expect(refused.why).toMatch(/talk 1\b/)
    const done = await answerOf(at.settings, 'rollback', {
      target: at.path,
      ...restore,
      confirm: 'talks.duckdb',
    })
    expect(done.proof.ok).toBe(true)
    expect(done.byTable.find(({ table }) => table === 'talk')?.rows).toBe(1)
    expect(await duckContentOf(at.path)).toEqual(at.before)
    expect(statSync(at.path).mode & 0o777).toBe(0o640)
    // What was discarded is in a snapshot of its own.
    expect(await valueIn(done.snapshot, "SELECT count(*) FROM talk WHERE said = 'later'")).toBe(1n)
  })

  test('refuses a snapshot that is not what was taken, or is gone, and leaves the file alone', async () => {
    const at = await migrated()
    const now = await duckContentOf(at.path)
    appendFileSync(at.snapshot, 'x')
    const request = { target: at.path, ...restore, confirm: 'talks.duckdb' }
    expect(await refusalOf(at.settings, 'rollback', request)).toMatchObject({ code: 'SNAPSHOT.ALTERED' })
    rmSync(at.snapshot)
    expect(await refusalOf(at.settings, 'rollback', request)).toMatchObject({ code: 'SNAPSHOT.MISSING' })
    expect(await duckContentOf(at.path)).toEqual(now)
  })
})

test.each(['v1.0.0', 'v1.2.0'])('the storage version stays what it was: %s', async version => {
  const at = await talks(version)
  const tags = `SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'talks'`
  const before = await valueIn(at.path, tags)
  await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })
  expect(await valueIn(at.path, tags)).toEqual(before)
  expect(await duckColumn(at.path, 'SELECT DISTINCT typeof(talk_id) FROM note')).toEqual(['VARCHAR'])
})

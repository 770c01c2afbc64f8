/** DuckDB files are traced in like any other, by what a copy of them holds at that moment. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTracer } from '../../../src/core/index.ts'
import { trace } from '../../../src/core/trace/trace.ts'
import { holdingSql, migrateTogether, neighbours, range, uuid } from '../../support/across.ts'
import { columnOf } from '../../support/database.ts'
import { duckProgram, inDuck } from '../../support/duck-files.ts'
import { duckColumn } from '../../support/duck-rows.ts'
import { printOf } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

/** Sessions and what was said in them in DuckDB, and a log in SQLite that names the same sessions. */
async function sessionsAndLogs() {
  const { folder, make, settings } = neighbours()
  const sessions = await inDuck(
    join(folder, 'sessions.db'),
    'CREATE TABLE sessions(id UUID PRIMARY KEY, name VARCHAR, started TIMESTAMP)',
    `INSERT INTO sessions VALUES ${range(1, 30)
      .map(n => `('${uuid(n)}', 'session ${n}', TIMESTAMP '2026-01-01' + INTERVAL ${n} SECOND)`)
      .join(', ')}`,
    'CREATE TABLE searches(n INTEGER, session_ids UUID[])',
    `INSERT INTO searches VALUES ${range(1, 20)
      .map(n => `(${n}, ['${uuid(n)}', '${uuid(n + 1)}'])`)
      .join(', ')}`,
  )
  const logs = make('logs.db', holdingSql('logs', 'session_id', range(1, 30)))
  await migrateTogether(settings, [logs, sessions])
  const ulidOf = async (n: number) =>
    String((await duckColumn(sessions, `SELECT id FROM sessions WHERE name = 'session ${n}'`))[0])
  return { folder, settings, sessions, logs, ulidOf }
}

test('an id is found by its ULID and by what it was, with all that refers to it in both files', async () => {
  const { settings, sessions, logs, ulidOf } = await sessionsAndLogs()
  const before = [printOf(sessions), printOf(logs)]
  const ulid = await ulidOf(7)
  for (const id of [ulid, ulid.toLowerCase(), uuid(7)]) {
    const { found, references, related } = await trace(id, [logs, sessions], inProcess(settings))
    expect(found).toMatchObject([{ target: sessions, table: 'sessions', ulid, legacy: uuid(7) }])
    expect(references).toMatchObject([
      { target: logs, table: 'logs', column: 'session_id', rows: 1 },
      { target: sessions, table: 'searches', column: 'session_ids', rows: 2 },
    ])
    expect(related.map(each => each.target)).toContain(sessions)
  }
  expect([printOf(sessions), printOf(logs)]).toEqual(before)
})

test('a tracer never answers with what a file held before somebody wrote to it', async () => {
  const { settings, sessions, logs, ulidOf } = await sessionsAndLogs()
  const tracer = await openTracer([sessions, logs], settings)
  onTestFinished(() => tracer.close())
  const fresh = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
  const known = await ulidOf(3)
  expect(tracer.trace(known).found).toMatchObject([{ legacy: uuid(3) }])
  expect(tracer.trace(fresh).found).toEqual([])
  await inDuck(sessions, `INSERT INTO sessions(id, name) VALUES ('${fresh}', 'a new one')`)
  const since = tracer.trace(known)
  expect(since.found).toEqual([])
  expect(since.references).toMatchObject([{ target: logs, rows: 1 }])
  expect(since.targets).toMatchObject([
    { error: { code: 'TRACE.CHANGED', object: sessions } },
    { error: null },
  ])
  await tracer.refresh()
  expect(tracer.trace(fresh).found).toMatchObject([
    { target: sessions, inShort: [{ column: 'name', value: 'a new one' }] },
  ])
  expect(tracer.trace(known)).toMatchObject({
    found: [{ legacy: uuid(3) }],
    references: [{ rows: 2 }, { rows: 1 }],
  })
})

test('a file that another program has open is said to be in use, and the others answer', async () => {
  const { settings, sessions, logs } = await sessionsAndLogs()
  const program = await duckProgram(sessions, 'READ_WRITE')
  const own = { ...settings, waitSeconds: 0 }
  const ulid = columnOf<string>(logs, 'SELECT session_id FROM logs WHERE n = 7')[0]!
  const { references, targets } = await trace(ulid, [sessions, logs], inProcess(own))
  expect(references).toMatchObject([{ target: logs, rows: 1 }])
  expect(targets).toMatchObject([{ target: sessions, error: { code: 'LOCK.HELD' } }, { error: null }])
  const tracer = await openTracer([sessions], own)
  onTestFinished(() => tracer.close())
  expect(tracer.unread).toMatchObject([{ code: 'LOCK.HELD', object: sessions }])
  await program.kill()
  await tracer.refresh()
  expect(tracer.unread).toEqual([])
  expect(tracer.trace(ulid).found).toMatchObject([{ legacy: uuid(7) }])
})

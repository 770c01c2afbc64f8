/** One map for ids that live in several files, of which some are DuckDB's (SYSTEMS 2.8). */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../../src/core/rehearse/rehearse.ts'
import type { Choices, Settings } from '../../../../src/core/requests.ts'
import { undo } from '../../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../../src/core/verify/past-run.ts'
import {
  acrossOf,
  followed,
  holdingSql,
  migrateTogether,
  neighbours,
  range,
  rowsSql,
  uuid,
} from '../../../support/across.ts'
import { columnOf, contentHash } from '../../../support/database.ts'
import { duckContentOf } from '../../../support/duck-content.ts'
import { inDuck } from '../../../support/duck-files.ts'
import { duckColumn, duckRows } from '../../../support/duck-rows.ts'
import { printOf } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'

function stores() {
  const { folder, ...rest } = neighbours()
  return {
    ...rest,
    folder,
    duck: (name: string, ...sql: readonly string[]) => inDuck(join(folder, name), ...sql),
  }
}

/** SQL: a store of Akosha's with these conversations, a minute apart. */
function conversations(ids: readonly number[], more: string): string {
  const rows = ids.map(
    id =>
      `('sys', '${uuid(id)}', '2026-01-01'::TIMESTAMP + INTERVAL ${id} MINUTE, '{"trace_id":"${uuid(id)}","turns":${id}}')`,
  )
  return `CREATE TABLE conversations(system_id VARCHAR, conversation_id VARCHAR PRIMARY KEY, timestamp TIMESTAMP, metadata JSON);
    INSERT INTO conversations VALUES ${rows.join(', ')}; ${more}`
}

async function verified(target: string, settings: Settings) {
  const { proof } = await verifyPastRun(target, undefined, inProcess(settings))
  expect(proof.checks.filter(check => !check.ok)).toEqual([])
  return proof.checks.find(check => check.id === 'across')
}

describe("Akosha's hot and warm stores", () => {
  async function hotAndWarm() {
    const { duck, ...rest } = stores()
    const hot = await duck(
      'hot.duckdb',
      conversations(range(21, 50), 'CREATE INDEX by_time ON conversations(timestamp)'),
    )
    const warm = await duck(
      'warm.db',
      conversations(range(1, 40), "CREATE INDEX by_day ON conversations(date_trunc('day', timestamp))"),
    )
    return { ...rest, hot, warm }
  }
  const named = (path: string) =>
    duckRows(
      path,
      "SELECT extract('minute' FROM timestamp), conversation_id, metadata->>'trace_id' FROM conversations ORDER BY 1",
    )

  test('share one ULID for one id, also inside of their documents; proved, and taken back', async () => {
    const { hot, warm, settings } = await hotAndWarm()
    const before = [await duckContentOf(hot), await duckContentOf(warm)]
    const { order } = await migrateTogether(settings, [hot, warm], { seed: '5eed' })
    expect(order).toEqual([warm, hot])
    const [inHot, inWarm] = [await named(hot), await named(warm)]
    const both = new Map(inWarm.map(([minute, id]) => [minute, id]))
    expect(inHot.filter(([minute]) => both.has(minute!))).toHaveLength(20)
    for (const [minute, id] of inHot) if (both.has(minute!)) expect(id).toBe(both.get(minute!))
    for (const [, id, traced] of [...inHot, ...inWarm]) {
      expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
      expect(traced).toBe(id)
    }
    expect(new Set([...inHot, ...inWarm].map(([, id]) => id)).size).toBe(50)
    expect((await verified(hot, settings))?.detail).toContain('20 of 30 ids are those of other targets')
    await verified(warm, settings)
    for (const each of [hot, warm]) await undo(each, undefined, inProcess(settings))
    expect([await duckContentOf(hot), await duckContentOf(warm)]).toEqual(before)
  })

  test('are looked at without a trace on either', async () => {
    const { hot, warm, settings } = await hotAndWarm()
    const before = [printOf(hot), printOf(warm)]
    expect(followed(await acrossOf(settings, [hot, warm]))).toContain(
      'hot.duckdb conversations.conversation_id -> warm.db conversations.conversation_id',
    )
    expect([printOf(hot), printOf(warm)]).toEqual(before)
  })
})

describe('a SQLite file and a DuckDB file that hold ids of each other', () => {
  /** Agents live in SQLite, sessions in DuckDB under native UUIDs; each file names rows of the other. */
  async function both() {
    const { make, duck, ...rest } = stores()
    const agents = make('agents.db', rowsSql('agents', range(101, 130)))
    const sessions = await duck(
      'sessions.duckdb',
      `CREATE TABLE sessions(id UUID PRIMARY KEY, started TIMESTAMP, agent VARCHAR)`,
      `INSERT INTO sessions VALUES ${range(1, 40)
        .map(
          n =>
            `('${uuid(n)}', '2026-01-01'::TIMESTAMP + INTERVAL ${n} MINUTE, '${uuid(100 + ((n - 1) % 30) + 1)}')`,
        )
        .join(', ')}`,
    )
    const logs = make('logs.db', holdingSql('logs', 'session_id', [...range(1, 20), 'lost', null]))
    return { ...rest, make, duck, agents, sessions, logs }
  }

  test('one names rows of the other, and a third names its own: all follow, whatever order they are given in', async () => {
    const { agents, sessions, logs, settings } = await both()
    const before = [contentHash(agents), await duckContentOf(sessions), contentHash(logs)]
    const across = await migrateTogether(settings, [logs, sessions, agents])
    expect(across.order).toEqual([agents, sessions, logs])
    expect(followed(across)).toEqual([
      'sessions.duckdb sessions.agent -> agents.db agents.id',
      'logs.db logs.session_id -> sessions.duckdb sessions.id',
    ])
    const made = columnOf<string>(agents, 'SELECT id FROM agents ORDER BY at')
    expect(await duckColumn(sessions, 'SELECT agent FROM sessions ORDER BY started')).toEqual([
      ...made,
      ...made.slice(0, 10),
    ])
    const ids = await duckColumn(sessions, 'SELECT id FROM sessions ORDER BY started')
    const held = columnOf<string>(logs, 'SELECT session_id FROM logs ORDER BY n')
    expect(held.slice(0, 20)).toEqual(ids.slice(0, 20))
    expect(ids).not.toContain(held[20])
    for (const each of [agents, sessions, logs]) await verified(each, settings)
    for (const each of [logs, sessions, agents]) await undo(each, undefined, inProcess(settings))
    expect([contentHash(agents), await duckContentOf(sessions), contentHash(logs)]).toEqual(before)
  })

  test('ids that SQLite has in upper case, as 32 digits or as 16 bytes are those that DuckDB has as UUIDs, in both directions', async () => {
    const digits = (id: string) => id.replaceAll('-', '')
    const spellings = [
      (id: string) => `'${id.toUpperCase()}'`,
      (id: string) => `'${digits(id)}'`,
      (id: string) => `'${digits(id).toUpperCase()}'`,
      (id: string) => `'{${id}}'`,
      (id: string) => `x'${digits(id)}'`,
    ]
    const spelled = (n: number) => spellings[n % spellings.length]!(uuid(n))
    const values = (ids: readonly number[]) => ids.map(n => `(${n}, ${spelled(n)})`).join(', ')
    const { duck, make, settings } = stores()
    const sessions = await duck(
      'sessions.duckdb',
      'CREATE TABLE sessions(id UUID PRIMARY KEY, started TIMESTAMP)',
      `INSERT INTO sessions VALUES ${range(1, 30)
        .map(n => `('${uuid(n)}', '2026-01-01'::TIMESTAMP + INTERVAL ${n} MINUTE)`)
        .join(', ')}`,
    )
    const middle = make(
      'middle.db',
      `CREATE TABLE calls(n INTEGER PRIMARY KEY, session TEXT); INSERT INTO calls VALUES ${values(range(1, 30))}`,
      `CREATE TABLE agents(number INTEGER, id TEXT PRIMARY KEY); INSERT INTO agents VALUES ${values(range(101, 120))}`,
    )
    const visits = await duck(
      'visits.duckdb',
      `CREATE TABLE visits(n INTEGER, agent UUID); INSERT INTO visits VALUES ${range(101, 120)
        .map(n => `(${n}, '${uuid(n)}')`)
        .join(', ')}`,
    )
    const before = [await duckContentOf(sessions), contentHash(middle), await duckContentOf(visits)]
    const across = await migrateTogether(settings, [visits, middle, sessions])
    expect(followed(across)).toEqual([
      'middle.db calls.session -> sessions.duckdb sessions.id',
      'visits.duckdb visits.agent -> middle.db agents.id',
    ])
    expect(across.links).toMatchObject([
      { matched: 30, orphans: 0 },
      { matched: 20, orphans: 0 },
    ])
    expect(columnOf(middle, 'SELECT session FROM calls ORDER BY n')).toEqual(
      await duckColumn(sessions, 'SELECT id FROM sessions ORDER BY started'),
    )
    expect(await duckColumn(visits, 'SELECT agent FROM visits ORDER BY n')).toEqual(
      columnOf(middle, 'SELECT id FROM agents ORDER BY number'),
    )
    for (const each of [sessions, middle, visits]) await verified(each, settings)
    for (const each of [visits, middle, sessions]) await undo(each, undefined, inProcess(settings))
    expect([await duckContentOf(sessions), contentHash(middle), await duckContentOf(visits)]).toEqual(before)
  })

  test('one id in several spellings in one column is one id, and each cell gets its own spelling back', async () => {
    const { duck, make, settings } = stores()
    const sessions = await duck(
      'sessions.duckdb',
      'CREATE TABLE sessions(id UUID PRIMARY KEY, started TIMESTAMP)',
      `INSERT INTO sessions SELECT col0, TIMESTAMP '2026-01-01' FROM (VALUES ${range(1, 12)
        .map(n => `('${uuid(n)}')`)
        .join(', ')})`,
    )
    const spelled = range(1, 12).flatMap(n => [uuid(n), uuid(n).toUpperCase(), uuid(n).replaceAll('-', '')])
    const logs = make(
      'logs.db',
      'CREATE TABLE logs(n INTEGER PRIMARY KEY, session TEXT)',
      `INSERT INTO logs(session) VALUES ${spelled.map(id => `('${id}')`).join(', ')}`,
    )
    const before = contentHash(logs)
    await migrateTogether(settings, [sessions, logs])
    const held = columnOf<string>(logs, 'SELECT session FROM logs ORDER BY n')
    for (const [at, ulid] of held.entries()) expect(ulid).toBe(held[at - (at % 3)])
    expect(new Set(held).size).toBe(12)
    await verified(logs, settings)
    await undo(logs, undefined, inProcess(settings))
    expect(contentHash(logs)).toBe(before)
  })

  test('a rehearsal shows what the run does, by the rehearsed copy of the other file', async () => {
    const { folder, agents, sessions, logs, settings } = await both()
    const given = [logs, sessions, agents]
    const before = given.map(printOf)
    const { follows, order } = await acrossOf(settings, given)
    const rehearsed: Record<string, string> = {}
    const plans = new Map<string, Awaited<ReturnType<typeof rehearse>>['plan']>()
    for (const [at, target] of order.entries()) {
      const keep = join(folder, `kept-${at}.db`)
      const own: Choices = { follows: follows[target] ?? [] }
      const { plan, document } = await rehearse(
        target,
        own,
        undefined,
        { ...inProcess(settings), rehearsed },
        keep,
      )
      expect(document.proof.ok && document.undo.ok).toBe(true)
      rehearsed[target] = keep
      plans.set(target, plan)
    }
    expect(given.map(printOf)).toEqual(before)
    const shown = columnOf<string>(rehearsed[logs]!, 'SELECT session_id FROM logs ORDER BY n')
    for (const target of order) await migrate(target, {}, plans.get(target), inProcess(settings))
    expect(columnOf(logs, 'SELECT session_id FROM logs ORDER BY n')).toEqual(shown)
    expect(shown.slice(0, 20)).toEqual(
      await duckColumn(sessions, 'SELECT id FROM sessions ORDER BY started LIMIT 20'),
    )
  })
})

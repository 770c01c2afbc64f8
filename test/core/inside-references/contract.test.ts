import { describe, expect, test } from 'vitest'
import { planContract } from '../../../src/core/contract/contract-plan.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { columnOf, contentHash, countIn } from '../../support/database.ts'
import { inProcess } from '../../support/in-process.ts'
import { type Made, made, migrated, undone } from './planned.ts'

const inside: PlannedInside = {
  table: 'events',
  column: 'data',
  time: null,
  places: [{ kind: 'json', path: '$.job', of: { table: 'jobs', column: 'job_id' } }],
}
const schema = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, n INT); INSERT INTO jobs VALUES('a-1', 1), ('a-2', 2);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs); INSERT INTO logs VALUES(1, 'a-1'), (2, 'lost');
  CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);
  INSERT INTO events VALUES(1, '{"job": "a-1"}'), (2, '{"job": "lost"}'), (3, '{"job": "gone"}'), (4, '{"job": "gone" }');`

async function contracted(target: Made, keepLegacy: boolean) {
  const { plan } = await planContract(
    target.path,
    { early: true, takeNames: true, keepLegacy, accept: ['events.data'] },
    inProcess(target.settings),
  )
  return migrate(target.path, {}, plan, inProcess(target.settings))
}

describe('a contract', () => {
  test('replaces ids inside of values, orphans as they are called elsewhere, and is taken back byte for byte', async () => {
    const target = made(schema)
    await migrated(target, [inside], { only: ['jobs.job_id'], strategy: 'expand' })
    const before = contentHash(target.path)
    const { proof, outside } = await contracted(target, false)
    expect([proof.ok, outside.ok]).toEqual([true, true])
    expect(
      countIn(
        target.path,
        `SELECT count(*) FROM events e JOIN jobs j ON j.job_id = e.data ->> '$.job' AND j.n = 1`,
      ),
    ).toBe(1)
    const ids = columnOf<string>(target.path, `SELECT data ->> '$.job' FROM events WHERE n > 1 ORDER BY n`)
    expect(ids[0]).toBe(columnOf(target.path, 'SELECT job_id FROM logs WHERE n = 2')[0])
    expect(ids[1]).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(ids[2]).toBe(ids[1])
    expect(new Set(ids).size).toBe(2)
    await undone(target)
    expect(contentHash(target.path)).toBe(before)
  })

  test('leaves them alone where the legacy ids stay', async () => {
    const target = made(schema)
    await migrated(target, [inside], { only: ['jobs.job_id'], strategy: 'expand' })
    const documents = () => columnOf(target.path, 'SELECT data FROM events ORDER BY n')
    const before = documents()
    const { proof } = await contracted(target, true)
    expect(proof.ok).toBe(true)
    expect(documents()).toEqual(before)
  })
})

import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { compile } from '../../../src/core/compile/compile.ts'
import { sqlText } from '../../../src/core/compile/program.ts'
import { inspect } from '../../../src/core/engines/sqlite/inspect.ts'
import { lookAt } from '../../../src/core/migrate/prepare.ts'
import { spaceFor } from '../../../src/core/migrate/space.ts'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { planSchema } from '../../../src/core/plan/plan-schema.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, contentHash, numbers, rowsOf } from '../../support/database.ts'
import { inProcess } from '../../support/in-process.ts'
import { made, migrated, planned } from './planned.ts'

const jobs = { table: 'jobs', column: 'job_id' }
const inside: PlannedInside = {
  table: 'events',
  column: 'data',
  time: null,
  places: [{ kind: 'json', path: '$.jobs[*]', of: jobs }],
}
const schema = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, at TEXT);
  INSERT INTO jobs SELECT printf('cj_%013d', 1767225600000 + value), NULL FROM ${numbers(2000)};
  CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT, other TEXT);
  INSERT INTO events SELECT value, json_object('jobs', json_array(printf('cj_%013d', 1767225600000 + value), printf('cj_%013d', 1767225600001 + value % 1999))), 'x' FROM ${numbers(4000)};
  CREATE TABLE still(n INTEGER PRIMARY KEY);`
const choices = { only: ['jobs.job_id'] }

describe('a plan with ids inside of values', () => {
  test('says what it changes, is rehearsed with its undo, and shows its statements', async () => {
    const target = made(schema)
    const before = contentHash(target.path)
    const plan = await planned(target, [inside], choices)
    const { document } = await rehearse(target.path, {}, plan, inProcess(target.settings))
    expect(document.changes).toEqual([
      { table: 'jobs', rows: 2000, columns: ['job_id'] },
      { table: 'events', rows: 4000, columns: ['data'] },
    ])
    expect(document.stays.tables).toBe(1)
    expect([document.proof.ok, document.undo.ok]).toEqual([true, true])
    expect(document.statements.filter(sql => sql.includes('row by row, at $.jobs[*]'))).toHaveLength(2)
    expect(contentHash(target.path)).toBe(before)
  })

  test('asks for the room that it takes', async () => {
    const target = made(schema)
    const plan = await planned(target, [inside], choices)
    const { growth } = await lookAt(target.path, inProcess(target.settings), ({ db }) =>
      spaceFor(db, plan, inspect(db)),
    )
    const small = await lookAt(target.path, inProcess(target.settings), ({ db }) => {
      const { inside: _, ...without } = plan
      return spaceFor(db, without, inspect(db)).growth
    })
    const size = statSync(target.path).size
    await migrated(target, [inside], choices)
    expect(growth).toBeGreaterThan(statSync(target.path).size - size)
    expect(growth).toBeGreaterThan(small)
  })

  test('is not read with a path or a pattern that says nothing', async () => {
    const plan = await planned(made(schema), [inside], choices)
    const withPlace = (place: object) => ({
      ...plan,
      inside: [{ ...inside, places: [{ ...inside.places[0], ...place }] }],
    })
    expect(planSchema.safeParse(withPlace({})).success).toBe(true)
    expect(planSchema.safeParse(withPlace({ path: 'jobs' })).success).toBe(false)
    expect(planSchema.safeParse(withPlace({ pattern: 'no id' })).success).toBe(false)
  })

  test('leaves values alone where the ids go on beside the ULIDs', async () => {
    const target = made(schema)
    const documents = () => rowsOf(target.path, 'SELECT n, data FROM events')
    const before = documents()
    const { proof, outside } = await migrated(target, [inside], { ...choices, strategy: 'expand' })
    expect([proof.ok, outside.ok]).toEqual([true, true])
    expect(documents()).toEqual(before)
  })

  test('compiles to the same statements every time', async () => {
    const target = made(schema)
    const plan = await planned(target, [inside], choices)
    const db = new Database(target.path, { readonly: true }).defaultSafeIntegers(true)
    const texts = [1, 2].map(() => sqlText(compile(plan, inspect(db), { firstMap: 1 })))
    db.close()
    expect(texts[0]).toEqual(texts[1])
  })
})

describe('a past run', () => {
  test('is proved strictly while nobody has written, and then counts what others changed', async () => {
    const target = made(schema)
    await migrated(target, [inside], choices)
    const verify = (strict: boolean) =>
      verifyPastRun(target.path, undefined, inProcess(target.settings), strict)
    const check = async (strict: boolean) =>
      (await verify(strict)).proof.checks.find(each => each.id === 'inside')
    expect(await check(true)).toMatchObject({ ok: true, count: 8000 })
    change(target.path, `UPDATE events SET data = json_set(data, '$.seen', 1) WHERE n <= 3`)
    expect(await check(false)).toMatchObject({ ok: true, changed: 3 })
    expect(await check(true)).toMatchObject({ ok: false })
  })
})

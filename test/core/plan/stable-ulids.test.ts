import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { change, columnOf, makeDatabase, numbers, type Row, rowsOf } from '../../support/database.ts'
import { makeDemo } from '../../support/demo.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

/** Invariant 10: what a rehearsal shows is what the run does, whatever rows came since. */

const jobs = `
  CREATE TABLE jobs(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER);
  CREATE TABLE logs(job_id TEXT REFERENCES jobs(id));
  INSERT INTO jobs(id, created_at) SELECT printf('%08x-1234-4abc-8def-%012x', (value * 7919) % 10007, value), 1770000000 + value / 3 FROM ${numbers(300)};
  INSERT INTO logs SELECT id FROM jobs WHERE n % 2 = 0;
  INSERT INTO logs VALUES('ffffffff-1234-4abc-8def-ffffffffffff'), ('ffffffff-1234-4abc-8def-ffffffffffff');`

function target(name: string): string {
  const folder = join(temporaryFolder(), name)
  mkdirSync(folder)
  return join(folder, 'jobs.db')
}

async function planFor(path: string, seed = '77'): Promise<Plan> {
  return (await prepare(path, { seed }, undefined, inProcess(settingsIn(temporaryFolder())))).plan
}

async function migrated(path: string, plan: Plan): Promise<readonly Row[]> {
  await migrate(path, {}, plan, inProcess(settingsIn(temporaryFolder())))
  return rowsOf(path, 'SELECT n, id FROM jobs WHERE n <= 300 ORDER BY n')
}

describe('the same plan', () => {
  test('gives the same rows the same ULIDs in two copies, orphans included', async () => {
    const one = makeDatabase(target('one'), jobs)
    const two = target('two')
    copyFileSync(one, two)
    const plan = await planFor(one)
    expect(await migrated(one, plan)).toEqual(await migrated(two, plan))
    const logs = 'SELECT job_id FROM logs ORDER BY rowid'
    expect(columnOf(one, logs)).toEqual(columnOf(two, logs))
  })

  test('gives them still when rows came at other times, and others went', async () => {
    const one = makeDatabase(target('one'), jobs)
    const two = target('two')
    copyFileSync(one, two)
    const plan = await planFor(one)
    change(
      two,
      `INSERT INTO jobs(id, created_at) SELECT printf('%08x-5678-4abc-8def-%012x', value, value), 1760000000 + value FROM ${numbers(100)}`,
      `INSERT INTO jobs(id, created_at) SELECT printf('%08x-9abc-4abc-8def-%012x', value, value), 1770500000 FROM ${numbers(10)}`,
      'VACUUM',
    )
    expect(await migrated(two, plan)).toEqual(await migrated(one, plan))
  })

  test('moves only those of the very millisecond that a new row was put into', async () => {
    const one = makeDatabase(target('one'), jobs)
    const two = target('two')
    copyFileSync(one, two)
    const plan = await planFor(one)
    change(two, "INSERT INTO jobs(id, created_at) VALUES('00000000-0000-4abc-8def-000000000000', 1770000050)")
    const [mine, theirs] = [await migrated(one, plan), await migrated(two, plan)]
    const moved = mine
      .filter(([n, id]) => !theirs.some(row => row[0] === n && row[1] === id))
      .map(([n]) => Number(n))
    expect(moved).toEqual([150, 151, 152])
  })

  test('gives others under another seed, at the same times', async () => {
    const one = makeDatabase(target('one'), jobs)
    const two = target('two')
    copyFileSync(one, two)
    const [mine, theirs] = [
      await migrated(one, await planFor(one)),
      await migrated(two, await planFor(two, '78')),
    ]
    const times = (rows: readonly Row[]) => rows.map(([, id]) => String(id).slice(0, 10))
    expect(times(mine)).toEqual(times(theirs))
    expect(mine.filter(([, id], at) => id === theirs[at]![1])).toEqual([])
  })
})

describe('a dry run', () => {
  test.each(['crackerjack', 'sessions', 'halfMigrated'] as const)(
    'shows of %s the very ULIDs that the run then writes',
    async name => {
      const path = makeDemo(120).path[name]
      const settings = settingsIn(temporaryFolder())
      const { document, plan } = await rehearse(path, {}, undefined, inProcess(settings))
      const expanded = plan.identities[0]!.strategy === 'expand'
      const before = rowsOf(
        path,
        `SELECT rowid, ${document.samples[0]!.column} FROM ${document.samples[0]!.table}`,
      )
      await migrate(path, {}, plan, inProcess(settings))
      expect(document.samples.length).toBeGreaterThanOrEqual(3)
      for (const sample of document.samples) {
        const rowid = before.find(([, id]) => id === sample.before)![0]
        const column = expanded ? plan.identities[0]!.beside! : sample.column
        expect(columnOf(path, `SELECT ${column} FROM ${sample.table} WHERE rowid = ${rowid}`)).toEqual([
          sample.after,
        ])
      }
    },
  )
})

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detectIn, lookAt } from '../../../src/core/migrate/prepare.ts'
import { makeDatabase, numbers } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

async function identity(sql: string) {
  const path = makeDatabase(join(temporaryFolder(), 'a.db'), sql)
  const context = inProcess(settingsIn(temporaryFolder()))
  const { document } = await lookAt(path, context, looking =>
    detectIn(looking, { all: true }, async () => {}),
  )
  return document.identities[0]!
}

const people = `CREATE TABLE people(id INTEGER PRIMARY KEY, created_at TEXT);
  INSERT INTO people SELECT value, datetime(1767225600 + value * 60, 'unixepoch') FROM ${numbers(30)};`

describe('the times that rows carry', () => {
  it('are shown of the first, a middle and the last id', async () => {
    expect((await identity(people)).samples).toEqual([
      { value: '1', time: '2026-01-01T00:01:00.000Z' },
      { value: '16', time: '2026-01-01T00:16:00.000Z' },
      { value: '30', time: '2026-01-01T00:30:00.000Z' },
    ])
  })

  it('agree with the order of the ids, where nobody backdated a row', async () => {
    expect((await identity(people)).inversions).toEqual({ looked: 30, rows: 0 })
  })

  it('disagree in each row that is older than the one before it', async () => {
    const backdated = `${people} UPDATE people SET created_at = '2025-01-01 00:00:00' WHERE id IN (7, 20);`
    expect((await identity(backdated)).inversions).toEqual({ looked: 30, rows: 2 })
  })

  it('are read inside of ids that hold them, and missing where neither id nor row has one', async () => {
    const jobs = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, note TEXT);
      INSERT INTO jobs SELECT 'job-202601' || printf('%02d', value) || '-091203', '' FROM ${numbers(28)};
      INSERT INTO jobs VALUES('zz-unknown', '');`
    const { samples, inversions } = await identity(jobs)
    expect(samples[0]).toEqual({ value: 'job-20260101-091203', time: '2026-01-01T09:12:03.000Z' })
    expect(samples.at(-1)).toEqual({ value: 'zz-unknown', time: null })
    expect(inversions).toEqual({ looked: 28, rows: 0 })
  })

  it('have no order to disagree with, where ids are random', async () => {
    const random = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, created_at TEXT);
      INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value * 7919, value), datetime(1767225600 - value, 'unixepoch') FROM ${numbers(30)};`
    const { samples, inversions } = await identity(random)
    expect(samples).toHaveLength(3)
    expect(inversions).toBeNull()
  })
})

import { describe, expect, test } from 'vitest'
import { inspect } from '../../../src/core/engines/sqlite/inspect.ts'
import { type Connection, openOwn } from '../../../src/core/engines/sqlite/open.ts'
import { recordedRuns } from '../../../src/core/journal/in-target.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { lookFor } from '../../../src/core/trace/look.ts'
import { placesIn } from '../../../src/core/trace/places.ts'
import { readerOf } from '../../../src/core/trace/reader.ts'
import { atOnce } from '../../../src/core/trace/steps.ts'
import { change, columnOf } from '../../support/database.ts'
import { jobId, migratedJobs } from '../../support/jobs.ts'

/** The connection, noting how SQLite goes about each statement. */
function explaining(db: Connection): { db: Connection; steps: string[] } {
  const steps: string[] = []
  const prepare = (sql: string) => {
    if (!sql.startsWith('EXPLAIN')) {
      const parameters = [...sql.matchAll(/\?/g)].map(() => 1)
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[]
      steps.push(...plan.map(({ detail }) => detail))
    }
    return db.prepare(sql)
  }
  return {
    db: new Proxy(db, { get: (of, name) => (name === 'prepare' ? prepare : Reflect.get(of, name)) }),
    steps,
  }
}

/** Traces in one database; gives what was found, and how. */
function traced(path: string, id: string) {
  const own = openOwn(path, 'read-only')
  try {
    const places = placesIn(own, inspect(own), recordedRuns(own))
    const { db, steps } = explaining(own)
    const look = () => ({ ...places, reader: readerOf(db), system: null, migrated: true })
    return { ...atOnce(lookFor(id, [{ path, look }], { window: 7 * 86_400 })), steps }
  } finally {
    own.close()
  }
}

const isScan = (step: string) => /^SCAN (?!\(|CONSTANT)/.test(step)

describe.each([
  ['expanded', { strategy: 'expand', only: ['jobs.job_id'] } as Choices, 'job_ulid'],
  ['replaced', { only: ['jobs.job_id'] } as Choices, 'job_id'],
])('by index alone, in a database that was %s,', (_, choices, column) => {
  test('an id is found, with what refers to it and what is near', async () => {
    const { path } = await migratedJobs(choices)
    const ulid = columnOf<string>(path, `SELECT ${column} FROM jobs WHERE number = 2`)[0]!
    for (const id of [jobId(2), ulid, ulid.toLowerCase()]) {
      const { found, references, related, steps, targets } = traced(path, id)
      expect(found).toMatchObject([{ row: '2', ulid, legacy: jobId(2) }])
      expect(references).toMatchObject([{ rows: 2, scanned: false }])
      expect(related.map(({ row }) => row)).toEqual(['1', '3', '4', '5', '6'])
      expect(steps.filter(isScan)).toEqual([])
      expect(steps.filter(step => step.startsWith('USE TEMP B-TREE'))).toEqual([])
      expect(steps.filter(step => step.startsWith('SEARCH')).length).toBeGreaterThan(4)
      expect(targets).toMatchObject([{ readThrough: [] }])
    }
  })

  test('so is an orphan by its legacy id, and a row that came since', async () => {
    const { path } = await migratedJobs(choices)
    const own = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
    change(
      path,
      `INSERT INTO jobs(job_id${column === 'job_id' ? '' : ', job_ulid'}) VALUES('new'${column === 'job_id' ? '' : `, '${own}'`})`,
    )
    if (column === 'job_id') change(path, `UPDATE jobs SET job_id = '${own}' WHERE job_id = 'new'`)
    for (const [id, row] of [
      [jobId(99), null],
      [own, '7'],
    ] as const) {
      const { found, steps } = traced(path, id)
      expect(found).toMatchObject([{ row }])
      expect(steps.filter(isScan)).toEqual([])
    }
  })
})

test('rows of a replacement that were numbered anew are looked for in the whole map, which is said', async () => {
  const { path } = await migratedJobs({ only: ['jobs.job_id'] })
  const ulid = columnOf<string>(path, 'SELECT job_id FROM jobs WHERE number = 2')[0]!
  change(path, 'DELETE FROM jobs WHERE number = 1', 'UPDATE jobs SET number = 1 WHERE number = 2')
  const { found, targets } = traced(path, ulid)
  expect(found).toMatchObject([{ row: '1', legacy: jobId(2) }])
  expect(targets).toMatchObject([{ readThrough: ['the map of jobs.job_id'] }])
})

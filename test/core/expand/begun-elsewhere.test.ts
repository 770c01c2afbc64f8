import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { change, contentHash, makeDatabase, rowsOf } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'
import { jobId } from '../../support/jobs.ts'

/** Columns that earlier scripts have left behind: SYSTEMS' V5 and what is found in them. */

const good = '01KH5SDK70AAAAAAAAAAAAAAAA'
const lower = '01kh5sdk70bbbbbbbbbbbbbbbb'
const choices = {
  strategy: 'expand',
  only: ['jobs.job_id'],
  references: ['errors.job_id=jobs.job_id'],
} as const
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

function begun(
  ulids: readonly (string | null)[],
  children: readonly (string | null)[],
  ...more: string[]
): string {
  const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`)
  return makeDatabase(
    join(temporaryFolder(), 'crackerjack.db'),
    `CREATE TABLE jobs(id INTEGER PRIMARY KEY, job_id TEXT UNIQUE NOT NULL, start_time TEXT, job_ulid TEXT, job_ulid_generated_at TIMESTAMP);
     CREATE TABLE errors(id INTEGER PRIMARY KEY, job_id TEXT, job_ulid TEXT);
     ${ulids.map((value, n) => `INSERT INTO jobs(job_id, start_time, job_ulid) VALUES ('${jobId(n)}', '2026-02-11T07:2${n}:00', ${text(value)});`).join('\n')}
     ${children.map((value, n) => `INSERT INTO errors(job_id, job_ulid) VALUES ('${jobId(n % ulids.length)}', ${text(value)});`).join('\n')}`,
    ...more,
  )
}

const junk = [
  good,
  '00000000000000000000000000',
  'fallback_20260211072500',
  'd41d8cd98f00b204e9800998ecf8427e',
  null,
  lower,
  '0000000000000000',
]

async function expand(path: string) {
  return migrate(path, { ...choices, seed: '5eed' }, undefined, inProcess(settingsIn(temporaryFolder())))
}

function pairs(path: string) {
  return rowsOf(
    path,
    'SELECT e.job_ulid, j.job_ulid FROM errors e JOIN jobs j ON j.job_id = e.job_id ORDER BY e.id',
  )
}

describe('a ULID column that somebody has begun', () => {
  test.each([
    ['under a unique index', ['CREATE UNIQUE INDEX idx_job_ulid ON jobs(job_ulid)']],
    ['without one', []],
  ])('keeps what is a ULID, gives the rest one, and links the children: %s', async (_, more) => {
    const path = begun(junk, [null, 'garbage', good, null, null, null, null], ...more)
    const done = await expand(path)
    expect(done.proof.ok).toBe(true)
    const jobs = rowsOf(path, 'SELECT job_ulid FROM jobs ORDER BY id').map(([value]) => value as string)
    expect(jobs[0]).toBe(good)
    expect(jobs[5]).toBe(lower.toUpperCase())
    for (const value of jobs) expect(value).toMatch(ulid)
    expect(new Set(jobs).size).toBe(jobs.length)
    for (const [child, parent] of pairs(path)) expect(child).toBe(parent)
  })

  test('says of each value what it is', async () => {
    const { findings } = await detectIn(begun(junk, [null]), choices)
    const finding = findings.find(({ code }) => code === 'IDENTITY.HALF_EXPANDED')
    expect(finding).toMatchObject({ object: 'jobs.job_ulid', severity: 'info' })
    expect(finding!.message).toMatch(/^2 of 7 rows have a ULID beside job_id/)
    expect(finding!.why).toMatch(/1 NULL.*1 of no plausible time.*1 md5/)
  })

  test('where one ULID stands in several rows, the first keeps it', async () => {
    const path = begun([good, good, null, good], [null, null, null, null])
    const { findings } = await detectIn(path, choices)
    expect(findings.find(({ code }) => code === 'IDENTITY.HALF_EXPANDED')?.why).toMatch(/2 there twice/)
    expect((await expand(path)).proof.ok).toBe(true)
    const jobs = rowsOf(path, 'SELECT job_ulid FROM jobs ORDER BY id').map(([value]) => value)
    expect(jobs[0]).toBe(good)
    expect(new Set(jobs).size).toBe(4)
    for (const [child, parent] of pairs(path)) expect(child).toBe(parent)
  })

  test('is no identity of its own', async () => {
    const path = begun(junk, [null], 'CREATE UNIQUE INDEX idx_job_ulid ON jobs(job_ulid)')
    const { identities } = await detectIn(path, { strategy: 'expand' })
    expect(identities.find(({ column }) => column === 'job_ulid')).toMatchObject({
      migrate: false,
      offered: false,
    })
  })

  test('that is full is still linked to its children, kept in step, and then left alone', async () => {
    const path = begun([good, lower.toUpperCase()], [null, null])
    expect((await expand(path)).status).toBe('succeeded')
    for (const [child, parent] of pairs(path)) expect(child).toBe(parent)
    change(path, "INSERT INTO errors(job_id) VALUES('later')", "INSERT INTO jobs(job_id) VALUES('later')")
    for (const [child, parent] of pairs(path)) expect(child).toBe(parent)
    expect((await expand(path)).status).toBe('nothing-to-do')
  })

  test('is what it was once the expansion is taken back', async () => {
    const path = begun(junk, [null, 'garbage', good], 'CREATE UNIQUE INDEX idx_job_ulid ON jobs(job_ulid)')
    const before = contentHash(path)
    const settings = settingsIn(temporaryFolder())
    await migrate(path, { ...choices, seed: '5eed' }, undefined, inProcess(settings))
    expect(contentHash(path)).not.toBe(before)
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  })
})

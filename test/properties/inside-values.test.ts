/**
 * Documents, pairs and texts made at random: what a migration makes of them is told here a second time, by JSON.parse and
 * plain SQL, and its undo gives back every byte.
 */

import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlannedInside } from '../../src/core/plan/plan.ts'
import { made, migrated, undone } from '../core/inside-references/planned.ts'
import { contentHash, reading } from '../support/database.ts'

const jobs = { table: 'jobs', column: 'job_id' }
const users = { table: 'users', column: 'id' }
const plan: readonly PlannedInside[] = [
  {
    table: 'docs',
    column: 'data',
    time: null,
    places: [
      { kind: 'json', path: '$.job', of: jobs },
      { kind: 'json', path: '$.jobs[*]', of: jobs },
      { kind: 'json', path: '$.*.user', of: users },
      { kind: 'json', path: '$.by_job.*~', of: jobs },
      { kind: 'json', path: '$.ref', pattern: 'u:{id}/*', of: users },
    ],
  },
  {
    table: 'docs',
    column: 'of_id',
    time: null,
    places: [
      { kind: 'polymorphic', when: { column: 'kind', is: ['job'] }, of: jobs },
      { kind: 'polymorphic', when: { column: 'kind', is: ['user', '2'] }, of: users },
    ],
  },
  { table: 'docs', column: 'tag', time: null, places: [{ kind: 'embedded', pattern: 'j={id};*', of: jobs }] },
]

const jobIds = ['job-1', 'job "2"', 'jöb\\3', 'job-77', '01HK153X003BMPJNJB6JHKXK8T']
const known = new Set(jobIds.filter(id => id !== 'job-77'))
const userIds = [1, 2, 30, 99]
const knownUsers = new Set([1, 2, 30])

/** Any spelling that JSON allows of the same value: white space, escapes. */
const spelled = (value: unknown): fc.Arbitrary<string> =>
  fc.infiniteStream(fc.nat(5)).map(dice => {
    const roll = (of: number) => (dice.next().value as number) % of
    const space = () => ['', '', ' ', '\n\t', '  '][roll(5)]!
    const text = (each: string) =>
      `"${[...each].map(letter => (roll(6) === 0 ? [...letter].map(c => Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('') : JSON.stringify(letter).slice(1, -1))).join('')}"`
    const write = (each: unknown): string => {
      if (typeof each === 'string') return text(each)
      if (Array.isArray(each)) return `[${space()}${each.map(write).join(`${space()},${space()}`)}${space()}]`
      if (each !== null && typeof each === 'object')
        return `{${space()}${Object.entries(each)
          .map(([key, under]) => `${text(key)}${space()}:${space()}${write(under)}`)
          .join(`${space()},${space()}`)}${space()}}`
      return JSON.stringify(each)
    }
    return `${space()}${write(value)}${space()}`
  })

const anyJob = fc.oneof(fc.constantFrom(...jobIds), fc.constantFrom('', '0'))
const anyUser = fc.constantFrom(...userIds, 0)
const document = fc
  .record(
    {
      job: fc.oneof(anyJob, fc.constant(null), fc.constant({ job: 'job-1' })),
      jobs: fc.oneof(fc.array(fc.oneof(anyJob, fc.constant(true))), anyJob),
      x: fc.record({ user: fc.oneof(anyUser, fc.constant(1.5)), job: anyJob }, { requiredKeys: [] }),
      y: fc.record({ user: fc.oneof(anyUser, anyUser.map(String)) }),
      by_job: fc.dictionary(fc.constantFrom(...jobIds), fc.jsonValue({ maxDepth: 1 })),
      ref: fc.oneof(
        anyUser.map(id => `u:${id}/a/b`),
        anyUser.map(id => `u:${id}`),
      ),
      rest: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map(each => JSON.parse(JSON.stringify(each)) as Record<string, unknown>)

const row = fc.record({
  data: fc.oneof(
    { weight: 5, arbitrary: document.chain(spelled) },
    fc.constantFrom('no json', '{"job":', 'job-1'),
  ),
  stored: fc.constantFrom('text', 'blob', 'jsonb'),
  kind: fc.constantFrom('job', 'user', 2, 'other', null),
  ofId: fc.oneof(anyJob, anyUser, anyUser.map(String), fc.constant(null)),
  tag: fc.oneof(
    anyJob.map(id => `j=${id};rest;more`),
    fc.string(),
  ),
})

test('values with ids in them become what JSON.parse and plain SQL say, and come back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), fc.boolean(), async (rows, keyed) => {
      const target = made(
        `CREATE TABLE jobs(job_id TEXT PRIMARY KEY, n INTEGER); CREATE TABLE users(id INTEGER PRIMARY KEY, n INTEGER);
         CREATE TABLE docs(${keyed ? 'k TEXT PRIMARY KEY' : 'k TEXT'}, data, kind, of_id, tag)${keyed ? ' WITHOUT ROWID' : ''}`,
      )
      fill(target.path, rows)
      const before = contentHash(target.path)
      await migrated(target, plan, { only: ['jobs.job_id', 'users.id'] })
      reading(target.path, db => compare(db, rows))
      await undone(target)
      expect(contentHash(target.path)).toBe(before)
    }),
    { numRuns: 12, interruptAfterTimeLimit: 8000 },
  )
}, 120_000)

type Rows = readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[]

function fill(path: string, rows: Rows): void {
  const db = new Database(path)
  for (const id of known) db.prepare('INSERT INTO jobs VALUES(?, ?)').run(id, [...known].indexOf(id))
  for (const id of knownUsers) db.prepare('INSERT INTO users VALUES(?, ?)').run(BigInt(id), id)
  rows.forEach(({ data, stored, kind, ofId, tag }, at) => {
    const valid = db.prepare('SELECT json_valid(?)').pluck().get(data) === 1
    const value = stored === 'jsonb' && valid ? 'jsonb(?)' : stored === 'blob' ? 'CAST(? AS BLOB)' : '?'
    const id = typeof ofId === 'number' ? BigInt(ofId) : ofId
    db.prepare(`INSERT INTO docs VALUES(?, ${value}, ?, ?, ?)`).run(
      `k${at}`,
      data,
      typeof kind === 'number' ? BigInt(kind) : kind,
      id,
      tag,
    )
  })
  db.close()
}

/** What became of the ids, by the rows alone: a known one is its row's ULID, an orphan one ULID of its own everywhere. */
function compare(db: Database.Database, rows: Rows): void {
  const job = new Map(
    [...known].map((id, n) => [
      id,
      db.prepare('SELECT job_id FROM jobs WHERE n = ?').pluck().get(BigInt(n)) as string,
    ]),
  )
  const user = new Map(
    [...knownUsers].map(id => [
      id,
      db.prepare('SELECT id FROM users WHERE n = ?').pluck().get(BigInt(id)) as string,
    ]),
  )
  const orphans = new Map<string, string>()
  const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
  const isOrphan = (name: string, now: unknown) => {
    expect(now).toMatch(ulid)
    expect(orphans.get(name) ?? now).toBe(now)
    orphans.set(name, String(now))
  }
  const checkJob = (was: unknown, now: unknown) => {
    if (typeof was !== 'string' || was === '' || was === '0') expect(now).toEqual(was)
    else if (known.has(was)) expect(now).toBe(job.get(was))
    else isOrphan(`job ${was}`, now)
  }
  const checkUser = (was: unknown, now: unknown) => {
    const id = Number(was)
    if (was === null || !Number.isInteger(id) || id === 0 || was === '') expect(now).toEqual(was)
    else if (knownUsers.has(id)) expect(now).toBe(user.get(id))
    else isOrphan(`user ${id}`, now)
  }
  rows.forEach(({ data, kind, ofId, tag }, at) => {
    const after = db
      .prepare(
        `SELECT CASE WHEN json_valid(data, 9) THEN json(data) ELSE CAST(data AS TEXT) END AS data, of_id, tag FROM docs WHERE k = ?`,
      )
      .get(`k${at}`) as { data: string; of_id: unknown; tag: string }
    let was: Record<string, unknown> | null = null
    try {
      was = JSON.parse(data) as Record<string, unknown>
    } catch {
      expect(after.data).toBe(data)
    }
    if (was !== null) checkDocument(was, JSON.parse(after.data) as Record<string, unknown>)
    const id = typeof after.of_id === 'bigint' ? Number(after.of_id) : after.of_id
    if (kind === 'job' && typeof ofId === 'string') checkJob(ofId, id)
    else if (kind === 'job')
      expect(ofId === null || ofId === 0 ? id === ofId : ulid.test(String(id))).toBe(true)
    else if (kind === 'user' || kind === 2)
      Number.isNaN(Number(ofId)) ? expect(ulid.test(String(id))).toBe(true) : checkUser(ofId, id)
    else expect(id).toEqual(ofId)
    const tagged = /^j=([\s\S]+?);/.exec(tag)
    if (tagged && known.has(tagged[1]!)) expect(after.tag.startsWith(`j=${job.get(tagged[1]!)};`)).toBe(true)
  })

  function checkDocument(was: Record<string, unknown>, now: Record<string, unknown>): void {
    expect(Object.keys(now).length).toBe(Object.keys(was).length)
    for (const [key, value] of Object.entries(was)) {
      const is = now[key]
      if (key === 'job') checkJob(value, is)
      else if (key === 'jobs' && Array.isArray(value))
        for (const [at, each] of value.entries()) checkJob(each, (is as unknown[])[at])
      else if (key === 'by_job') {
        const keys = Object.keys(is as object)
        Object.entries(value as object).forEach(([id, under], at) => {
          checkJob(id, keys[at])
          expect((is as Record<string, unknown>)[keys[at]!]).toEqual(under)
        })
      } else if (key === 'ref') {
        const [, id] = /^u:(\d+)\//.exec(String(value)) ?? []
        if (id === undefined || id === '0') expect(is).toBe(value)
        else checkUser(Number(id), /^u:(\w+)\/a\/b$/.exec(String(is))?.[1])
      } else if (value !== null && typeof value === 'object' && !Array.isArray(value) && 'user' in value) {
        const { user: id, ...others } = value
        const { user: fresh, ...rest } = is as { user: unknown }
        checkUser(id, fresh)
        expect(rest).toEqual(others)
      } else expect(is).toEqual(value)
    }
  }
}

import { expect, test } from 'vitest'
import { inspect, tableNamed } from '../../../src/core/engines/sqlite/inspect.ts'
import { type Connection, openOwn } from '../../../src/core/engines/sqlite/open.ts'
import { recordedRuns } from '../../../src/core/journal/in-target.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { findIds } from '../../../src/core/trace/find-ids.ts'
import { referencesTo } from '../../../src/core/trace/referring.ts'
import { spellingsOf } from '../../../src/core/trace/spellings.ts'
import { columnOf } from '../../support/database.ts'
import { jobId, migratedJobs } from '../../support/jobs.ts'

/** The connection, noting how SQLite goes about each statement. */
function explaining(db: Connection): { db: Connection; steps: string[] } {
  const steps: string[] = []
  const prepare = (sql: string) => {
    const parameters = [...sql.matchAll(/\?/g)].map(() => 1)
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[]
    steps.push(...plan.map(({ detail }) => detail))
    return db.prepare(sql)
  }
  return {
    db: new Proxy(db, { get: (of, name) => (name === 'prepare' ? prepare : Reflect.get(of, name)) }),
    steps,
  }
}

test.each([
  ['expanded', { strategy: 'expand', only: ['jobs.job_id'] } as Choices, 'job_ulid'],
  ['replaced', { only: ['jobs.job_id'] } as Choices, 'job_id'],
])('an id is found through indexes, and so is what refers to it: %s', async (_, choices, column) => {
  const { path } = await migratedJobs(choices)
  const ulid = columnOf<string>(path, `SELECT ${column} FROM jobs WHERE number = 2`)[0]!
  const own = openOwn(path, 'read-only')
  try {
    const schema = inspect(own)
    const [run] = recordedRuns(own)
    const identity = run!.plan.identities[0]!
    const table = tableNamed(schema, identity.table)!
    for (const id of [jobId(2), ulid]) {
      const { db, steps } = explaining(own)
      const found = findIds(db, table, identity, run!.record.maps[0]!, spellingsOf(id))
      expect(found).toHaveLength(1)
      expect(referencesTo(db, schema, path, identity, found[0]!)).toHaveLength(1)
      expect(steps.filter(step => step.startsWith('SCAN'))).toEqual(
        // Not run for this row: the map is searched by its number first.
        column === 'job_id' ? ['SCAN m'] : [],
      )
      expect(steps.some(step => step.startsWith('SEARCH'))).toBe(true)
    }
  } finally {
    own.close()
  }
})

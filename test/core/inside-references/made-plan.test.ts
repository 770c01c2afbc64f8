import { describe, expect, test } from 'vitest'
import type { DetectedReference } from '../../../src/core/documents.ts'
import { detectIn, lookAt } from '../../../src/core/migrate/prepare.ts'
import { makePlan } from '../../../src/core/plan/make-plan.ts'
import { inProcess } from '../../support/in-process.ts'
import { made } from './planned.ts'

const schema = `CREATE TABLE jobs(job_id TEXT PRIMARY KEY);
  INSERT INTO jobs VALUES('4b4d2ae2-1fa0-4d2b-8bf0-1f5cb0a3b6f1'), ('5b4d2ae2-1fa0-4d2b-8bf0-1f5cb0a3b6f1');
  CREATE TABLE notes(n INTEGER PRIMARY KEY, kind TEXT, about TEXT, job_id TEXT REFERENCES jobs, created_at TEXT, data TEXT);
  INSERT INTO notes VALUES(1, 'job', NULL, NULL, '2025-01-01 00:00:00', '{}');
  CREATE TABLE keyed(a TEXT PRIMARY KEY) WITHOUT ROWID;`

/** The plan where detection had found these references beside its own. */
async function planOf(...found: readonly Partial<DetectedReference>[]) {
  const { path, settings } = made(schema)
  return lookAt(path, inProcess(settings), async looking => {
    const detection = await detectIn(looking, {}, () => Promise.resolve())
    const identities = detection.document.identities.map(identity => ({
      ...identity,
      migrate: identity.table === 'jobs',
      references:
        identity.table !== 'jobs'
          ? identity.references
          : [
              ...identity.references,
              ...found.map(each => ({ ...identity.references[0]!, choice: 'accepted' as const, ...each })),
            ],
    }))
    return makePlan(looking, { ...detection, document: { ...detection.document, identities } }, {})
  })
}

describe('accepted references inside of values', () => {
  const when = { column: 'kind', is: ['job'] }
  const of = { table: 'jobs', column: 'job_id' }

  test('become the places of their columns, and are no references of the identity', async () => {
    const plan = await planOf(
      { table: 'notes', column: 'data', kind: 'json', path: '$.job' },
      { table: 'notes', column: 'data', kind: 'json', path: '$.jobs[*]' },
      { table: 'notes', column: 'about', kind: 'polymorphic', when },
      { table: 'notes', column: 'kind', kind: 'embedded', pattern: 'x-{id}', choice: 'offered' },
    )
    expect(plan.inside).toEqual([
      {
        table: 'notes',
        column: 'data',
        time: 'created_at',
        places: [
          { kind: 'json', path: '$.job', of },
          { kind: 'json', path: '$.jobs[*]', of },
        ],
      },
      { table: 'notes', column: 'about', time: 'created_at', places: [{ kind: 'polymorphic', when, of }] },
    ])
    expect(plan.identities.flatMap(each => each.references.map(({ column }) => column))).toEqual(['job_id'])
  })

  test('go before what only values tell of the column, and give way to a declared reference', async () => {
    const plan = await planOf(
      { table: 'notes', column: 'about', kind: 'inferred' },
      { table: 'notes', column: 'about', kind: 'polymorphic', when },
      { table: 'notes', column: 'job_id', kind: 'polymorphic', when },
    )
    expect(plan.inside?.map(({ column }) => column)).toEqual(['about'])
    expect(plan.identities.flatMap(each => each.references.map(({ column }) => column))).toEqual(['job_id'])
  })

  test('leave no trace in a plan that has none', async () => {
    expect(Object.keys(await planOf())).not.toContain('inside')
  })

  test.each([
    ['the number of a row', { table: 'notes', column: 'n' }],
    ['a key without row numbers', { table: 'keyed', column: 'a' }],
  ])('are refused in %s', async (_, column) => {
    await expect(planOf({ ...column, kind: 'embedded', pattern: 'x-{id}' })).rejects.toMatchObject({
      failure: { code: 'PLAN.INSIDE_KEY', exit: 4 },
    })
  })
})

import { describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/core/engines/sqlite/open.ts'
import { Refusal } from '../../../src/core/message.ts'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { contentHash } from '../../support/database.ts'
import { made, migrated } from './planned.ts'

const jobs = { table: 'jobs', column: 'job_id' }
const schema = `
  CREATE TABLE jobs(job_id TEXT PRIMARY KEY, n INT);
  INSERT INTO jobs VALUES('a-1', 1), ('a-2', 2), ('a-3', 3);
  CREATE TABLE events(n INTEGER PRIMARY KEY, data, kind TEXT, of_id TEXT, ref TEXT);
  INSERT INTO events VALUES
    (1, '{"id": "a-1", "x": 1}', 'job', 'a-1', 'run a-1 done'),
    (2, '{"id": "a-2", "other": "a-2"}', 'job', 'a-2', 'run a-2 done'),
    (3, '{"id": "lost"}', 'job', 'lost', 'run z-9 done'),
    (4, '{"id": "lost"}', 'job', 'lost', 'run z-9 done'),
    (5, '{"id": 0}', 'user', 'a-1', 'a-1'),
    (6, jsonb('{"id": "a-3", "x": 1}'), NULL, 'a-1', NULL);`

const inside: readonly PlannedInside[] = [
  { table: 'events', column: 'data', time: null, places: [{ kind: 'json', path: '$.id', of: jobs }] },
  {
    table: 'events',
    column: 'of_id',
    time: null,
    places: [{ kind: 'polymorphic', when: { column: 'kind', is: ['job'] }, of: jobs }],
  },
  {
    table: 'events',
    column: 'ref',
    time: null,
    places: [{ kind: 'embedded', pattern: 'run {id} *', of: jobs }],
  },
]

const job = (n: number) => `(SELECT job_id FROM jobs WHERE n = ${n})`
const swapped = (column: string) =>
  `UPDATE events SET ${column} = replace(replace(replace(${column}, ${job(1)}, '~'), ${job(2)}, ${job(1)}), '~', ${job(2)}) WHERE n IN (1, 2)`

describe('before COMMIT the check "inside" notices', () => {
  test.each([
    ['a pair of ids that was swapped in two documents', swapped('data')],
    ['a pair of ids that was swapped in two columns', swapped('of_id')],
    ['a pair of ids that was swapped in two texts', swapped('ref')],
    ['a space that was lost', `UPDATE events SET data = replace(data, ': 1', ':1') WHERE n = 1`],
    ['an id that was left', `UPDATE events SET data = replace(data, ${job(1)}, 'a-1') WHERE n = 1`],
    ['an id that was left as a whole value', `UPDATE events SET of_id = 'a-1' WHERE n = 1`],
    ['an id that was left within a text', `UPDATE events SET ref = 'run a-1 done' WHERE n = 1`],
    [
      'an orphan that was torn apart',
      `UPDATE events SET data = '{"id": "01HK153X003BMPJNJB6JHKXK8T"}' WHERE n = 3`,
    ],
    ['an orphan that was left', `UPDATE events SET data = '{"id": "lost"}' WHERE n = 3`],
    ['an orphan that found a parent', `UPDATE events SET of_id = ${job(1)} WHERE n = 3`],
    ['an id replaced where it stands for something else', `UPDATE events SET of_id = ${job(1)} WHERE n = 5`],
    [
      'an id replaced at another path',
      `UPDATE events SET data = replace(data, 'a-2', ${job(2)}) WHERE n = 2`,
    ],
    [
      'a sentinel that was replaced',
      `UPDATE events SET data = replace(data, '0', '"' || ${job(1)} || '"') WHERE n = 5`,
    ],
    ['a text that became a BLOB', 'UPDATE events SET data = CAST(data AS BLOB) WHERE n = 1'],
    ['a document that was lost', 'UPDATE events SET data = NULL WHERE n = 1'],
    ['another value in JSONB', `UPDATE events SET data = jsonb_set(data, '$.x', 2) WHERE n = 6`],
    ['JSONB that became text', `UPDATE events SET data = json(data) WHERE n = 6`],
    ['another id in JSONB', `UPDATE events SET data = jsonb_set(data, '$.id', ${job(1)}) WHERE n = 6`],
  ])('%s', async (_, sql) => {
    const target = made(schema)
    const before = contentHash(target.path)
    const work = migrated(
      target,
      inside,
      { only: ['jobs.job_id'] },
      { sabotage: (db: Connection) => void db.exec(sql) },
    )
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Refusal)
    expect((error as Refusal).failure).toMatchObject({ code: 'PROOF.FAILED', exit: 3 })
    expect((error as Refusal).failure.why).toContain('inside:')
    expect(contentHash(target.path)).toBe(before)
  })
})

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { trace } from '../../../src/core/trace/trace.ts'
import { uuid } from '../../support/across.ts'
import { change, columnOf, makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const jobs = [1, 2, 3, 4, 5, 6]
const events = [
  [1, `{"job":{"id":"${uuid(1)}"},"seen":["${uuid(2)}","${uuid(3)}"]}`],
  [2, `{"job":{"id":"${uuid(2)}"},"seen":[]}`],
  [3, `{"job":{"id":"${uuid(2)}"},"seen":["${uuid(2)}"]}`],
  [4, `{"note":"${uuid(2)} stands here, and at no place"}`],
  [5, 'no document'],
] as const

const schema = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, at TEXT);
  INSERT INTO jobs VALUES ${jobs.map(n => `('${uuid(n)}', '2026-01-01T00:00:0${n}Z')`).join(', ')};
  CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);
  INSERT INTO events VALUES ${events.map(([n, data]) => `(${n}, '${data}')`).join(', ')};
  CREATE TABLE notes(n INTEGER PRIMARY KEY, about TEXT, about_type TEXT);
  INSERT INTO notes VALUES (1, '${uuid(2)}', 'Job'), (2, '${uuid(77)}', 'Other'), (3, '${uuid(3)}', 'Job');
  CREATE TABLE metrics(name TEXT, value REAL, PRIMARY KEY(name, value));
  INSERT INTO metrics VALUES ('metric_${uuid(2)}_speed', 1), ('metric_${uuid(2)}_size', 2), ('metric_${uuid(3)}_size', 2);`

const places = {
  'events.data:$.job.id': { rows: 2, samples: ['2', '3'], kind: 'json' },
  'events.data:$.seen[*]': { rows: 2, samples: ['1', '3'], kind: 'json' },
  'notes.about[about_type=Job]': { rows: 1, samples: ['1'], kind: 'polymorphic' },
  'metrics.name:metric_{id}_*': { rows: 2, kind: 'embedded' },
}

const choices: Choices = {
  only: ['jobs.id'],
  references: Object.keys(places).map(place => `${place}=jobs.id`),
}

async function migrated(more: Choices, ...sql: readonly string[]) {
  const folder = temporaryFolder()
  const path = makeDatabase(join(folder, 'own.db'), schema, ...sql)
  const settings = settingsIn(folder)
  await migrate(path, { seed: '5eed', ...choices, ...more }, undefined, inProcess(settings))
  return { path, look: (id: string) => trace(id, [path], inProcess(settings)) }
}

describe.each([
  ['replaced', { strategy: 'replace' }, 'id'],
  ['expanded', { strategy: 'expand' }, 'job_ulid'],
] as const)('in a database that was %s', (_, strategy, column) => {
  test('references in documents, in pairs and in longer texts are counted by either id', async () => {
    const { path, look } = await migrated(strategy)
    const ulid = columnOf<string>(path, `SELECT ${column} FROM jobs WHERE at LIKE '%2Z'`)[0]!
    change(path, 'UPDATE notes SET about = (SELECT about FROM notes WHERE n = 1) WHERE n = 2')
    for (const id of [uuid(2), ulid, ulid.toLowerCase()]) {
      const { references, targets } = await look(id)
      expect(references).toHaveLength(4)
      for (const [inside, expected] of Object.entries(places))
        expect(references).toContainEqual(expect.objectContaining({ inside, to: 'jobs.id', ...expected }))
      expect(targets[0]!.readThrough).toContain('events.data')
    }
  })

  test('rows that came since are among them, and values that can not be read are not', async () => {
    const { path, look } = await migrated(strategy)
    const [id] = columnOf<string>(path, `SELECT id FROM jobs WHERE at LIKE '%5Z'`)
    change(
      path,
      `INSERT INTO events(data) VALUES ('{"job":{"id":"${id}"}}'), ('{"job":{"id":"${id}"'), (x'00ff'), (NULL), (7), (1.5)`,
    )
    expect((await look(id!)).references).toEqual([
      expect.objectContaining({ inside: 'events.data:$.job.id', rows: 1, samples: ['6'], scanned: true }),
    ])
  })
})

test('an index on the very place finds them without reading the column', async () => {
  const { path, look } = await migrated({ strategy: 'replace' })
  change(
    path,
    'DELETE FROM events WHERE n = 5',
    "CREATE INDEX by_job ON events(json_extract(data, '$.job.id'))",
    'CREATE INDEX by_about ON notes(about_type, about)',
  )
  const ulid = columnOf<string>(path, "SELECT id FROM jobs WHERE at LIKE '%2Z'")[0]!
  const { references } = await look(ulid)
  const scanned = Object.fromEntries(references.map(each => [each.inside, each.scanned]))
  expect(scanned).toEqual({
    'events.data:$.job.id': false,
    'events.data:$.seen[*]': true,
    'notes.about[about_type=Job]': false,
    // The text begins with what is known of it, so its own key serves.
    'metrics.name:metric_{id}_*': false,
  })
  expect(references.map(each => each.rows).sort()).toEqual([1, 2, 2, 2])
})

test('whole numbers are found in documents as numbers and as texts, and no others for them', async () => {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'numbers.db'),
    `CREATE TABLE jobs(id INTEGER PRIMARY KEY, note TEXT); INSERT INTO jobs VALUES (2, 'a'), (42, 'b'), (420, 'c');
     CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);
     INSERT INTO events VALUES (1, '{"job":42}'), (2, '{"job":"42"}'), (3, '{"job":4.2e1}'), (4, '{"job":420}'), (5, '{"job":142}'), (6, jsonb('{"job":42}'))`,
  )
  const settings = settingsIn(folder)
  const context = inProcess(settings)
  const references = ['events.data:$.job=jobs.id']
  await migrate(path, { strategy: 'expand', only: ['jobs.id'], references }, undefined, context)
  const { references: found } = await trace('42', [path], context)
  expect(found).toEqual([expect.objectContaining({ samples: ['1', '2', '6'], rows: 3 })])
})

test('a column is read in chunks, between which it can be stopped, and which are told', async () => {
  const { path, look } = await migrated({ strategy: 'replace' })
  change(
    path,
    `INSERT INTO events(data) SELECT json_object('job', json_object('id', (SELECT id FROM jobs LIMIT 1))) FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12000) SELECT n FROM c)`,
  )
  const [id] = columnOf<string>(path, 'SELECT id FROM jobs LIMIT 1')
  expect((await look(id!)).references).toContainEqual(
    expect.objectContaining({ inside: 'events.data:$.job.id', rows: 12001 }),
  )
  const context = inProcess(settingsIn(temporaryFolder()))
  let breaths = 0
  const stopping = {
    ...context,
    breathe: async () => {
      if (++breaths > 2) throw new Error('stopped')
    },
  }
  await expect(trace(id!, [path], stopping)).rejects.toThrow('stopped')
  expect(context.events).toEqual([
    expect.objectContaining({ type: 'progress', object: 'events.data', done: 5000, total: 12005 }),
    expect.objectContaining({ type: 'progress', object: 'events.data', done: 10000, total: 12005 }),
  ])
})

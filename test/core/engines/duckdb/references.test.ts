/**
 * References that DuckDB files hold, most of them declared nowhere (SYSTEMS 2.4 and 2.7). Each is followed from its own cell to
 * the name of a row, by SQL that knows nothing of the engine: the answers are the same before and after.
 */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DetectedTarget } from '../../../../src/core/documents.ts'
import { migrate } from '../../../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../../../src/core/requests.ts'
import { undo } from '../../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../../src/core/verify/past-run.ts'
import { range, uuid } from '../../../support/across.ts'
import { duckContentOf } from '../../../support/duck-content.ts'
import { inDuck } from '../../../support/duck-files.ts'
import { duckColumn, duckCount, duckRows } from '../../../support/duck-rows.ts'
import { settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { detectIn, inProcess } from '../../../support/in-process.ts'

const hex = (n: number) => uuid(`memory ${n}`).replaceAll('-', '')
const memory = (n: number) => `'${hex(n)}'`
const task = (n: number) => `'${uuid(n)}'`
const at = (n: number) => `TIMESTAMP '2026-01-01' + INTERVAL ${n} MINUTE`
const rows = (count: number, row: (n: number) => string) =>
  range(1, count)
    .map(n => `(${row(n)})`)
    .join(', ')

/** 40 memories named by hashes and 30 tasks named by native UUIDs; all else names some of them, and some that are gone. */
const schema: readonly string[] = [
  `CREATE TABLE memories(id VARCHAR PRIMARY KEY, name VARCHAR, made TIMESTAMP, turn_parent_id VARCHAR, metadata JSON)`,
  `INSERT INTO memories VALUES ${rows(
    40,
    n =>
      `${memory(n)}, 'memory ${n}', ${at(n)}, ${n > 1 ? memory(n - 1) : 'NULL'}, '{"original_conversations": ["${hex(41 - n)}", "${hex(900 + n)}"], "n": ${n}}'`,
  )}`,
  `CREATE TABLE tasks(id UUID PRIMARY KEY, name VARCHAR, made TIMESTAMP, parent UUID REFERENCES tasks(id), cause UUID)`,
  // DuckDB wants a parent to be there before the statement.
  ...range(1, 30).map(
    n =>
      `INSERT INTO tasks VALUES (${task(n)}, 'task ${n}', ${at(n)}, ${n > 1 ? task(Math.ceil(n / 2)) : 'NULL'}, ${task(31 - n)})`,
  ),
  `CREATE TABLE query_cache(cache_key VARCHAR PRIMARY KEY, result_ids VARCHAR[], embedding FLOAT[4])`,
  `INSERT INTO query_cache VALUES ${rows(30, n => `'query ${n}', [${memory(n)}, ${memory(n + 5)}, ${memory(500 + n)}], [1, 2, 3, ${n}]`)}, ('none', [], NULL), ('null', NULL, NULL)`,
  `CREATE TABLE batches(n INTEGER, task_ids UUID[])`,
  `INSERT INTO batches VALUES ${rows(25, n => `${n}, [${task(n)}, NULL, ${task(n + 5)}]`)}`,
  `CREATE TABLE jobs(n INTEGER, about STRUCT(task UUID, note VARCHAR, deep STRUCT(memory VARCHAR)))`,
  `INSERT INTO jobs VALUES ${rows(25, n => `${n}, {task: ${task(n)}, note: 'job ${n}', deep: {memory: ${memory(n)}}}`)}`,
  `CREATE TABLE roles(n INTEGER, played MAP(VARCHAR, VARCHAR))`,
  `INSERT INTO roles VALUES ${rows(25, n => `${n}, MAP {'first': ${memory(n)}, 'second': ${memory(n + 10)}}`)}`,
  `CREATE TABLE scores(n INTEGER, of_memories MAP(VARCHAR, INTEGER), of_tasks MAP(UUID, INTEGER))`,
  `INSERT INTO scores VALUES ${rows(25, n => `${n}, MAP {${memory(n)}: 1, ${memory(n + 10)}: 2}, MAP {${task(n)}::UUID: 3}`)}`,
  `CREATE TABLE fingerprints(n INTEGER, content_type VARCHAR, content_id VARCHAR, UNIQUE(content_type, content_id))`,
  `INSERT INTO fingerprints VALUES ${rows(40, n => `${n}, 'memory', ${memory(n)}`)}, ${rows(25, n => `${n + 100}, 'task', ${task(n)}`)}, ${rows(6, n => `${n + 200}, 'facet', 'language ${n}'`)}`,
  `CREATE TABLE search_index(id VARCHAR PRIMARY KEY, indexed VARCHAR)`,
  `INSERT INTO search_index VALUES ${rows(40, n => `'conv_' || ${memory(n)}, 'words ${n}'`)}`,
  `CREATE TABLE memory_tags(memory_id VARCHAR, tag VARCHAR, PRIMARY KEY(memory_id, tag))`,
  `INSERT INTO memory_tags VALUES ${rows(42, n => `${memory(n)}, 'tag ${n % 3}'`)}`,
  `CREATE TABLE access_log(memory_id VARCHAR PRIMARY KEY, count INTEGER)`,
  `INSERT INTO access_log VALUES ${rows(24, n => `${memory(n)}, ${n}`)}, (${memory(901)}, 25)`,
  `CREATE TABLE distilled_skills(n INTEGER, source_memory_ids VARCHAR)`,
  `INSERT INTO distilled_skills VALUES ${rows(30, n => `${n}, '["${hex(n)}", "${hex(n + 3)}"]'`)}`,
  `CREATE TABLE modules(n INTEGER, python_module_path VARCHAR)`,
  `INSERT INTO modules VALUES ${rows(30, n => `${n}, '/home/me/flows/task_' || ${task(n)} || '/main.py'`)}`,
  `CREATE TABLE links(n INTEGER, source_id VARCHAR, target_id VARCHAR)`,
  `INSERT INTO links VALUES ${rows(30, n => `${n}, ${memory(n)}, ${memory(41 - n)}`)}`,
  `CREATE TABLE edges(n INTEGER, from_task UUID REFERENCES tasks(id), to_task UUID REFERENCES tasks(id))`,
  `INSERT INTO edges VALUES ${rows(30, n => `${n}, ${task(n)}, ${task(31 - n)}`)}`,
  'CREATE SCHEMA audit',
  `CREATE TABLE audit.events(id UUID PRIMARY KEY, name VARCHAR, made TIMESTAMP, task_id UUID)`,
  `INSERT INTO audit.events VALUES ${rows(25, n => `'${uuid(300 + n)}', 'event ${n}', ${at(n)}, ${task(n)}`)}`,
  `CREATE TABLE audit.notes(n INTEGER, event_id UUID REFERENCES audit.events(id))`,
  `INSERT INTO audit.notes VALUES ${rows(25, n => `${n}, '${uuid(300 + n)}'`)}`,
  `CREATE TABLE notices(n INTEGER, event_id VARCHAR)`,
  `INSERT INTO notices VALUES ${rows(25, n => `${n}, '${uuid(300 + n)}'`)}`,
]

/** A part of a path: found, and followed only when the operator says so, as in any file. */
const choices: Choices = {
  references: ['modules.python_module_path:/home/me/flows/task_{id}/main.py=tasks.id'],
}
const offered = ['modules.python_module_path']

/** What each reference names: its kind as it is detected, and SQL from its cells to names. */
const references: readonly (readonly [string, string, string, string, string])[] = [
  [
    'a self reference without a key',
    'memories.turn_parent_id',
    'inferred',
    'memories',
    'SELECT c.name, p.name FROM memories c JOIN memories p ON p.id = c.turn_parent_id',
  ],
  [
    'a self reference with a key',
    'tasks.parent',
    'declared',
    'tasks',
    'SELECT c.name, p.name FROM tasks c JOIN tasks p ON p.id = c.parent',
  ],
  [
    'a self reference between UUIDs without a key',
    'tasks.cause',
    'inferred',
    'tasks',
    'SELECT c.name, p.name FROM tasks c JOIN tasks p ON p.id = c.cause',
  ],
  [
    'an array in a JSON document',
    'memories.metadata',
    'json',
    'memories',
    "SELECT c.name, p.name FROM memories c, unnest(CAST(c.metadata->'original_conversations' AS VARCHAR[])) u(id) JOIN memories p ON p.id = u.id",
  ],
  [
    'a list of texts',
    'query_cache.result_ids',
    'json',
    'memories',
    'SELECT c.cache_key, p.name FROM query_cache c, unnest(result_ids) u(id) JOIN memories p ON p.id = u.id',
  ],
  [
    'a list of UUIDs',
    'batches.task_ids',
    'json',
    'tasks',
    'SELECT c.n, p.name FROM batches c, unnest(task_ids) u(id) JOIN tasks p ON p.id = u.id',
  ],
  [
    'a UUID in a STRUCT',
    'jobs.about',
    'json',
    'tasks',
    'SELECT c.n, p.name FROM jobs c JOIN tasks p ON p.id = c.about.task',
  ],
  [
    'a text in a STRUCT in a STRUCT',
    'jobs.about',
    'json',
    'memories',
    'SELECT c.n, p.name FROM jobs c JOIN memories p ON p.id = c.about.deep.memory',
  ],
  [
    'the values of a MAP',
    'roles.played',
    'json',
    'memories',
    'SELECT c.n, p.name FROM roles c, unnest(map_values(played)) u(id) JOIN memories p ON p.id = u.id',
  ],
  [
    'the keys of a MAP',
    'scores.of_memories',
    'json',
    'memories',
    'SELECT c.n, p.name FROM scores c, unnest(map_keys(of_memories)) u(id) JOIN memories p ON p.id = u.id',
  ],
  [
    'the keys of a MAP that are UUIDs',
    'scores.of_tasks',
    'json',
    'tasks',
    'SELECT c.n, p.name FROM scores c, unnest(map_keys(of_tasks)) u(id) JOIN tasks p ON p.id = u.id',
  ],
  [
    'a pair of type and id',
    'fingerprints.content_id',
    'polymorphic',
    'memories',
    "SELECT c.n, p.name FROM fingerprints c JOIN memories p ON p.id = c.content_id WHERE content_type = 'memory'",
  ],
  [
    'a pair of type and native id',
    'fingerprints.content_id',
    'polymorphic',
    'tasks',
    "SELECT c.n, p.name FROM fingerprints c JOIN tasks p ON CAST(p.id AS VARCHAR) = c.content_id WHERE content_type = 'task'",
  ],
  [
    'an id inside a longer key',
    'search_index.id',
    'embedded',
    'memories',
    "SELECT c.indexed, p.name FROM search_index c JOIN memories p ON c.id = 'conv_' || p.id",
  ],
  [
    'a part of a key',
    'memory_tags.memory_id',
    'composite',
    'memories',
    'SELECT c.tag, p.name FROM memory_tags c JOIN memories p ON p.id = c.memory_id',
  ],
  [
    'the key itself',
    'access_log.memory_id',
    'inferred',
    'memories',
    'SELECT c.count, p.name FROM access_log c JOIN memories p ON p.id = c.memory_id',
  ],
  [
    'a JSON array in a text',
    'distilled_skills.source_memory_ids',
    'json',
    'memories',
    'SELECT c.n, p.name FROM distilled_skills c, unnest(CAST(CAST(source_memory_ids AS JSON) AS VARCHAR[])) u(id) JOIN memories p ON p.id = u.id',
  ],
  [
    'a path to a file',
    'modules.python_module_path',
    'embedded',
    'tasks',
    "SELECT c.n, p.name FROM modules c JOIN tasks p ON c.python_module_path = '/home/me/flows/task_' || p.id || '/main.py'",
  ],
  [
    'one end of a link',
    'links.source_id',
    'inferred',
    'memories',
    'SELECT c.n, p.name FROM links c JOIN memories p ON p.id = c.source_id',
  ],
  [
    'the other end',
    'links.target_id',
    'inferred',
    'memories',
    'SELECT c.n, p.name FROM links c JOIN memories p ON p.id = c.target_id',
  ],
  [
    'one declared end',
    'edges.from_task',
    'declared',
    'tasks',
    'SELECT c.n, p.name FROM edges c JOIN tasks p ON p.id = c.from_task',
  ],
  [
    'the other declared end',
    'edges.to_task',
    'declared',
    'tasks',
    'SELECT c.n, p.name FROM edges c JOIN tasks p ON p.id = c.to_task',
  ],
  [
    'out of another schema',
    '"audit.events".task_id',
    'inferred',
    'tasks',
    'SELECT c.name, p.name FROM audit.events c JOIN tasks p ON p.id = c.task_id',
  ],
  [
    'within another schema',
    '"audit.notes".event_id',
    'declared',
    'audit.events',
    'SELECT c.n, p.name FROM audit.notes c JOIN audit.events p ON p.id = c.event_id',
  ],
  [
    'into another schema',
    'notices.event_id',
    'inferred',
    'audit.events',
    'SELECT c.n, p.name FROM notices c JOIN audit.events p ON CAST(p.id AS VARCHAR) = c.event_id',
  ],
]

const ulid = '[0-7][0-9A-HJKMNP-TV-Z]{25}'

describe('references in a DuckDB file', () => {
  const folder = temporaryFolder()
  const [path, before] = [join(folder, 'memories.db'), join(folder, 'before.db')]
  const settings: Settings = settingsIn(folder)
  let found: DetectedTarget

  beforeAll(async () => {
    await inDuck(path, ...schema)
    copyFileSync(path, before)
    found = await detectIn(path)
    await migrate(path, choices, undefined, inProcess(settings))
  })

  test.each(references)('%s, in %s, is found', (_, place, kind, of) => {
    const identity = found.identities.find(each => each.table === of)!
    const name = (table: string, column: string) =>
      table.includes('.') ? `"${table}".${column}` : `${table}.${column}`
    const reference = identity.references.find(each => name(each.table, each.column) === place)
    expect(reference).toMatchObject({ kind, choice: offered.includes(place) ? 'offered' : 'accepted' })
  })

  test.each(references)('%s, in %s, names the same rows', async (_, __, ___, ____, sql) => {
    const now = await duckRows(path, `${sql} ORDER BY ALL`)
    expect(now.length).toBeGreaterThanOrEqual(20)
    expect(now).toEqual(await duckRows(before, `${sql} ORDER BY ALL`))
  })

  test('and what named no row is a ULID of no row, or stays a word', async () => {
    const gone = `SELECT u.id FROM query_cache, unnest(result_ids) u(id) WHERE u.id NOT IN (SELECT id FROM memories)`
    expect(
      await duckColumn(path, `SELECT count(*) FROM (${gone}) WHERE regexp_full_match(id, '${ulid}')`),
    ).toEqual(['30'])
    expect(
      await duckColumn(path, "SELECT content_id FROM fingerprints WHERE content_type = 'facet' ORDER BY n"),
    ).toEqual(range(1, 6).map(n => `language ${n}`))
    expect(
      await duckColumn(
        path,
        "SELECT result_ids FROM query_cache WHERE cache_key IN ('none', 'null') ORDER BY cache_key",
      ),
    ).toEqual([[], null])
    expect(
      await duckCount(path, 'SELECT count(*) FROM batches WHERE task_ids[2] IS NULL AND len(task_ids) = 3'),
    ).toBe(25)
  })

  test.each(['memories', 'tasks', 'audit.events'])(
    'the rows of %s have ULIDs in the order of their times',
    async table => {
      const ids = await duckColumn(path, `SELECT id FROM ${table} ORDER BY made`)
      expect(ids).toEqual([...ids].sort())
      for (const id of ids) expect(id).toMatch(new RegExp(`^${ulid}$`))
    },
  )

  test('all of it is proved from outside, and an undo brings the file back', async () => {
    const { proof } = await verifyPastRun(path, undefined, inProcess(settings))
    expect(proof.checks.filter(check => !check.ok)).toEqual([])
    expect((await undo(path, undefined, inProcess(settings))).proof.ok).toBe(true)
    expect(await duckContentOf(path)).toEqual(await duckContentOf(before))
  })
})

describe('a text that refers to a UUID, which DuckDB compares by casting it,', () => {
  const sessions = [
    'CREATE TABLE session(id UUID PRIMARY KEY, made TIMESTAMP)',
    `INSERT INTO session VALUES ${rows(20, n => `${task(n)}, ${at(n)}`)}`,
  ]
  const resolved = 'SELECT count(*) FROM log l JOIN session s ON s.id = l.session_id'
  async function logs(spelled: (id: string, n: number) => string) {
    const folder = temporaryFolder()
    const path = await inDuck(
      join(folder, 'logs.duckdb'),
      ...sessions,
      'CREATE TABLE log(n INTEGER, session_id VARCHAR)',
      `INSERT INTO log VALUES ${rows(20, n => `${n}, '${spelled(uuid(n), n)}'`)}`,
    )
    return { path, settings: settingsIn(folder) }
  }

  test('is followed in either letter case, and gets its own spelling back', async () => {
    const { path, settings } = await logs((id, n) => (n % 3 === 0 ? id : id.toUpperCase()))
    const before = await duckContentOf(path)
    await migrate(path, {}, undefined, inProcess(settings))
    expect(await duckCount(path, resolved)).toBe(20)
    await undo(path, undefined, inProcess(settings))
    expect(await duckContentOf(path)).toEqual(before)
  })

  test.each([
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
    ['in braces', (id: string) => `{${id}}`],
    ['without hyphens in a few rows', (id: string, n: number) => (n % 5 === 0 ? id.replaceAll('-', '') : id)],
  ])(
    'is found %s, and followed once it is written as the statement says that is shown',
    async (_, spelled) => {
      const { path, settings } = await logs(spelled)
      const finding = (await detectIn(path)).findings.find(
        ({ code }) => code === 'REFERENCE.SPELLED_OTHERWISE',
      )
      expect(finding).toMatchObject({ severity: 'blocker', object: 'log.session_id' })
      await expect(migrate(path, {}, undefined, inProcess(settings))).rejects.toMatchObject({
        failure: { code: 'REFERENCE.SPELLED_OTHERWISE', exit: 4 },
      })
      await inDuck(path, /UPDATE .*VARCHAR\)/.exec(finding!.next)![0])
      await migrate(path, {}, undefined, inProcess(settings))
      expect(await duckCount(path, resolved)).toBe(20)
    },
  )

  test('is found the other way round as well: a UUID that refers to a text in upper case', async () => {
    const path = await inDuck(
      join(temporaryFolder(), 'agents.duckdb'),
      'CREATE TABLE agent(id VARCHAR PRIMARY KEY)',
      `INSERT INTO agent VALUES ${rows(20, n => `'${uuid(n).toUpperCase()}'`)}`,
      'CREATE TABLE visit(n INTEGER, agent_id UUID)',
      `INSERT INTO visit VALUES ${rows(20, n => `${n}, ${task(n)}`)}`,
    )
    const [finding] = (await detectIn(path)).findings
    expect(finding).toMatchObject({ code: 'REFERENCE.SPELLED_OTHERWISE', object: 'visit.agent_id' })
    expect(finding!.next).toContain('UPDATE "agent" SET "id" = CAST(CAST("id" AS UUID) AS VARCHAR)')
  })
})

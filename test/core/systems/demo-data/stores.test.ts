/** The DuckDB files of the demo have what makes real ones hard (SYSTEMS 2.4, 2.7, 2.8). */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../../../../src/core/systems/demo.ts'
import { columnOf } from '../../../support/database.ts'
import { duckColumn, duckCount, duckRows } from '../../../support/duck-rows.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { cli } from '../../../support/program.ts'
import { withoutPackage } from '../../../support/without-package.ts'

const rows = 300
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
  await writeDemo({ directory: folder, rows, seed: 3 })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (path: string) => join(folder, path)

/** How many of the values name a row, and how many name one that is not there. */
async function resolved(path: string, values: string, parents: string) {
  const sql = (not: string) =>
    `SELECT count(*) FROM (${values}) AS v(id) WHERE id IS NOT NULL AND id ${not} IN (${parents})`
  return { found: await duckCount(path, sql('')), orphans: await duckCount(path, sql('NOT')) }
}

describe('reflection.duckdb', () => {
  const reflection = () => at('session-buddy/reflection.duckdb')

  it('has the tables of two generations and of the add-ons', async () => {
    expect(await duckCount(reflection(), 'SELECT count(*) FROM duckdb_tables()')).toBe(23)
  })

  it.each([
    ['conversations', 'id', '[0-9a-f]{32}'],
    ['reflections', 'id', '[0-9a-f]{32}'],
    ['default_conversations', 'id', '[0-9a-f]{16}'],
    ['default_reflections', 'id', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'],
    ['code_graphs', 'id', '/home/me/projects/[^:]+:[0-9a-f]{16}'],
    ['search_index', 'id', '(conv_[0-9a-f]{16}|refl_[0-9a-f-]{36})'],
    ['causal_error_events', 'id', 'err-[0-9a-f]{8}'],
    ['causal_fix_attempts', 'id', 'fix-[0-9a-f]{8}'],
    ['causal_chains', 'id', 'chain-[0-9a-f]{8}'],
    ['intelligence_learned_skills', 'id', 'skill-[0-9a-f]{8}'],
    ['intelligence_pattern_instances', 'id', 'pattern-[0-9a-f]{8}'],
  ])('%s.%s is like %s in every row', async (table, column, shape) => {
    const like = `regexp_full_match(${column}, '${shape}')`
    expect(await duckCount(reflection(), `SELECT count(*) FROM ${table} WHERE NOT ${like}`)).toBe(0)
    expect(await duckCount(reflection(), `SELECT count(*) FROM ${table} WHERE ${like}`)).toBeGreaterThan(1)
  })

  const ofResults = (table: string, type: string, id: string) =>
    `SELECT ${id} FROM ${table} WHERE ${type} IN ('conversation', 'reflection')`
  const items = 'SELECT id FROM default_conversations UNION ALL SELECT id FROM default_reflections'

  it.each([
    ['tags', 'SELECT reflection_id FROM reflection_tags', 'SELECT id FROM reflections'],
    ['the access log', 'SELECT reflection_id FROM access_log_v2', 'SELECT id FROM reflections'],
    ['lists of results', 'SELECT unnest(result_ids) FROM query_cache_l2', items],
    ['pairs of fingerprints', ofResults('content_fingerprints', 'content_type', 'content_id'), items],
    ['pairs of the index', ofResults('search_index', 'content_type', 'content_id'), items],
    ['ids inside longer ones', 'SELECT substr(id, 6) FROM search_index', items],
    [
      'patterns that were applied',
      'SELECT pattern_id FROM intelligence_pattern_applications',
      'SELECT id FROM intelligence_cross_project_patterns',
    ],
  ])('%s name rows, and some that are gone', async (_, values, parents) => {
    const { found, orphans } = await resolved(reflection(), values, parents)
    expect(found).toBeGreaterThan(1)
    expect(orphans).toBeGreaterThan(0)
    expect(found).toBeGreaterThan(orphans)
  })

  it('clicks name a conversation or a reflection, whichever their type says', async () => {
    for (const type of ['conversation', 'reflection']) {
      const values = `SELECT result_id FROM result_interactions WHERE result_type = '${type}'`
      const { found } = await resolved(reflection(), values, `SELECT id FROM default_${type}s`)
      expect(found).toBeGreaterThan(0)
    }
  })

  it('what merged conversations were made of is gone, and stands in their metadata', async () => {
    const values =
      "SELECT unnest(from_json(metadata -> 'original_conversations', '[\"VARCHAR\"]')) FROM conversations WHERE metadata IS NOT NULL"
    const { found, orphans } = await resolved(reflection(), values, 'SELECT id FROM conversations')
    expect(found).toBe(0)
    expect(orphans).toBeGreaterThan(2)
  })

  it('keys are declared where the application declares them, and nowhere else', async () => {
    const keys = await duckColumn(
      reflection(),
      "SELECT table_name || ': ' || constraint_text FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY' ORDER BY ALL",
    )
    expect(keys).toEqual([
      'causal_chains: FOREIGN KEY (error_id) REFERENCES causal_error_events(id)',
      'causal_chains: FOREIGN KEY (successful_fix_id) REFERENCES causal_fix_attempts(id)',
      'causal_fix_attempts: FOREIGN KEY (error_id) REFERENCES causal_error_events(id)',
      'default_reflections: FOREIGN KEY (conversation_id) REFERENCES default_conversations(id)',
    ])
  })

  it('sessions are those of session_buddy.db, in columns, in lists and in JSON', async () => {
    const known = new Set(
      columnOf<string>(at('session-buddy/session_buddy.db'), 'SELECT session_id FROM sessions'),
    )
    for (const sql of [
      'SELECT source_session_id FROM session_links UNION ALL SELECT target_session_id FROM session_links',
      'SELECT session_id FROM result_interactions WHERE session_id IS NOT NULL',
      'SELECT session_id FROM intelligence_pattern_instances',
      'SELECT unnest(from_json(learned_from, \'["VARCHAR"]\')) FROM intelligence_learned_skills',
      "SELECT pattern ->> '$.seen.session_id' FROM intelligence_learned_skills",
    ]) {
      const sessions = await duckColumn(reflection(), sql)
      const there = sessions.filter(session => known.has(String(session)))
      expect(there.length / sessions.length, sql).toBeGreaterThan(0.8)
    }
  })

  it('embeddings have 384 numbers, other ones in each row, and some rows have none', async () => {
    const sql =
      'SELECT count(embedding)::INTEGER, count(DISTINCT embedding)::INTEGER, count(*)::INTEGER, any_value(typeof(embedding)) FROM conversations'
    const [[filled, different, all, type] = []] = await duckRows(reflection(), sql)
    expect([type, all]).toEqual(['FLOAT[384]', rows])
    expect(different).toBe(filled)
    expect(Number(filled)).toBeLessThan(rows)
  })
})

it('knowledge_graph.duckdb: both ends of a relationship are declared', async () => {
  const path = at('session-buddy/knowledge_graph.duckdb')
  const sql =
    "SELECT constraint_column_names[1] FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY' ORDER BY ALL"
  expect(await duckColumn(path, sql)).toEqual(['from_entity', 'to_entity'])
  expect(await duckCount(path, 'SELECT count(*) FROM kg_relationships')).toBeGreaterThan(rows / 2)
})

it('learning.db: the key is a native UUID of version 4', async () => {
  const sql =
    "SELECT DISTINCT typeof(task_id), regexp_full_match(task_id::VARCHAR, '.{14}4.{4}[89ab].*') FROM executions"
  expect(await duckRows(at('mahavishnu/learning.db'), sql)).toEqual([['UUID', true]])
})

it('the hot and the warm store have most conversations in common, and each has some alone', async () => {
  const ids = 'SELECT conversation_id FROM conversations'
  const [hot, warm] = [
    await duckColumn(at('akosha/hot.duckdb'), ids),
    await duckColumn(at('akosha/warm/warm.db'), ids),
  ]
  expect(hot.filter(id => warm.includes(id))).toHaveLength(rows - rows / 5)
  for (const path of ['akosha/hot.duckdb', 'akosha/warm/warm.db'])
    expect(
      await duckCount(
        at(path),
        "SELECT count(*) FROM conversations WHERE metadata ->> 'trace_id' <> conversation_id",
      ),
    ).toBe(0)
  const shape =
    'SELECT DISTINCT typeof(embedding) FROM conversations UNION ALL SELECT expressions FROM duckdb_indexes()'
  const [type, index] = await duckColumn(at('akosha/warm/warm.db'), shape)
  expect([type, index]).toEqual(['BIGINT[384]', expect.stringContaining('date_trunc')])
})

it('without the library the others are written, and what is left out is said with what installs it', async () => {
  const demo = join(temporaryFolder(), 'demo')
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...withoutPackage('@duckdb/node-api'),
    ...[cli, 'demo', demo, '--rows', '5', '--json'],
  ])
  const document = JSON.parse(stdout) as {
    readonly targets: readonly unknown[]
    readonly findings: readonly unknown[]
  }
  expect(document.targets).toHaveLength(8)
  expect(document.findings).toEqual([
    {
      code: 'DEMO.LEFT_OUT',
      severity: 'warning',
      object: demo,
      message: expect.stringContaining('5 databases were left out'),
      why: expect.stringContaining(
        'session-buddy/reflection.duckdb, session-buddy/knowledge_graph.duckdb, mahavishnu/learning.db',
      ),
      next: expect.stringContaining('npm install @duckdb/node-api@'),
    },
  ])
})

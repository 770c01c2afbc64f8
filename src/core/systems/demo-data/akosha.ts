/**
 * Akosha's hot and warm stores (SYSTEMS 2.8): one conversation lives in both under the same id, and its metadata repeats it.
 */
import type { Store } from '../../engines/duckdb/connect.ts'
import { naiveTime, pastTimes } from './clock.ts'
import { uuid4 } from './ids.ts'
import { projects, sentence } from './prose.ts'
import { type Random, seededRandom } from './random.ts'
import { storeRows } from './store-rows.ts'

const hotTables: readonly string[] = [
  `CREATE TABLE conversations (
  system_id VARCHAR,
  conversation_id VARCHAR PRIMARY KEY,
  content TEXT,
  embedding FLOAT[384],
  timestamp TIMESTAMP,
  metadata JSON,
  content_hash VARCHAR,
  uploaded_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
)`,
  'CREATE INDEX idx_system_id ON conversations (system_id)',
  'CREATE INDEX idx_timestamp ON conversations (timestamp)',
  'CREATE INDEX idx_system_timestamp ON conversations (system_id, timestamp)',
]

const warmTables: readonly string[] = [
  `CREATE TABLE conversations (
  system_id VARCHAR,
  conversation_id VARCHAR PRIMARY KEY,
  embedding INT8[384],
  summary TEXT,
  timestamp TIMESTAMP,
  metadata JSON,
  uploaded_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
)`,
  "CREATE INDEX idx_warm_day ON conversations (date_trunc('day', timestamp))",
]

/** Natural keys, which are no ids: to be left as they are. */
const graphTable = `CREATE TABLE code_graphs (
  repo_path VARCHAR,
  commit_hash VARCHAR,
  nodes_count INTEGER,
  graph_data JSON,
  metadata JSON,
  ingested_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (repo_path, commit_hash)
)`

/** The newest `rows` conversations; the older of them are in the warm store as well. */
export async function fillHot(store: Store, random: Random, rows: number, seed: number): Promise<void> {
  for (const sql of [...hotTables, graphTable]) await store.run(sql)
  const { into, settle, finish } = storeRows(store)
  const put = into('conversations', [
    'system_id',
    'conversation_id',
    'content',
    'embedding',
    'timestamp',
    'metadata',
    'content_hash',
    'uploaded_at',
  ])
  const putGraph = into('code_graphs', [
    'repo_path',
    'commit_hash',
    'nodes_count',
    'graph_data',
    'metadata',
    'ingested_at',
  ])
  for (const one of conversations(seed, rows).slice(-rows)) {
    const uploaded = naiveTime(one.at + 60_000, random)
    put(one.system, one.id, sentence(random), one.number, one.time, one.metadata, one.hash, uploaded)
    await settle()
  }
  for (const [row, project] of projects.entries())
    putGraph(
      `/home/me/projects/${project}`,
      `${row}`.repeat(40),
      row + 1,
      '{"nodes":[]}',
      null,
      '2026-02-11 07:25:00',
    )
  await finish()
}

/** The oldest `rows` conversations; the newer of them are in the hot store still. */
export async function fillWarm(store: Store, random: Random, rows: number, seed: number): Promise<void> {
  for (const sql of warmTables) await store.run(sql)
  const { into, settle, finish } = storeRows(store)
  const put = into('conversations', [
    'system_id',
    'conversation_id',
    'embedding',
    'summary',
    'timestamp',
    'metadata',
    'uploaded_at',
  ])
  for (const one of conversations(seed, rows).slice(0, rows)) {
    const uploaded = naiveTime(one.at + 86_400_000, random)
    put(one.system, one.id, one.number, sentence(random), one.time, one.metadata, uploaded)
    await settle()
  }
  await finish()
}

/** All that either store has, in their order: a fifth is in the warm one alone, another in the hot one. */
function conversations(seed: number, rows: number) {
  const random = seededRandom(seed, 'akosha')
  return pastTimes(random, rows + Math.floor(rows / 5), 1).map(at => {
    const id = uuid4(random)
    return {
      id,
      at,
      time: naiveTime(at, random),
      system: random.pick(['session-buddy', 'crackerjack', 'mahavishnu']),
      metadata: JSON.stringify({ trace_id: id, turns: random.between(1, 40) }),
      hash: uuid4(random).replaceAll('-', ''),
      number: random.next(),
    }
  })
}

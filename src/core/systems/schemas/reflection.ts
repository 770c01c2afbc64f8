import { indexOn, type KnownSchema } from './known-schema.ts'

/**
 * What Session-Buddy really keeps its memory in, `~/.claude/data/reflection.duckdb` (SYSTEMS 2.4, generation a). Tags and the
 * access log refer to reflections, and a link to sessions, without any key that says so; half of the keys are hashes of what
 * they name.
 */
export const reflectionSchema: KnownSchema = {
  name: 'session-buddy-reflection',
  system: 'session-buddy',
  title: 'Session-Buddy: conversations and reflections',
  engine: 'duckdb',
  fileNames: ['reflection.duckdb'],
  folders: [],
  statements: [
    `CREATE TABLE conversations (
  id VARCHAR PRIMARY KEY,
  content TEXT NOT NULL,
  embedding FLOAT[384],
  project VARCHAR,
  timestamp TIMESTAMP,
  metadata JSON
)`,
    `CREATE TABLE reflections (
  id VARCHAR PRIMARY KEY,
  content TEXT NOT NULL,
  embedding FLOAT[384],
  project VARCHAR,
  tags VARCHAR[],
  timestamp TIMESTAMP,
  metadata JSON
)`,
    `CREATE TABLE reflection_tags (
  reflection_id VARCHAR,
  tag VARCHAR,
  PRIMARY KEY (reflection_id, tag)
)`,
    `CREATE TABLE access_log_v2 (
  reflection_id VARCHAR PRIMARY KEY,
  access_timestamp TIMESTAMP,
  access_count INTEGER DEFAULT 0
)`,
    `CREATE TABLE project_groups (
  id VARCHAR PRIMARY KEY,
  name VARCHAR NOT NULL,
  description TEXT,
  projects VARCHAR[] NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON
)`,
    `CREATE TABLE project_dependencies (
  id VARCHAR PRIMARY KEY,
  source_project VARCHAR NOT NULL,
  target_project VARCHAR NOT NULL,
  dependency_type VARCHAR NOT NULL,
  description TEXT,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON,
  UNIQUE (source_project, target_project, dependency_type)
)`,
    `CREATE TABLE session_links (
  id VARCHAR PRIMARY KEY,
  source_session_id VARCHAR NOT NULL,
  target_session_id VARCHAR NOT NULL,
  link_type VARCHAR NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON
)`,
    `CREATE TABLE code_graphs (
  id VARCHAR PRIMARY KEY,
  repo_path TEXT NOT NULL,
  commit_hash TEXT NOT NULL,
  indexed_at TIMESTAMP NOT NULL,
  nodes_count INTEGER NOT NULL,
  graph_data JSON NOT NULL,
  timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON
)`,
    indexOn('conversations', 'project'),
    indexOn('conversations', 'timestamp'),
    indexOn('reflections', 'project'),
    indexOn('reflections', 'timestamp'),
    indexOn('reflection_tags', 'tag'),
    indexOn('code_graphs', 'repo_path'),
    indexOn('code_graphs', 'commit_hash'),
    'CREATE INDEX idx_code_graphs_indexed_at ON code_graphs (indexed_at DESC)',
  ],
  expectedTables: [
    'conversations',
    'reflections',
    'reflection_tags',
    'access_log_v2',
    'project_groups',
    'project_dependencies',
    'session_links',
    'code_graphs',
  ],
  command: 'python -m session_buddy start',
  strategy: 'replace',
}

import type { KnownSchema } from './known-schema.ts'

/**
 * Oneiric's checkpoints, in every repository that runs it (SYSTEMS 2.8). The nodes' `run_id` names an execution, is
 * half of their key, and is declared nowhere.
 */
export const oneiricCheckpointsSchema: KnownSchema = {
  name: 'oneiric-checkpoints',
  system: 'oneiric',
  title: 'Oneiric: workflow checkpoints and runs',
  engine: 'sqlite',
  fileNames: ['workflow_checkpoints.sqlite'],
  folders: [],
  statements: [
    `CREATE TABLE workflow_checkpoints (
  workflow_key TEXT PRIMARY KEY,
  payload TEXT
)`,
    `CREATE TABLE workflow_executions (
  run_id TEXT PRIMARY KEY,
  workflow_key TEXT,
  status TEXT,
  started_at TEXT,
  ended_at TEXT,
  error TEXT
)`,
    `CREATE TABLE workflow_execution_nodes (
  run_id TEXT,
  node_key TEXT,
  status TEXT,
  started_at TEXT,
  ended_at TEXT,
  attempts INTEGER,
  error TEXT,
  PRIMARY KEY (run_id, node_key)
)`,
  ],
  expectedTables: ['workflow_checkpoints', 'workflow_executions', 'workflow_execution_nodes'],
  command: 'oneiric workflow run',
  strategy: 'replace',
}

import { indexOn, type KnownSchema } from './known-schema.ts'

/**
 * Mahavishnu's `data/learning.db`: DuckDB in spite of its name (SYSTEMS 2.7). Its key is a native UUID, a column in which no
 * ULID fits.
 */
export const mahavishnuLearningSchema: KnownSchema = {
  name: 'mahavishnu-learning',
  system: 'mahavishnu',
  title: 'Mahavishnu: executions of tasks, to learn from',
  engine: 'duckdb',
  fileNames: ['learning.db'],
  folders: ['mahavishnu'],
  statements: [
    `CREATE TABLE executions (
  task_id UUID PRIMARY KEY,
  timestamp TIMESTAMP NOT NULL,
  task_type VARCHAR NOT NULL,
  task_description TEXT NOT NULL,
  repo VARCHAR NOT NULL,
  file_count INTEGER NOT NULL,
  estimated_tokens INTEGER NOT NULL,
  model_tier VARCHAR NOT NULL,
  pool_type VARCHAR NOT NULL,
  swarm_topology VARCHAR,
  routing_confidence FLOAT NOT NULL,
  complexity_score INTEGER NOT NULL,
  success BOOLEAN NOT NULL,
  duration_seconds FLOAT NOT NULL,
  quality_score INTEGER,
  cost_estimate FLOAT NOT NULL,
  actual_cost FLOAT NOT NULL,
  error_type VARCHAR,
  error_message TEXT,
  user_accepted BOOLEAN,
  user_rating INTEGER,
  peak_memory_mb FLOAT,
  cpu_time_seconds FLOAT,
  solution_summary TEXT,
  embedding FLOAT[],
  metadata JSON,
  uploaded_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
)`,
    indexOn('executions', 'task_type'),
    indexOn('executions', 'repo'),
    indexOn('executions', 'success'),
    indexOn('executions', 'timestamp'),
  ],
  expectedTables: ['executions'],
  command: 'python3 scripts/init_learning_db.py --db-path data/learning.db',
  strategy: 'replace',
}

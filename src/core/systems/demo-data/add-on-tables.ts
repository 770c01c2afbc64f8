/** The tables of Session-Buddy's add-ons in the same file: errors and their fixes, and what was learned (SYSTEMS 2.4). */
export const addOnTables: readonly string[] = [
  `CREATE TABLE causal_error_events (
  id TEXT PRIMARY KEY,
  error_message TEXT,
  error_type TEXT,
  context JSON,
  timestamp TIMESTAMP,
  session_id TEXT,
  embedding FLOAT[384]
)`,
  `CREATE TABLE causal_fix_attempts (
  id TEXT PRIMARY KEY,
  error_id TEXT REFERENCES causal_error_events(id),
  action_taken TEXT,
  code_changes TEXT,
  successful BOOLEAN,
  timestamp TIMESTAMP
)`,
  `CREATE TABLE causal_chains (
  id TEXT PRIMARY KEY,
  error_id TEXT REFERENCES causal_error_events(id),
  successful_fix_id TEXT REFERENCES causal_fix_attempts(id),
  resolution_time_minutes FLOAT,
  created_at TIMESTAMP
)`,
  `CREATE TABLE intelligence_learned_skills (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  success_rate FLOAT NOT NULL DEFAULT 0,
  invocations INTEGER NOT NULL DEFAULT 0,
  pattern JSON NOT NULL,
  learned_from JSON NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_used TIMESTAMP,
  tags JSON NOT NULL DEFAULT '[]'
)`,
  `CREATE TABLE intelligence_pattern_instances (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  checkpoint_id TEXT,
  pattern_type TEXT NOT NULL,
  context JSON NOT NULL,
  outcome JSON NOT NULL,
  quality_score FLOAT NOT NULL,
  timestamp TIMESTAMP NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
)`,
  `CREATE TABLE intelligence_cross_project_patterns (
  id TEXT PRIMARY KEY,
  pattern_type TEXT NOT NULL,
  project_id TEXT,
  context_snapshot JSON NOT NULL,
  solution_snapshot JSON NOT NULL,
  outcome_score FLOAT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_applied TIMESTAMP,
  application_count INTEGER NOT NULL DEFAULT 0,
  tags JSON NOT NULL DEFAULT '[]'
)`,
  `CREATE TABLE intelligence_pattern_applications (
  id TEXT PRIMARY KEY,
  pattern_id TEXT NOT NULL,
  applied_to_project TEXT NOT NULL,
  applied_context JSON NOT NULL,
  outcome TEXT NOT NULL,
  feedback TEXT,
  applied_at TIMESTAMP NOT NULL
)`,
]

/**
 * The Crackerjack tables that both of its files have (SYSTEMS 2.2). The children's keys point at `jobs.job_id`, which
 * is unique but not the primary key, and nothing ever switches foreign keys on: real files are full of orphans.
 */

export const jobsTable = `CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL UNIQUE,
  start_time TIMESTAMP NOT NULL,
  end_time TIMESTAMP,
  status TEXT NOT NULL,
  iterations INTEGER DEFAULT 0,
  ai_agent BOOLEAN DEFAULT 0,
  error_message TEXT,
  metadata TEXT
)`

export const errorsTable = `CREATE TABLE errors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  timestamp TIMESTAMP NOT NULL,
  error_type TEXT NOT NULL,
  error_category TEXT,
  error_message TEXT,
  file_path TEXT,
  line_number INTEGER
)`

export const hookExecutionsTable = `CREATE TABLE hook_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  timestamp TIMESTAMP NOT NULL,
  hook_name TEXT NOT NULL,
  hook_type TEXT,
  execution_time_ms INTEGER,
  status TEXT
)`

export const testExecutionsTable = `CREATE TABLE test_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  timestamp TIMESTAMP NOT NULL,
  total_tests INTEGER,
  passed INTEGER,
  failed INTEGER,
  skipped INTEGER,
  execution_time_ms INTEGER,
  coverage_percent REAL
)`

import { errorsTable, hookExecutionsTable, jobsTable, testExecutionsTable } from './crackerjack-tables.ts'
import { indexOn, type KnownSchema } from './known-schema.ts'

const orchestrationExecutionsTable = `CREATE TABLE orchestration_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  timestamp TIMESTAMP NOT NULL,
  execution_strategy TEXT NOT NULL,
  progress_level TEXT NOT NULL,
  ai_mode TEXT NOT NULL,
  iteration_count INTEGER DEFAULT 1,
  strategy_switches INTEGER DEFAULT 0,
  correlation_insights TEXT,
  total_execution_time_ms INTEGER,
  hooks_execution_time_ms INTEGER,
  tests_execution_time_ms INTEGER,
  ai_analysis_time_ms INTEGER
)`

const strategyDecisionsTable = `CREATE TABLE strategy_decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  iteration INTEGER,
  timestamp TIMESTAMP NOT NULL,
  previous_strategy TEXT,
  selected_strategy TEXT NOT NULL,
  decision_reason TEXT,
  context_data TEXT,
  effectiveness_score REAL
)`

const individualTestExecutionsTable = `CREATE TABLE individual_test_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT REFERENCES jobs(job_id),
  timestamp TIMESTAMP NOT NULL,
  test_id TEXT NOT NULL,
  test_file TEXT NOT NULL,
  test_class TEXT,
  test_method TEXT,
  status TEXT NOT NULL,
  execution_time_ms INTEGER,
  error_message TEXT,
  error_traceback TEXT
)`

const agentExecutionsTable = `CREATE TABLE agent_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL REFERENCES jobs(job_id),
  agent_name TEXT NOT NULL,
  issue_type TEXT NOT NULL,
  success BOOLEAN NOT NULL,
  confidence REAL,
  fixes_applied INTEGER DEFAULT 0,
  files_modified INTEGER DEFAULT 0,
  remaining_issues INTEGER DEFAULT 0,
  execution_time_ms REAL,
  timestamp TIMESTAMP NOT NULL
)`

const dailySummaryTable = `CREATE TABLE daily_summary (
  date DATE PRIMARY KEY,
  total_jobs INTEGER DEFAULT 0,
  successful_jobs INTEGER DEFAULT 0,
  failed_jobs INTEGER DEFAULT 0,
  total_errors INTEGER DEFAULT 0,
  hook_errors INTEGER DEFAULT 0,
  test_errors INTEGER DEFAULT 0,
  lint_errors INTEGER DEFAULT 0,
  type_errors INTEGER DEFAULT 0,
  avg_job_duration_ms INTEGER,
  total_ai_fixes INTEGER DEFAULT 0,
  orchestrated_jobs INTEGER DEFAULT 0,
  avg_orchestration_iterations REAL DEFAULT 0,
  most_effective_strategy TEXT
)`

const providerPerformanceTable = `CREATE TABLE provider_performance (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider_id TEXT NOT NULL,
  success BOOLEAN NOT NULL,
  latency_ms REAL,
  error_message TEXT,
  timestamp TIMESTAMP NOT NULL
)`

/** Crackerjack's real store, `~/.cache/crackerjack/metrics.db`, as before any ULID work (SYSTEMS 2.2). */
export const crackerjackMetricsSchema: KnownSchema = {
  name: 'crackerjack-metrics',
  system: 'crackerjack',
  title: 'Crackerjack metrics: ten tables around jobs',
  engine: 'sqlite',
  fileNames: ['metrics.db'],
  folders: ['crackerjack', '.crackerjack'],
  statements: [
    jobsTable,
    errorsTable,
    hookExecutionsTable,
    testExecutionsTable,
    orchestrationExecutionsTable,
    strategyDecisionsTable,
    individualTestExecutionsTable,
    agentExecutionsTable,
    dailySummaryTable,
    providerPerformanceTable,
    indexOn('jobs', 'start_time'),
    indexOn('errors', 'job_id'),
    indexOn('errors', 'error_type'),
    indexOn('hook_executions', 'job_id'),
    indexOn('test_executions', 'job_id'),
    indexOn('orchestration_executions', 'job_id'),
    indexOn('strategy_decisions', 'job_id'),
    indexOn('strategy_decisions', 'selected_strategy'),
    indexOn('individual_test_executions', 'job_id'),
    indexOn('agent_executions', 'job_id'),
    indexOn('agent_executions', 'agent_name'),
    indexOn('provider_performance', 'provider_id'),
    indexOn('provider_performance', 'timestamp'),
  ],
  expectedTables: [
    'jobs',
    'errors',
    'hook_executions',
    'test_executions',
    'orchestration_executions',
    'strategy_decisions',
    'individual_test_executions',
    'agent_executions',
    'daily_summary',
    'provider_performance',
  ],
  command: 'python3 -c "from crackerjack.services.metrics import get_metrics; get_metrics()"',
  strategy: 'replace',
}

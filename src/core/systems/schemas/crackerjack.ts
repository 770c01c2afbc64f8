import { errorsTable, hookExecutionsTable, jobsTable, testExecutionsTable } from './crackerjack-tables.ts'
import { indexOn, type KnownSchema } from './known-schema.ts'

/**
 * The file that the guide calls Crackerjack's database: the jobs and what is reported of each. The committed one has
 * 0 bytes (SYSTEMS 1), and the application itself keeps its tables in metrics.db.
 */
export const crackerjackSchema: KnownSchema = {
  name: 'crackerjack',
  system: 'crackerjack',
  title: 'Crackerjack: jobs with their errors, hooks and tests',
  engine: 'sqlite',
  fileNames: ['crackerjack.db'],
  folders: [],
  statements: [
    jobsTable,
    errorsTable,
    hookExecutionsTable,
    testExecutionsTable,
    indexOn('jobs', 'start_time'),
    indexOn('errors', 'job_id'),
    indexOn('errors', 'error_type'),
    indexOn('hook_executions', 'job_id'),
    indexOn('test_executions', 'job_id'),
  ],
  expectedTables: ['jobs', 'errors', 'hook_executions', 'test_executions'],
  command: 'python3 -c "from crackerjack.services.metrics import get_metrics; get_metrics()"',
  strategy: 'replace',
}

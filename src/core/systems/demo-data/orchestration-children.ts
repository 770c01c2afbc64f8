/** The child tables of a job that only metrics.db has: how its work was steered, and single tests. */
import { type ChildTable, type ChildWriter, laterThan } from './job-children.ts'
import { insertInto } from './rows.ts'

const strategies = ['adaptive', 'batch', 'individual', 'selective'] as const

export function orchestrationWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'orchestration_executions', [
    'job_id',
    'timestamp',
    'execution_strategy',
    'progress_level',
    'ai_mode',
    'iteration_count',
    'strategy_switches',
    'correlation_insights',
    'total_execution_time_ms',
    'hooks_execution_time_ms',
    'tests_execution_time_ms',
    'ai_analysis_time_ms',
  ])
  return (job, least) => {
    for (let left = Math.max(least, random.below(2)); left > 0; left--) {
      const hooks = random.between(200, 200_000)
      const tests = random.between(200, 200_000)
      const analysis = random.below(60_000)
      insert(
        refer(job),
        laterThan(job, random),
        random.pick(strategies),
        random.pick(['basic', 'detailed', 'granular']),
        random.pick(['single-agent', 'multi-agent', 'coordinator']),
        random.between(1, 6),
        random.below(3),
        random.chance(0.5) ? JSON.stringify({ recurring: random.below(4), files: ['src/app.py'] }) : null,
        hooks + tests + analysis,
        hooks,
        tests,
        analysis,
      )
    }
  }
}

export function decisionWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'strategy_decisions', [
    'job_id',
    'iteration',
    'timestamp',
    'previous_strategy',
    'selected_strategy',
    'decision_reason',
    'context_data',
    'effectiveness_score',
  ])
  return (job, least) => {
    const decisions = Math.max(least, random.below(3))
    for (let iteration = 1; iteration <= decisions; iteration++) {
      insert(
        refer(job),
        iteration,
        laterThan(job, random),
        iteration === 1 ? null : random.pick(strategies),
        random.pick(strategies),
        random.pick(['few failures left', 'the same hook failed twice', null]),
        random.chance(0.5) ? JSON.stringify({ failing: random.below(8) }) : null,
        random.below(1001) / 1000,
      )
    }
  }
}

export function individualTestWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'individual_test_executions', [
    'job_id',
    'timestamp',
    'test_id',
    'test_file',
    'test_class',
    'test_method',
    'status',
    'execution_time_ms',
    'error_message',
    'error_traceback',
  ])
  return (job, least) => {
    for (let left = Math.max(least, random.below(5)); left > 0; left--) {
      const file = random.pick(['tests/test_api.py', 'tests/test_hooks.py', 'tests/core/test_plan.py'])
      const group = random.chance(0.7) ? random.pick(['TestRun', 'TestReport', 'TestFixes']) : null
      const method = `test_case_${random.between(1, 300)}`
      const failed = random.chance(0.08)
      insert(
        refer(job),
        laterThan(job, random),
        // A pytest node id: it repeats from job to job, and names no row.
        [file, group, method].filter(part => part !== null).join('::'),
        file,
        group,
        method,
        failed ? 'failed' : random.pick(['passed', 'passed', 'passed', 'skipped']),
        random.between(1, 9000),
        failed ? 'AssertionError: assert 3 == 4' : null,
        failed
          ? `Traceback (most recent call last):\n  File "${file}", line ${random.between(9, 400)}`
          : null,
      )
    }
  }
}

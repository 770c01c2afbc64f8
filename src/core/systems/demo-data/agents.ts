/** What Crackerjack's agents and AI providers write: the only live writers of metrics.db, with times that say UTC. */
import type Database from 'better-sqlite3'
import { awareTime } from './clock.ts'
import type { Random } from './random.ts'
import { insertInto } from './rows.ts'

/** Gives a function that writes the agents' work for one job, whether or not `jobs` knows that job. */
export function agentWriter(
  db: Database.Database,
  random: Random,
): (jobId: string, start: number, least: number) => void {
  const insert = insertInto(db, 'agent_executions', [
    'job_id',
    'agent_name',
    'issue_type',
    'success',
    'confidence',
    'fixes_applied',
    'files_modified',
    'remaining_issues',
    'execution_time_ms',
    'timestamp',
  ])
  return (jobId, start, least) => {
    for (let left = Math.max(least, random.below(3)); left > 0; left--) {
      const fixes = random.below(6)
      insert(
        jobId,
        random.pick([
          'RefactoringAgent',
          'SecurityAgent',
          'FormattingAgent',
          'TestCreationAgent',
          'DRYAgent',
        ]),
        random.pick(['complexity', 'security', 'formatting', 'dead_code', 'test_failure']),
        fixes > 0 ? 1 : 0,
        random.chance(0.1) ? null : random.below(1001) / 1000,
        fixes,
        Math.min(fixes, random.below(4)),
        random.below(4),
        random.between(1000, 90_000_000) / 1000,
        awareTime(start + random.between(5, 600_000), random),
      )
    }
  }
}

/** Gives a function that writes one call of an AI provider. `provider_id` is one of a few names, not an identity. */
export function providerWriter(db: Database.Database, random: Random): (at: number) => void {
  const insert = insertInto(db, 'provider_performance', [
    'provider_id',
    'success',
    'latency_ms',
    'error_message',
    'timestamp',
  ])
  return at => {
    const success = random.chance(0.93)
    insert(
      random.pick(['claude', 'ollama', 'qwen']),
      success ? 1 : 0,
      random.between(20_000, 30_000_000) / 1000,
      success ? null : random.pick(['rate limited', 'connection reset by peer']),
      awareTime(at, random),
    )
  }
}

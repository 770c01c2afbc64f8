/** What refers to a job: each writer puts the rows of one child table for one job. */
import type Database from 'better-sqlite3'
import { naiveTime } from './clock.ts'
import type { Job } from './jobs.ts'
import type { Random } from './random.ts'
import { insertInto } from './rows.ts'

/** Writes the rows of a job: as many as come by chance, but at least `least`. */
export type ChildWriter = (job: Job, least: number) => void

/** What a child row holds for its job: its id, or nothing. */
type Refer = (job: Job) => string | null

export interface ChildTable {
  readonly db: Database.Database
  readonly random: Random
  readonly refer: Refer
}

const files = ['src/app.py', 'src/core/hooks.py', 'tests/test_api.py', 'src/ünï/codé.py'] as const

export function errorWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'errors', [
    'job_id',
    'timestamp',
    'error_type',
    'error_category',
    'error_message',
    'file_path',
    'line_number',
  ])
  return (job, least) => {
    for (let left = Math.max(least, random.below(3) - 1 + random.below(2)); left > 0; left--) {
      const inFile = random.chance(0.8)
      insert(
        refer(job),
        laterThan(job, random),
        random.pick(['hook', 'test', 'lint', 'type']),
        random.pick(['syntax', 'style', 'timeout', null]),
        random.pick(["name 'Dict' is not defined", 'invalid syntax', 'line too long (131 > 120)']),
        inFile ? random.pick(files) : null,
        inFile ? random.between(1, 900) : null,
      )
    }
  }
}

export function hookWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'hook_executions', [
    'job_id',
    'timestamp',
    'hook_name',
    'hook_type',
    'execution_time_ms',
    'status',
  ])
  return (job, least) => {
    for (let left = Math.max(least, random.between(1, 3)); left > 0; left--) {
      insert(
        refer(job),
        laterThan(job, random),
        random.pick(['ruff-check', 'ruff-format', 'bandit', 'refurb', 'zuban', 'codespell']),
        random.pick(['fast', 'comprehensive']),
        random.between(40, 240_000),
        random.pick(['passed', 'passed', 'passed', 'failed', 'skipped']),
      )
    }
  }
}

export function testWriter({ db, random, refer }: ChildTable): ChildWriter {
  const insert = insertInto(db, 'test_executions', [
    'job_id',
    'timestamp',
    'total_tests',
    'passed',
    'failed',
    'skipped',
    'execution_time_ms',
    'coverage_percent',
  ])
  return (job, least) => {
    for (let left = Math.max(least, random.below(3)); left > 0; left--) {
      const passed = random.between(20, 800)
      const failed = random.below(5)
      const skipped = random.below(9)
      insert(
        refer(job),
        laterThan(job, random),
        passed + failed + skipped,
        passed,
        failed,
        skipped,
        random.between(900, 400_000),
        random.between(3000, 9900) / 100,
      )
    }
  }
}

/** A moment within the minutes after the job began, without a zone. */
export function laterThan(job: Job, random: Random): string {
  return naiveTime(job.start + random.between(5, 600_000), random)
}

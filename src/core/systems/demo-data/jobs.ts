/** The jobs that Crackerjack's demo files are about. */
import type Database from 'better-sqlite3'
import { naiveTime } from './clock.ts'
import type { Random } from './random.ts'
import { insertInto } from './rows.ts'

export interface Job {
  readonly id: string
  /** UTC milliseconds. */
  readonly start: number
}

const failures = [
  'hook refurb failed after 3 attempts',
  'tests failed: 4 of 812',
  'timeout while waiting for pyright',
  'unable to parse "pyproject.toml": it’s empty',
] as const

/** Gives a function that writes one job into `jobs`. */
export function jobWriter(db: Database.Database, random: Random): (job: Job) => void {
  const insert = insertInto(db, 'jobs', [
    'job_id',
    'start_time',
    'end_time',
    'status',
    'iterations',
    'ai_agent',
    'error_message',
    'metadata',
  ])
  return job => {
    const status = random.pick(['success', 'success', 'success', 'failed', 'cancelled', 'running'])
    const end = status === 'running' ? null : naiveTime(job.start + random.between(800, 900_000), random)
    const metadata = random.chance(0.6)
      ? JSON.stringify({
          branch: random.pick(['main', 'develop', 'fix/größe']),
          hooks: random.between(3, 19),
        })
      : null
    insert(
      job.id,
      naiveTime(job.start, random),
      end,
      status,
      random.between(1, 5),
      random.chance(0.4) ? 1 : 0,
      status === 'failed' ? random.pick(failures) : null,
      metadata,
    )
  }
}

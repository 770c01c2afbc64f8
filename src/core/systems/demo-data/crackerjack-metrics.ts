/**
 * Crackerjack's real store, with what makes real ones hard (SYSTEMS 2.2): three kinds of id in one column, children
 * of jobs that are gone, children without a job, agents that work for jobs that were never entered, and two ways to
 * write a time.
 */
import type Database from 'better-sqlite3'
import { createKnownSchema } from '../known-schemas.ts'
import { crackerjackMetricsSchema } from '../schemas/crackerjack-metrics.ts'
import { agentWriter, providerWriter } from './agents.ts'
import { asWritten, pastTimes } from './clock.ts'
import { fillDailySummary } from './daily-summary.ts'
import { hex8, jobName, uuid4 } from './ids.ts'
import { errorWriter, hookWriter, testWriter } from './job-children.ts'
import { type Job, jobWriter } from './jobs.ts'
import { decisionWriter, individualTestWriter, orchestrationWriter } from './orchestration-children.ts'
import type { Random } from './random.ts'

const allChildren = [
  errorWriter,
  hookWriter,
  testWriter,
  orchestrationWriter,
  decisionWriter,
  individualTestWriter,
] as const

/** Fills an empty database with `rows` jobs that are there, some that are not, and everything around them. */
export function fillCrackerjackMetrics(db: Database.Database, random: Random, rows: number): void {
  createKnownSchema(db, crackerjackMetricsSchema)
  const dead = Math.max(3, Math.round(rows * 0.04))
  const gone = new Set<Job>()
  const writeJob = jobWriter(db, random)
  const refer = (job: Job) => (gone.has(job) || !random.chance(0.04) ? job.id : null)
  const children = allChildren.map(writer => writer({ db, random, refer }))
  const writeAgents = agentWriter(db, random)
  const newId = jobIds(random)

  const everyNth = Math.max(2, Math.floor((rows + dead) / dead))
  for (const [row, start] of asWritten(random, pastTimes(random, rows + dead, 1)).entries()) {
    const job: Job = { id: newId(start), start }
    const isGone = row % everyNth === 0 && gone.size < dead
    // The first job that is gone left rows everywhere, so that each table has orphans, and more than one of a kind.
    const least = isGone && gone.size === 0 ? 2 : 0
    if (isGone) gone.add(job)
    else writeJob(job)
    for (const write of children) write(job, least)
    writeAgents(job.id, start, least)
  }

  for (const start of pastTimes(random, Math.max(2, Math.round(rows * 0.15)), 1000)) {
    writeAgents(jobName(random, start), start, 1 + random.below(3))
  }
  const writeProvider = providerWriter(db, random)
  for (const at of pastTimes(random, Math.max(1, Math.round(rows / 2)), 1)) writeProvider(at)
  fillDailySummary(db)
}

/** Ids as they are met in one column: UUIDs, `job_<time>_<hex>`, and 8 hex digits, which alone can come twice. */
function jobIds(random: Random): (start: number) => string {
  const short = new Set<string>()
  return start => {
    const kind = random.below(100)
    if (kind < 60) return uuid4(random)
    if (kind < 85) return jobName(random, start)
    let id = hex8(random)
    while (short.has(id)) id = hex8(random)
    short.add(id)
    return id
  }
}

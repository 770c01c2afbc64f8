/** The guide's crackerjack.db: every child row finds its job. Legacy, migrated, or left halfway between. */
import type Database from 'better-sqlite3'
import { createKnownSchema } from '../known-schemas.ts'
import { crackerjackSchema } from '../schemas/crackerjack.ts'
import { asWritten, pastTimes } from './clock.ts'
import { ulid, uuid4 } from './ids.ts'
import { errorWriter, hookWriter, testWriter } from './job-children.ts'
import { jobWriter } from './jobs.ts'
import type { Random } from './random.ts'

/** How many of the jobs, oldest first, have ULIDs already; the others have UUIDs. */
type UlidShare = 'none' | 'half' | 'all'

/**
 * Fills an empty database with `rows` jobs and their children. The time in a ULID is the job's `start_time`.
 */
export function fillCrackerjackJobs(
  db: Database.Database,
  random: Random,
  rows: number,
  share: UlidShare,
): void {
  createKnownSchema(db, crackerjackSchema)
  const writeJob = jobWriter(db, random)
  const refer = (job: { readonly id: string }) => job.id
  const children = [errorWriter, hookWriter, testWriter].map(writer => writer({ db, random, refer }))

  const rising = pastTimes(random, rows, 1)
  // Equal and backdated times would need their order from somewhere: only where ULIDs are still to be made.
  const times = share === 'none' ? asWritten(random, rising) : rising
  const ulids = { none: 0, half: Math.ceil(rows / 2), all: rows }[share]
  for (const [row, start] of times.entries()) {
    const job = { id: row < ulids ? ulid(random, start) : uuid4(random), start }
    writeJob(job)
    for (const write of children) write(job, 0)
  }
}

/** Mahavishnu's learning.db: executions of tasks, named by native UUIDs. */
import type { Store } from '../../engines/duckdb/connect.ts'
import { mahavishnuLearningSchema } from '../schemas/mahavishnu-learning.ts'
import { asWritten, naiveTime, pastTimes } from './clock.ts'
import { uuid4 } from './ids.ts'
import { projects, sentence } from './prose.ts'
import type { Random } from './random.ts'
import { storeRows } from './store-rows.ts'

const columns = [
  'task_id',
  'timestamp',
  'task_type',
  'task_description',
  'repo',
  'file_count',
  'estimated_tokens',
  'model_tier',
  'pool_type',
  'swarm_topology',
  'routing_confidence',
  'complexity_score',
  'success',
  'duration_seconds',
  'quality_score',
  'cost_estimate',
  'actual_cost',
  'error_type',
  'error_message',
  'user_accepted',
  'user_rating',
  'peak_memory_mb',
  'cpu_time_seconds',
  'solution_summary',
  'embedding',
  'metadata',
  'uploaded_at',
] as const

/** Fills a new file with `rows` executions. */
export async function fillLearning(store: Store, random: Random, rows: number): Promise<void> {
  for (const sql of mahavishnuLearningSchema.statements) await store.run(sql)
  const { into, settle, finish } = storeRows(store)
  const put = into('executions', columns)
  for (const at of asWritten(random, pastTimes(random, rows, 1))) {
    const success = random.chance(0.8)
    const cost = random.between(1, 900) / 1000
    const judged = random.chance(0.6)
    put(
      uuid4(random),
      naiveTime(at, random),
      random.pick(['refactor', 'test', 'document', 'debug']),
      sentence(random),
      random.pick(projects),
      random.between(1, 40),
      random.between(500, 90_000),
      random.pick(['small', 'medium', 'large']),
      random.pick(['mahavishnu', 'session-buddy', 'kubernetes']),
      random.pick(['hierarchical', 'mesh', null]),
      random.below(101) / 100,
      random.between(1, 10),
      success,
      random.between(100, 900_000) / 1000,
      success ? random.between(40, 100) : null,
      cost,
      (cost * random.between(80, 130)) / 100,
      success ? null : random.pick(['TimeoutError', 'ValidationError']),
      success ? null : 'gave up after 3 attempts',
      judged ? random.chance(0.9) : null,
      judged ? random.between(1, 5) : null,
      random.between(50_000, 900_000) / 1000,
      random.between(100, 90_000) / 1000,
      random.chance(0.7) ? sentence(random) : null,
      random.chance(0.9) ? random.next() : null,
      random.chance(0.4) ? JSON.stringify({ branch: random.pick(['main', 'fix/größe']) }) : null,
      naiveTime(at + 60_000, random),
    )
    await settle()
  }
  await finish()
}

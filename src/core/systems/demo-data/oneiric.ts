/**
 * Oneiric's checkpoints as they are really found (SYSTEMS 2.9): the cache is cleared by deleting the executions first
 * and their nodes by a look at the table just emptied, so nearly all nodes name runs that are gone.
 */
import type Database from 'better-sqlite3'
import { createKnownSchema } from '../known-schemas.ts'
import { oneiricCheckpointsSchema } from '../schemas/oneiric-checkpoints.ts'
import { isoTime, pastTimes } from './clock.ts'
import { uuid4Hex } from './ids.ts'
import type { Random } from './random.ts'
import { insertInto } from './rows.ts'

/** What a run went through, often to rarely. */
const paths: readonly [readonly string[], ...(readonly string[])[]] = [
  ['configuration', 'fast_hooks'],
  ['configuration', 'fast_hooks'],
  ['configuration', 'fast_hooks'],
  ['configuration', 'publishing', 'commit'],
  ['configuration', 'publishing', 'commit'],
  ['configuration', 'comprehensive_hooks'],
  ['configuration', 'cleaning', 'fast_hooks'],
  ['configuration', 'cleaning', 'fast_hooks', 'tests'],
  ['configuration', 'cleaning', 'fast_hooks', 'comprehensive_hooks', 'tests', 'commit'],
]

/** Fills an empty database with `rows` nodes; about one in a hundred still has its execution. */
export function fillOneiricCheckpoints(db: Database.Database, random: Random, rows: number): void {
  createKnownSchema(db, oneiricCheckpointsSchema)
  const runs = planRuns(random, rows)
  const alive = runs.length - Math.max(1, Math.round(rows / 200))
  const writeRun = runWriter(db, random)
  for (const [index, start] of pastTimes(random, runs.length, 1000).entries()) {
    writeRun(start, runs[index] ?? [], index >= alive)
  }
  db.prepare('INSERT INTO workflow_checkpoints (workflow_key, payload) VALUES (?, ?)').run(
    'crackerjack',
    JSON.stringify({ configuration: true, configuration__duration: 0.0061, configuration__attempts: 1 }),
  )
}

/** The nodes of each run, together exactly `rows`. */
function planRuns(random: Random, rows: number): readonly (readonly string[])[] {
  const runs: (readonly string[])[] = []
  for (let left = rows; left > 0; ) {
    const path = random.pick(paths).slice(0, left)
    runs.push(path)
    left -= path.length
  }
  return runs
}

function runWriter(
  db: Database.Database,
  random: Random,
): (start: number, path: readonly string[], alive: boolean) => void {
  const execution = insertInto(db, 'workflow_executions', [
    'run_id',
    'workflow_key',
    'status',
    'started_at',
    'ended_at',
    'error',
  ])
  const node = insertInto(db, 'workflow_execution_nodes', [
    'run_id',
    'node_key',
    'status',
    'started_at',
    'ended_at',
    'attempts',
    'error',
  ])
  return (start, path, alive) => {
    const run = uuid4Hex(random)
    const outcome = random.pick(['completed', 'completed', 'failed', 'failed', 'running'])
    const last = path.at(-1) ?? ''
    const error = outcome === 'failed' ? `workflow-task-failed: ${last}` : null
    let time = start
    for (const key of path) {
      const begun = isoTime(time, random)
      time += random.between(10, 500_000)
      const status = key === last ? outcome : 'completed'
      if (status === 'running') node(run, key, status, begun, null, null, null)
      else node(run, key, status, begun, isoTime(time, random), 1, key === last ? error : null)
      time += random.between(1, 40)
    }
    if (alive) {
      const ended = outcome === 'running' ? null : isoTime(time, random)
      execution(run, 'crackerjack', outcome, isoTime(start, random), ended, error)
    }
  }
}

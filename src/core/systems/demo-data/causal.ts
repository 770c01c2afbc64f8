/** Errors, what was tried, and what helped: three tables in a chain, with declared keys and short ids that say what they are. */
import { naiveTime, pastTimes } from './clock.ts'
import { hex8 } from './ids.ts'
import type { Memory } from './memory.ts'
import { sentence } from './prose.ts'
import { oneOf } from './random.ts'

export async function writeCausal({ into, settle, random, rows, sessions }: Memory): Promise<void> {
  const putError = into('causal_error_events', [
    'id',
    'error_message',
    'error_type',
    'context',
    'timestamp',
    'session_id',
    'embedding',
  ])
  const putFix = into('causal_fix_attempts', [
    'id',
    'error_id',
    'action_taken',
    'code_changes',
    'successful',
    'timestamp',
  ])
  const putChain = into('causal_chains', [
    'id',
    'error_id',
    'successful_fix_id',
    'resolution_time_minutes',
    'created_at',
  ])
  const taken = new Set<string>()
  const newId = (prefix: string): string => {
    let id = `${prefix}-${hex8(random)}`
    while (taken.has(id)) id = `${prefix}-${hex8(random)}`
    taken.add(id)
    return id
  }
  for (const at of pastTimes(random, Math.max(2, Math.round(rows / 4)), 1000)) {
    const error = newId('err')
    const session = random.chance(0.9) ? oneOf(random, sessions, '') : null
    putError(
      error,
      random.pick(["name 'Dict' is not defined", 'database is locked', 'connection reset by peer']),
      random.pick(['NameError', 'OperationalError', 'ConnectionError']),
      JSON.stringify({ file: 'src/ünï/codé.py', line: random.between(1, 900), session_id: session }),
      naiveTime(at, random),
      session,
      random.chance(0.8) ? random.next() : null,
    )
    const attempts = random.below(4)
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const fix = newId('fix')
      const minutes = attempt * random.between(2, 30)
      const time = naiveTime(at + minutes * 60_000, random)
      const successful = attempt === attempts && random.chance(0.7)
      putFix(fix, error, sentence(random), random.chance(0.5) ? '- a\n+ b' : null, successful, time)
      if (successful) putChain(newId('chain'), error, fix, minutes, time)
    }
    await settle()
  }
}

/** What was learned from sessions: their ids stand in columns, in lists inside JSON, and once more deep in an object. */
import { naiveTime, pastTimes } from './clock.ts'
import { hex8 } from './ids.ts'
import type { Memory } from './memory.ts'
import { projects } from './prose.ts'
import { oneOf } from './random.ts'

export async function writeIntelligence(memory: Memory): Promise<void> {
  await writeInstances(memory)
  await writeSkills(memory)
  await writePatterns(memory)
}

const kinds = ['refactoring', 'debugging', 'testing'] as const

async function writeInstances({ into, settle, random, rows, sessions }: Memory): Promise<void> {
  const put = into('intelligence_pattern_instances', [
    'id',
    'session_id',
    'checkpoint_id',
    'pattern_type',
    'context',
    'outcome',
    'quality_score',
    'timestamp',
    'created_at',
  ])
  for (const [row, at] of pastTimes(random, Math.max(2, Math.round(rows / 5)), 1000).entries()) {
    const time = naiveTime(at, random)
    put(
      `pattern-${numbered(random.next(), row)}`,
      oneOf(random, sessions, ''),
      random.chance(0.5) ? `checkpoint-${hex8(random)}` : null,
      random.pick(kinds),
      JSON.stringify({ project: random.pick(projects), quality: random.below(101) }),
      JSON.stringify({ improved: random.chance(0.7) }),
      random.below(1001) / 10,
      time,
      time,
    )
    await settle()
  }
}

async function writeSkills({ into, settle, random, rows, sessions }: Memory): Promise<void> {
  const put = into('intelligence_learned_skills', [
    'id',
    'name',
    'description',
    'success_rate',
    'invocations',
    'pattern',
    'learned_from',
    'created_at',
    'last_used',
    'tags',
  ])
  for (const [row, at] of pastTimes(random, Math.max(1, Math.round(rows / 20)), 1000).entries()) {
    const from = Array.from({ length: random.between(1, 4) }, () => oneOf(random, sessions, ''))
    const kind = random.pick(kinds)
    put(
      `skill-${numbered(random.next(), row)}`,
      `${kind} ${row + 1}`,
      'Seen in several sessions.',
      random.below(101) / 100,
      random.between(1, 60),
      JSON.stringify({ type: kind, seen: { session_id: from[0], times: from.length } }),
      JSON.stringify(from),
      naiveTime(at, random),
      random.chance(0.5) ? naiveTime(at + 3_600_000, random) : null,
      JSON.stringify([kind]),
    )
    await settle()
  }
}

async function writePatterns({ into, settle, random, rows }: Memory): Promise<void> {
  const put = into('intelligence_cross_project_patterns', [
    'id',
    'pattern_type',
    'project_id',
    'context_snapshot',
    'solution_snapshot',
    'outcome_score',
    'created_at',
    'last_applied',
    'application_count',
    'tags',
  ])
  const putApplication = into('intelligence_pattern_applications', [
    'id',
    'pattern_id',
    'applied_to_project',
    'applied_context',
    'outcome',
    'feedback',
    'applied_at',
  ])
  const many = Math.max(2, Math.round(rows / 20))
  let applications = 0
  for (const [row, at] of pastTimes(random, many + 1, 1000).entries()) {
    const id = `pattern-${numbered(random.next(), row)}`
    const times = row === 0 ? 2 : random.below(4)
    // The first is gone, and its applications are not.
    if (row > 0)
      put(
        id,
        random.pick(kinds),
        random.pick(projects),
        '{"files":3}',
        '{"steps":["read","change","test"]}',
        random.below(101) / 100,
        naiveTime(at, random),
        times > 0 ? naiveTime(at + times * 3_600_000, random) : null,
        times,
        '[]',
      )
    for (let time = 1; time <= times; time++) {
      applications += 1
      putApplication(
        `application-${numbered(random.next(), applications)}`,
        id,
        random.pick(projects),
        '{}',
        random.pick(['success', 'partial', 'failure']),
        null,
        naiveTime(at + time * 3_600_000, random),
      )
    }
    await settle()
  }
}

/** 8 hex digits that can't come twice in a table: the low bits are the row's own. */
function numbered(number: number, row: number): string {
  return (((number & 0x7f00_0000) | row) >>> 0).toString(16).padStart(8, '0')
}

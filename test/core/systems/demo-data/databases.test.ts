import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeTime } from 'ulid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeSqliteDemo } from '../../../../src/core/systems/demo.ts'
import { countIn, listIn, reading } from '../demo-folder.ts'

const rows = 400
const ulidShape = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const jobShape = /^job_\d{8}_\d{6}_[0-9a-f]{8}$/
const naive = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/

let folder: string
let at: (path: string) => string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
  at = path => join(folder, path)
  writeSqliteDemo({ directory: folder, rows, seed: 3 })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const orphansIn = (table: string): string =>
  `FROM ${table} c WHERE c.job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.job_id = c.job_id)`

/** Milliseconds of `2026-02-11 07:25:00.123456`, with or without a fraction, read as UTC. */
function milliseconds(text: string): number {
  return Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`)
}

/** Pairs of (ULID, start time). */
function ulidTimes(path: string, sql: string): readonly (readonly [string, string])[] {
  return reading(path, db => db.prepare<[], [string, string]>(sql).raw().all())
}

describe('crackerjack.db', () => {
  it('answers the guide’s query: no job has a ULID yet', () => {
    expect(
      countIn(at('crackerjack/crackerjack.db'), 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26'),
    ).toBe(0)
    for (const id of listIn(at('crackerjack/crackerjack.db'), 'SELECT job_id FROM jobs'))
      expect(id).toMatch(uuidShape)
  })

  it.each(['errors', 'hook_executions', 'test_executions'])(
    '%s refers to jobs, and each of its jobs is there',
    table => {
      const path = at('crackerjack/crackerjack.db')
      expect(countIn(path, `SELECT count(DISTINCT job_id) FROM ${table}`)).toBeGreaterThan(10)
      expect(countIn(path, `SELECT count(*) FROM ${table} WHERE job_id IS NULL`)).toBe(0)
      expect(countIn(path, `SELECT count(*) ${orphansIn(table)}`)).toBe(0)
    },
  )

  it('has rows of the same millisecond, and rows entered after they happened', () => {
    const times = listIn(at('crackerjack/crackerjack.db'), 'SELECT start_time FROM jobs ORDER BY id')
    for (const time of times) expect(time).toMatch(naive)
    const moments = times.map(milliseconds)
    expect(new Set(moments).size).toBeLessThan(moments.length)
    expect(moments.some((moment, row) => row > 0 && moment < (moments[row - 1] ?? 0))).toBe(true)
  })
})

describe('metrics.db', () => {
  const children = [
    'errors',
    'hook_executions',
    'test_executions',
    'orchestration_executions',
    'strategy_decisions',
    'individual_test_executions',
    'agent_executions',
  ]

  it('has three kinds of id in jobs.job_id', () => {
    const ids = listIn(at('crackerjack/metrics.db'), 'SELECT job_id FROM jobs')
    const kinds = [uuidShape, jobShape, /^[0-9a-f]{8}$/].map(shape => ids.filter(id => shape.test(id)).length)
    for (const count of kinds) expect(count).toBeGreaterThan(0)
    expect(kinds.reduce((sum, count) => sum + count, 0)).toBe(rows)
  })

  it('the time inside a job_… id is the time of its row', () => {
    const path = at('crackerjack/metrics.db')
    const named = "FROM jobs WHERE job_id GLOB 'job_*'"
    expect(
      countIn(
        path,
        `SELECT count(*) ${named} AND substr(job_id, 5, 15) = replace(replace(replace(substr(start_time, 1, 19), '-', ''), ':', ''), ' ', '_')`,
      ),
    ).toBe(countIn(path, `SELECT count(*) ${named}`))
  })

  it.each(children)(
    '%s has rows that find their job, and orphans of which several share one dead id',
    table => {
      const path = at('crackerjack/metrics.db')
      const orphans = countIn(path, `SELECT count(*) ${orphansIn(table)}`)
      expect(orphans).toBeGreaterThan(1)
      expect(orphans).toBeLessThan(countIn(path, `SELECT count(*) FROM ${table}`))
      expect(
        countIn(
          path,
          `SELECT count(*) FROM (SELECT c.job_id ${orphansIn(table)} GROUP BY 1 HAVING count(*) > 1)`,
        ),
      ).toBeGreaterThan(0)
    },
  )

  it('a job that is gone left orphans in several tables under one id', () => {
    const [first, second] = ['errors', 'hook_executions']
    expect(
      countIn(
        at('crackerjack/metrics.db'),
        `SELECT count(*) FROM (SELECT c.job_id ${orphansIn(first!)} INTERSECT SELECT c.job_id ${orphansIn(second!)})`,
      ),
    ).toBeGreaterThan(0)
  })

  it('agents worked for jobs that were never entered, and most of those have job_… ids', () => {
    const ids = listIn(
      at('crackerjack/metrics.db'),
      `SELECT DISTINCT c.job_id ${orphansIn('agent_executions')}`,
    )
    expect(ids.filter(id => jobShape.test(id)).length).toBeGreaterThan(ids.length / 2)
  })

  it('only agent_executions never lacks its job', () => {
    const path = at('crackerjack/metrics.db')
    const lacking = children.filter(
      table => countIn(path, `SELECT count(*) FROM ${table} WHERE job_id IS NULL`) > 0,
    )
    expect(lacking).toEqual(children.filter(table => table !== 'agent_executions'))
  })

  it('writes times without a zone in one table and with one in another', () => {
    const path = at('crackerjack/metrics.db')
    for (const time of listIn(path, 'SELECT start_time FROM jobs')) expect(time).toMatch(naive)
    for (const time of listIn(path, 'SELECT timestamp FROM agent_executions')) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/)
    }
  })

  it('sums up every day truly', () => {
    const path = at('crackerjack/metrics.db')
    expect(countIn(path, 'SELECT sum(total_jobs) FROM daily_summary')).toBe(rows)
    expect(countIn(path, 'SELECT count(*) FROM daily_summary')).toBe(
      countIn(path, 'SELECT count(DISTINCT date(start_time)) FROM jobs'),
    )
    expect(
      countIn(path, 'SELECT count(*) FROM daily_summary WHERE most_effective_strategy IS NOT NULL'),
    ).toBeGreaterThan(0)
    expect(countIn(path, 'SELECT count(*) FROM provider_performance')).toBe(rows / 2)
  })
})

describe('session_buddy.db', () => {
  it('names sessions by a project that may hold hyphens, dots and digits, and by their time', () => {
    const ids = listIn(at('session-buddy/session_buddy.db'), 'SELECT session_id FROM sessions')
    for (const id of ids) expect(id).toMatch(/^.+-\d{8}-\d{6}$/)
    const projects = new Set(ids.map(id => id.slice(0, -16)))
    expect([...projects].some(project => project.includes('.'))).toBe(true)
    expect([...projects].some(project => /-\d{8}$/.test(project))).toBe(true)
  })

  it('most sessions began in the second of their name, some did not, and some have not ended', () => {
    const path = at('session-buddy/session_buddy.db')
    const sameSecond = countIn(
      path,
      `SELECT count(*) FROM sessions
       WHERE substr(session_id, -15) = replace(replace(replace(substr(start_time, 1, 19), '-', ''), ':', ''), ' ', '-')`,
    )
    expect(sameSecond).toBeGreaterThan(rows * 0.85)
    expect(sameSecond).toBeLessThan(rows)
    const open = countIn(path, 'SELECT count(*) FROM sessions WHERE end_time IS NULL')
    expect(open).toBeGreaterThan(0)
    expect(open).toBeLessThan(rows / 2)
  })
})

describe('workflow_checkpoints.sqlite', () => {
  const orphan = 'FROM workflow_execution_nodes WHERE run_id NOT IN (SELECT run_id FROM workflow_executions)'

  it('is nearly nothing but orphans, in groups that share a run of 32 hex digits', () => {
    const path = at('oneiric/workflow_checkpoints.sqlite')
    const orphans = countIn(path, `SELECT count(*) ${orphan}`)
    expect(orphans / rows).toBeGreaterThan(0.95)
    expect(orphans).toBeLessThan(rows)
    expect(countIn(path, `SELECT count(DISTINCT run_id) ${orphan}`)).toBeLessThan(orphans)
    for (const run of listIn(path, 'SELECT DISTINCT run_id FROM workflow_execution_nodes')) {
      expect(run).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
    }
  })

  it('every execution has nodes, began with the first of them, and all three statuses are met', () => {
    const path = at('oneiric/workflow_checkpoints.sqlite')
    expect(countIn(path, 'SELECT count(*) FROM workflow_executions')).toBeGreaterThan(0)
    expect(
      countIn(
        path,
        `SELECT count(*) FROM workflow_executions e WHERE substr(e.started_at, 1, 23) IS NOT
           (SELECT substr(min(n.started_at), 1, 23) FROM workflow_execution_nodes n WHERE n.run_id = e.run_id)`,
      ),
    ).toBe(0)
    expect(listIn(path, 'SELECT DISTINCT status FROM workflow_execution_nodes ORDER BY 1')).toEqual([
      'completed',
      'failed',
      'running',
    ])
    expect(
      countIn(
        path,
        "SELECT count(*) FROM workflow_execution_nodes WHERE (status = 'running') <> (ended_at IS NULL)",
      ),
    ).toBe(0)
    expect(countIn(path, 'SELECT count(*) FROM workflow_checkpoints WHERE json_valid(payload)')).toBe(1)
  })
})

describe('databases that already have ULIDs', () => {
  it('migrated: the guide’s query returns every job, and the time in each ULID is the start of the job', () => {
    const path = at('migrated/crackerjack.db')
    expect(countIn(path, 'SELECT COUNT(*) FROM jobs WHERE LENGTH(job_id) = 26')).toBe(rows)
    for (const [id, start] of ulidTimes(path, 'SELECT job_id, start_time FROM jobs')) {
      expect(id).toMatch(ulidShape)
      expect(decodeTime(id)).toBe(milliseconds(start))
    }
    for (const table of ['errors', 'hook_executions', 'test_executions']) {
      expect(countIn(path, `SELECT count(*) ${orphansIn(table)}`)).toBe(0)
    }
  })

  it('migrated: the order of the ULIDs is the order of the rows', () => {
    const path = at('migrated/crackerjack.db')
    expect(listIn(path, 'SELECT job_id FROM jobs ORDER BY job_id')).toEqual(
      listIn(path, 'SELECT job_id FROM jobs ORDER BY id'),
    )
  })

  it('half-migrated: half of the jobs have ULIDs, the others UUIDs, and so do their children', () => {
    const path = at('half-migrated/crackerjack.db')
    const ids = listIn(path, 'SELECT job_id FROM jobs')
    expect(ids.filter(id => ulidShape.test(id))).toHaveLength(rows / 2)
    expect(ids.filter(id => uuidShape.test(id))).toHaveLength(rows / 2)
    for (const [id, start] of ulidTimes(
      path,
      'SELECT job_id, start_time FROM jobs WHERE length(job_id) = 26',
    )) {
      expect(decodeTime(id)).toBe(milliseconds(start))
    }
    const kinds = listIn(path, 'SELECT DISTINCT length(job_id) FROM hook_executions ORDER BY 1')
    expect(kinds).toEqual([26, 36])
    expect(countIn(path, `SELECT count(*) ${orphansIn('hook_executions')}`)).toBe(0)
  })

  it('half-migrated: session_ulid is unique and filled for half of the sessions', () => {
    const path = at('half-migrated/session_buddy.db')
    expect(countIn(path, 'SELECT COUNT(*) FROM sessions WHERE LENGTH(session_ulid) = 26')).toBe(rows / 2)
    expect(countIn(path, 'SELECT count(*) FROM sessions WHERE session_ulid IS NULL')).toBe(rows / 2)
    for (const [id, start] of ulidTimes(
      path,
      "SELECT session_ulid, substr(start_time || '.000', 1, 23) FROM sessions WHERE session_ulid IS NOT NULL",
    )) {
      expect(id).toMatch(ulidShape)
      expect(decodeTime(id)).toBe(milliseconds(start))
    }
    expect(
      countIn(
        path,
        "SELECT count(*) FROM pragma_index_list('sessions') WHERE name = 'idx_sessions_session_ulid' AND \"unique\"",
      ),
    ).toBe(1)
  })
})

/** Rows that already have the very ULIDs that a seed is going to make: nothing but a rigged source does that. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineEvent } from '../../../src/core/events.ts'
import { KeyedUlids } from '../../../src/core/identifiers/index.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { columnOf, contentHash, makeDatabase, rowsOf } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const seed = '5eed'.repeat(16)
const legacy = 'job-20260114-091203'
const time = Date.UTC(2026, 0, 14, 9, 12, 3)
const choices = { all: true, seed, baseTime: '2026-02-11T07:25:00Z' } as const

/**
 * What the migration would call the row `legacy` of jobs.id, at each of its attempts, where so many rows of the same
 * millisecond go before it.
 */
function rigged(attempt: number, before: number): string {
  const domain = attempt === 1 ? 'jobs.id' : JSON.stringify(['jobs.id', attempt])
  const times = Array.from({ length: before + 1 }, () => time)
  return new KeyedUlids({ seed, domain, case: 'upper' }).fill(times).toString('latin1').slice(-26)
}

/** Jobs of which some have those ULIDs already, and who refers to them. */
function makeJobs(...attempts: readonly number[]) {
  const folder = temporaryFolder()
  const ids = [legacy, ...attempts.map(attempt => rigged(attempt, attempts.length))]
  const path = makeDatabase(
    join(folder, 'a.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT); CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(id))`,
    ...ids.map(
      id => `INSERT INTO jobs VALUES('${id}', 'of ${id}'); INSERT INTO logs(job_id) VALUES('${id}')`,
    ),
  )
  const findings: string[] = []
  const context = {
    ...inProcess(settingsIn(folder)),
    emit: (event: EngineEvent) => void (event.type === 'finding' && findings.push(event.finding.code)),
  }
  return { path, context, findings }
}

const idOf = (path: string) => columnOf(path, `SELECT id FROM jobs WHERE note = 'of ${legacy}'`)

test('a seed makes what this test expects of it', async () => {
  const { path, context } = makeJobs()
  await migrate(path, choices, undefined, context)
  expect(idOf(path)).toEqual([rigged(1, 0)])
})

test.each([[[1]], [[1, 2]], [[1, 2, 3]]])(
  'ULIDs of the attempts %j that are there already are not given twice: the next attempt is taken, proved, and undone',
  async attempts => {
    const { path, context, findings } = makeJobs(...attempts)
    const before = contentHash(path)
    const { plan, document } = await rehearse(path, choices, undefined, context)
    expect(document.samples.map(each => each.after)).toContain(rigged(attempts.length + 1, attempts.length))
    findings.length = 0
    await migrate(path, choices, plan, context)
    expect(findings.filter(code => code === 'ULID.COLLISION_AVOIDED')).toHaveLength(attempts.length)
    expect(idOf(path)).toEqual([rigged(attempts.length + 1, attempts.length)])
    // Each log still has its own job.
    expect(
      rowsOf(path, 'SELECT j.note, count(*) FROM logs l JOIN jobs j ON j.id = l.job_id GROUP BY 1'),
    ).toHaveLength(attempts.length + 1)
    await undo(path, undefined, context)
    expect(contentHash(path)).toBe(before)
  },
)

test('where every attempt meets one, the migration is refused with both sides, and the file is the old one', async () => {
  const { path, context } = makeJobs(1, 2, 3, 4)
  const before = contentHash(path)
  const refused = await migrate(path, choices, undefined, context).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Refusal)
  expect((refused as Refusal).failure).toMatchObject({
    code: 'ULID.COLLISION',
    object: 'jobs.id',
    exit: 1,
    why: `${rigged(4, 4)} was made for '${legacy}', and is what the row '${rigged(4, 4)}' is called already.`,
  })
  expect(contentHash(path)).toBe(before)
})

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/core/context.ts'
import { inspect } from '../../../src/core/engines/sqlite/inspect.ts'
import { openOwn } from '../../../src/core/engines/sqlite/open.ts'
import type { EngineEvent } from '../../../src/core/events.ts'
import { exitCodes, Refusal } from '../../../src/core/message.ts'
import { apply } from '../../../src/core/migrate/apply.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import { finalize } from '../../../src/core/rollback/finalize.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, contentHash, countIn, makeDatabase, numbers, rowsOf } from '../../support/database.ts'
import { ask, begin, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { otherProgram } from '../../support/other-program.ts'
import { shareOf } from '../../support/whole.ts'

const choices: Choices = {
  strategy: 'expand',
  only: ['jobs.job_id'],
  seed: '5eed'.repeat(16),
  baseTime: '2026-02-11T07:25:00Z',
}
const ROWS = 600

const id = (value: string) => `printf('%08x-1234-4abc-8def-%012x', (${value}) * 7919, ${value})`

/** Jobs, logs of them and of nobody, tags in a table without row numbers; and ULID columns that somebody has begun. */
const schema = (begun: boolean) => `
  CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, at TEXT, note TEXT${begun ? ', job_ulid TEXT' : ''});
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id), line TEXT${begun ? ', job_ulid TEXT' : ''});
  CREATE TABLE tags(job_id TEXT REFERENCES jobs(job_id), tag TEXT, PRIMARY KEY(job_id, tag)) WITHOUT ROWID;
  CREATE TABLE touched(what TEXT);
  CREATE TRIGGER touch AFTER UPDATE ON logs BEGIN INSERT INTO touched VALUES(NEW.n); END;
  INSERT INTO jobs(n, job_id, at, note) SELECT value, ${id('value')}, datetime(1767225600 + value, 'unixepoch'), 'note ' || value FROM ${numbers(ROWS)};
  INSERT INTO logs(job_id, line) SELECT ${id(`value % ${ROWS + 9}`)}, 'line ' || value FROM ${numbers(2 * ROWS)};
  INSERT INTO logs(job_id, line) VALUES(NULL, 'nobody'), ('', 'nothing'), ('0', 'zero');
  INSERT INTO tags SELECT job_id, 'a' FROM jobs WHERE n % 2;`

const begunElsewhere = `
  UPDATE jobs SET job_ulid = '0000000000000000' WHERE n % 3 = 0;
  UPDATE jobs SET job_ulid = '01KHB3Y0K0AAAAAAAAAAAAAAAA' WHERE n IN (5, 6);
  DROP TRIGGER touch; UPDATE logs SET job_ulid = 'fallback' WHERE n % 2;
  CREATE TRIGGER touch AFTER UPDATE ON logs BEGIN INSERT INTO touched VALUES(NEW.n); END;`

interface Made {
  readonly path: string
  readonly settings: Settings
}

function make(journal: 'WAL' | 'DELETE' = 'WAL', begun = false): Made {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'a.db'),
    `PRAGMA journal_mode = ${journal}`,
    schema(begun),
    begun ? begunElsewhere : '',
  )
  return { path, settings: settingsIn(folder, 20) }
}

/** Everything in the tables of ours that undo and the triggers live on. */
function ourRows(path: string): readonly unknown[] {
  return ['map_1', 'orphans_1', 'waiting_1', 'held_1'].map(name =>
    rowsOf(path, `SELECT * FROM _ulid_migrate_${name} ORDER BY legacy, ulid`),
  )
}

/** What was recorded, but for the places where the file and its snapshot lie. */
function recordOf(path: string): readonly unknown[] {
  return rowsOf(path, 'SELECT what, status, record, identifiers, referring FROM _ulid_migrate_runs')
}

/** A context that calls `between` whenever the lock is left to others. */
function interrupted(settings: Settings, between: () => void): Context {
  return {
    ...inProcess(settings),
    breathe: () => {
      between()
      return Promise.resolve()
    },
  }
}

describe('an expansion in short transactions', () => {
  test.for([
    ['WAL', false],
    ['DELETE', false],
    ['WAL', true],
    ['DELETE', true],
  ] as const)(
    'ends as one transaction would: the same rows, ULIDs, schema and record: %s, begun elsewhere: %s',
    async ([journal, begun]) => {
      const { path, settings } = make(journal, begun)
      const context = inProcess(settings)
      const { plan } = await prepare(path, choices, undefined, context)
      const [whole, before] = [`${path}.whole`, `${path}.before`]
      cpSync(path, whole)
      cpSync(path, before)
      const db = openOwn(whole, 'write')
      db.exec('BEGIN IMMEDIATE')
      const snapshot = { path: before, attach: before, bytes: 0, sha256: Promise.resolve('') }
      await apply(db, plan, inspect(db), snapshot, context)
      db.exec('COMMIT')
      db.close()
      const done = await migrate(path, {}, plan, context)
      expect(done.outside.ok).toBe(true)
      expect(contentHash(path)).toBe(contentHash(whole))
      expect(ourRows(path)).toEqual(ourRows(whole))
      expect(recordOf(path)).toEqual(recordOf(whole))
      expect(countIn(path, 'SELECT count(*) FROM touched')).toBe(0)
    },
  )

  test.for(['WAL', 'DELETE'] as const)(
    'loses nothing that another program writes meanwhile, and ends in step: %s',
    async journal => {
      const { path, settings } = make(journal)
      const other = await otherProgram(
        path,
        `db.pragma('busy_timeout = 20000'); db.pragma('synchronous = OFF')
         let next = 0
         db.exec('CREATE TABLE told(new INTEGER, gone INTEGER)'); db.exec('INSERT INTO told VALUES(0, 0)')
         const write = db.transaction(() => {
           const at = next++, n = 1 + (at * 7) % ${ROWS}
           db.exec("INSERT INTO jobs(job_id, at, note) VALUES('new-" + at + "', '2026-02-11', 'new'); INSERT INTO logs(job_id, line) VALUES('new-" + at + "', 'of it'), ('nobody-" + at % 9 + "', 'lost')")
           db.exec("UPDATE jobs SET note = 'seen' WHERE n = " + n + "; UPDATE logs SET job_id = (SELECT job_id FROM jobs WHERE n = " + (n % 50 + 1) + ") WHERE n = " + n)
           db.exec("INSERT OR REPLACE INTO jobs(n, job_id, at, note) SELECT n, job_id, at, 'again' FROM jobs WHERE n = " + (n + 3))
           const gone = db.prepare('DELETE FROM jobs WHERE n = ?').run(101 + n % 400).changes
           db.exec('UPDATE told SET new = new + 1, gone = gone + ' + gone)
         })
         write()
         setInterval(write, 5)`,
      )
      const { outcome } = await ask(settings, 'migrate', { target: path, choices, pace: { rate: 2000 } })
      await other.kill()
      change(path) // rolls back what the killed program was at
      expect(outcome).toMatchObject({ type: 'result', value: { outside: { ok: true } } })
      const [[made, gone]] = rowsOf(path, 'SELECT new, gone FROM told') as [[bigint, bigint]]
      expect(made).toBeGreaterThan(10n)
      expect(countIn(path, 'SELECT count(*) FROM jobs')).toBe(ROWS + Number(made - gone))
      expect(countIn(path, "SELECT count(*) FROM jobs WHERE job_id LIKE 'new-%'")).toBe(Number(made))
      const { proof } = await verifyPastRun(path, undefined, inProcess(settings))
      expect(proof.checks.filter(check => !check.ok)).toEqual([])
    },
  )

  test('ends although rows keep coming, and rows in front of it are moved, renamed, replaced and deleted', async () => {
    const { path, settings } = make()
    const db = new Database(path)
    db.pragma('foreign_keys = OFF')
    let turn = 0
    const between = () => {
      const at = ++turn
      const n = ROWS - at
      db.exec(`INSERT INTO jobs(job_id, at) VALUES('new-${at}', '2026-02-11')`)
      db.exec(`INSERT INTO logs(job_id, line) VALUES('new-${at}', 'a'), (${id(String(n))}, 'b')`)
      db.exec(`UPDATE logs SET n = -n WHERE n = ${2 * ROWS - at}`)
      db.exec(`UPDATE jobs SET n = -n WHERE n = ${n}`)
      db.exec(`UPDATE OR IGNORE jobs SET job_id = 'renamed-${at}' WHERE n = ${n - 100}`)
      db.exec(`INSERT OR REPLACE INTO jobs(job_id, at) SELECT job_id, at FROM jobs WHERE n = ${n - 200}`)
      db.exec(`DELETE FROM jobs WHERE n = ${n - 300}`)
    }
    const context = interrupted(settings, between)
    const done = await migrate(path, choices, undefined, context, { pace: { rate: 1500 } })
    db.close()
    expect(turn).toBeGreaterThan(5)
    expect(done.outside.checks.filter(check => !check.ok)).toEqual([])
    expect(countIn(path, 'SELECT count(*) FROM jobs WHERE job_ulid IS NULL')).toBe(0)
  })

  test('writes no more rows at once than its rate leaves for a tenth of a second', async () => {
    const { path, settings } = make()
    const context = inProcess(settings)
    await migrate(path, choices, undefined, context, { pace: { rate: 4000 } })
    const written = context.events.flatMap(event =>
      event.type === 'progress' && event.phase === 'rewrite' ? [event.done] : [],
    )
    expect(written.length).toBeGreaterThan(5)
    const most = Math.max(...written.map((done, at) => done - (written[at - 1] ?? 0)))
    expect(most).toBeLessThanOrEqual(400)
  })

  test('says before what it can not do in moments: the snapshot of a file in rollback-journal mode', async () => {
    const { path, settings } = make('DELETE')
    const { events } = await ask(settings, 'migrate', { target: path, choices })
    const at = (matches: (event: EngineEvent) => boolean) => events.findIndex(matches)
    const told = at(event => event.type === 'finding' && event.finding.code === 'EXPAND.JOURNAL_STALL')
    expect(told).toBeGreaterThanOrEqual(0)
    expect(told).toBeLessThan(at(event => event.type === 'phase' && event.phase === 'snapshot'))
  })
})

/** Kills or stops the engine at the first event that matches. */
async function until(
  made: Made,
  matches: (event: EngineEvent) => boolean,
  how: 'kill' | 'stop',
): Promise<void> {
  const run = begin(made.settings, 'migrate', { target: made.path, choices, pace: { rate: 3000 } })
  let over = false
  for await (const event of run.events) {
    if (over || !matches(event)) continue
    over = true
    if (how === 'kill') process.kill(run.pid!, 'SIGKILL')
    else run.stop()
  }
  const outcome = await run.outcome
  expect(over).toBe(true)
  expect(outcome.type).toBe('failed')
  if (how === 'stop' && outcome.type === 'failed') {
    expect(outcome.error).toMatchObject({ code: 'RUN.STOPPED', exit: exitCodes.stopped })
    expect(outcome.error.message).toMatch(/stands at \d+ %\. The legacy columns are as they were/)
    expect(outcome.error.next).toContain('ulid-migrate migrate')
  }
}

const filling = (object: string) => (event: EngineEvent) =>
  event.type === 'progress' && event.phase === 'rewrite' && event.object === object
const started = (phase: string) => (event: EngineEvent) =>
  event.type === 'phase' && event.phase === phase && event.status === 'started'

const moments = [
  ['while its maps come into the file', filling('_ulid_migrate_map_1')],
  ['while identities are filled', filling('jobs.job_ulid')],
  ['while references are filled', filling('logs.job_ulid')],
  ['at its last commit', started('commit')],
] as const

describe('an expansion that is killed', () => {
  const end = (async () => {
    const { path, settings } = make()
    const before = contentHash(path)
    await migrate(path, choices, undefined, inProcess(settings))
    return { before, after: contentHash(path) }
  })()

  test.for(shareOf(moments, 2))('%s is brought to its end by the same command', async ([, moment]) => {
    const { after } = await end
    const made = make()
    await until(made, moment, 'kill')
    const { outcome } = await ask(made.settings, 'migrate', { target: made.path, choices })
    if (outcome.type === 'failed') throw new Refusal(outcome.error)
    expect(contentHash(made.path)).toBe(after)
    const [known] = await status([made.path], inProcess(made.settings))
    expect(known).toMatchObject({ state: 'expanded', unfinished: null, due: [] })
    expect(known!.runs.map(run => [run.what, run.status])).toEqual([['migrate', 'succeeded']])
  })

  test.for(moments.slice(1, 2))('%s can be taken back, byte for byte', async ([, moment]) => {
    const { before } = await end
    const made = make()
    await until(made, moment, 'kill')
    await undo(made.path, undefined, inProcess(made.settings))
    expect(contentHash(made.path)).toBe(before)
    const [known] = await status([made.path], inProcess(made.settings))
    expect(known).toMatchObject({ state: 'legacy', unfinished: null })
  })

  test('with columns that somebody had begun, gives them back as well', async () => {
    const made = make('WAL', true)
    const before = contentHash(made.path)
    await until(made, filling('logs.job_ulid'), 'kill')
    await undo(made.path, undefined, inProcess(made.settings))
    expect(contentHash(made.path)).toBe(before)
  })
})

describe('an expansion that is stopped', () => {
  test('says how far it is, lets nothing else begin, and goes on', async () => {
    const made = make()
    await until(made, filling('logs.job_ulid'), 'stop')
    const context = inProcess(made.settings)
    const [known] = await status([made.path], context)
    expect(known!.state).toBe('expanding')
    expect(known!.unfinished!.percent).toBeGreaterThan(0)
    expect(known!.due.join()).toMatch(/stands at \d+ %\. Go on with it: ulid-migrate migrate/)
    const refused = { failure: { code: 'EXPANSION.UNFINISHED', exit: exitCodes.precondition } }
    await expect(verifyPastRun(made.path, undefined, context)).rejects.toMatchObject(refused)
    await expect(prepare(made.path, choices, undefined, context)).rejects.toMatchObject(refused)
    await expect(migrate(made.path, { strategy: 'replace' }, undefined, context)).rejects.toMatchObject(
      refused,
    )
    await expect(finalize(made.path, { dryRun: true }, context)).rejects.toMatchObject({
      failure: { code: 'EXPANSION.LIVE' },
    })
    const { outside, identifiers } = await migrate(made.path, {}, undefined, context)
    expect(outside.ok).toBe(true)
    expect(identifiers).toBe(ROWS)
  })

  test('and has lost its snapshot says so, and can still be taken back', async () => {
    const made = make()
    const before = contentHash(made.path)
    await until(made, filling('jobs.job_ulid'), 'stop')
    rmSync(made.settings.snapshotDir, { recursive: true })
    const context = inProcess(made.settings)
    await expect(migrate(made.path, choices, undefined, context)).rejects.toMatchObject({
      failure: { code: 'SNAPSHOT.MISSING' },
    })
    await undo(made.path, undefined, context)
    expect(contentHash(made.path)).toBe(before)
  })
})

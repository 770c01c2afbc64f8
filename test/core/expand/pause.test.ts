import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import type { EngineEvent, Stamped } from '../../../src/core/events.ts'
import type { EngineRun } from '../../../src/core/host.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices, Settings } from '../../../src/core/requests.ts'
import { status } from '../../../src/core/status/status.ts'
import { countIn, makeDatabase, numbers } from '../../support/database.ts'
import { begin, newRun, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { otherProgram } from '../../support/other-program.ts'
import { compiled } from '../../support/program.ts'

const ROWS = 600
const choices: Choices = { strategy: 'expand', only: ['jobs.job_id'] }

interface Made {
  readonly path: string
  readonly settings: Settings
}

function make(journal: 'WAL' | 'DELETE'): Made {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'a.db'),
    `PRAGMA journal_mode = ${journal}`,
    `CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE);
     CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id));
     INSERT INTO jobs SELECT value, printf('%08x-1234-4abc-8def-%012x', value * 7919, value) FROM ${numbers(ROWS)};
     INSERT INTO logs(job_id) SELECT job_id FROM jobs`,
  )
  return { path, settings: settingsIn(folder, 20) }
}

const slowly = (made: Made, given: Choices = choices) =>
  begin(made.settings, 'migrate', { target: made.path, choices: given, pace: { rate: 3000 } })

const isFilling = (event: EngineEvent) => event.type === 'progress' && event.object === 'jobs.job_ulid'

/** Asks for a pause once identities are being filled, and does `then` when it has begun. */
async function paused(
  run: EngineRun<'migrate'>,
  then: () => unknown,
): Promise<readonly Stamped<EngineEvent>[]> {
  const events: Stamped<EngineEvent>[] = []
  for await (const event of run.events) {
    events.push(event)
    if (events.filter(isFilling).length === 1 && isFilling(event)) run.pause()
    if (event.type === 'pause' && event.status === 'started') await then()
  }
  return events
}

const lacking = ({ path }: Made) =>
  countIn(path, 'SELECT count(*) FROM jobs WHERE job_ulid IS NULL') +
  countIn(path, 'SELECT count(*) FROM logs WHERE job_ulid IS NULL')

describe('an expansion that is paused', () => {
  test.for(['WAL', 'DELETE'] as const)(
    'gives no row its id, leaves the lock to others, and then goes on to its end: %s',
    async journal => {
      const made = make(journal)
      const run = slowly(made)
      const events = await paused(run, async () => {
        const before = lacking(made)
        expect(before).toBeGreaterThan(0)
        // Another program that does not wait a moment for a lock, and writes again and again.
        const other = await otherProgram(
          made.path,
          `db.pragma('busy_timeout = 0')
           for (let at = 0; at < 50; at++) {
             db.exec("BEGIN IMMEDIATE; INSERT INTO jobs(job_id) VALUES('new-" + at + "')"); db.exec('COMMIT')
           }`,
        )
        await other.kill()
        expect(countIn(made.path, "SELECT count(*) FROM jobs WHERE job_id LIKE 'new-%'")).toBe(50)
        expect(lacking(made)).toBe(before)
        run.resume()
      })
      const outcome = await run.outcome
      expect(outcome).toMatchObject({ type: 'result', value: { outside: { ok: true } } })
      expect(lacking(made)).toBe(0)
      const pauses = events.filter(event => event.type === 'pause')
      expect(pauses.map(each => each.status)).toEqual(['started', 'done'])
    },
  )

  test('has worked no longer than it did: the pause counts for nothing', async () => {
    const made = make('WAL')
    const run = slowly(made)
    const events = await paused(run, async () => {
      await (await otherProgram(made.path, '')).kill()
      run.resume()
    })
    const found = (matches: (event: EngineEvent) => boolean) => events.find(matches)!
    const begun = found(event => event.type === 'phase' && event.phase === 'rewrite')
    const ended = found(
      event => event.type === 'phase' && event.phase === 'rewrite' && event.status === 'done',
    )
    const pause = found(event => event.type === 'pause' && event.status === 'done')
    const secondsOf = (event: EngineEvent) => ('seconds' in event ? event.seconds : 0)
    const whole = (Date.parse(ended.at) - Date.parse(begun.at)) / 1000
    expect(secondsOf(pause)).toBeGreaterThan(0)
    // Both clocks are read to the millisecond.
    expect(secondsOf(ended) + secondsOf(pause)).toBeLessThanOrEqual(whole + 0.01)
    const outcome = await run.outcome
    if (outcome.type === 'failed') throw new Error(outcome.error.message)
    const [rewrite] = outcome.value.timings.filter(each => each.phase === 'rewrite')
    expect(rewrite!.seconds + secondsOf(pause)).toBeLessThanOrEqual(
      (Date.parse(events.at(-1)!.at) - Date.parse(begun.at)) / 1000 + 0.01,
    )
  })

  test('can be stopped, and is gone on with by the same command', async () => {
    const made = make('WAL')
    const run = slowly(made)
    await paused(run, () => run.stop())
    expect(await run.outcome).toMatchObject({ type: 'failed', error: { code: 'RUN.STOPPED' } })
    const [known] = await status([made.path], inProcess(made.settings))
    expect(known).toMatchObject({ state: 'expanding' })
    const done = await migrate(made.path, {}, undefined, inProcess(made.settings))
    expect(done.outside.ok).toBe(true)
  })

  test('can be killed, and is gone on with by the same command', async () => {
    const made = make('WAL')
    const run = slowly(made)
    await paused(run, () => run.kill())
    expect(await run.outcome).toMatchObject({ type: 'failed', error: { code: 'ENGINE.LOST' } })
    const done = await migrate(made.path, {}, undefined, inProcess(made.settings))
    expect(done.outside.ok).toBe(true)
    expect(lacking(made)).toBe(0)
  })
})

test('what replaces ids pays no heed to a pause: it is one transaction', async () => {
  const made = make('WAL')
  const run = slowly(made, { only: ['jobs.job_id'] })
  run.pause()
  const events: EngineEvent[] = []
  for await (const event of run.events) events.push(event)
  expect(await run.outcome).toMatchObject({ type: 'result', value: { strategy: 'replace' } })
  expect(events.filter(event => event.type === 'pause')).toEqual([])
})

/** A screen of its own, which says what the engine's process is once that rests. */
async function screenWith({ path, settings }: Made): Promise<{ screen: ChildProcess; engine: number }> {
  const request = { target: path, choices, pace: { rate: 3000 } }
  const source = `
    import { runEngine } from ${JSON.stringify(pathToFileURL(compiled('src/core/host.ts')).href)}
    const run = runEngine(${JSON.stringify({ operation: 'migrate', request, settings, run: newRun() })})
    run.pause()
    for await (const event of run.events) if (event.type === 'pause') process.stdout.write(String(run.pid))`
  const screen = spawn(process.execPath, ['--input-type=module', '--eval', source])
  const [pid] = (await once(screen.stdout, 'data')) as [Buffer]
  return { screen, engine: Number(pid) }
}

const isGone = (pid: number) => () => {
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
}

test('an engine whose screen is killed in a pause ends, and what it filled is gone on with', async () => {
  const made = make('WAL')
  const { screen, engine } = await screenWith(made)
  screen.kill('SIGKILL')
  await vi.waitFor(isGone(engine), { timeout: 60_000, interval: 20 })
  const [known] = await status([made.path], inProcess(made.settings))
  expect(known).toMatchObject({ state: 'expanding' })
  expect((await migrate(made.path, {}, undefined, inProcess(made.settings))).outside.ok).toBe(true)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Context, Stopped } from '../../../src/core/context.ts'
import type { EngineEvent } from '../../../src/core/events.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { detectIn, lookAt, watching } from '../../../src/core/migrate/prepare.ts'
import type { Settings } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { status } from '../../../src/core/status/status.ts'
import { contentHash, countIn, makeDatabase, numbers } from '../../support/database.ts'
import { answerOf, begin, settingsIn } from '../../support/engine.ts'
import { sha256Of, temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs, migratedJobs } from '../../support/jobs.ts'
import { compiled } from '../../support/program.ts'

/** Invariant 3: killed or stopped at any moment, the file is the old one or the new one. */

/** Enough chunks that what comes from outside after the first one comes in time. */
const rows = 50_000

interface Place {
  readonly path: string
  readonly settings: Settings
}

function place(...pragmas: readonly string[]): Place {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  const path = makeDatabase(
    join(folder, 'jobs.db'),
    ...pragmas,
    `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT);
     INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'a note of some length that fills pages ' || value FROM ${numbers(rows)};`,
  )
  return { path, settings: settingsIn(all) }
}

const _rewriting = (event: EngineEvent) => event.type === 'progress' && event.phase === 'rewrite'
const _migrated = (path: string) => countIn(path, 'SELECT count(*) FROM jobs WHERE length(id) = 26')

/** A context that is told to stop at its breath number `at`; counts how many there were. */
function stoppingAt(settings: Settings, at: number) {
  const breaths = { count: 0 }
  const context: Context = {
    ...inProcess(settings),
    breathe: () => {
      breaths.count += 1
      return breaths.count === at
        ? Promise.reject(new Stopped('it', 'It was asked to stop.'))
        : Promise.resolve()
    },
  }
  return { context, breaths }
}

/** Every moment at which a stop is heard: tries one after the other until the work gets through. */
async function stopEverywhere(
  settings: Settings,
  work: (context: Context) => Promise<unknown>,
  check: () => void,
): Promise<number> {
  for (let at = 1; ; at++) {
    const { context } = stoppingAt(settings, at)
    try {
      await work(context)
      return at - 1
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      check()
    }
  }
}

describe('a stop, at each of the moments in which one is heard,', () => {
  test('leaves a migration undone, to the byte', async () => {
    const { path, settings } = makeJobs()
    const before = sha256Of(path)
    const moments = await stopEverywhere(
      settings,
      context => migrate(path, { seed: '5eed' }, undefined, context),
      () => expect(sha256Of(path)).toBe(before),
    )
    expect(moments).toBeGreaterThan(30)
    // Whoever was only looking has begun no run.
    const after = sha256Of(path)
    const looking = await stopEverywhere(
      settings,
      context => lookAt(path, context, looked => detectIn(looked, {}, watching(context))),
      () => expect(sha256Of(path)).toBe(after),
    )
    expect(looking).toBeGreaterThan(5)
    expect(
      (await status([path], inProcess(settings)))[0]!.runs.filter(run => run.status === 'stopped'),
    ).toHaveLength(moments - looking)
  })

  test('leaves an expansion undone, to the byte, or on its way, and it goes on from there', async () => {
    const choices = { strategy: 'expand', seed: '5eed' } as const
    const undisturbed = makeJobs()
    await migrate(undisturbed.path, choices, undefined, inProcess(undisturbed.settings))
    const { path, settings } = makeJobs()
    const before = sha256Of(path)
    let onTheWay = 0
    await stopEverywhere(
      settings,
      context => migrate(path, choices, undefined, context),
      () => {
        if (countIn(path, "SELECT count(*) FROM sqlite_schema WHERE name = '_ulid_migrate_progress'") > 0)
          onTheWay += 1
        else expect(sha256Of(path)).toBe(before)
      },
    )
    expect(onTheWay).toBeGreaterThan(0)
    expect(contentHash(path)).toBe(contentHash(undisturbed.path))
  })

  test('leaves an undo undone as well', async () => {
    const { path, settings } = await migratedJobs()
    const before = sha256Of(path)
    const moments = await stopEverywhere(
      settings,
      context => undo(path, undefined, context),
      () => expect(sha256Of(path)).toBe(before),
    )
    expect(moments).toBeGreaterThan(30)
    expect(contentHash(path)).toBe(contentHash(makeJobs().path))
  })
})

describe('a migration that is interrupted', () => {
  test('by a stop from outside leaves the old file, and the same work then gets done', async () => {
    const { path, settings } = place()
    const before = contentHash(path)
    const work = begin(settings, 'migrate', { target: path, choices: {} })
    for await (const event of work.events) if (event.type === 'progress' && event.phase === 'map') work.stop()
    expect(await work.outcome).toMatchObject({
      type: 'failed',
      error: { code: 'RUN.STOPPED', object: path, exit: 5 },
    })
    expect(contentHash(path)).toBe(before)
    expect(await status([path], inProcess(settings))).toMatchObject([
      {
        state: 'legacy',
        runs: [{ run: work.run, status: 'stopped' }],
        due: [expect.stringContaining(`ulid-migrate migrate ${path}`)],
      },
    ])
    expect(await answerOf(settings, 'migrate', { target: path, choices: {} })).toMatchObject({
      status: 'succeeded',
      identifiers: rows,
    })
  })

  // Killed: test/faults/kill.ts.

  test('by the death of the program that asked for it is noticed by the engine, which rolls back and ends', async () => {
    const { path, settings } = place()
    const before = contentHash(path)
    const host = compiled('src/core/host.ts')
    const script = `
      import { runEngine } from ${JSON.stringify(host)}
      const call = ${JSON.stringify({ operation: 'migrate', request: { target: path, choices: {} }, settings, run: '01KHB3Y0K0AAAAAAAAAAAAAAAA' })}
      for await (const event of runEngine(call).events)
        if (event.type === 'progress' && event.phase === 'rewrite') process.kill(process.pid, 'SIGKILL')`
    const screen = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: 'ignore',
    })
    expect((await once(screen, 'exit'))[1]).toBe('SIGKILL')
    // The engine is nobody's child now. It holds the write lock until it has rolled back; whoever waits for that lock gets it.
    const next = begin({ ...settings, waitSeconds: 60 }, 'migrate', { target: path, choices: {} })
    const seen: string[] = []
    for await (const event of next.events) {
      if (event.type !== 'phase' || event.status !== 'started' || event.phase !== 'snapshot') continue
      seen.push('snapshot')
      next.stop()
    }
    expect(await next.outcome).toMatchObject({ type: 'failed', error: { code: 'RUN.STOPPED' } })
    expect(seen).toEqual(['snapshot'])
    expect(contentHash(path)).toBe(before)
  })
})

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Context } from '../../src/core/context.ts'
import type { EngineEvent } from '../../src/core/events.ts'
import type { Refusal } from '../../src/core/message.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { duckContentOf } from '../support/duck-content.ts'
import { duckProgram, inDuck, inWal, valueIn } from '../support/duck-files.ts'
import { answerOf, begin, refusalOf, settingsIn } from '../support/engine.ts'
import { everythingIn, temporaryFolder } from '../support/folder.ts'
import { inProcess } from '../support/in-process.ts'
import type { OtherProgram } from '../support/other-program.ts'

/** DuckDB lets one program write, or several read (HAZARDS F6). Others come before a run, into it, and between its locks. */

const jobs = [
  'CREATE TABLE jobs(id UUID PRIMARY KEY, note VARCHAR)',
  'CREATE TABLE logs(job_id UUID REFERENCES jobs(id), line VARCHAR)',
  "INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', r, r)::UUID, 'note ' || r FROM range(50) t(r)",
  'INSERT INTO logs SELECT id, note FROM jobs',
]

async function store(waitSeconds = 0) {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  const path = await inDuck(join(folder, 'jobs.duckdb'), ...jobs)
  return { path, folder, settings: settingsIn(all, waitSeconds) }
}

const heldBy = (program: OtherProgram) => ({
  code: 'LOCK.HELD',
  exit: 4,
  why: expect.stringContaining(`process ${program.pid} (node) has it open`),
})

test('whoever finds a writer in the file is told which process it is, and nothing is changed', async () => {
  const { path, folder, settings } = await store()
  await answerOf(settings, 'migrate', { target: path, choices: {} })
  const writer = await duckProgram(path, 'READ_WRITE')
  const before = everythingIn(folder)
  const target = path
  for (const [operation, request] of [
    ['detect', { target, choices: {} }],
    ['dry-run', { target, choices: {} }],
    ['migrate', { target, choices: {} }],
    ['verify', { target }],
    ['rollback', { target, mode: 'undo', dryRun: false }],
    ['rollback', { target, mode: 'restore', dryRun: false, confirm: 'jobs.duckdb' }],
  ] as const)
    expect([operation, await refusalOf(settings, operation, request)]).toEqual([
      operation,
      expect.objectContaining(heldBy(writer)),
    ])
  await writer.kill()
  expect(everythingIn(folder)).toEqual(before)
})

test('beside a reader one looks, but does not change', async () => {
  const { path, folder, settings } = await store()
  const reader = await duckProgram(path, 'READ_ONLY')
  const before = everythingIn(folder)
  expect((await answerOf(settings, 'detect', { target: path, choices: {} })).state).toBe('legacy')
  await answerOf(settings, 'dry-run', { target: path, choices: {} })
  const run = begin(settings, 'migrate', { target: path, choices: {} })
  const phases: string[] = []
  for await (const event of run.events) if (event.type === 'phase') phases.push(event.phase)
  expect(await run.outcome).toMatchObject({ type: 'failed', error: heldBy(reader) })
  expect(phases).not.toContain('preconditions') // before any work
  expect(everythingIn(folder)).toEqual(before)
  await reader.kill()
})

test('a run that waits goes on when the other program is gone', async () => {
  const { path, settings } = await store(60)
  const writer = await duckProgram(path, 'READ_WRITE', "INSERT INTO jobs VALUES (uuid(), 'since')")
  const run = begin(settings, 'migrate', { target: path, choices: {} })
  let waited = 0
  for await (const event of run.events) if (event.type === 'waiting' && waited++ === 0) await writer.kill()
  expect(await run.outcome).toMatchObject({ type: 'result', value: { status: 'succeeded' } })
  expect(waited).toBeGreaterThan(0)
  expect(await valueIn(path, 'SELECT count(*) FROM jobs WHERE length(id) = 26')).toBe(51n)
})

/** Does something once, at the end of the proof, when the change is about to be published. */
function atTheLast(settings: ReturnType<typeof settingsIn>, strike: () => Promise<void>): Context {
  const plain = inProcess(settings)
  let due = false
  return {
    ...plain,
    now: () => Date.now(),
    emit: (event: EngineEvent) => {
      plain.emit(event)
      due ||= event.type === 'phase' && event.phase === 'verify' && event.status === 'started'
    },
    breathe: async () => {
      if (!due) return
      due = false
      await strike()
    },
  }
}

test('no writer comes in between snapshot and change', async () => {
  const { path, settings } = await store()
  let refused: unknown
  // One of ours with other folders: it knows nothing of the run, and is kept out by the lock alone.
  const context = atTheLast(settings, async () => {
    refused = await refusalOf(settingsIn(temporaryFolder(), 0), 'migrate', { target: path, choices: {} })
  })
  await migrate(path, {}, undefined, context)
  expect(refused).toMatchObject({ code: 'LOCK.HELD', exit: 4 })
})

test('a reader who came during the run and stays: refused by name, and all is as it was', async () => {
  const { path, settings } = await store()
  const before = await duckContentOf(path)
  let reader: OtherProgram | undefined
  const context = atTheLast(settings, async () => {
    reader = await duckProgram(path, 'READ_ONLY')
  })
  const refused = await migrate(path, {}, undefined, context).catch(error => error as Refusal)
  expect(refused).toMatchObject({ failure: heldBy(reader!) })
  await reader!.kill()
  expect(await duckContentOf(path)).toEqual(before)
  expect(readdirSync(settings.snapshotDir)).toEqual([])
  await answerOf(settings, 'migrate', { target: path, choices: {} })
})

test('detect and dry-run see what is only in the .wal, and leave file and .wal as they were', async () => {
  const { path, folder, settings } = await store()
  await inWal(path, "INSERT INTO jobs SELECT uuid(), 'newer' FROM range(7)")
  const before = everythingIn(folder)
  const detected = await answerOf(settings, 'detect', { target: path, choices: {} })
  expect(detected.tables.find(({ name }) => name === 'jobs')?.rows).toBe(57)
  await answerOf(settings, 'dry-run', { target: path, choices: {} })
  expect(everythingIn(folder)).toEqual(before)
})

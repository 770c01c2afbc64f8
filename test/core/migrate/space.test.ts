import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { inspect } from '../../../src/core/engines/sqlite/inspect.ts'
import type { EngineRun } from '../../../src/core/host.ts'
import { recordedRuns } from '../../../src/core/journal/in-target.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import {
  assertSpace,
  type Space,
  spaceFor,
  spaceForRestore,
  spaceForUndo,
} from '../../../src/core/migrate/space.ts'
import type { Choices, Operation } from '../../../src/core/requests.ts'
import { makeDatabase, numbers } from '../../support/database.ts'
import { ask, begin, resultOf, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { shareOf } from '../../support/whole.ts'

/** What a run is seen to take at its worst, beside what is asked for beforehand. */

const texts = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, at TEXT, note TEXT);
  CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs, line TEXT);
  CREATE INDEX logs_by_job ON logs(job_id);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), '2026-01-01', 'note ' || value FROM ${numbers(10_000)};
  INSERT INTO logs(job_id, line) SELECT printf('%08x-1234-4abc-8def-%012x', value % 10000, value % 10000), 'line' FROM ${numbers(30_000)};`
const integers = `
  CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE notes(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people, body TEXT);
  INSERT INTO people SELECT value, 'name ' || value FROM ${numbers(30_000)};
  INSERT INTO notes SELECT value, value % 15000, 'body' FROM ${numbers(30_000)};`
const wide = `
  CREATE TABLE files(id TEXT PRIMARY KEY, content BLOB);
  INSERT INTO files SELECT printf('%08x-1234-4abc-8def-%012x', value, value), randomblob(3000) FROM ${numbers(4000)};`
const indexed = `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, a, b, c);
  CREATE INDEX one ON jobs(a, id); CREATE INDEX two ON jobs(b, id); CREATE UNIQUE INDEX three ON jobs(c, id);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), value % 7, value % 11, value FROM ${numbers(30_000)};`

const shapes: readonly (readonly [string, string, Choices])[] = [
  ['text ids with a child table', texts, {}],
  ['text ids, expanded', texts, { strategy: 'expand' }],
  ['integers kept', integers, { all: true }],
  ['integers given up', integers, { all: true, form: 'pure' }],
  ['wide rows with small ids', wide, {}],
  ['many indexes', indexed, {}],
]

/** Undo and restore of every other shape: there and back takes its time. */
const both = new Set(['text ids with a child table', 'integers given up', 'wide rows with small ids'])

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

describe.each(['DELETE', 'WAL'])('in %s mode', mode => {
  // Every other shape in one mode, the rest in the other: the pages are the same.
  test.each(
    shareOf(
      shapes.filter((_, at) => at % 2 === (mode === 'WAL' ? 0 : 1)),
      3,
    ),
  )(
    '%s: the estimates for migrate, undo and restore are above the worst that is seen, and not far above',
    async (shape, sql, choices) => {
      const all = temporaryFolder()
      mkdirSync(join(all, 'target'))
      const path = makeDatabase(join(all, 'target', 'a.db'), `PRAGMA journal_mode = ${mode}`, sql)
      const settings = settingsIn(all, 30)
      const { plan } = await prepare(path, choices, undefined, inProcess(settings))
      const toMigrate = estimated(path, db => spaceFor(db, plan, inspect(db)))
      const migrated = await worstOf(path, begin(settings, 'migrate', { target: path, choices }))
      const { snapshot } = resultOf(migrated.outcome)
      expect(toMigrate.snapshot).toBeGreaterThanOrEqual(sizeOf(snapshot))
      mustCover(toMigrate, migrated)
      if (!both.has(shape)) return
      const toUndo = estimated(path, db => spaceForUndo(db, recordedRuns(db)[0]!.record, inspect(db)))
      const rollback = { target: path, dryRun: false }
      const undone = await worstOf(path, begin(settings, 'rollback', { ...rollback, mode: 'undo' }))
      const undo = resultOf(undone.outcome)
      mustCover(toUndo, undone)
      const { snapshot: ofUndo } = undo as { readonly snapshot: string }
      const toRestore = estimated(path, db => spaceForRestore(db, sizeOf(ofUndo)))
      const [run] = resultOf((await ask(settings, 'status', { targets: [path] })).outcome)[0]!.runs
      const request = { ...rollback, mode: 'restore', confirm: 'a.db', run: run!.run } as const
      const restored = await worstOf(path, begin(settings, 'rollback', request))
      resultOf(restored.outcome)
      mustCover(toRestore, restored)
    },
  )
})

function estimated(path: string, estimate: (db: Database.Database) => Space): Space {
  const db = new Database(path)
  db.defaultSafeIntegers(true)
  try {
    return estimate(db)
  } finally {
    db.close()
  }
}

/** Runs an operation to its end and looks, all the while, how much the file and what is beside it grow. */
async function worstOf<O extends Operation>(path: string, work: EngineRun<O>) {
  const before = sizeOf(path)
  const worst = { growth: 0, journal: 0 }
  const look = () => {
    worst.growth = Math.max(worst.growth, sizeOf(path) - before)
    worst.journal = Math.max(worst.journal, sizeOf(`${path}-journal`), sizeOf(`${path}-wal`))
  }
  const watch = setInterval(look, 4)
  for await (const _event of work.events) look()
  clearInterval(watch)
  return { worst, before, outcome: await work.outcome }
}

function mustCover(
  space: Space,
  { worst, before }: { worst: Pick<Space, 'growth' | 'journal'>; before: number },
) {
  expect(space.growth).toBeGreaterThanOrEqual(worst.growth)
  expect(space.journal).toBeGreaterThanOrEqual(worst.journal)
  const seen = worst.growth + worst.journal
  expect((space.growth + space.journal) / seen, JSON.stringify({ space, worst, before })).toBeLessThan(8)
}

test('two needs on one disk are added up, and the refusal names both numbers and what they are made of', () => {
  const folder = temporaryFolder()
  const space = { growth: 2e15, journal: 1e15, temporary: 0, snapshot: 3e15, maps: 0 }
  expect(() => assertSpace(space, join(folder, 'a.db'), folder)).toThrow('DISK.FULL')
  try {
    assertSpace(space, join(folder, 'a.db'), folder)
  } catch (error) {
    const { why } = (error as { failure: { why: string } }).failure
    expect(why).toContain('6,000,000,000 MB')
    expect(why).toMatch(/the file grows .*its journal .*the snapshot .*are free/)
  }
})

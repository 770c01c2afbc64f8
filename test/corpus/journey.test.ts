/** The runner has to notice what it is there to notice: between the engine and the runner somebody meddles. */
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import type * as MigrateModule from '../../src/core/migrate/migrate.ts'
import type * as RehearseModule from '../../src/core/rehearse/rehearse.ts'
import type * as UndoModule from '../../src/core/rollback/undo.ts'
import { change, makeDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Journey, travel } from './journey.ts'

type Step = 'rehearse' | 'migrate 1' | 'migrate 2' | 'migrate 3' | 'undo'

const meddling = vi.hoisted(() => ({ at: '', sql: '', migrations: 0 }))

function meddle(step: Step, target: string): void {
  if (step === meddling.at) change(target, meddling.sql)
}

vi.mock('../../src/core/rehearse/rehearse.ts', async original => {
  const real = await original<typeof RehearseModule>()
  const rehearse: typeof real.rehearse = async (target, ...rest) => {
    const done = await real.rehearse(target, ...rest)
    meddle('rehearse', target)
    return done
  }
  return { ...real, rehearse }
})

vi.mock('../../src/core/migrate/migrate.ts', async original => {
  const real = await original<typeof MigrateModule>()
  const migrate: typeof real.migrate = async (target, ...rest) => {
    const done = await real.migrate(target, ...rest)
    meddling.migrations += 1
    meddle(`migrate ${meddling.migrations}` as Step, target)
    return done
  }
  return { ...real, migrate }
})

vi.mock('../../src/core/rollback/undo.ts', async original => {
  const real = await original<typeof UndoModule>()
  const undo: typeof real.undo = async (target, ...rest) => {
    const done = await real.undo(target, ...rest)
    meddle('undo', target)
    return done
  }
  return { ...real, undo }
})

beforeEach(() => Object.assign(meddling, { at: '', sql: '', migrations: 0 }))

const schema = `CREATE TABLE jobs(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE runs(job_id INTEGER REFERENCES jobs(id), note TEXT);
  INSERT INTO jobs VALUES(1, 'a'), (2, 'b'); INSERT INTO runs VALUES(1, 'x'), (2, 'y');`

function journeyOf(...sql: readonly string[]): Promise<Journey> {
  return travel(makeDatabase(join(temporaryFolder(), 'a.db'), ...sql), 'pure', [])
}

test('a database goes there and back and there again', async () => {
  expect(await journeyOf(schema)).toMatchObject({
    end: 'migrated',
    identities: 1,
    references: 1,
    rows: 4,
    proof: expect.stringMatching(/^(\d+) of \1$/),
    undo: expect.stringMatching(/^(\d+) of \1$/),
  })
})

test('what has no ids has nothing to do', async () => {
  expect(await journeyOf('CREATE TABLE t(n)')).toMatchObject({ end: 'nothing-to-do', rows: 0 })
})

test('what nobody has agreed to is refused, and named', async () => {
  const journey = await journeyOf(schema, 'CREATE VIEW big AS SELECT name FROM jobs WHERE id > 100')
  expect(journey).toMatchObject({ end: 'refused', code: 'SCHEMA.MEANING', agreeable: ['big'] })
})

test.each<[Step, string, string, string]>([
  ['rehearse', "UPDATE jobs SET name = 'z' WHERE name = 'a'", 'dry-run', 'as it was'],
  ['migrate 1', "UPDATE jobs SET name = 'z' WHERE name = 'a'", 'untouched', 'untouched columns of jobs'],
  ['migrate 1', "UPDATE runs SET job_id = (SELECT id FROM jobs WHERE name = 'b')", 'verify', ''],
  ['migrate 2', "INSERT INTO runs(note) VALUES('z')", 'migrate again', 'rows of runs'],
  ['undo', "UPDATE runs SET job_id = '1' || '.5' WHERE note = 'x'", 'undo', 'rows of runs'],
  ['undo', 'CREATE INDEX another ON runs(note)', 'undo', 'index another'],
  ['migrate 3', 'UPDATE jobs SET id = lower(id)', 'forward again', 'rows of jobs'],
])('who meddles after %s by %s is found at %s', async (at, sql, step, why) => {
  Object.assign(meddling, { at, sql })
  expect(await journeyOf(schema)).toMatchObject({ end: 'failed', step, why: expect.stringContaining(why) })
})

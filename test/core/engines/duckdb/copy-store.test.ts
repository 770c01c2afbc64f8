import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Stopped } from '../../../../src/core/context.ts'
import { copyStore } from '../../../../src/core/engines/duckdb/copy-store.ts'
import { duckHeader } from '../../../../src/core/engines/duckdb/header.ts'
import { writeMark } from '../../../../src/core/engines/duckdb/mark.ts'
import { duckProgram, inDuck, inFormat, inTornWal, inWal, valueIn } from '../../../support/duck-files.ts'
import { answerOf, refusalOf, settingsIn } from '../../../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'

const jobs = [
  'CREATE TABLE jobs(id INTEGER PRIMARY KEY, title VARCHAR)',
  "INSERT INTO jobs SELECT range, 'job ' || range FROM range(20000)",
]
const place = () => join(temporaryFolder(), 'jobs.duckdb')
const file = (...more: readonly string[]) => inDuck(place(), ...jobs, ...more)
const settings = settingsIn(temporaryFolder(), 0)

describe('a copy', () => {
  test('of a file without a .wal has its bytes, and only its owner may read it', async () => {
    const from = await file()
    const to = place()
    const { bytes, mark } = await answerOf(settings, 'copy-store', { from, to })
    expect(sha256Of(to)).toBe(sha256Of(from))
    expect(bytes).toBe(statSync(from).size)
    expect(mark).toBe(writeMark(from))
    expect((statSync(to).mode & 0o777).toString(8)).toBe('600')
  })

  test.each(['v1.0.0', 'v1.2.0', 'v1.4.0', 'v1.5.0'])(
    'of a file of format %s keeps it, and takes the .wal in',
    async format => {
      const from = await inFormat(format, place(), ...jobs)
      await inWal(
        from,
        "INSERT INTO jobs VALUES (-1, 'new')",
        'CREATE VIEW first AS SELECT * FROM jobs.main.jobs',
        'DELETE FROM jobs WHERE id < 10 AND id >= 0',
        'CREATE INDEX titles ON jobs(title)',
      )
      const before = everythingIn(join(from, '..'))
      const to = place()
      await answerOf(settings, 'copy-store', { from, to })
      expect(everythingIn(join(from, '..'))).toEqual(before)
      expect(readdirSync(join(to, '..'))).toEqual(['jobs.duckdb'])
      expect(duckHeader(to)?.storage).toBe(duckHeader(from)?.storage)
      expect(await valueIn(to, 'SELECT count(*) FROM first')).toBe(19_991n)
      await answerOf(settings, 'check-snapshot', { target: await taken(from), snapshot: to })
    },
  )

  /** The same, with its .wal taken in: what lies there can be read only so. */
  const taken = (path: string) => inDuck(path, 'CHECKPOINT')

  test('of a file whose .wal ends within its first commit has what was committed, and no .wal', async () => {
    const from = await inTornWal(await file(), "INSERT INTO jobs SELECT -1 - range, 'new' FROM range(1000)")
    const before = everythingIn(join(from, '..'))
    const to = place()
    await answerOf(settings, 'copy-store', { from, to })
    expect(everythingIn(join(from, '..'))).toEqual(before)
    expect(readdirSync(join(to, '..'))).toEqual(['jobs.duckdb'])
    await answerOf(settings, 'check-snapshot', { target: from, snapshot: to })
    expect(await valueIn(to, 'SELECT count(*) FROM jobs')).toBe(20_000n)
  })

  test('holds what was committed while a checkpoint went on, which lies in a second .wal', async () => {
    const from = await file()
    const program = await duckProgram(from, 'READ_WRITE', "INSERT INTO jobs VALUES (-1, 'before')")
    await program.kill()
    copyFileSync(`${from}.wal`, `${from}.kept`)
    const to = place()
    await answerOf(settings, 'copy-store', { from, to })
    expect(await valueIn(to, 'SELECT count(*) FROM jobs')).toBe(20_001n)
  })

  test('is made while others read, and has nothing to do with their lock', async () => {
    const from = await file()
    const reader = await duckProgram(from, 'READ_ONLY')
    const to = place()
    await answerOf(settings, 'copy-store', { from, to })
    await answerOf(settings, 'check-snapshot', { target: from, snapshot: to })
    await expect(inDuck(from, 'INSERT INTO jobs VALUES (-1, NULL)')).rejects.toThrow(`PID ${reader.pid}`)
    await reader.kill()
  })

  test('of a file that is written meanwhile is refused, and nothing of it is left', async () => {
    const from = await file()
    const to = place()
    const context = inProcess(settings)
    let written = false
    const writing = {
      ...context,
      breathe: async () => {
        if (!written) await inWal(from, "INSERT INTO jobs VALUES (-1, 'meanwhile')")
        written = true
      },
    }
    await expect(copyStore(from, to, writing)).rejects.toMatchObject({
      failure: { code: 'LOCK.HELD', exit: 4 },
    })
    expect(readdirSync(join(to, '..'))).toEqual([])
  })

  test('that was stopped leaves nothing', async () => {
    const to = place()
    const context = inProcess(settings)
    const stopping = { ...context, breathe: () => Promise.reject(new Stopped(to, 'It was asked to stop.')) }
    await expect(copyStore(await file(), to, stopping)).rejects.toThrow(Stopped)
    expect(readdirSync(join(to, '..'))).toEqual([])
  })

  test.each(['', '.wal', '.wal.checkpoint'])(
    'is not made where jobs.duckdb%s lies already, which stays',
    async suffix => {
      const to = place()
      writeFileSync(to + suffix, 'somebody')
      await expect(copyStore(await file(), to, inProcess(settings))).rejects.toThrow('is there already')
      expect(sha256Of(to + suffix)).toHaveLength(64)
      expect(readdirSync(join(to, '..'))).toHaveLength(1)
    },
  )

  test('tells how far it is, in blocks', async () => {
    const context = inProcess(settings)
    const from = await file()
    await copyStore(from, place(), context)
    const total = Math.ceil(statSync(from).size / (256 << 10))
    expect(context.events.at(-1)).toEqual({
      type: 'progress',
      phase: 'copy',
      object: 'jobs.duckdb',
      unit: 'pages',
      done: total,
      total,
    })
  })
})

describe('another process finds out a copy', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['with another cell', ["UPDATE jobs SET title = 'other' WHERE id = 17"]],
    ['with a row less', ['DELETE FROM jobs WHERE id = 17']],
    [
      'with the same rows in another order',
      [
        'CREATE TABLE again AS SELECT * FROM jobs ORDER BY id DESC',
        'DELETE FROM jobs',
        'INSERT INTO jobs SELECT * FROM again',
        'DROP TABLE again',
      ],
    ],
    ['with another default', ["ALTER TABLE jobs ALTER title SET DEFAULT 'x'"]],
    ['with another comment', ["COMMENT ON COLUMN jobs.title IS 'x'"]],
    ['with one view more', ['CREATE VIEW more AS SELECT 1']],
    ['without an index', ['DROP INDEX titles']],
    ['with a sequence that has gone on', ["SELECT nextval('numbers')"]],
    ['with another macro', ['CREATE OR REPLACE MACRO twice(a) AS a + a + 1']],
    ['with NULL in place of an empty text', ["UPDATE jobs SET title = NULL WHERE title = ''"]],
  ]
  test.each(cases)('%s', async (_, statements) => {
    const target = await file(
      'CREATE INDEX titles ON jobs(title)',
      'CREATE SEQUENCE numbers',
      'CREATE MACRO twice(a) AS a + a',
      "INSERT INTO jobs VALUES (-1, '')",
    )
    const snapshot = place()
    copyFileSync(target, snapshot)
    expect(await answerOf(settings, 'check-snapshot', { target, snapshot })).toEqual({ rows: 20_001 })
    await inDuck(snapshot, ...statements)
    expect(await refusalOf(settings, 'check-snapshot', { target, snapshot })).toMatchObject({
      code: 'SNAPSHOT.DIFFERS',
      exit: 4,
    })
    expect(existsSync(`${target}.wal`)).toBe(false)
  })
})

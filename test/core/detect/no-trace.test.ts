import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import { change, countIn, makeDatabase, numbers } from '../../support/database.ts'
import { demoFiles, makeDemo } from '../../support/demo.ts'
import { answerOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'
import { detectIn, inProcess } from '../../support/in-process.ts'
import { leaveHotJournal, leaveWal, otherProgram } from '../../support/other-program.ts'

/** Invariant 2: looking leaves a target, an existing -wal and the folder around them as they were, times included. */

const jobs = (rows: number) => `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT);
  INSERT INTO jobs SELECT lower(printf('%08x-1234-4abc-8def-%012x', value, value)), 'row ' || value FROM ${numbers(rows)};`

interface Place {
  readonly folder: string
  readonly path: string
  readonly settings: ReturnType<typeof settingsIn>
}

function place(rows = 200): Place {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  return { folder, path: makeDatabase(join(folder, 'jobs.db'), jobs(rows)), settings: settingsIn(all) }
}

/** Every file in the folder but the -shm, which is memory that readers share and no part of the database. */
function everythingBut(folder: string) {
  return everythingIn(folder).filter(line => !line.includes('.db-shm '))
}

/** Detects; everything in the folder must be afterwards as it is now. */
async function look({ folder, path, settings }: Place) {
  const before = everythingBut(folder)
  const found = await answerOf(settings, 'detect', { target: path, choices: {} })
  expect(everythingBut(folder)).toEqual(before)
  return found
}

/** The same for a rehearsal. */
async function rehearseOnce({ folder, path, settings }: Place) {
  const before = everythingBut(folder)
  const { document } = await rehearse(path, {}, undefined, inProcess(settings))
  expect(everythingBut(folder)).toEqual(before)
  expect([document.proof.ok, document.undo.ok]).toEqual([true, true])
}

describe.concurrent('detect and dry-run leave no trace', () => {
  test('beside a rollback-journal file, not even in the scratch folder', async () => {
    const at = place()
    expect((await look(at)).state).toBe('legacy')
    await rehearseOnce(at)
    expect(everythingIn(join(at.settings.stateDir, 'scratch'))).toEqual([])
  })

  test('beside a WAL file that nobody has open: neither -wal nor -shm stays', async () => {
    const at = place()
    change(at.path, 'PRAGMA journal_mode = WAL', "INSERT INTO jobs VALUES('x', 'y')")
    expect((await look(at)).tables).toEqual([{ name: 'jobs', rows: 201 }])
    await rehearseOnce(at)
    expect([existsSync(`${at.path}-wal`), existsSync(`${at.path}-shm`)]).toEqual([false, false])
  })

  test('beside a WAL file with an empty -wal left over', async () => {
    const at = place()
    await leaveWal(at.path, "INSERT INTO jobs VALUES('x', 'y'); PRAGMA wal_checkpoint(TRUNCATE)")
    expect(statSync(`${at.path}-wal`).size).toBe(0)
    expect((await look(at)).tables).toEqual([{ name: 'jobs', rows: 201 }])
  })

  test('beside a -wal whose program was killed, and the rows in it are seen', async () => {
    const at = place()
    await leaveWal(at.path, "INSERT INTO jobs VALUES('x', 'y')")
    expect(statSync(`${at.path}-wal`).size).toBeGreaterThan(0)
    expect((await look(at)).tables).toEqual([{ name: 'jobs', rows: 201 }])
    await rehearseOnce(at)
    expect(countIn(at.path, 'SELECT count(*) FROM jobs')).toBe(201)
  })

  test('beside a WAL file with a living writer, whose rows are seen once they are committed', async () => {
    const at = place()
    const program = await otherProgram(
      at.path,
      `db.pragma('journal_mode = WAL'); db.exec("INSERT INTO jobs VALUES('x', 'y')"); db.exec('BEGIN IMMEDIATE'); db.exec("INSERT INTO jobs VALUES('z', 'y')")`,
    )
    expect((await look(at)).tables).toEqual([{ name: 'jobs', rows: 201 }])
    await program.kill()
    expect(countIn(at.path, 'SELECT count(*) FROM jobs')).toBe(201)
  })

  test('beside a rollback-journal file with a living reader', async () => {
    const at = place()
    await otherProgram(at.path, "db.exec('BEGIN'); db.prepare('SELECT count(*) FROM jobs').get()")
    expect((await look(at)).state).toBe('legacy')
  })

  test('beside a hot journal: the copy is recovered, the file and its journal are not, and a finding says so', async () => {
    const at = place(4000)
    await leaveHotJournal(at.path, 'jobs', 'note')
    expect(statSync(`${at.path}-journal`).size).toBeGreaterThan(0)
    expect((await look(at)).findings).toMatchObject([
      { code: 'TARGET.HOT_JOURNAL', severity: 'warning', object: at.path },
    ])
    await rehearseOnce(at)
    change(at.path, "DELETE FROM jobs WHERE note NOT LIKE '%!'")
    expect(countIn(at.path, 'SELECT count(*) FROM jobs')).toBe(0)
  })

  test('beside each demo database', async () => {
    const demo = makeDemo(40)
    const prints = () => Object.values(demoFiles).flatMap(file => everythingIn(join(demo.folder, file, '..')))
    const before = prints()
    for (const path of Object.values(demo.path)) await detectIn(path)
    expect(prints()).toEqual(before)
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limitsOf } from '../../../../src/core/engines/duckdb/limits.ts'
import { writeMark } from '../../../../src/core/engines/duckdb/mark.ts'
import { openOnceForWriting } from '../../../../src/core/engines/duckdb/open-patiently.ts'
import { restoreStore } from '../../../../src/core/engines/duckdb/restore-store.ts'
import { duckProgram, inDuck, inTornWal, inWal, valueIn } from '../../../support/duck-files.ts'
import { answerOf, settingsIn } from '../../../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'
import { compiled } from '../../../support/program.ts'
import { whole } from '../../../support/whole.ts'

const settings = settingsIn(temporaryFolder(), 0)
const context = inProcess(settings)

/** A file with old rows in it and newer ones in its .wal, and a snapshot of what it was before. */
async function changed() {
  const path = await inDuck(
    join(temporaryFolder(), 'jobs.duckdb'),
    'CREATE TABLE jobs(id INTEGER PRIMARY KEY, title VARCHAR)',
    "INSERT INTO jobs SELECT range, 'job ' || range FROM range(5000)",
  )
  const snapshot = join(temporaryFolder(), 'jobs.duckdb.snapshot')
  copyFileSync(path, snapshot)
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'newer')")
  return { path, snapshot, folder: dirname(path) }
}

test('the snapshot takes the place of the file, with mode and owner of before and without the .wal', async () => {
  const { path, snapshot, folder } = await changed()
  chmodSync(path, 0o640)
  if (process.getuid?.() === 0) chownSync(path, 12_345, 12_346)
  const { uid, gid } = statSync(path)
  const kept = sha256Of(snapshot)
  expect(await restoreStore(snapshot, path, writeMark(path), context)).toBe(true)
  expect(readdirSync(folder)).toEqual(['jobs.duckdb'])
  expect(sha256Of(path)).toBe(kept)
  expect(sha256Of(snapshot)).toBe(kept)
  expect(statSync(path)).toMatchObject({ uid, gid, mode: 0o100640 })
  expect(await answerOf(settings, 'check-snapshot', { target: path, snapshot })).toEqual({ rows: 5000 })
})

test('a .wal that ends within its first commit goes as well', async () => {
  const path = await inDuck(join(temporaryFolder(), 'jobs.duckdb'), 'CREATE TABLE jobs(id INTEGER)')
  const snapshot = join(temporaryFolder(), 'jobs.duckdb.snapshot')
  copyFileSync(path, snapshot)
  await inTornWal(path, 'INSERT INTO jobs SELECT range FROM range(5000)')
  expect(await restoreStore(snapshot, path, writeMark(path), context)).toBe(true)
  expect(readdirSync(dirname(path))).toEqual(['jobs.duckdb'])
  expect(sha256Of(path)).toBe(sha256Of(snapshot))
})

test('who wrote since the mark was taken loses nothing', async () => {
  const { path, snapshot, folder } = await changed()
  const mark = writeMark(path)
  await inWal(path, "INSERT INTO jobs VALUES (-2, 'newest')")
  const before = everythingIn(folder)
  expect(await restoreStore(snapshot, path, mark, context)).toBe(false)
  expect(everythingIn(folder)).toEqual(before)
})

test.each(['READ_ONLY', 'READ_WRITE'] as const)(
  'a file that somebody has open (%s) is left to them',
  async mode => {
    const { path, snapshot } = await changed()
    const mark = writeMark(path)
    const program = await duckProgram(path, mode)
    await expect(restoreStore(snapshot, path, mark, context)).rejects.toMatchObject({
      failure: { code: 'LOCK.HELD', why: expect.stringContaining(`process ${program.pid}`) },
    })
    await program.kill()
    expect(await valueIn(path, 'SELECT count(*) FROM jobs')).toBe(5001n)
  },
)

test('a link goes on leading to the file', async () => {
  const { path, snapshot } = await changed()
  const link = join(temporaryFolder(), 'link.duckdb')
  symlinkSync(path, link)
  expect(await restoreStore(snapshot, link, writeMark(link), context)).toBe(true)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(sha256Of(path)).toBe(sha256Of(snapshot))
  expect(existsSync(`${link}.wal`)).toBe(false)
})

test('a file with a second name is not replaced: the second one would keep the old content', async () => {
  const { path, snapshot, folder } = await changed()
  linkSync(path, `${path}.second`)
  const before = everythingIn(folder)
  await expect(restoreStore(snapshot, path, writeMark(path), context)).rejects.toMatchObject({
    failure: { code: 'RESTORE.HARD_LINKED', exit: 4 },
  })
  expect(everythingIn(folder)).toEqual(before)
})

test('what a killed restore has left goes with the next one, and nothing else does', async () => {
  const { path, snapshot, folder } = await changed()
  for (const name of [
    'jobs.duckdb.restoring-4194305.1-0123abcd',
    'jobs.duckdb.restoring-notes.txt',
    'other.duckdb.restoring-4194305.1-0123abcd',
  ])
    copyFileSync(snapshot, join(folder, name))
  await restoreStore(snapshot, path, writeMark(path), context)
  expect(readdirSync(folder).sort()).toEqual([
    'jobs.duckdb',
    'jobs.duckdb.restoring-notes.txt',
    'other.duckdb.restoring-4194305.1-0123abcd',
  ])
})

test('whoever kills it finds the old content or the new one, at whatever moment', async () => {
  for (let round = 0; round < (whole ? 30 : 4); round++) {
    const { path, snapshot, folder } = await changed()
    const child = restoring(snapshot, path, writeMark(path))
    await once(child.stdout, 'data')
    // Every other one when it is about to put the new file in its place: the old .wal is gone then.
    if (round % 2 === 0) await goneFrom(folder, child)
    const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * (round % 2 === 0 ? 5 : 1500))
    if (isAlive(child)) await once(child, 'exit')
    clearTimeout(timer)
    const rows = await valueIn(path, 'SELECT count(*) FROM jobs')
    expect([5000n, 5001n]).toContain(rows)
    if (rows === 5000n) {
      expect(sha256Of(path)).toBe(sha256Of(snapshot))
      expect(existsSync(`${path}.wal`)).toBe(false)
    }
    // A checkpoint that was killed is ended by whoever opens the file next: a run does so before it takes the mark.
    await openOnceForWriting(path, limitsOf(settings), context)
    expect(await restoreStore(snapshot, path, writeMark(path), context)).toBe(true)
    expect(readdirSync(folder)).toEqual(['jobs.duckdb'])
    expect(sha256Of(path)).toBe(sha256Of(snapshot))
  }
}, 600_000)

/** A process that says so when it begins to restore. */
function restoring(snapshot: string, path: string, mark: string) {
  const source = `
    Promise.all([import('${compiled('src/core/engines/duckdb/restore-store.ts')}'), import('${compiled('src/core/host.ts')}')])
      .then(([{ restoreStore }, { runEngine }]) => {
        process.stdout.write('begun')
        const [settings, run] = [${JSON.stringify(settings)}, 'killed']
        const ask = (operation, request) => runEngine({ operation, request, settings, run }).outcome
        const context = { settings, run, ask, now: Date.now, emit() {}, breathe: async () => {} }
        return restoreStore(...${JSON.stringify([snapshot, path, mark])}, context)
      })`
  return spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Waits until the .wal is gone, or the process is. */
async function goneFrom(folder: string, child: ChildProcess): Promise<void> {
  while (isAlive(child) && existsSync(join(folder, 'jobs.duckdb.wal'))) await turn()
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

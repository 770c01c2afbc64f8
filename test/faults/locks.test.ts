import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Outcome, Phase } from '../../src/core/events.ts'
import { change, makeDatabase, numbers } from '../support/database.ts'
import { answerOf, begin, resultOf, settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'

/**
 * HAZARDS E1 and E2: any close of a file in the process that holds SQLite's locks drops them. While a run holds the
 * target, another process tries to get in all the time, and must not.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Tries to write without waiting, again and again; prints when it got in and when it found the file locked. */
const intruder = (path: string) => `
  const Database = require('better-sqlite3')
  const db = new Database(${JSON.stringify(path)}, { timeout: 0 })
  process.stdout.write('ready 0\\n')
  const go = () => {
    const begun = Date.now()
    let word = 'in'
    try { db.exec("BEGIN IMMEDIATE"); db.prepare("INSERT INTO visits VALUES(?)").run(begun); db.exec("COMMIT") }
    catch (error) { word = /BUSY|LOCKED/.test(error.code) ? 'out' : error.code; if (db.inTransaction) db.exec('ROLLBACK') }
    process.stdout.write(word + ' ' + begun + ' ' + Date.now() + '\\n')
    setTimeout(go, 3)
  }
  go()`

interface Visit {
  readonly word: string
  readonly from: number
  readonly to: number
}

test.each([
  ['DELETE', 'migrate'],
  ['WAL', 'migrate'],
  ['WAL', 'undo'],
] as const)(
  'in %s mode nobody gets in between the lock and the commit of a run: %s',
  async (mode, what) => {
    const all = temporaryFolder()
    mkdirSync(join(all, 'target'))
    const path = makeDatabase(
      join(all, 'target', 'a.db'),
      `PRAGMA journal_mode = ${mode}`,
      `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT); CREATE TABLE visits(at INTEGER);
     INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'note ' || value FROM ${numbers(20_000)};`,
    )
    const settings = settingsIn(all, 60)
    if (what === 'undo') await answerOf(settings, 'migrate', { target: path, choices: {} })
    const other = spawn(process.execPath, ['-e', intruder(path)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    other.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
    await once(other.stdout, 'data')
    const times = new Map<string, number>()
    const work =
      what === 'migrate'
        ? begin(settings, 'migrate', { target: path, choices: {} })
        : begin(settings, 'rollback', { target: path, mode: 'undo', dryRun: false })
    for await (const event of work.events)
      if (event.type === 'phase') times.set(`${event.phase} ${event.status}`, Date.parse(event.at))
    const outcome: Outcome<unknown> = await work.outcome
    resultOf(outcome)
    other.kill()
    await once(other, 'exit')
    const visits: Visit[] = told
      .trim()
      .split('\n')
      .map(line => line.split(' '))
      .filter(([word]) => word !== 'ready')
      .map(([word = '', from, to]) => ({ word, from: Number(from), to: Number(to) }))
    // The lock is there before the snapshot begins; the commit lets go of it before it is told.
    const [from, to] = [times.get('snapshot started')!, times.get('commit started')!]
    const within = visits.filter(visit => visit.from >= from && visit.to <= to)
    expect(within.length).toBeGreaterThan(5)
    expect(new Set(within.map(visit => visit.word))).toEqual(new Set(['out']))
    expect(visits.filter(visit => !['in', 'out'].includes(visit.word))).toEqual([])
    // It got in before and after, so the lock is what kept it out.
    expect(visits.some(visit => visit.word === 'in' && visit.to < from)).toBe(true)
    expect(times.has('verify done' satisfies `${Phase} done`)).toBe(true)
  },
  120_000,
)

test('the trap is real: a process that reads the bytes of a file it holds locked lets another one in', async () => {
  const path = makeDatabase(join(temporaryFolder(), 'a.db'), 'CREATE TABLE visits(at INTEGER)')
  const holder = (reads: boolean) => `
    const Database = require('better-sqlite3')
    const db = new Database(${JSON.stringify(path)})
    db.exec('BEGIN IMMEDIATE')
    if (${reads}) require('fs').readFileSync(${JSON.stringify(path)})
    process.stdout.write('held')
    setTimeout(() => {}, 60000)`
  for (const reads of [false, true]) {
    const other = spawn(process.execPath, ['-e', holder(reads)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    const write = () => change(path, 'PRAGMA busy_timeout = 0', 'INSERT INTO visits VALUES(1)')
    if (reads) expect(write).not.toThrow()
    else expect(write).toThrow('locked')
    other.kill('SIGKILL')
    await once(other, 'exit')
  }
  expect(readFileSync(path).length).toBeGreaterThan(0)
}, 60_000)

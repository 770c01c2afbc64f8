/** A pause of an expansion, on the real engine and a real file: in the wizard and line by line. */
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { countIn, makeDatabase, numbers } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { otherProgram } from '../support/other-program.ts'
import { cli } from '../support/program.ts'
import { type OpenTerminal, openTerminal } from './terminal.ts'
import { toConfirm } from './to-confirm.ts'

/** So many that there is time to press a key while they are filled. */
const ROWS = 60_000
const open: OpenTerminal[] = []

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

interface Expansion {
  readonly terminal: OpenTerminal
  readonly path: string
  /** How many rows have no ULID yet. */
  readonly lacking: () => number
  /** Opens the wizard once more, on the same file. */
  readonly again: () => OpenTerminal
}

function start(...flags: readonly string[]): Expansion {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'jobs.db'),
    `PRAGMA journal_mode = WAL;
     CREATE TABLE jobs(n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE);
     CREATE TABLE logs(n INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id));
     INSERT INTO jobs SELECT value, printf('%08x-1234-4abc-8def-%012x', value * 7919, value) FROM ${numbers(ROWS)};
     INSERT INTO logs(job_id) SELECT job_id FROM jobs`,
  )
  const home = temporaryFolder()
  const opened = (...words: readonly string[]) => {
    const terminal = openTerminal({
      command: process.execPath,
      args: [cli, path, ...words],
      env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ULID_MIGRATE_STATE_DIR: join(home, 'state') },
      cwd: folder,
      ...(words.includes('--plain') ? { cols: 400, rows: 200 } : {}),
    })
    open.push(terminal)
    return terminal
  }
  const without = (table: string) =>
    countIn(path, `SELECT count(*) FROM pragma_table_info('${table}') WHERE name = 'job_ulid'`) === 0
      ? ROWS
      : countIn(path, `SELECT count(*) FROM ${table} WHERE job_ulid IS NULL`)
  return {
    terminal: opened('--strategy', 'expand', ...flags),
    path,
    lacking: () => without('jobs') + without('logs'),
    again: opened,
  }
}

/** A program that does not wait a moment for a lock writes, and no row gets its id meanwhile. */
async function othersGoOn(path: string, lacking: () => number): Promise<void> {
  const before = lacking()
  expect(before).toBeGreaterThan(0)
  const other = await otherProgram(
    path,
    `db.pragma('busy_timeout = 0')
     for (let at = 0; at < 20; at++) db.exec("BEGIN IMMEDIATE; UPDATE logs SET n = n WHERE n = 1; COMMIT")`,
  )
  await other.kill()
  expect(lacking()).toBe(before)
}

it('p pauses an expansion and ends the pause: other programs write, and no row gets its id', async () => {
  const { terminal, path, lacking } = start()
  await toConfirm(terminal, 'jobs.db')
  terminal.type('jobs.db\r')
  await terminal.until(/● rewrite[\s\S]*p pause/)
  terminal.press('p')
  await terminal.until(/LIVE, paused[\s\S]*Paused since \d\d:\d\d:\d\d, for [\s\S]*p go on/)
  await othersGoOn(path, lacking)
  terminal.press('p')
  await terminal.until(/✓ Proved/)
  expect(lacking()).toBe(0)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
})

it('so does a line with p, and Ctrl-C in the pause stops it: what is filled stays, and Enter goes on from there', async () => {
  const { terminal, path, lacking, again } = start('--plain')
  const hears = async (pattern: RegExp) =>
    terminal.until({
      test: () => pattern.test(terminal.bytes()),
      toString: () => `${pattern}`,
    } as unknown as RegExp)
  await hears(/jobs\.db: .*ready, 1 identity/)
  terminal.type('enter\r')
  await hears(/at hand: [^\r]*jobs\.job_id[\s\S]*What next\?/)
  terminal.type('enter\r')
  await hears(/live run: [\s\S]*What next\?/)
  terminal.type('enter\r')
  await hears(/The name\?/)
  terminal.type('jobs.db\r')
  await hears(/\d\. pause: /)
  terminal.type('p\r')
  await hears(/LIVE, paused\.\r\nPaused since /)
  await othersGoOn(path, lacking)
  terminal.type('\x03')
  await hears(/Stopped, as you asked\. The legacy ids are as they were/)
  expect(lacking()).toBeGreaterThan(0)
  terminal.type('q\r')
  expect(await terminal.exit).toBe(130)
  expect(terminal.bytes()).toMatch(/The expansion stands at \d+ %/)

  // The strategy is the plan's with which it was begun: no flag says it again.
  const later = again()
  await later.until(/an expansion stands at \d+ %: [\s\S]*jobs\.db .*expanding[\s\S]* enter go on/)
  later.press('enter')
  await later.until(/goes on +the expansion [\s\S]*Type the name of the database to go on/)
  expect(lacking()).toBeGreaterThan(0)
  later.type('jobs.db\r')
  await later.until(/✓ Proved/)
  expect(lacking()).toBe(0)
  later.press('q')
  expect(await later.exit).toBe(0)
})

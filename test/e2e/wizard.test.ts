/** The wizard in a real terminal, on the real engine and real files: what it says, and what the files then are. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { holdingSql, range, rowsSql } from '../support/across.ts'
import { change, columnOf, contentHash, countIn, makeDatabase, rowsOf } from '../support/database.ts'
import { makeDemo } from '../support/demo.ts'
import { everythingIn, temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { type OpenTerminal, openTerminal } from './terminal.ts'
import { toConfirm } from './to-confirm.ts'

const open: OpenTerminal[] = []

afterEach(() => {
  for (const terminal of open.splice(0)) {
    expect(terminal.bytes()).not.toContain('\x1b[3J')
    terminal.close()
  }
})

function wizard(cwd: string, ...words: readonly string[]): OpenTerminal {
  return wizardAt(temporaryFolder(), cwd, ...words)
}

function wizardAt(home: string, cwd: string, ...words: readonly string[]): OpenTerminal {
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, ...words],
    env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ULID_MIGRATE_STATE_DIR: join(home, 'state') },
    cwd,
  })
  open.push(terminal)
  return terminal
}

function childrenOf(pid: number): readonly number[] {
  return execFileSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

it('systems by name are shown with what is there of them, and what is not', async () => {
  const { folder } = makeDemo(20)
  const terminal = wizard(temporaryFolder(), 'crackerjack', 'akosha', '--projects', folder)
  await terminal.until(/Crackerjack +crackerjack\.db .*ready/)
  await terminal.until(/Crackerjack +metrics\.db .*ready/)
  expect(terminal.screen()).toMatch(/! No database of Akosha is where it was looked for/)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
})

it('the whole way: a schema that moved is rehearsed again, what was confirmed by name is proved, and the snapshot put back', async () => {
  const { folder, path } = makeDemo(200)
  const crackerjack = join(folder, 'crackerjack')
  const before = everythingIn(crackerjack)
  const terminal = wizard(temporaryFolder(), path.metrics)
  await toConfirm(terminal, 'metrics.db')
  expect(terminal.screen()).toMatch(/✓ detect {3}- initialize {3}✓ dry-run {3}● confirm/)
  terminal.type('metrics\r')
  await terminal.until(/Type metrics\.db exactly/)
  // Up to here the files are as they were, byte for byte, times included.
  expect(everythingIn(crackerjack)).toEqual(before)

  change(path.metrics, 'CREATE INDEX late ON errors(job_id)', 'ALTER TABLE jobs ADD COLUMN note TEXT')
  const content = contentHash(path.metrics)
  terminal.type('.db\r')
  await terminal.until(/● dry-run[\s\S]*✗ The schema of this database moved[\s\S]*PLAN\.OTHER_SCHEMA/)
  expect(terminal.screen().replaceAll(/\s+/g, ' ')).toMatch(
    /index late is new, table jobs has another text\./,
  )
  terminal.press('enter')
  await terminal.until(/rehearsed, target unchanged/)
  terminal.press('enter')
  await terminal.until(/Type the name of the database/)
  terminal.type('metrics.db')
  await terminal.until(/> metrics\.db▌ {2}✓/)
  expect(contentHash(path.metrics)).toBe(content)
  terminal.press('enter')
  await terminal.until(/✓ Proved: \d+ checks passed, by a process that did not write it/)
  expect(terminal.screen()).toMatch(/200 identifiers and [\d,]+ references are ULIDs now/)
  const ids = columnOf<string>(path.metrics, 'SELECT job_id FROM jobs')
  expect(ids).toHaveLength(200)
  for (const id of ids) expect(id).toMatch(ulid)

  change(path.metrics, "INSERT INTO errors(timestamp, error_type) VALUES ('2026-02-11', 'late')")
  terminal.press('r')
  await terminal.until(/today .* 1 new row/)
  terminal.press('s')
  await terminal.until(/1 row written since then is lost: errors 1\.[\s\S]*Type the name of the database/)
  terminal.type('metrics.db\r')
  await terminal.until(/✓ The snapshot is back in place in metrics\.db[\s\S]*lost +1 row/)
  expect(contentHash(path.metrics)).toBe(content)
  terminal.press('enter')
  await terminal.until(/metrics\.db .*ready, 1 identity/)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
  expect(terminal.alternate()).toBe(false)
  expect(terminal.scrollback()).toMatch(/✓ metrics\.db: 200 identifiers/)
  expect(terminal.scrollback()).toMatch(/restored from its snapshot, 1 row discarded/)
})

it('Ctrl-C while a large database is rewritten leaves the old file', async () => {
  const { path } = makeDemo(6_000)
  const before = contentHash(path.metrics)
  const terminal = wizard(temporaryFolder(), path.metrics)
  await toConfirm(terminal, 'metrics.db')
  terminal.type('metrics.db\r')
  await terminal.until(/● (new identifiers|rewrite)/)
  terminal.press('ctrl-c')
  await terminal.until(/Stopped, as you asked\. The file is the old one/)
  expect(contentHash(path.metrics)).toBe(before)
  expect(
    countIn(path.metrics, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '\\_ulid%' ESCAPE '\\'"),
  ).toBe(0)
  terminal.press('q')
  expect(await terminal.exit).toBe(130)
  expect(terminal.scrollback()).toMatch(/migrate stopped/)
})

it('killed in the rewrite, screen or engine, the file is the old one, and that is said', async () => {
  const { path } = makeDemo(6_000)
  const before = contentHash(path.metrics)
  const home = temporaryFolder()
  const start = () => wizardAt(home, temporaryFolder(), path.metrics)
  const rewriting = async (terminal: OpenTerminal) => {
    await toConfirm(terminal, 'metrics.db')
    terminal.type('metrics.db\r')
    await terminal.until(/● (new identifiers|rewrite)/)
  }

  const screenless = start()
  await rewriting(screenless)
  const [engine = 0] = childrenOf(screenless.pid)
  screenless.signal('SIGKILL')
  expect(await screenless.exit).toBe(137)
  await expect.poll(() => isThere(engine), { timeout: 60_000 }).toBe(false)
  expect(contentHash(path.metrics)).toBe(before)

  const terminal = start()
  await terminal.until(/stopped before its commit: nothing was changed[\s\S]*ready, 1 identity/)
  await rewriting(terminal)
  for (const child of childrenOf(terminal.pid)) process.kill(child, 'SIGKILL')
  await terminal.until(/✗ The engine process ended before it was done\.[\s\S]*The file is the old one/)
  // The window is shut: no core dump of Node's, and the code of a hang-up.
  terminal.hangUp()
  expect(await terminal.exit).toBe(129)
  expect(contentHash(path.metrics)).toBe(before)
})

it('initialize makes the known tables in a fresh database', async () => {
  const { path } = makeDemo(10)
  const terminal = wizard(temporaryFolder(), path.fresh)
  await terminal.until(/no tables yet/)
  terminal.press('enter')
  await terminal.until(/There are no tables in this database yet/)
  expect(countIn(path.fresh, 'SELECT count(*) FROM sqlite_schema')).toBe(0)
  terminal.press('enter')
  await terminal.until(/enter make the tables/)
  terminal.press('enter')
  await terminal.until(/Nothing to do: no row in it has an id/)
  expect(terminal.screen()).toMatch(/Its tables: .*jobs/)
  expect(countIn(path.fresh, "SELECT count(*) FROM sqlite_schema WHERE name = 'jobs'")).toBe(1)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
  expect(terminal.scrollback()).toMatch(/4 tables made/)
})

it('initialize runs the own command of a system, and shows the tables as they come', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'slow/data'), { recursive: true })
  const database = join(folder, 'slow/data/jobs.db')
  writeFileSync(database, '')
  const script = join(import.meta.dirname, '../core/systems/stand-ins/slowly.py')
  const initialize = { argv: ['python3', '-B', script, database], expect: ['jobs', 'errors', 'hooks'] }
  const systems = { slow: { title: 'Slow', targets: ['data/jobs.db'], initialize } }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify({ systems }))
  const terminal = wizard(folder, database)
  await terminal.until(/no tables yet/)
  terminal.press('enter')
  await terminal.until(/There are no tables in this database yet/)
  terminal.press('enter')
  await terminal.until(/c runs the own command of Slow, and nothing else:[\s\S]*slowly\.py/)
  expect(countIn(database, 'SELECT count(*) FROM sqlite_schema')).toBe(0)
  terminal.press('c')
  await terminal.until(/tables +jobs/)
  await terminal.until(/Nothing to do: no row in it has an id/)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
  expect(terminal.scrollback()).toMatch(/3 tables made/)
})

it('a file that is no database has its own error row, and the others stay usable', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'reflection.duckdb'), `${'\0'.repeat(8)}DUCK${'\0'.repeat(100)}`)
  writeFileSync(join(folder, 'junk.db'), 'garbage '.repeat(20))
  makeDatabase(
    join(folder, 'good.db'),
    "CREATE TABLE t(id TEXT PRIMARY KEY); INSERT INTO t VALUES ('214c417a-1f0e-4f39-9a3d-1f0e4f399a3d')",
  )
  const terminal = wizard(folder)
  await terminal.until(/reflection\.duckdb .*DuckDB can not read the file/)
  await terminal.until(/junk\.db .*This is an encrypted database, o/)
  await terminal.until(/good\.db .*ready, 1 identity/)
  // Files come in the order of their names.
  terminal.press('down', 'enter')
  await terminal.until(/✗ This is an encrypted database, or no database at all\. +TARGET\.NOT_A_DATABASE/)
  terminal.press('esc')
  await terminal.until(/enter detect/)
  terminal.press('enter')
  await terminal.until(/› \[x\] t\.id/)
})

describe('an integer key with a full-text index on it', () => {
  const schema = `
    CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT, created_at TEXT);
    CREATE TABLE tags(note_id INTEGER REFERENCES notes(id), tag TEXT);
    CREATE VIRTUAL TABLE found USING fts5(body, content='notes', content_rowid='id');
    CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN
      INSERT INTO found(rowid, body) VALUES (new.id, new.body); END;
    INSERT INTO notes VALUES (7, 'first words', '2026-01-01T00:00:00Z'), (9, 'other words', '2026-01-02T00:00:00Z');
    INSERT INTO tags VALUES (7, 'a'), (9, 'b'), (9, 'c')`

  it('is migrated once each object has been accepted, and the index still finds its rows', async () => {
    const file = makeDatabase(join(temporaryFolder(), 'notes.db'), schema)
    const terminal = wizard(temporaryFolder(), file)
    await terminal.until(/notes\.db .*1 to go, 2 to accept/)
    terminal.press('enter')
    await terminal.until(/found, notes_ai have to be accepted first/)
    expect(terminal.screen()).toMatch(/notes\.id +2 +integer, kept as legacy_id/)
    terminal.press('f')
    await terminal.until(/ findings, 2 to accept/)
    terminal.press('space', 'down', 'space')
    await terminal.until(/enter dry-run/)
    expect(terminal.screen()).toMatch(/\[x\] found: .*\n(.*\n)*.*\[x\] notes_ai: /)
    terminal.press('enter')
    await terminal.until(/\[x\] accepted, and done in the rehearsal: found, notes_ai/)
    terminal.press('enter')
    await terminal.until(/notes\.id goes on as legacy_id/)
    terminal.type('notes.db\r')
    await terminal.until(/✓ Proved/)
    expect(rowsOf(file, 'SELECT legacy_id, length(id) FROM notes ORDER BY id')).toEqual([
      [7n, 26n],
      [9n, 26n],
    ])
    expect(
      columnOf(file, 'SELECT tag FROM tags JOIN notes ON notes.id = note_id WHERE legacy_id = 9'),
    ).toEqual(['b', 'c'])
    expect(columnOf(file, "SELECT rowid FROM found WHERE found MATCH 'other'")).toEqual([9n])
  })

  it('can be left out, or lose its integers, from the keyboard', async () => {
    const file = makeDatabase(join(temporaryFolder(), 'notes.db'), schema)
    const terminal = wizard(temporaryFolder(), file)
    await terminal.until(/2 to accept/)
    terminal.press('enter')
    await terminal.until(/kept as legacy_id/)
    terminal.press('i')
    await terminal.until(/integer, given up/)
    terminal.press('space')
    await terminal.until(/Nothing to do: no identity is chosen|nothing in it looks like an identity/)
    expect(terminal.screen()).toMatch(/\[ \] notes\.id/)
  })
})

it('a config file decides before the operator does', async () => {
  const { folder, path } = makeDemo(20)
  mkdirSync(join(folder, 'work'))
  writeFileSync(
    join(folder, 'ulid-migrate.config.mjs'),
    `export default { targets: { 'crackerjack/metrics.db': { skip: ['jobs.job_id'], only: ['errors.id'], form: 'pure' } } }`,
  )
  const terminal = wizard(join(folder, 'work'), path.metrics)
  await terminal.until(/metrics\.db .*ready, 1 identity/)
  terminal.press('enter')
  await terminal.until(/› \[x\] errors\.id +\d+ +integer, given up/)
  expect(terminal.screen()).toMatch(/\[ \] jobs\.job_id/)
})

it('a database that holds ids of another is led there first, and then holds the ULIDs of its rows', async () => {
  const folder = temporaryFolder()
  const sessions = makeDatabase(join(folder, 'sessions.db'), rowsSql('sessions', range(1, 20)))
  const links = makeDatabase(join(folder, 'links.db'), holdingSql('links', 'session_id', range(1, 10)))
  const terminal = wizard(temporaryFolder(), links, sessions)
  await terminal.until(/links\.db .*ready, after sessions\.db/)
  terminal.press('enter')
  await terminal.until(/› \[x\] sessions\.id in sessions\.db/)
  terminal.press('enter')
  await terminal.until(/sessions\.db comes first: links\.db takes ULIDs from it/)
  expect(terminal.screen()).toMatch(/\[x\] links\.session_id in links\.db +inferred +10 +99 %/)

  // Rehearsed one after the other, before either is migrated.
  terminal.press('enter')
  await terminal.until(/rehearsed, target unchanged/)
  terminal.press('esc')
  await terminal.until(/enter dry-run/)
  terminal.press(']')
  await terminal.until(/Takes ULIDs from sessions\.db, which comes first[\s\S]*enter dry-run/)
  terminal.press('enter')
  await terminal.until(/links +10 {2}session_id[\s\S]*enter sessions\.db first/)

  for (const [name, done] of [
    ['sessions.db', /20 identifiers/],
    ['links.db', /10 ids of other targets are ULIDs now/],
  ] as const) {
    terminal.press('enter')
    await terminal.until(new RegExp(`ulid-migrate {2}(\\d of \\d {2})?${name}[\\s\\S]*enter dry-run`))
    terminal.press('enter')
    await terminal.until(/enter confirm/)
    terminal.press('enter')
    await terminal.until(/Type the name of the database/)
    terminal.type(`${name}\r`)
    await terminal.until(done)
  }
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
  const ids = columnOf<string>(sessions, 'SELECT id FROM sessions ORDER BY at')
  for (const id of ids) expect(id).toMatch(ulid)
  expect(columnOf(links, 'SELECT session_id FROM links ORDER BY n')).toEqual(ids.slice(0, 10))
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openOwn } from '../../src/core/engines/sqlite/open.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { rehearse } from '../../src/core/rehearse/rehearse.ts'
import { finalize } from '../../src/core/rollback/finalize.ts'
import { restore } from '../../src/core/rollback/restore.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { commandLine, inShell } from '../../src/core/shell.ts'
import { status } from '../../src/core/status/status.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import { openTerminal } from '../e2e/terminal.ts'
import { change, contentHash, makeDatabase } from '../support/database.ts'
import { settingsIn } from '../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../support/folder.ts'
import { inProcess } from '../support/in-process.ts'
import { jobId, migratedJobs } from '../support/jobs.ts'
import { otherProgram } from '../support/other-program.ts'
import { cli } from '../support/program.ts'

/** Names, values and databases that somebody chose to do harm. */

function run(cwd: string, ...words: readonly string[]) {
  const home = join(cwd, '..', 'home')
  mkdirSync(home, { recursive: true })
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...words, '--no-color', '--state-dir', join(home, 'state')],
    { cwd, encoding: 'utf8', env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home } },
  )
  return { exit: status, output: stdout + stderr }
}

const names = [
  `-rf it's "; DROP TABLE jobs; -- $(touch pwned) \`touch pwned\`.db`,
  'file:x?mode=memory line\nbreak \x1b]0;pwned\x07\x1b[2J \u202egnp.db',
]

describe('a file called as if to do harm', () => {
  test.each(names)(
    '%j is migrated, proved and undone, and nothing else is touched',
    name => {
      const folder = join(temporaryFolder(), 'here')
      mkdirSync(folder)
      const path = makeDatabase(
        join(folder, name),
        `CREATE TABLE jobs(id TEXT PRIMARY KEY); INSERT INTO jobs VALUES('${jobId(1)}')`,
      )
      const before = contentHash(path)
      const migrated = run(folder, 'migrate', `./${name}`, '--yes')
      expect(migrated, migrated.output).toMatchObject({ exit: 0 })
      const undone = run(folder, 'rollback', `./${name}`, '--yes')
      expect(undone, undone.output).toMatchObject({ exit: 0 })
      expect(contentHash(path)).toBe(before)
      expect(readdirSync(folder)).toEqual([name])
      expect(migrated.output + undone.output).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
    },
    60_000,
  )

  test.each(names)('%j is one word of each command that a message gives to copy', name => {
    const path = `/data/${name}`
    const words = (command: string) =>
      spawnSync('sh', ['-c', `set -- ${command}; printf '%s\\0' "$@"`], { encoding: 'utf8' })
        .stdout.split('\0')
        .slice(0, -1)
    expect(words(commandLine('rollback', path, '--yes'))).toEqual(['ulid-migrate', 'rollback', path, '--yes'])
    expect(words(inShell`ulid-migrate verify ${path}`)).toEqual(['ulid-migrate', 'verify', path])
  })
})

test('no command is handed to a shell', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.tsx?$/.test(name),
  )
  const suspicious = sources.filter(name => {
    const text = readFileSync(join(root, name), 'utf8')
    return /import \{[^}]*\b(?:exec|execSync)\b[^}]*\} from 'node:child_process'|shell:\s*true/.test(text)
  })
  expect(suspicious).toEqual([])
})

test('what we write is ours alone from the first byte, whatever the umask', () => {
  const folder = join(temporaryFolder(), 'here')
  mkdirSync(folder)
  const path = makeDatabase(
    join(folder, 'a.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY); INSERT INTO jobs VALUES('${jobId(1)}')`,
  )
  const before = process.umask(0)
  try {
    expect(run(folder, 'migrate', path, '--yes').exit).toBe(0)
  } finally {
    process.umask(before)
  }
  const state = join(folder, '..', 'home', 'state')
  const mode = (file: string) => statSync(file).mode & 0o777
  expect([mode(state), mode(join(state, 'snapshots')), mode(join(state, 'ledger.sqlite'))]).toEqual([
    0o700, 0o700, 0o600,
  ])
  const snapshots = readdirSync(join(state, 'snapshots'))
  expect(snapshots.map(name => mode(join(state, 'snapshots', name)))).toEqual([0o600])
  expect(basename(snapshots[0]!)).toMatch(/^a\.db\./)
})

describe('a hostile database', () => {
  const hostile = [
    ['a view that loads code', "CREATE VIEW v AS SELECT load_extension('/tmp/evil.so')"],
    [
      'a trigger that loads code',
      "CREATE TRIGGER t AFTER UPDATE ON jobs BEGIN SELECT load_extension('/tmp/evil.so'); END",
    ],
    [
      'a trigger that writes files',
      "CREATE TRIGGER t AFTER UPDATE ON jobs BEGIN SELECT writefile('pwned', 'x'); END",
    ],
    ['a check that calls what is not there', 'CREATE TABLE u(x CHECK(evil(x)))'],
    ['a generated column of the same kind', 'CREATE TABLE w(x, y AS (evil(x)))'],
    [
      'an endless view',
      'CREATE VIEW e AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
    ],
    [
      'a trigger that triggers itself',
      "CREATE TRIGGER r AFTER UPDATE ON jobs BEGIN UPDATE jobs SET note = note || 'x'; END",
    ],
    [
      'a table that looks like our record',
      'CREATE TABLE _ulid_migrate_runs(run, what, at, status, plan, record, snapshot, snapshot_sha256, identifiers, referring)',
    ],
  ] as const

  test.each(hostile)(
    '%s: rehearsed or refused, with the target and its folder as they were',
    async (_, sql) => {
      const all = temporaryFolder()
      const folder = join(all, 'here')
      mkdirSync(folder)
      // The schema is taken in by a connection that has not yet a reason to doubt it.
      const path = makeDatabase(
        join(folder, 'a.db'),
        `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT); INSERT INTO jobs VALUES('${jobId(1)}', ''), ('${jobId(2)}', '')`,
      )
      try {
        makeDatabase(path, sql)
      } catch {
        return // SQLite itself would not have it
      }
      const before = everythingIn(folder)
      try {
        await rehearse(path, {}, undefined, inProcess(settingsIn(all)))
      } catch (error) {
        expect(error).toHaveProperty('failure')
      }
      expect(everythingIn(folder)).toEqual(before)
      expect(readdirSync(folder)).toEqual(['a.db'])
    },
    60_000,
  )

  test('can load no extension, call no function it does not define, and edit no schema by hand', () => {
    const path = makeDatabase(join(temporaryFolder(), 'a.db'), 'CREATE TABLE t(x)')
    const db = openOwn(path, 'write')
    try {
      expect(Number(db.pragma('trusted_schema', { simple: true }))).toBe(0)
      expect(() => db.prepare("SELECT load_extension('x')").get()).toThrow()
      db.exec('PRAGMA writable_schema = ON')
      expect(() => db.exec("UPDATE sqlite_schema SET sql = 'x'")).toThrow()
    } finally {
      db.close()
    }
  })
})

describe('a record of runs that somebody planted', () => {
  const garbage = [
    ['of another shape', 'CREATE TABLE _ulid_migrate_runs(x); INSERT INTO _ulid_migrate_runs VALUES(1)'],
    [
      'without a plan',
      `CREATE TABLE _ulid_migrate_runs(run, what, at, status, plan, record, snapshot, snapshot_sha256, identifiers, referring);
       INSERT INTO _ulid_migrate_runs VALUES('01KHB3Y0K0AAAAAAAAAAAAAAAA', 'migrate', '2026-01-01T00:00:00Z', 'succeeded', '{}', 'nope', '/etc/passwd', '', 1, 1)`,
    ],
  ] as const

  test.each(garbage)('%s, is refused by name, by every command that would read it', async (_, sql) => {
    const all = temporaryFolder()
    mkdirSync(join(all, 'here'))
    const path = makeDatabase(
      join(all, 'here', 'a.db'),
      `CREATE TABLE jobs(id TEXT PRIMARY KEY); INSERT INTO jobs VALUES('${jobId(1)}')`,
      sql,
    )
    const before = everythingIn(join(all, 'here'))
    const settings = settingsIn(all)
    const code = 'TARGET.RECORD_UNREADABLE'
    await expect(migrate(path, {}, undefined, inProcess(settings))).rejects.toThrow(code)
    await expect(undo(path, undefined, inProcess(settings))).rejects.toThrow(code)
    await expect(verifyPastRun(path, undefined, inProcess(settings))).rejects.toThrow(code)
    const request = { confirm: 'a.db', dryRun: false }
    await expect(restore(path, request, inProcess(settings))).rejects.toThrow(code)
    await expect(finalize(path, request, inProcess(settings))).rejects.toThrow(code)
    expect(await status([path], inProcess(settings))).toMatchObject([{ state: 'unreadable' }])
    expect(everythingIn(join(all, 'here'))).toEqual(before)
  })

  test('that leads to the database of somebody else opens no such file, and takes nothing away beside it', async () => {
    const { path, settings, folder } = await migratedJobs()
    const victim = makeDatabase(join(folder, 'victim.db'), 'PRAGMA journal_mode = WAL; CREATE TABLE t(x)')
    const owner = await otherProgram(victim, "db.exec('INSERT INTO t VALUES(1)')")
    try {
      const theirs = () => ['', '-wal'].map(suffix => sha256Of(victim + suffix))
      const before = theirs()
      change(path, `UPDATE _ulid_migrate_runs SET snapshot = '${victim}'`)
      rmSync(join(settings.stateDir, 'ledger.sqlite'))
      await expect(verifyPastRun(path, undefined, inProcess(settings))).rejects.toThrow('SNAPSHOT.MISSING')
      await expect(restore(path, { confirm: 'jobs.db', dryRun: false }, inProcess(settings))).rejects.toThrow(
        'SNAPSHOT.NONE',
      )
      await undo(path, undefined, inProcess(settings))
      expect(theirs()).toEqual(before)
    } finally {
      await owner.kill()
    }
  })

  test('that names the tables of the owner as maps drops none of them', async () => {
    const { path, settings } = await migratedJobs()
    change(path, `UPDATE _ulid_migrate_runs SET record = replace(record, '_ulid_migrate_map_1', 'logs')`)
    await expect(undo(path, undefined, inProcess(settings))).rejects.toThrow('TARGET.RECORD_UNREADABLE')
  })
})

test('tables, columns and indexes may be called anything, in every command', async () => {
  const q = (name: string) => `"${name.replaceAll('"', '""')}"`
  const [t, u, id, ref] = [
    `it's "; DROP TABLE x; --`,
    '$(touch pwned)\n\x1b[2J',
    '`id` %s ?1 :a @b \u202e',
    "ref]') OR 1=1; --",
  ] as const
  const all = temporaryFolder()
  const path = makeDatabase(
    join(all, 'a.db'),
    `CREATE TABLE ${q(t)}(${q(id)} TEXT PRIMARY KEY, n INT);
     CREATE TABLE ${q(u)}(k INTEGER PRIMARY KEY, ${q(ref)} TEXT REFERENCES ${q(t)}(${q(id)}));
     CREATE INDEX ${q(`by ${ref}`)} ON ${q(u)}(${q(ref)});
     CREATE VIEW ${q(`v ${t}`)} AS SELECT * FROM ${q(t)};
     INSERT INTO ${q(t)} VALUES('${jobId(1)}', 1), ('${jobId(2)}', 2);
     INSERT INTO ${q(u)}(${q(ref)}) VALUES('${jobId(1)}'), ('${jobId(2)}'), ('${jobId(1)}')`,
  )
  for (const choices of [{}, { strategy: 'expand' }] as const) {
    const settings = settingsIn(temporaryFolder())
    const before = contentHash(path)
    await rehearse(path, choices, undefined, inProcess(settings))
    const migrated = await migrate(path, choices, undefined, inProcess(settings))
    expect(migrated).toMatchObject({
      identifiers: 2,
      references: 3,
      proof: { ok: true },
      outside: { ok: true },
    })
    await undo(path, undefined, inProcess(settings))
    expect(contentHash(path)).toBe(before)
  }
  const said = ['detect', 'dry-run'].map(command => run(all, command, path).output).join('')
  expect(said).toContain('DROP TABLE x')
  expect(said).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, path, '--state-dir', join(all, 'state')],
    cwd: all,
    env: { XDG_CONFIG_HOME: all },
  })
  try {
    await terminal.until(/ready, 1 identity/)
    terminal.press('enter')
    await terminal.until(/DROP TABLE x/)
    terminal.press('enter')
    await terminal.until(/rehearsed, target unchanged/, 60_000)
    expect(terminal.bytes()).not.toContain('pwned)\n')
    expect(terminal.bytes()).not.toContain('\u202e')
  } finally {
    terminal.close()
  }
})

test.runIf(process.platform !== 'win32')(
  'a ledger that somebody planted as a link is not followed',
  async () => {
    const all = temporaryFolder()
    const path = makeDatabase(join(all, 'a.db'), 'CREATE TABLE jobs(id TEXT PRIMARY KEY)')
    const theirs = makeDatabase(join(all, 'theirs.db'), 'CREATE TABLE t(x)')
    const settings = settingsIn(all)
    mkdirSync(settings.stateDir)
    symlinkSync(theirs, join(settings.stateDir, 'ledger.sqlite'))
    const before = sha256Of(theirs)
    await expect(status([path], inProcess(settings))).rejects.toThrow('LEDGER.UNUSABLE')
    expect(sha256Of(theirs)).toBe(before)
  },
)

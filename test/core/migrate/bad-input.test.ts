import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/core/message.ts'
import type { Settings } from '../../../src/core/requests.ts'
import { change, countIn, makeDatabase, numbers } from '../../support/database.ts'
import { answerOf, ask, begin, refusalOf, resultOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../../support/folder.ts'
import { jobId } from '../../support/jobs.ts'
import { otherProgram } from '../../support/other-program.ts'
import { mayMount, onReadOnlyDisk, onSmallDisk } from '../../support/small-disk.ts'

/** What can't be migrated is refused with its name, the reason and the next step, and every byte stays. */

interface Place {
  readonly folder: string
  readonly path: string
  readonly settings: Settings
}

function place(name = 'jobs.db', waitSeconds = 5): Place {
  const all = temporaryFolder()
  const folder = join(all, 'target')
  mkdirSync(folder)
  return { folder, path: join(folder, name), settings: settingsIn(all, waitSeconds) }
}

const jobs = (rows: number) => `
  CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'row ' || value FROM ${numbers(rows)};`

/** `migrate` must refuse, with these; nothing in the folder may change. */
async function refused(at: Place, expected: Partial<Failure>): Promise<Failure> {
  const before = existsSync(at.folder) ? everythingIn(at.folder) : []
  const error = await refusalOf(at.settings, 'migrate', { target: at.path, choices: {} })
  expect(error).toMatchObject({ object: at.path, exit: 4, severity: 'blocker', ...expected })
  for (const part of ['message', 'why', 'next'] as const) expect(error[part], part).not.toBe('')
  expect(everythingIn(at.folder)).toEqual(before)
  return error
}

describe.concurrent('migrate refuses, and leaves every byte as it was,', () => {
  test('a missing file, which it does not make either', async () => {
    const at = place()
    const error = await refused(at, { code: 'TARGET.MISSING' })
    expect(error.next).toContain(dirname(at.path))
    expect(existsSync(at.path)).toBe(false)
  })

  test('a file in a missing folder', async () => {
    const at = place('nowhere/jobs.db')
    await refused(at, { code: 'TARGET.MISSING' })
    expect(existsSync(dirname(at.path))).toBe(false)
  })

  test('a directory', async () => {
    const at = place()
    mkdirSync(at.path)
    await refused(at, { code: 'TARGET.DIRECTORY' })
  })

  test('an empty file: it has no tables, so initialize first', async () => {
    const at = place()
    writeFileSync(at.path, '')
    const error = await refused(at, { code: 'TARGET.NO_TABLES' })
    expect(error.message).toContain('initialize')
  })

  test('a database without tables', async () => {
    const at = place()
    makeDatabase(at.path, 'CREATE TABLE a(b); DROP TABLE a')
    await refused(at, { code: 'TARGET.NO_TABLES' })
  })

  test('garbage, which might as well be encrypted: it says both', async () => {
    const at = place()
    writeFileSync(at.path, Buffer.alloc(8192, 'no database of any kind '))
    const error = await refused(at, { code: 'TARGET.NOT_A_DATABASE' })
    expect(error.message).toMatch(/encrypted.*or no database/)
  })

  test('a file of one byte', async () => {
    const at = place()
    writeFileSync(at.path, 'S')
    await refused(at, { code: 'TARGET.NOT_A_DATABASE' })
  })

  test('a text that begins like a database and ends too soon', async () => {
    const at = place()
    writeFileSync(at.path, 'SQLite format 3\0 and then something else')
    const error = await refused(at, {})
    expect(['TARGET.NOT_A_DATABASE', 'TARGET.CORRUPT']).toContain(error.code)
  })

  test('a DuckDB file, whatever its name ends with: it says that it is one', async () => {
    const at = place()
    const bytes = Buffer.alloc(12_288)
    bytes.write('DUCK', 8, 'latin1')
    writeFileSync(at.path, bytes)
    const error = await refused(at, { code: 'TARGET.CORRUPT' })
    expect(error.message).toContain('DuckDB')
  })

  test('a database with a page overwritten in the middle', async () => {
    const at = place()
    makeDatabase(at.path, jobs(2000))
    overwrite(at.path, Math.floor(statSync(at.path).size / 2 / 4096) * 4096, 4096)
    await refused(at, { code: 'TARGET.CORRUPT' })
  })

  test('a database cut off in the middle', async () => {
    const at = place()
    makeDatabase(at.path, jobs(2000))
    writeFileSync(at.path, readFileSync(at.path).subarray(0, 40_000))
    await refused(at, { code: 'TARGET.CORRUPT' })
  })

  test('a database whose schema is damaged', async () => {
    const at = place()
    makeDatabase(at.path, jobs(10))
    overwrite(at.path, 108, 3900)
    await refused(at, { code: 'TARGET.CORRUPT' })
  })

  test('two spellings of one id under a unique reference, which would both become one ULID', async () => {
    const at = place()
    makeDatabase(
      at.path,
      `CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY); CREATE TABLE c(t_id TEXT UNIQUE REFERENCES t(id));
       INSERT INTO t VALUES('${jobId(171)}'); INSERT INTO c VALUES('${jobId(171)}'), ('${jobId(171).toUpperCase()}')`,
    )
    const before = sha256Of(at.path)
    const error = await refusalOf(at.settings, 'migrate', { target: at.path, choices: {} })
    expect(sha256Of(at.path)).toBe(before)
    expect(error).toMatchObject({ exit: 4 })
    expect(error.code).not.toBe('ENGINE.BUG')
    expect(`${error.object} ${error.message} ${error.why}`).toContain('t_id')
  })

  test('an index that disagrees with its table', async () => {
    const at = place()
    makeDatabase(at.path, jobs(50), 'CREATE INDEX notes ON jobs(note)')
    const bytes = readFileSync(at.path)
    // The first of the two copies of one note is changed: the one in the table or the one in the index.
    bytes.write('ROW', bytes.indexOf('row 33'), 'latin1')
    writeFileSync(at.path, bytes)
    await refused(at, { code: 'TARGET.CORRUPT' })
  })
})

function overwrite(path: string, at: number, length: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, at)
  closeSync(file)
}

describe.concurrent('detect', () => {
  test.each([
    ['a directory', 'TARGET.DIRECTORY', (path: string) => mkdirSync(path)],
    [
      'garbage',
      'TARGET.NOT_A_DATABASE',
      (path: string) => writeFileSync(path, 'garbage garbage garbage garbage'),
    ],
    ['nothing', 'TARGET.MISSING', () => {}],
  ] as const)('refuses %s as migrate does', async (_, code, make) => {
    const at = place()
    make(at.path)
    expect(await refusalOf(at.settings, 'detect', { target: at.path, choices: {} })).toMatchObject({
      code,
      object: at.path,
      exit: 4,
    })
  })
})

describe.concurrent('a file in use', () => {
  test.each(['IMMEDIATE', 'EXCLUSIVE'])(
    'by BEGIN %s elsewhere is waited for, told meanwhile, and refused in the end',
    async kind => {
      const at = place('jobs.db', 1)
      makeDatabase(at.path, jobs(10))
      const program = await otherProgram(at.path, `db.exec('BEGIN ${kind}')`)
      const before = everythingIn(at.folder)
      const { outcome, events } = await ask(at.settings, 'migrate', { target: at.path, choices: {} })
      expect(outcome).toMatchObject({
        type: 'failed',
        error: { code: 'LOCK.HELD', object: at.path, exit: 4 },
      })
      const error = (outcome as { readonly error: Failure }).error
      expect(error.why).toContain(`process ${program.pid}`)
      expect(error.next).toContain('--wait')
      // Even looking needs a moment without an exclusive lock; waiting for it is told as well.
      expect(events.filter(event => event.type === 'waiting').length).toBeGreaterThan(0)
      expect(everythingIn(at.folder)).toEqual(before)
    },
  )

  test('is migrated as soon as the other program lets go', async () => {
    const at = place('jobs.db', 60)
    makeDatabase(at.path, jobs(10))
    const program = await otherProgram(
      at.path,
      "db.exec('BEGIN IMMEDIATE'); db.exec(\"INSERT INTO jobs VALUES('never committed', '')\")",
    )
    const work = begin(at.settings, 'migrate', { target: at.path, choices: {} })
    const holders: string[] = []
    for await (const event of work.events) {
      if (event.type !== 'waiting') continue
      holders.push(event.holder)
      await program.kill()
    }
    expect(holders[0]).toContain(`process ${program.pid}`)
    expect(resultOf(await work.outcome)).toMatchObject({ status: 'succeeded', identifiers: 10 })
  })

  test('by a reader of a WAL file is no obstacle, and the reader keeps what it sees', async () => {
    const at = place()
    makeDatabase(at.path, 'PRAGMA journal_mode = WAL', jobs(10))
    await otherProgram(at.path, "db.exec('BEGIN'); db.prepare('SELECT count(*) FROM jobs').get()")
    expect(await answerOf(at.settings, 'migrate', { target: at.path, choices: {} })).toMatchObject({
      status: 'succeeded',
    })
    expect(countIn(at.path, 'SELECT count(*) FROM jobs WHERE length(id) = 26')).toBe(10)
  })
})

const canFreeze = mayFreeze()
const canMount = mayMount()

/** Root writes whatever the mode says; only a file that is immutable stops it. */
function mayFreeze(): boolean {
  if (process.getuid?.() !== 0) return true
  const file = join(temporaryFolder(), 'probe')
  writeFileSync(file, '')
  const frozen = spawnSync('chattr', ['+i', file]).status === 0
  spawnSync('chattr', ['-i', file])
  return frozen
}

function freeze(path: string): () => void {
  if (process.getuid?.() === 0) {
    execFileSync('chattr', ['+i', path])
    return () => void execFileSync('chattr', ['-i', path])
  }
  chmodSync(path, 0o444)
  return () => chmodSync(path, 0o644)
}

describe('no permission', () => {
  test.skipIf(!canFreeze)(
    'to write the file: refused, and detect still reads (skipped where root has no chattr +i)',
    async () => {
      const at = place()
      makeDatabase(at.path, jobs(10))
      const thaw = freeze(at.path)
      try {
        const error = await refused(at, { code: 'TARGET.READ_ONLY' })
        expect(error.next).toContain('ls -ld')
        expect(await answerOf(at.settings, 'detect', { target: at.path, choices: {} })).toMatchObject({
          state: 'legacy',
        })
      } finally {
        thaw()
      }
    },
  )

  test.skipIf(!canFreeze)(
    'to write the folder of a WAL file, in which SQLite would make a -shm even to read it: a copy is read',
    async () => {
      const at = place()
      makeDatabase(at.path, 'PRAGMA journal_mode = WAL', jobs(10))
      const thaw = freeze(at.folder)
      try {
        const error = await refused(at, { code: 'TARGET.READ_ONLY' })
        expect(error.next).toContain('permissions')
        const request = { target: at.path, choices: {} }
        expect(await answerOf(at.settings, 'detect', request)).toMatchObject({
          state: 'legacy',
          findings: [],
        })
        expect(await answerOf(at.settings, 'dry-run', request)).toMatchObject({
          document: { proof: { ok: true } },
        })
        expect(readdirSync(at.folder)).toEqual([basename(at.path)])
        expect(readdirSync(join(at.settings.stateDir, 'scratch'))).toEqual([])
      } finally {
        thaw()
      }
    },
  )
})

describe('a read-only disk (skipped where no file system can be mounted)', () => {
  test.skipIf(!canMount).each(['DELETE', 'WAL'])(
    'is looked at, rehearsed on and told of by status; nothing that writes is begun (%s)',
    async mode => {
      await onReadOnlyDisk(
        folder => void makeDatabase(join(folder, 'jobs.db'), `PRAGMA journal_mode = ${mode}`, jobs(10)),
        async folder => {
          const at = { folder, path: join(folder, 'jobs.db'), settings: settingsIn(temporaryFolder()) }
          const request = { target: at.path, choices: {} }
          expect(await answerOf(at.settings, 'detect', request)).toMatchObject({
            state: 'legacy',
            findings: [],
          })
          const rehearsed = await answerOf(at.settings, 'dry-run', request)
          expect(rehearsed).toMatchObject({ document: { proof: { ok: true } } })
          expect(await answerOf(at.settings, 'status', { targets: [at.path] })).toMatchObject([
            { state: 'legacy' },
          ])
          await refused(at, { code: 'TARGET.READ_ONLY' })
          expect(readdirSync(join(at.settings.stateDir, 'scratch'))).toEqual([])
        },
      )
    },
  )
})

describe('no disk space (skipped where no file system can be mounted)', () => {
  test.skipIf(!canMount)('beside the target: refused beforehand, with both numbers', async () => {
    await onSmallDisk(600, async folder => {
      const at = { folder, path: join(folder, 'jobs.db'), settings: settingsIn(temporaryFolder()) }
      makeDatabase(at.path, jobs(4000))
      const before = everythingIn(folder)
      const error = await refusalOf(at.settings, 'migrate', { target: at.path, choices: {} })
      expect(error).toMatchObject({ code: 'DISK.FULL', exit: 4 })
      expect(error.why).toMatch(/\d MB.*\d MB/)
      expect(`${error.object} ${error.message}`).toContain(basename(folder))
      expect(everythingIn(folder)).toEqual(before)
    })
  })

  test.skipIf(!canMount)('in the snapshot folder: refused, and no half a snapshot is left', async () => {
    await onSmallDisk(100, async folder => {
      const at = place()
      makeDatabase(at.path, jobs(4000))
      const settings = { ...at.settings, snapshotDir: folder }
      const before = everythingIn(at.folder)
      expect(await refusalOf(settings, 'migrate', { target: at.path, choices: {} })).toMatchObject({
        code: 'DISK.FULL',
        exit: 4,
      })
      expect(everythingIn(at.folder)).toEqual(before)
      expect(everythingIn(folder)).toEqual([])
    })
  })
})

describe.concurrent('a plan that does not fit', () => {
  async function planned() {
    const at = place()
    makeDatabase(at.path, jobs(10))
    const { plan } = await answerOf(at.settings, 'plan', { target: at.path, choices: {} })
    return { ...at, plan }
  }

  test('because it was made for another database', async () => {
    const { plan } = await planned()
    const other = place()
    makeDatabase(other.path, jobs(10), 'CREATE TABLE more(x)')
    const before = everythingIn(other.folder)
    const error = await refusalOf(other.settings, 'migrate', { target: other.path, choices: {}, plan })
    expect(error).toMatchObject({ code: 'PLAN.OTHER_SCHEMA', object: other.path, exit: 4 })
    expect(error.why).toContain(plan.target)
    expect(everythingIn(other.folder)).toEqual(before)
  })

  test('because the schema was changed since', async () => {
    const { plan, path, folder, settings } = await planned()
    change(path, 'CREATE INDEX late ON jobs(note)')
    const before = everythingIn(folder)
    expect(await refusalOf(settings, 'migrate', { target: path, choices: {}, plan })).toMatchObject({
      code: 'PLAN.OTHER_SCHEMA',
      exit: 4,
    })
    expect(everythingIn(folder)).toEqual(before)
  })

  test('because somebody altered it', async () => {
    const { plan, path, folder, settings } = await planned()
    const before = everythingIn(folder)
    const altered = { ...plan, seed: 'f'.repeat(64) }
    expect(await refusalOf(settings, 'migrate', { target: path, choices: {}, plan: altered })).toMatchObject({
      code: 'PLAN.ALTERED',
      exit: 4,
    })
    expect(everythingIn(folder)).toEqual(before)
  })
})

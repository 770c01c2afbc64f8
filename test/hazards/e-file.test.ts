import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/core/compile/compile.ts'
import { sqlText } from '../../src/core/compile/program.ts'
import { type Context, Stopped } from '../../src/core/context.ts'
import { detect } from '../../src/core/detect/detect.ts'
import type { Refusal } from '../../src/core/message.ts'
import type { ApplyOptions } from '../../src/core/migrate/apply.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { makePlan } from '../../src/core/plan/make-plan.ts'
import { restore } from '../../src/core/rollback/restore.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { assertRoom } from '../../src/core/room.ts'
import { verifyPastRun } from '../../src/core/verify/past-run.ts'
import {
  change,
  columnOf,
  contentHash,
  contentOf,
  countIn,
  makeDatabase,
  numbers,
  rowsOf,
} from '../support/database.ts'
import { ask, settingsIn } from '../support/engine.ts'
import { everythingIn, sha256Of, temporaryFolder } from '../support/folder.ts'
import { detectIn, inProcess, unwatched } from '../support/in-process.ts'
import { leaveHotJournal, leaveWal, otherProgram } from '../support/other-program.ts'
import { shareOf } from '../support/whole.ts'
import {
  findingsAt,
  isUlid,
  migrateAt,
  type Place,
  place,
  refusalOf,
  refusedMigration,
  thereAndBack,
  undoAt,
  uuid,
} from './support.ts'

/** HAZARDS E: the file, its locks and sidecars, its snapshot. */

const family = `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id INT REFERENCES p(id));
  CREATE INDEX by_p ON c(p_id); INSERT INTO p VALUES(1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO c(p_id) VALUES(1), (2), (2), (9);`
const names = 'SELECT c.n, p.name FROM c LEFT JOIN p ON p.id = +c.p_id ORDER BY c.n'
const jobs = (rows: number) => `CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT);
  INSERT INTO jobs SELECT printf('%08x-1234-4abc-8def-%012x', value, value), 'row ' || value FROM ${numbers(rows)};`
const root = fileURLToPath(new URL('../..', import.meta.url))

/** What another process meets when it wants to write right now. */
function writingElsewhere(path: string): string {
  const script = `const db = new (require('better-sqlite3'))(${JSON.stringify(path)}, { timeout: 0 })
    try { db.exec('BEGIN IMMEDIATE; ROLLBACK'); console.log('it may write') } catch (error) { console.log(error.code) }
    db.close()`
  return execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' }).trim()
}

/** A context whose second opinions come from other processes, as in earnest: this process reads no byte of the file. */
function withProcesses(at: Place, over: Partial<Context> = {}): Context {
  return {
    ...inProcess(at.settings),
    ask: async (operation, request) => (await ask(at.settings, operation, request)).outcome,
    ...over,
  }
}

describe('HAZARDS E1: the lock', () => {
  test.each(['DELETE', 'WAL'])(
    'is still held when the rewrite is done and the proof begins (%s)',
    async mode => {
      const at = place(`PRAGMA journal_mode = ${mode}`, family)
      const met: unknown[] = []
      const sidecars: boolean[] = []
      await migrate(at.path, {}, undefined, withProcesses(at), {
        sabotage: () => {
          met.push(writingElsewhere(at.path), writingElsewhere(at.path))
          sidecars.push(existsSync(`${at.path}-wal`), existsSync(`${at.path}-shm`))
        },
      })
      expect(met).toEqual(['SQLITE_BUSY', 'SQLITE_BUSY'])
      expect(sidecars).toEqual([mode === 'WAL', mode === 'WAL'])
      expect(writingElsewhere(at.path)).toBe('it may write')
      expect(columnOf(at.path, `SELECT count(*) FROM p WHERE ${isUlid('id')}`)).toEqual([3n])
    },
  )

  test('is still held while an undo is being proved', async () => {
    const at = place(family)
    await migrateAt(at)
    const met: string[] = []
    const context = withProcesses(at)
    await undo(at.path, undefined, {
      ...context,
      emit: event => {
        if (event.type === 'check' && ['schema', 'integrity'].includes(event.check.id))
          met.push(writingElsewhere(at.path))
        context.emit(event)
      },
    })
    expect(met).toEqual(['SQLITE_BUSY', 'SQLITE_BUSY'])
  })
})

test.skipIf(!existsSync('/proc/self/maps'))(
  'HAZARDS E2: one copy of SQLite is loaded, and no other beside it',
  async () => {
    await thereAndBack(place(family), { same: [names] })
    const libraries =
      readFileSync('/proc/self/maps', 'utf8').match(/\/\S*(?:sqlite|duckdb)\S*\.(?:node|so)\S*/gi) ?? []
    expect(new Set(libraries.map(path => path.split('/').at(-1)))).toEqual(new Set(['better_sqlite3.node']))
  },
)

test.each(['DELETE', 'WAL'])(
  'HAZARDS E3: a restore goes into the existing file: inode, mode and open connections survive (%s)',
  async mode => {
    const at = place(`PRAGMA journal_mode = ${mode}`, family)
    chmodSync(at.path, 0o640)
    const content = contentHash(at.path)
    const { ino } = statSync(at.path)
    await migrateAt(at)
    const program = new Database(at.path)
    const select = program.prepare('SELECT name FROM p WHERE id = ?')
    expect(select.all(1)).toEqual([])
    const { proof } = await restore(at.path, { confirm: 'hazard.db', dryRun: false }, inProcess(at.settings))
    expect(proof.ok).toBe(true)
    expect(select.all(1)).toEqual([{ name: 'one' }])
    program.exec("INSERT INTO p(name) VALUES('four'); DELETE FROM p WHERE name = 'four'")
    program.close()
    expect([statSync(at.path).ino, (statSync(at.path).mode & 0o777).toString(8)]).toEqual([ino, '640'])
    expect(contentHash(at.path)).toBe(content)
  },
)

describe('HAZARDS E4: somebody else', () => {
  test('who holds the write lock is named, and nothing is changed', async () => {
    const at = place(family)
    const program = await otherProgram(at.path, "db.exec('BEGIN IMMEDIATE')")
    const bytes = sha256Of(at.path)
    const failure = await refusalOf(
      migrate(at.path, {}, undefined, inProcess({ ...at.settings, waitSeconds: 0 })),
    )
    expect(failure).toMatchObject({ code: 'LOCK.HELD', object: at.path, exit: 4 })
    expect(failure.why).toContain(String(program.pid))
    await program.kill()
    expect(sha256Of(at.path)).toBe(bytes)
  })

  test('who commits between the look and the lock is not overlooked: the row goes with the others', async () => {
    const at = place(family)
    const context = inProcess(at.settings)
    let done = false
    await migrate(at.path, { seed: '5eed' }, undefined, {
      ...context,
      emit: event => {
        if (event.type === 'phase' && event.phase === 'inspect' && event.status === 'done' && !done) {
          done = true
          change(at.path, "INSERT INTO p VALUES(9, 'nine')")
        }
      },
    })
    expect(done).toBe(true)
    expect(columnOf(at.path, `SELECT count(*) FROM p WHERE ${isUlid('id')}`)).toEqual([4n])
    expect(rowsOf(at.path, names).at(-1)).toEqual([4n, 'nine'])
  })

  test('who changes the schema between the look and the lock makes the run refuse', async () => {
    const at = place(family)
    const context = inProcess(at.settings)
    const failure = await refusalOf(
      migrate(at.path, {}, undefined, {
        ...context,
        emit: event => {
          if (event.type === 'phase' && event.phase === 'inspect' && event.status === 'done')
            change(at.path, 'ALTER TABLE p ADD COLUMN more')
        },
      }),
    )
    expect(failure).toMatchObject({ code: 'PLAN.OTHER_SCHEMA', exit: 4 })
    expect(columnOf(at.path, 'SELECT id FROM p')).toEqual([1n, 2n, 3n])
  })

  test('who reads a WAL file all the while keeps what it sees, and the run ends well', async () => {
    const at = place('PRAGMA journal_mode = WAL', family)
    const reader = new Database(at.path, { readonly: true })
    reader.exec('BEGIN')
    const before = reader.prepare(names).all()
    await migrateAt(at)
    expect(reader.prepare(names).all()).toEqual(before)
    expect(reader.prepare('SELECT typeof(id) FROM p').pluck().get()).toBe('integer')
    reader.exec('COMMIT')
    expect(reader.prepare('SELECT typeof(id) FROM p').pluck().get()).toBe('text')
    reader.close()
  })
})

describe('HAZARDS E5: what a killed program left', () => {
  test('a hot journal is rolled back by opening for writing; detect only looks at a copy', async () => {
    const at = place(jobs(4000))
    await leaveHotJournal(at.path, 'jobs', 'note')
    const bytes = [sha256Of(at.path), sha256Of(`${at.path}-journal`)]
    expect(await findingsAt(at, {}, 'TARGET.HOT_JOURNAL')).toMatchObject([
      { object: at.path, severity: 'warning' },
    ])
    expect([sha256Of(at.path), sha256Of(`${at.path}-journal`)]).toEqual(bytes)
    await migrateAt(at)
    expect(countIn(at.path, `SELECT count(*) FROM jobs WHERE ${isUlid('id')} AND note NOT LIKE '%!'`)).toBe(
      4000,
    )
  })

  test('rows in a -wal are migrated with the others', async () => {
    const at = place(family)
    await leaveWal(at.path, "INSERT INTO p VALUES(4, 'only in the wal'); INSERT INTO c(p_id) VALUES(4)")
    expect(statSync(`${at.path}-wal`).size).toBeGreaterThan(0)
    const before = rowsOf(at.path, names)
    await migrateAt(at)
    expect(rowsOf(at.path, names)).toEqual(before)
    await undoAt(at)
    expect(rowsOf(at.path, 'SELECT id FROM p ORDER BY id').flat()).toEqual([1n, 2n, 3n, 4n])
  })
})

describe('HAZARDS E5: files that others left beside the target', () => {
  const left: readonly (readonly [string, string, (path: string) => void])[] = [
    [
      'an empty -wal and -shm',
      'DELETE',
      path => {
        for (const each of ['-wal', '-shm']) writeFileSync(path + each, '')
      },
    ],
    ['an empty -wal alone', 'WAL', path => writeFileSync(`${path}-wal`, '')],
    ['a -wal that is none', 'WAL', path => writeFileSync(`${path}-wal`, 'no frames are in here'.repeat(400))],
    ['a -shm without a -wal', 'WAL', path => writeFileSync(`${path}-shm`, Buffer.alloc(32_768, 7))],
    ['an empty -journal, as TRUNCATE leaves it', 'DELETE', path => writeFileSync(`${path}-journal`, '')],
    [
      'a -journal whose head is gone, as PERSIST leaves it',
      'DELETE',
      path => change(path, 'PRAGMA journal_mode = PERSIST', 'UPDATE p SET name = name'),
    ],
    ['a -journal that is none', 'DELETE', path => writeFileSync(`${path}-journal`, 'no pages'.repeat(400))],
  ]
  test.each(left)('%s (%s): looked at without a trace, migrated, proved, undone', async (_, mode, leave) => {
    const at = place(`PRAGMA journal_mode = ${mode}`, family)
    const content = contentHash(at.path)
    leave(at.path)
    const before = everythingIn(at.folder).filter(line => !line.includes('-shm '))
    await findingsAt(at, {}, 'any')
    expect(everythingIn(at.folder).filter(line => !line.includes('-shm '))).toEqual(before)
    await migrateAt(at)
    await undoAt(at)
    expect(contentHash(at.path)).toBe(content)
  })
})

describe('HAZARDS E6: other names of the file', () => {
  test('a symbolic link is followed: sidecars lie beside the real file, and the link stays one', async () => {
    const at = place('PRAGMA journal_mode = WAL', family)
    const links = join(temporaryFolder(), 'links')
    mkdirSync(links)
    const link = join(links, 'link.db')
    symlinkSync(at.path, link)
    const seen: (readonly string[])[] = []
    await migrate(link, { seed: '5eed' }, undefined, inProcess(at.settings), {
      sabotage: () => seen.push(readdirSync(links), readdirSync(at.folder).sort()),
    })
    expect(seen).toEqual([['link.db'], ['hazard.db', 'hazard.db-shm', 'hazard.db-wal']])
    expect(readdirSync(links)).toEqual(['link.db'])
    await undo(link, undefined, inProcess(at.settings))
    expect(columnOf(at.path, 'SELECT id FROM p')).toEqual([1n, 2n, 3n])
  })

  test('a hard link is warned about', async () => {
    const at = place(family)
    linkSync(at.path, join(at.folder, 'other name.db'))
    expect(await findingsAt(at, {}, 'TARGET.HARD_LINKED')).toMatchObject([
      { object: at.path, severity: 'warning' },
    ])
  })
})

describe('HAZARDS E7: the snapshot', () => {
  test('is complete, and only its owner may read it, while the write lock is held and before the target is touched', async () => {
    const at = place(family)
    const content = contentOf(at.path)
    const kept: unknown[] = []
    await migrateAt(
      at,
      {},
      {
        sabotage: () => {
          const [file] = readdirSync(at.settings.snapshotDir)
          const path = join(at.settings.snapshotDir, file!)
          kept.push((statSync(path).mode & 0o777).toString(8), contentOf(path))
        },
      },
    )
    expect(kept).toEqual(['600', content])
  })

  test.each([
    ['empty', (path: string) => writeFileSync(path, '')],
    [
      'another database',
      (path: string) => {
        writeFileSync(path, '')
        makeDatabase(path, 'CREATE TABLE p(id)')
      },
    ],
    ['one row short', (path: string) => change(path, 'DELETE FROM c WHERE n = 1')],
    ['of another bit', (path: string) => change(path, "UPDATE p SET name = 'One' WHERE id = 1")],
    ['without an index', (path: string) => change(path, 'DROP INDEX by_p')],
  ] as const)('that is %s stops the run before anything is written', async (_, spoil) => {
    const at = place(family)
    const bytes = sha256Of(at.path)
    const context = inProcess(at.settings)
    const failure = await refusalOf(
      migrate(at.path, {}, undefined, {
        ...context,
        ask: (operation, request) => {
          if (operation === 'check-snapshot') spoil((request as { snapshot: string }).snapshot)
          return context.ask(operation, request)
        },
      }),
    )
    expect(failure.exit).toBe(4)
    expect(failure.code).toMatch(/^(SNAPSHOT|TARGET)\./)
    expect(sha256Of(at.path)).toBe(bytes)
    expect(readdirSync(at.settings.snapshotDir)).toEqual([])
  })
})

test('HAZARDS E8: room is asked for beforehand, and both numbers are named', () => {
  try {
    assertRoom(temporaryFolder(), 1e18, 'the snapshot')
  } catch (error) {
    expect((error as Refusal).failure).toMatchObject({
      code: 'DISK.FULL',
      exit: 4,
      why: expect.stringMatching(/1,000,000,000,000 MB; [\d,.]+ MB are free/),
    })
    return
  }
  throw new Error('There was room for an exabyte.')
})

test.each(['DELETE', 'WAL'])(
  'HAZARDS E9: a file that may not grow leaves the transaction open, and it is rolled back all the same (%s)',
  async mode => {
    const at = place(`PRAGMA journal_mode = ${mode}`, family)
    const content = contentOf(at.path)
    const open: boolean[] = []
    const sabotage: ApplyOptions['sabotage'] = db => {
      db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`)
      try {
        db.exec('CREATE TABLE more AS SELECT zeroblob(1000000)')
      } finally {
        open.push(db.inTransaction)
      }
    }
    const failure = await refusalOf(migrate(at.path, {}, undefined, inProcess(at.settings), { sabotage }))
    expect(failure).toMatchObject({ code: 'DISK.FULL', object: at.path, exit: 4 })
    expect(open).toEqual([true])
    expect(contentOf(at.path)).toEqual(content)
    await thereAndBack(at, { same: [names] })
  },
)

// HAZARDS E10, killed: test/faults/kill.ts.

test('HAZARDS E11: rows are copied in chunks, and a stop is heard between two of them', async () => {
  const at = place(jobs(25_000))
  const bytes = sha256Of(at.path)
  const chunks: number[] = []
  const plain = inProcess(at.settings)
  const context: Context = {
    ...plain,
    emit: event => {
      if (event.type === 'progress' && event.phase === 'rewrite') chunks.push(event.done)
    },
    breathe: () =>
      chunks.length === 2 ? Promise.reject(new Stopped('it', 'It was asked to stop.')) : Promise.resolve(),
  }
  expect(await refusalOf(migrate(at.path, {}, undefined, context))).toMatchObject({
    code: 'RUN.STOPPED',
    exit: 5,
  })
  expect(chunks).toEqual([10_000, 20_000])
  expect(sha256Of(at.path)).toBe(bytes)
})

describe('HAZARDS E12: what the file is', () => {
  const settings = ['page_size', 'auto_vacuum', 'encoding', 'user_version', 'application_id', 'journal_mode']

  test.each([
    ['pages of 512 bytes', ['PRAGMA page_size = 512']],
    ['pages of 65,536 bytes', ['PRAGMA page_size = 65536']],
    ['auto_vacuum = FULL', ['PRAGMA auto_vacuum = FULL']],
    ['auto_vacuum = INCREMENTAL', ['PRAGMA auto_vacuum = INCREMENTAL']],
    ['UTF-16, little end first', ["PRAGMA encoding = 'UTF-16le'"]],
    ['UTF-16, big end first', ["PRAGMA encoding = 'UTF-16be'"]],
    ['WAL', ['PRAGMA journal_mode = WAL']],
    [
      'WAL, and pages of 1,024 bytes in UTF-16',
      ['PRAGMA page_size = 1024', "PRAGMA encoding = 'UTF-16'", 'PRAGMA journal_mode = WAL'],
    ],
    ['versions of its own', ['PRAGMA user_version = -7', 'PRAGMA application_id = 0x0f055112']],
  ])('is kept: %s', async (_, pragmas) => {
    const at = place(...pragmas, family, "INSERT INTO p VALUES(4, 'größer 🦆'), (5, CAST(x'ff00' AS TEXT))")
    chmodSync(at.path, 0o640)
    const facts = () => [
      settings.map(name => columnOf(at.path, `PRAGMA ${name}`)),
      statSync(at.path).ino,
      statSync(at.path).mode,
    ]
    const before = facts()
    for (const form of ['keep-integer', 'pure'] as const) {
      await thereAndBack(at, {
        choices: { form },
        same: [names],
        then: () => expect(facts()).toEqual(before),
      })
      expect(facts()).toEqual(before)
    }
  })
})

test('HAZARDS E13: the schema is changed by statements, never by writing into it: indexes know the new type', async () => {
  const at = place(family)
  const sql = await lookAt(at.path, inProcess(at.settings), async looking =>
    sqlText(
      compile(makePlan(looking, await detect(looking, {}, unwatched), {}), looking.schema, { firstMap: 1 }),
    ),
  )
  expect(sql.join('\n')).not.toMatch(/writable_schema|UPDATE\s+"?sqlite_(schema|master)/i)
  await migrateAt(at)
  const found = (how: string) =>
    rowsOf(at.path, `SELECT n FROM c ${how} WHERE p_id = (SELECT id FROM p WHERE name = 'two') ORDER BY n`)
  expect(found('INDEXED BY by_p')).toEqual([[2n], [3n]])
  expect(found('NOT INDEXED')).toEqual(found('INDEXED BY by_p'))
})

/** Only a connection that may write checks CHECKs; a read-only one says ok to rows that break them. */
function complaintsOf(path: string): readonly string[] {
  const db = new Database(path)
  try {
    return db.prepare('PRAGMA integrity_check').pluck().all() as string[]
  } finally {
    db.close()
  }
}

describe('HAZARDS E14: what a file holds decides, not its name', () => {
  test('a damaged one is refused', async () => {
    const at = place(jobs(2000))
    const bytes = readFileSync(at.path)
    bytes.fill(0xa5, 40 * 1024, 44 * 1024)
    writeFileSync(at.path, bytes)
    expect(await refusedMigration(at)).toMatchObject({ code: 'TARGET.CORRUPT', exit: 4 })
  })

  test('rows that always broke a CHECK go through, and come back', async () => {
    const at = place(
      'CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT CHECK(length(name) < 5)); CREATE TABLE c(n INTEGER PRIMARY KEY CHECK(n < 2), p_id INT REFERENCES p(id))',
      "PRAGMA ignore_check_constraints = ON; INSERT INTO p VALUES(1, 'one'), (2, 'much too long'); INSERT INTO c VALUES(1, 1), (5, 2)",
    )
    const complaints = () => complaintsOf(at.path)
    const before = complaints()
    expect([...before].sort()).toEqual(['CHECK constraint failed in c', 'CHECK constraint failed in p'])
    await thereAndBack(at, {
      same: [names],
      then: () => expect([...complaints()].sort()).toEqual([...before].sort()),
    })
  })

  test('a SQLite file under any name, and a DuckDB file under a SQLite one', async () => {
    const at = place(family)
    const renamed = { ...at, path: join(at.folder, 'notes.duckdb.txt') }
    renameSync(at.path, renamed.path)
    await thereAndBack(renamed, { same: [names] })
    const duck = Buffer.alloc(12_288)
    duck.write('DUCK', 8, 'latin1')
    writeFileSync(at.path, duck)
    expect(await refusedMigration(at)).toMatchObject({ code: 'TARGET.CORRUPT', exit: 4 })
  })
})

describe('HAZARDS E15: wide rows', () => {
  test.each(['keep-integer', 'pure'] as const)(
    'blobs and texts of several MB move inside SQLite, and come back (%s)',
    async form => {
      const at = place(
        family,
        "CREATE TABLE files(id INTEGER PRIMARY KEY, p_id INT REFERENCES p(id), body BLOB, body_text TEXT); INSERT INTO files VALUES(1, 1, randomblob(3000000), hex(randomblob(1000000))), (2, 2, zeroblob(4000000), '')",
      )
      await thereAndBack(at, {
        choices: { form },
        same: [
          names,
          'SELECT p.name, length(body), length(body_text) FROM files JOIN p ON p.id = p_id ORDER BY 1',
        ],
      })
    },
  )

  const columns = (count: number) =>
    Array.from(
      { length: count },
      (_, n) => `c${n} ${['TEXT', 'INT', 'BLOB', 'REAL', ''][n % 5]} DEFAULT ${n % 7 === 0 ? `'${n}'` : n}`,
    ).join(', ')
  const wide = (count: number, key: string, ...ids: readonly string[]) =>
    place(`CREATE TABLE p(id ${key} PRIMARY KEY, ${columns(count - 1)}); CREATE TABLE c(n INTEGER PRIMARY KEY, p_id REFERENCES p(id));
      INSERT INTO p(id) VALUES${ids.map(id => `(${id})`).join(', ')}; INSERT INTO c(p_id) SELECT id FROM p`)

  const full = [
    ['keep-integer', 'INTEGER', '1'],
    ['pure', 'INTEGER', '1'],
    ['pure', 'TEXT', `'${uuid(1)}'`],
  ] as const
  test.each(shareOf(full, 2))(
    'of 2,000 columns leave no room for anything beside them: refused by name (%s, %s)',
    async (form, key, id) => {
      expect(await refusedMigration(wide(2000, key, id), { form })).toMatchObject({
        code: 'SCHEMA.TOO_MANY_COLUMNS',
        object: 'p',
        exit: 4,
      })
    },
  )

  const nearly = [
    ['keep-integer', 'INTEGER', ['1', '2']],
    ['pure', 'TEXT', [`'${uuid(1)}'`, `'${uuid(2)}'`]],
  ] as const
  test.each(shareOf(nearly, 2))('of 1,999 columns go there and back (%s, %s)', async (form, key, ids) => {
    const at = wide(1999, key, ...ids)
    const cells = () => rowsOf(at.path, 'SELECT * FROM p ORDER BY rowid').map(row => row.slice(1, 1999))
    const before = [cells(), columnOf(at.path, 'SELECT id FROM p ORDER BY id')]
    await migrateAt(at, { form })
    expect(cells()).toEqual(before[0])
    expect(
      columnOf(at.path, `SELECT count(*) FROM p JOIN c ON c.p_id = p.id WHERE ${isUlid('p.id')}`),
    ).toEqual([2n])
    await undoAt(at)
    expect([cells(), columnOf(at.path, 'SELECT id FROM p ORDER BY id')]).toEqual(before)
    expect(columnOf(at.path, 'SELECT count(*) FROM p JOIN c ON p_id = id')).toEqual([2n])
  })
})

test('HAZARDS E16: tables of migration tools stay as they are, whatever their ids look like', async () => {
  const at = place(
    family,
    `CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES('1975ea83b712');
     CREATE TABLE "_prisma_migrations"(id TEXT PRIMARY KEY NOT NULL, checksum TEXT, migration_name TEXT); INSERT INTO "_prisma_migrations" VALUES('${uuid(1)}', 'x', '20260211072500_init');
     CREATE TABLE schema_migrations(version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES('20260211072500'), ('20260212072500');
     CREATE TABLE django_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT, name TEXT); INSERT INTO django_migrations(app) VALUES('a');
     CREATE TABLE knex_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); INSERT INTO knex_migrations(name) VALUES('a');
     CREATE TABLE "__EFMigrationsHistory"("MigrationId" TEXT PRIMARY KEY, v TEXT); INSERT INTO "__EFMigrationsHistory" VALUES('20260211072500_Init', '8');
     CREATE TABLE "_sqlx_migrations"(version BIGINT PRIMARY KEY, checksum BLOB); INSERT INTO "_sqlx_migrations" VALUES(20260211072500, x'00');
     CREATE TABLE "__drizzle_migrations"(id SERIAL PRIMARY KEY, hash TEXT); INSERT INTO "__drizzle_migrations" VALUES(1, 'x');
     CREATE TABLE flyway_schema_history(installed_rank INT PRIMARY KEY, version TEXT); INSERT INTO flyway_schema_history VALUES(1, '1');
     CREATE TABLE ar_internal_metadata("key" TEXT PRIMARY KEY, value TEXT); INSERT INTO ar_internal_metadata VALUES('environment', 'production');`,
  )
  const { identities } = await detectIn(at.path, { all: true })
  expect(
    identities
      .filter(identity => identity.migrate)
      .map(({ table }) => table)
      .sort(),
  ).toEqual(['c', 'p'])
})

test.each(['DELETE', 'WAL'])(
  'HAZARDS E17: what was committed survives a power loss: synchronous is FULL (%s)',
  async mode => {
    const at = place(`PRAGMA journal_mode = ${mode}`, family)
    const seen: unknown[] = []
    await migrateAt(at, {}, { sabotage: db => seen.push(Number(db.pragma('synchronous', { simple: true }))) })
    expect(seen[0]).toBeGreaterThanOrEqual(2)
  },
)

describe('HAZARDS E18: attaching', () => {
  test('leaves the snapshot as it was, byte for byte, through proofs, an undo and a restore', async () => {
    const at = place('PRAGMA journal_mode = WAL', family)
    const { snapshot } = await migrateAt(at)
    const bytes = sha256Of(snapshot)
    expect((await verifyPastRun(at.path, undefined, inProcess(at.settings))).proof.ok).toBe(true)
    expect(sha256Of(snapshot)).toBe(bytes)
    await undoAt(at)
    expect(sha256Of(snapshot)).toBe(bytes)
    await restore(at.path, { confirm: 'hazard.db', dryRun: false }, inProcess(at.settings))
    expect(sha256Of(snapshot)).toBe(bytes)
    expect(readdirSync(at.settings.snapshotDir).filter(name => /-(wal|shm|journal)$/.test(name))).toEqual([])
  })

  test.each([
    'a file?immutable=1&mode=memory.db',
    'it\'s %41 "quoted" #1.db',
    'file:x.db',
    'größe 🦆.sqlite',
    '-v.db',
    ':memory:',
  ])('takes any name of the target for a name: %s', async name => {
    const all = temporaryFolder()
    const folder = join(all, "odd ' folder ? 1")
    mkdirSync(folder)
    const plain = place(family)
    const at: Place = { folder, path: join(folder, name), settings: settingsIn(folder) }
    renameSync(plain.path, at.path)
    await thereAndBack(at, { same: [names] })
    expect(readdirSync(folder).sort()).toEqual([name, 'snapshots', 'state'].sort())
  })
})

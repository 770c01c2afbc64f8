import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyStore } from '../../../../src/core/engines/duckdb/copy-store.ts'
import { limitsOf } from '../../../../src/core/engines/duckdb/limits.ts'
import {
  openOnceForWriting,
  openPatiently,
  openToLook,
} from '../../../../src/core/engines/duckdb/open-patiently.ts'
import { type Failure, Refusal } from '../../../../src/core/message.ts'
import { duckProgram, inDuck, inFormat, inWal, valueIn } from '../../../support/duck-files.ts'
import { refusalOf, settingsIn } from '../../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'
import { mayMount, onReadOnlyDisk } from '../../../support/small-disk.ts'

const context = { ...inProcess(settingsIn(temporaryFolder(), 0)), now: () => Date.now() }
const limits = limitsOf(context.settings)
const jobs = [
  'CREATE TABLE jobs(id INTEGER PRIMARY KEY, title VARCHAR)',
  "INSERT INTO jobs SELECT range, 'a' FROM range(1000)",
]

const file = (...more: readonly string[]) => inDuck(join(temporaryFolder(), 'jobs.duckdb'), ...jobs, ...more)

/** What opening it is refused with; a file that opens is read, and fails the test. */
async function refusal(path: string, mode: 'read-only' | 'write' = 'read-only'): Promise<Failure> {
  try {
    const store = await openPatiently(path, mode, limits, context)
    store.close()
  } catch (error) {
    if (error instanceof Refusal) return error.failure
    throw error
  }
  throw new Error(`${path} was not refused`)
}

async function counted(path: string, open = openToLook): Promise<unknown> {
  const store = await open(path, limits, context)
  try {
    return (await store.all('SELECT count(*) FROM jobs'))[0]![0]
  } finally {
    store.close()
  }
}

test('a file that somebody else writes is in use, and so is one that somebody reads for who wants to write', async () => {
  const path = await file()
  const writer = await duckProgram(path, 'READ_WRITE')
  expect(await refusal(path)).toMatchObject({
    code: 'LOCK.HELD',
    exit: 4,
    why: expect.stringContaining(`process ${writer.pid} (node) has it open`),
  })
  expect(await refusal(path, 'write')).toMatchObject({ code: 'LOCK.HELD' })
  await writer.kill()
  const reader = await duckProgram(path, 'READ_ONLY')
  expect(await counted(path)).toBe(1000n)
  expect(await refusal(path, 'write')).toMatchObject({
    code: 'LOCK.HELD',
    why: expect.stringContaining(`process ${reader.pid} (node) has it open`),
  })
  await reader.kill()
})

test('one waits for a file in use, says for whom, and gets it when they are gone', async () => {
  const path = await file()
  const writer = await duckProgram(path, 'READ_WRITE', "INSERT INTO jobs VALUES (-1, 'b')")
  const told: unknown[] = []
  const waiting = {
    ...context,
    settings: settingsIn(temporaryFolder(), 60),
    emit: (event: object) => {
      told.push(event)
      void writer.kill()
    },
  }
  const store = await openPatiently(path, 'write', limits, waiting)
  expect(told[0]).toMatchObject({
    type: 'waiting',
    for: path,
    holder: `process ${writer.pid} (node) has it open`,
    seconds: 0,
    limit: 60,
  })
  expect(await store.all('SELECT count(*) FROM jobs')).toEqual([[1001n]])
  store.close()
})

test('this process opens a file once at a time: closing one of two would let go of the lock', async () => {
  const path = await file()
  const link = join(temporaryFolder(), 'link.duckdb')
  symlinkSync(path, link)
  const store = await openPatiently(path, 'read-only', limits, context)
  await expect(openPatiently(link, 'read-only', limits, context)).rejects.toThrow(
    'open in this process already',
  )
  store.close()
  expect(await counted(link)).toBe(1000n)
})

test.each([
  ['that ends within its headers', 5000],
  ['that ends within its first block', 13_000],
])('a file %s is damaged', async (_, length) => {
  const path = await file()
  truncateSync(path, length)
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.CORRUPT', exit: 4 })
})

test.each([
  ['its first block', 60],
  ['a header', 4100],
  ['its catalog', 12_288 + 100],
])('a file with other bytes in %s is damaged', async (_, place) => {
  const path = await file()
  const bytes = readFileSync(path)
  bytes[place]! ^= 0x5a
  writeFileSync(path, bytes)
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.CORRUPT', exit: 4 })
})

test('a missing block that only holds rows is found by who reads them, and the file is no good for a snapshot', async () => {
  const path = await file('INSERT INTO jobs SELECT range, md5(range::VARCHAR) FROM range(1000, 100000)')
  truncateSync(path, 800_000)
  expect(await refusalOf(context.settings, 'check-snapshot', { target: path, snapshot: path })).toMatchObject(
    {
      code: 'TARGET.CORRUPT',
      exit: 4,
    },
  )
})

test.each([39, 999])('a file of storage version %i is refused with that number', async version => {
  const path = await file()
  const bytes = readFileSync(path)
  bytes.writeBigUInt64LE(BigInt(version), 12)
  bytes.writeBigUInt64LE(checksum(bytes.subarray(8, 4096)), 0)
  writeFileSync(path, bytes)
  expect(await refusal(path)).toMatchObject({
    code: 'TARGET.DUCKDB_VERSION',
    exit: 4,
    message: expect.stringContaining(`storage version ${version},`),
  })
})

/** As DuckDB makes it over each block. */
function checksum(bytes: Buffer): bigint {
  let sum = 5381n
  for (let at = 0; at < bytes.length; at += 8)
    sum ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n)
  return sum
}

test('an encrypted file is told as such', async () => {
  const path = join(temporaryFolder(), 'secret.duckdb')
  await inDuck(
    ':memory:',
    "SET force_mbedtls_unsafe = 'true'",
    `ATTACH '${path}' AS secret (ENCRYPTION_KEY 'Zofingen')`,
    'CREATE TABLE secret.jobs(id INTEGER)',
  )
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.ENCRYPTED', exit: 4 })
})

test('a .wal without its file is no database, and is named', async () => {
  const path = await file()
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  renameSync(path, `${path}.elsewhere`)
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.MISSING', why: expect.stringContaining('.wal') })
})

test('a .wal of another file is not taken in', async () => {
  const [path, other] = [
    await file(),
    await inDuck(join(temporaryFolder(), 'b.duckdb'), 'CREATE TABLE b(id INTEGER)'),
  ]
  await inWal(other, 'INSERT INTO b VALUES (1)')
  copyFileSync(`${other}.wal`, `${path}.wal`)
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.WAL', exit: 4 })
})

test('nor is an older .wal, in the formats in which DuckDB tells it from the right one', async () => {
  const path = await inFormat('v1.4.0', join(temporaryFolder(), 'jobs.duckdb'), ...jobs)
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  const wal = readFileSync(`${path}.wal`)
  await inDuck(path, 'CHECKPOINT')
  writeFileSync(`${path}.wal`, wal)
  expect(await refusal(path)).toMatchObject({
    code: 'TARGET.WAL',
    why: expect.stringContaining('older version'),
  })
})

test('a .wal that ends in the middle of a commit, as after a power cut, counts up to the commit before', async () => {
  const path = await file()
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  await inWal(path, "INSERT INTO jobs VALUES (-2, 'c')")
  truncateSync(`${path}.wal`, readFileSync(`${path}.wal`).length - 10)
  expect(await counted(path)).toBe(1001n)
})

test('a .wal with other bytes in it is not taken in', async () => {
  const path = await file()
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  const bytes = readFileSync(`${path}.wal`)
  bytes[90]! ^= 0xff
  writeFileSync(`${path}.wal`, bytes)
  expect(await refusal(path)).toMatchObject({ code: 'TARGET.WAL', exit: 4 })
})

test('an index in a .wal, which DuckDB builds inside the file, is looked at in a copy, without a trace', async () => {
  const path = await file()
  await inWal(path, 'CREATE INDEX titles ON jobs(title)')
  const before = everythingIn(join(path, '..'))
  expect(await refusal(path)).toMatchObject({
    code: 'TARGET.WAL_INDEX',
    next: expect.stringContaining('CHECKPOINT'),
  })
  expect(await counted(path)).toBe(1000n)
  expect(everythingIn(join(path, '..'))).toEqual(before)
  await openOnceForWriting(path, limits, context)
  expect(readdirSync(join(path, '..'))).toEqual(['jobs.duckdb'])
  expect(await counted(path, (...all) => openPatiently(all[0], 'read-only', all[1], all[2]))).toBe(1000n)
})

test('once the .wal is taken in, a run may go by the numbers of the rows, and a snapshot has the same', async () => {
  const path = await inDuck(
    join(temporaryFolder(), 'jobs.duckdb'),
    'CREATE TABLE jobs AS SELECT range AS id FROM range(300000)',
  )
  await inWal(path, 'DELETE FROM jobs WHERE id % 2 = 0')
  const numbers = 'SELECT sum(hash(rowid, id)) FROM jobs WHERE id > 9'
  const before = await valueIn(path, numbers)
  await openOnceForWriting(path, limits, context)
  const after = await valueIn(path, numbers)
  expect(after).not.toBe(before)
  const snapshot = join(temporaryFolder(), 'jobs.duckdb')
  await copyStore(path, snapshot, context)
  await inDuck(path, 'DELETE FROM jobs WHERE id < 9', 'CHECKPOINT')
  expect(await valueIn(path, numbers)).toBe(after)
  expect(await valueIn(snapshot, numbers)).toBe(after)
})

test('a link is followed, and the .wal is looked for beside the file', async () => {
  const path = await file()
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  const link = join(temporaryFolder(), 'link.duckdb')
  symlinkSync(path, link)
  expect(await counted(link)).toBe(1001n)
})

test.skipIf(!mayMount())(
  'on a read-only disk a file and its .wal are read, and writing is refused (needs to mount)',
  async () => {
    const path = await file()
    await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
    await onReadOnlyDisk(
      folder => {
        for (const suffix of ['', '.wal']) copyFileSync(path + suffix, join(folder, `jobs.duckdb${suffix}`))
      },
      async folder => {
        const there = join(folder, 'jobs.duckdb')
        expect(await counted(there)).toBe(1001n)
        expect(await refusal(there, 'write')).toMatchObject({ code: 'TARGET.READ_ONLY', exit: 4 })
      },
    )
  },
)

test('reading leaves file and .wal as they are', async () => {
  const path = await file()
  await inWal(path, "INSERT INTO jobs VALUES (-1, 'b')")
  chmodSync(path, 0o444)
  const before = everythingIn(join(path, '..'))
  expect(await counted(path)).toBe(1001n)
  expect(await valueIn(path, 'SELECT count(*) FROM jobs')).toBe(1001n)
  expect(everythingIn(join(path, '..'))).toEqual(before)
})

test('a block that is damaged is met when its rows are read: the file is named, whatever lies beside it', async () => {
  const path = await file()
  await inWal(path, 'DELETE FROM jobs WHERE id = 7')
  const bytes = readFileSync(path)
  for (let at = 3 * 4096; at < bytes.length; at += 262_144) bytes[at + 100]! ^= 255 // in each block behind the headers
  writeFileSync(path, bytes)
  for (const operation of ['detect', 'migrate'] as const)
    expect(await refusalOf(context.settings, operation, { target: path, choices: {} })).toMatchObject({
      code: 'TARGET.CORRUPT',
      object: path,
      exit: 4,
    })
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { found } from './found.ts'

/** The codes of what is found in a column of these values. */
function opaque(values: readonly (Buffer | string)[]): readonly string[] {
  const db = new Database(':memory:')
  db.defaultSafeIntegers()
  db.exec('CREATE TABLE jobs(id TEXT PRIMARY KEY); CREATE TABLE snapshots(id INTEGER PRIMARY KEY, data)')
  db.exec("INSERT INTO jobs VALUES ('a1b2c3d4e5f6a7b8')")
  const insert = db.prepare('INSERT INTO snapshots(data) VALUES (?)')
  for (const value of values) insert.run(value)
  const { findings } = found(db)
  db.close()
  return findings.map(({ code, object, message }) => `${code} ${object} ${message}`)
}

const twenty = (value: (n: number) => Buffer | string) => Array.from({ length: 20 }, (_, n) => value(n))
const json = (n: number) => JSON.stringify({ session_id: `s${n}`, text: 'some words '.repeat(40) })

it.each([
  ['gzip', twenty(n => gzipSync(json(n)))],
  ['zlib', twenty(n => deflateSync(json(n)))],
  ['zstd', twenty(n => Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.from(json(n))]))],
  ['encrypted or packed', twenty(() => randomBytes(2000))],
  [
    'gzip in base64',
    twenty(n =>
      gzipSync(json(n))
        .toString('base64')
        .replace(/^H4sI.{6}/, 'H4sIAAAAAA'),
    ),
  ],
  ['encrypted', twenty(() => `gAAAAA${randomBytes(90).toString('base64url')}`)],
])('says that %s can not be seen into', (what, values) => {
  expect(opaque(values)).toEqual([
    `COLUMN.OPAQUE snapshots.data The column can't be seen into: its values are ${what}.`,
  ])
})

const floats = (n: number) => {
  const numbers = new Float32Array(384).map((_, at) => Math.sin(n * 1000 + at * at) / 20)
  return Buffer.from(numbers.buffer)
}

it.each([
  ['documents', twenty(json)],
  ['documents as bytes', twenty(n => Buffer.from(json(n)))],
  ['embeddings', twenty(floats)],
  ['UUIDs as bytes', twenty(() => randomBytes(16))],
  ['hashes', twenty(() => randomBytes(32))],
  ['pictures', twenty(() => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(500)]))],
  ['hex', twenty(() => randomBytes(500).toString('hex'))],
  ['bytes that are mostly nothing', twenty(n => Buffer.alloc(1000, n))],
])('says nothing of %s', (_, values) => {
  expect(opaque(values)).toEqual([])
})

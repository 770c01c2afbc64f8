import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyEditMustHold } from './every-edit.ts'
import { everyTableMustAgree, tableTexts } from './sqlite-oracle.ts'

const corpus = resolve(
  import.meta.dirname,
  '../../..',
  process.env.ULID_MIGRATE_CORPUS ?? '../shared/data/corpus',
)
const files = existsSync(corpus) ? sqliteFiles(corpus) : []

describe.skipIf(!existsSync(corpus))('in databases nobody here wrote', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-corpus-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // Opening may write beside the file, so only a copy is opened.
  function openCopy(file: string): Database.Database {
    const copy = join(mkdtempSync(join(folder, 'copy-')), 'target.db')
    copyFileSync(file, copy)
    chmodSync(copy, 0o600)
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    return new Database(copy)
  }

  test('there are SQLite files to read', () => {
    expect(files.length).toBeGreaterThan(0)
  })

  test.each(files.map(name))('what is read of every table equals what SQLite says: %s', file => {
    const db = openCopy(join(corpus, file))
    expect(everyTableMustAgree(db)).toBeGreaterThan(0)
    db.close()
  })

  test.each(files.map(name))('every edit of every table holds in SQLite: %s', file => {
    const db = openCopy(join(corpus, file))
    const texts = new Set(tableTexts(db).map(table => table.sql))
    db.close()
    expect(texts.size).toBeGreaterThan(0)
    for (const sql of texts) everyEditMustHold(sql)
  })
})

function name(file: string): string {
  return relative(corpus, file).replaceAll(sep, '/')
}

function sqliteFiles(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(startsLikeSqlite)
    .sort()
}

/** By its magic bytes, never by suffix (HAZARDS E14). */
function startsLikeSqlite(file: string): boolean {
  const start = Buffer.alloc(16)
  const handle = openSync(file, 'r')
  readSync(handle, start)
  closeSync(handle)
  return start.toString('latin1') === 'SQLite format 3\0'
}

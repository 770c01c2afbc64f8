import { linkSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recognise } from '../../../../src/core/engines/sqlite/recognise.ts'
import { change, makeDatabase } from '../../../support/database.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const database = () =>
  makeDatabase(join(temporaryFolder(), 'jobs.db'), 'CREATE TABLE jobs(id TEXT PRIMARY KEY)')

describe('a file is known by its content', () => {
  test('whatever its name ends with', () => {
    const path = makeDatabase(join(temporaryFolder(), 'jobs.txt'), 'CREATE TABLE jobs(id)')
    expect(recognise(path)).toMatchObject({ bytes: 8192, wal: false, writable: true, empty: false, links: 1 })
  })

  test('a file of 0 bytes is an empty database', () => {
    const path = join(temporaryFolder(), 'jobs.db')
    writeFileSync(path, '')
    expect(recognise(path)).toMatchObject({ bytes: 0, empty: true })
  })

  test('one in WAL mode says so in its header', () => {
    const path = database()
    change(path, 'PRAGMA journal_mode = WAL')
    expect(recognise(path).wal).toBe(true)
  })

  test('a link is followed to where the journal will lie', () => {
    const path = database()
    const link = join(temporaryFolder(), 'link.db')
    symlinkSync(path, link)
    expect(recognise(link).path).toBe(realpathSync(path))
  })

  test('a second name is counted', () => {
    const path = database()
    linkSync(path, `${path}.second`)
    expect(recognise(path).links).toBe(2)
  })
})

describe('what is no database is refused by name', () => {
  test.each([
    ['a folder', 'TARGET.DIRECTORY', (path: string) => mkdirSync(path)],
    ['a link to nothing', 'TARGET.MISSING', (path: string) => symlinkSync(`${path}.nowhere`, path)],
    [
      '15 of the 16 first bytes',
      'TARGET.NOT_A_DATABASE',
      (path: string) => writeFileSync(path, 'SQLite format 3'),
    ],
    ['a device', 'TARGET.NOT_A_FILE', (path: string) => symlinkSync('/dev/null', path)],
  ])('%s: %s', (_, code, make) => {
    const path = join(temporaryFolder(), 'jobs.db')
    make(path)
    expect(() => recognise(path)).toThrow(`${code} ${path}`)
  })
})

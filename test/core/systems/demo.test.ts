import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/core/message.ts'
import { type DemoFile, writeDemo } from '../../../src/core/systems/demo.ts'
import { knownSchemaFor } from '../../../src/core/systems/known-schemas.ts'
import { contentsOf, countIn, everythingIn, reading, temporaryFolder } from './demo-folder.ts'

const rows = 60
const layout = [
  'crackerjack/crackerjack.db',
  'crackerjack/metrics.db',
  'session-buddy/session_buddy.db',
  'oneiric/workflow_checkpoints.sqlite',
  'fresh/crackerjack.db',
  'migrated/crackerjack.db',
  'half-migrated/crackerjack.db',
  'half-migrated/session_buddy.db',
]

function refusalOf(act: () => unknown): Refusal['failure'] {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.failure
    throw thrown
  }
  throw new Error('nothing was refused')
}

describe('the demo folder', () => {
  let folder: string
  let files: readonly DemoFile[]
  const told: DemoFile[] = []

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
    files = writeDemo({ directory: folder, rows, onFile: file => told.push(file) })
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds one database of every shape, and tells of each as it is written', () => {
    expect(files.map(file => file.path)).toEqual(layout.map(path => join(folder, path)))
    expect(told).toEqual(files)
  })

  it.each(layout)('%s opens, is sound, has the tables it should, and nothing lies beside it', path => {
    const file = join(folder, path)
    const tables = reading(file, db => {
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      return db
        .prepare<[], string>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sqlite_sequence'",
        )
        .pluck()
        .all()
    })
    const expected = path.startsWith('fresh') ? [] : (knownSchemaFor(file)?.expectedTables ?? ['unknown'])
    expect([...tables].sort()).toEqual([...expected].sort())
    for (const suffix of ['-wal', '-shm', '-journal']) expect(existsSync(file + suffix)).toBe(false)
  })

  it('counts tables and rows as they are', () => {
    for (const file of files) {
      const { sqlite_sequence: _, ...contents } = contentsOf(file.path)
      expect(file.tables).toBe(Object.keys(contents).length)
      expect(file.rows).toBe(Object.values(contents).flat().length)
    }
  })

  it.each([
    ['crackerjack/crackerjack.db', 'jobs'],
    ['crackerjack/metrics.db', 'jobs'],
    ['session-buddy/session_buddy.db', 'sessions'],
    ['oneiric/workflow_checkpoints.sqlite', 'workflow_execution_nodes'],
    ['migrated/crackerjack.db', 'jobs'],
    ['half-migrated/crackerjack.db', 'jobs'],
    ['half-migrated/session_buddy.db', 'sessions'],
  ])('%s has as many %s as were asked for', (path, table) => {
    expect(countIn(join(folder, path), `SELECT count(*) FROM ${table}`)).toBe(rows)
  })

  it('has an application’s untouched file of 0 bytes', () => {
    expect(statSync(join(folder, 'fresh/crackerjack.db')).size).toBe(0)
  })

  it('says in README.txt what each file is, with a command for it', () => {
    const readme = readFileSync(join(folder, 'README.txt'), 'utf8')
    for (const path of layout) {
      expect(readme).toContain(`${path}\n`)
      expect(readme).toMatch(new RegExp(`ulid-migrate .*${join(folder, path).replaceAll('.', '\\.')}`))
    }
  })
})

describe('the seed decides the data', () => {
  it('the same seed gives the same contents, another one others', () => {
    const [one, again, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
    writeDemo({ directory: one, rows, seed: 7 })
    writeDemo({ directory: again, rows, seed: 7 })
    writeDemo({ directory: other, rows, seed: 8 })
    for (const path of layout.filter(each => !each.startsWith('fresh'))) {
      const contents = contentsOf(join(one, path))
      expect(contentsOf(join(again, path)), path).toEqual(contents)
      expect(contentsOf(join(other, path)), path).not.toEqual(contents)
    }
  })

  it('a single row is enough', () => {
    const folder = temporaryFolder()
    const files = writeDemo({ directory: folder, rows: 1 })
    expect(files).toHaveLength(layout.length)
    expect(
      countIn(
        join(folder, 'oneiric/workflow_checkpoints.sqlite'),
        'SELECT count(*) FROM workflow_execution_nodes',
      ),
    ).toBe(1)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d rows are refused before anything is written',
    bad => {
      const folder = temporaryFolder()
      expect(refusalOf(() => writeDemo({ directory: join(folder, 'new'), rows: bad }))).toMatchObject({
        code: 'DEMO.ROWS',
        exit: 2,
      })
      expect(everythingIn(folder)).toEqual([])
    },
  )

  it('a seed that is no whole number is refused', () => {
    const folder = temporaryFolder()
    expect(refusalOf(() => writeDemo({ directory: folder, seed: 0.5 })).code).toBe('DEMO.SEED')
    expect(everythingIn(folder)).toEqual([])
  })
})

describe('what was there before', () => {
  it('a folder with something else in it is refused and stays as it is', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'crackerjack'))
    writeFileSync(join(folder, 'crackerjack/crackerjack.db'), 'precious')
    writeFileSync(join(folder, 'README.txt'), 'My own notes about ulid-migrate\n')
    const before = everythingIn(folder)
    const failure = refusalOf(() => writeDemo({ directory: folder, rows }))
    expect(failure).toMatchObject({ code: 'DEMO.EXISTS', object: folder, exit: 4, severity: 'blocker' })
    expect(failure.next).toContain('ulid-migrate demo')
    expect(everythingIn(folder)).toEqual(before)
  })

  it('a file in the place of the folder is refused and stays', () => {
    const file = join(temporaryFolder(), 'demo')
    writeFileSync(file, 'mine')
    expect(refusalOf(() => writeDemo({ directory: file, rows })).code).toBe('DEMO.EXISTS')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('an earlier demo is written anew, its journals go, and what others put beside it stays', () => {
    const folder = temporaryFolder()
    writeDemo({ directory: folder, rows })
    const path = join(folder, 'crackerjack/crackerjack.db')
    const first = contentsOf(path)
    writeFileSync(path, 'broken by trying things out')
    for (const suffix of ['-wal', '-shm', '-journal']) writeFileSync(path + suffix, 'left over')
    writeFileSync(join(folder, 'crackerjack/notes.txt'), 'mine')
    writeDemo({ directory: folder, rows })
    expect(contentsOf(path)).toEqual(first)
    for (const suffix of ['-wal', '-shm', '-journal']) expect(existsSync(path + suffix)).toBe(false)
    expect(readFileSync(join(folder, 'crackerjack/notes.txt'), 'utf8')).toBe('mine')
  })

  it('a link that leads out of an earlier demo is not followed', () => {
    const folder = temporaryFolder()
    const elsewhere = temporaryFolder()
    writeDemo({ directory: folder, rows })
    writeFileSync(join(elsewhere, 'crackerjack.db'), 'precious')
    rmSync(join(folder, 'fresh'), { recursive: true })
    symlinkSync(elsewhere, join(folder, 'fresh'))
    const before = everythingIn(folder)
    expect(refusalOf(() => writeDemo({ directory: folder, rows })).object).toBe(join(folder, 'fresh'))
    expect(everythingIn(folder)).toEqual(before)
    expect(readFileSync(join(elsewhere, 'crackerjack.db'), 'utf8')).toBe('precious')
  })
})

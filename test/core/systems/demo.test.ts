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
import { duckContentOf, duckTablesOf } from '../../support/duck-content.ts'
import { duckColumn, duckCount, readingDuck } from '../../support/duck-rows.ts'
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
const stores = [
  'session-buddy/reflection.duckdb',
  'session-buddy/knowledge_graph.duckdb',
  'mahavishnu/learning.db',
  'akosha/hot.duckdb',
  'akosha/warm/warm.db',
]

async function refusalOf(act: () => Promise<unknown>): Promise<Refusal['failure']> {
  try {
    await act()
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

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
    const written = await writeDemo({ directory: folder, rows, onFile: file => told.push(file) })
    expect(written.findings).toEqual([])
    files = written.files
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds one database of every shape, and tells of each as it is written', () => {
    expect(files.map(file => file.path)).toEqual([...layout, ...stores].map(path => join(folder, path)))
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

  it.each(stores)('%s is a DuckDB file, has the tables it should, and nothing lies beside it', async path => {
    const file = join(folder, path)
    expect(readFileSync(file).toString('latin1', 8, 12)).toBe('DUCK')
    const tables = await duckColumn(file, 'SELECT table_name FROM duckdb_tables()')
    expect(tables).toEqual(expect.arrayContaining([...(knownSchemaFor(file)?.expectedTables ?? [])]))
    for (const suffix of ['.wal', '.tmp']) expect(existsSync(file + suffix)).toBe(false)
  })

  it('counts tables and rows as they are', async () => {
    for (const file of files.slice(layout.length)) {
      const content = await readingDuck(file.path, async duck => {
        const tables = await duckTablesOf(duck)
        return Promise.all(tables.map(({ name }) => duck.rows(`SELECT count(*)::INTEGER FROM ${name}`)))
      })
      expect(file.tables).toBe(content.length)
      expect(file.rows).toBe(content.flat(2).reduce<number>((sum, each) => sum + Number(each), 0))
    }
    for (const file of files.slice(0, layout.length)) {
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

  it.each([
    ['session-buddy/reflection.duckdb', 'conversations'],
    ['session-buddy/knowledge_graph.duckdb', 'kg_entities'],
    ['mahavishnu/learning.db', 'executions'],
    ['akosha/hot.duckdb', 'conversations'],
    ['akosha/warm/warm.db', 'conversations'],
  ])('%s has as many %s as were asked for, too', async (path, table) => {
    expect(await duckCount(join(folder, path), `SELECT count(*) FROM ${table}`)).toBe(rows)
  })

  it('has an application’s untouched file of 0 bytes', () => {
    expect(statSync(join(folder, 'fresh/crackerjack.db')).size).toBe(0)
  })

  it('says in README.txt what each file is, with a command for it', () => {
    const readme = readFileSync(join(folder, 'README.txt'), 'utf8')
    for (const path of [...layout, ...stores]) {
      expect(readme).toContain(`${path}\n`)
      expect(readme).toMatch(new RegExp(`ulid-migrate .*${join(folder, path).replaceAll('.', '\\.')}`))
    }
  })
})

describe('the seed decides the data', () => {
  it('the same seed gives the same contents, another one others', async () => {
    const [one, again, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
    await writeDemo({ directory: one, rows, seed: 7 })
    await writeDemo({ directory: again, rows, seed: 7 })
    await writeDemo({ directory: other, rows, seed: 8 })
    for (const path of stores) {
      const contents = await duckContentOf(join(one, path))
      expect(await duckContentOf(join(again, path)), path).toEqual(contents)
      expect(await duckContentOf(join(other, path)), path).not.toEqual(contents)
    }
    for (const path of layout.filter(each => !each.startsWith('fresh'))) {
      const contents = contentsOf(join(one, path))
      expect(contentsOf(join(again, path)), path).toEqual(contents)
      expect(contentsOf(join(other, path)), path).not.toEqual(contents)
    }
  })

  it('a single row is enough', async () => {
    const folder = temporaryFolder()
    const { files } = await writeDemo({ directory: folder, rows: 1 })
    expect(files).toHaveLength(layout.length + stores.length)
    expect(
      countIn(
        join(folder, 'oneiric/workflow_checkpoints.sqlite'),
        'SELECT count(*) FROM workflow_execution_nodes',
      ),
    ).toBe(1)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d rows are refused before anything is written',
    async bad => {
      const folder = temporaryFolder()
      expect(await refusalOf(() => writeDemo({ directory: join(folder, 'new'), rows: bad }))).toMatchObject({
        code: 'DEMO.ROWS',
        exit: 2,
      })
      expect(everythingIn(folder)).toEqual([])
    },
  )

  it('a seed that is no whole number is refused', async () => {
    const folder = temporaryFolder()
    expect((await refusalOf(() => writeDemo({ directory: folder, seed: 0.5 }))).code).toBe('DEMO.SEED')
    expect(everythingIn(folder)).toEqual([])
  })
})

describe('what was there before', () => {
  it('a folder with something else in it is refused and stays as it is', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'crackerjack'))
    writeFileSync(join(folder, 'crackerjack/crackerjack.db'), 'precious')
    writeFileSync(join(folder, 'README.txt'), 'My own notes about ulid-migrate\n')
    const before = everythingIn(folder)
    const failure = await refusalOf(() => writeDemo({ directory: folder, rows }))
    expect(failure).toMatchObject({ code: 'DEMO.EXISTS', object: folder, exit: 4, severity: 'blocker' })
    expect(failure.next).toContain('ulid-migrate demo')
    expect(everythingIn(folder)).toEqual(before)
  })

  it('a file in the place of the folder is refused and stays', async () => {
    const file = join(temporaryFolder(), 'demo')
    writeFileSync(file, 'mine')
    expect((await refusalOf(() => writeDemo({ directory: file, rows }))).code).toBe('DEMO.EXISTS')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('an earlier demo is written anew, its journals go, and what others put beside it stays', async () => {
    const folder = temporaryFolder()
    await writeDemo({ directory: folder, rows })
    const path = join(folder, 'crackerjack/crackerjack.db')
    const first = contentsOf(path)
    writeFileSync(path, 'broken by trying things out')
    for (const suffix of ['-wal', '-shm', '-journal']) writeFileSync(path + suffix, 'left over')
    writeFileSync(join(folder, 'crackerjack/notes.txt'), 'mine')
    await writeDemo({ directory: folder, rows })
    expect(contentsOf(path)).toEqual(first)
    for (const suffix of ['-wal', '-shm', '-journal']) expect(existsSync(path + suffix)).toBe(false)
    expect(readFileSync(join(folder, 'crackerjack/notes.txt'), 'utf8')).toBe('mine')
  })

  it('a link that leads out of an earlier demo is not followed', async () => {
    const folder = temporaryFolder()
    const elsewhere = temporaryFolder()
    await writeDemo({ directory: folder, rows })
    writeFileSync(join(elsewhere, 'crackerjack.db'), 'precious')
    rmSync(join(folder, 'fresh'), { recursive: true })
    symlinkSync(elsewhere, join(folder, 'fresh'))
    const before = everythingIn(folder)
    expect((await refusalOf(() => writeDemo({ directory: folder, rows }))).object).toBe(join(folder, 'fresh'))
    expect(everythingIn(folder)).toEqual(before)
    expect(readFileSync(join(elsewhere, 'crackerjack.db'), 'utf8')).toBe('precious')
  })
})

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { makeDatabase, type Row } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { agreeing, inProcess } from '../../support/in-process.ts'
import { type Shape, shapes, sqlOf, type Write, writes } from './writes.ts'

/** How often each shape is tried: `IN_STEP=500 npx vitest run test/core/expand`. */
const runs = Number(process.env.IN_STEP ?? 12)
const again = process.env.IN_STEP_SEED === undefined ? {} : { seed: Number(process.env.IN_STEP_SEED) }

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

interface Expanded {
  readonly before: string
  readonly after: string
  readonly ulid: string
  readonly referring: string
}

async function expanded(shape: Shape): Promise<Expanded> {
  const folder = temporaryFolder()
  const own = shape.parent === shape.child
  const rows = own
    ? `INSERT INTO tree(n, id, email, parent) VALUES (0, ${shape.id(0)}, 'a', NULL), (1, ${shape.id(1)}, 'b', ${shape.id(0)}), (2, ${shape.id(2)}, 'c', ${shape.id(4)})`
    : `INSERT INTO ${shape.parent}(${shape.key}, email) VALUES (${shape.id(0)}, 'a'), (${shape.id(2)}, 'b'), (${shape.id(4)}, 'c');
       INSERT INTO ${shape.child}(n, ${shape.reference}) VALUES (0, ${shape.id(0)}), (1, ${shape.id(0)}), (2, ${shape.id(2)}), (3, ${shape.id(5)}), (4, NULL)`
  const before = makeDatabase(join(folder, 'before.db'), shape.sql, rows)
  const after = join(folder, 'after.db')
  copyFileSync(before, after)
  const choices = await agreeing(after, {
    strategy: 'expand',
    only: [`${shape.parent}.${shape.key}`],
    generatedAt: true,
  })
  const done = await migrate(after, choices, undefined, inProcess(settingsIn(folder)))
  expect(done.status).toBe('succeeded')
  const db = new Database(after)
  const columnsOf = (table: string) =>
    (db.pragma(`table_info(${table})`) as { name: string }[])
      .map(column => column.name)
      .filter(name => name.endsWith('_ulid'))
  const [first, second] = columnsOf(shape.parent)
  const referring = own ? second! : columnsOf(shape.child)[0]!
  db.close()
  return { before, after, ulid: first!, referring }
}

function open(path: string, pragmas: readonly string[]): Database.Database {
  const db = new Database(path)
  db.pragma('synchronous = OFF')
  for (const pragma of pragmas) db.pragma(pragma)
  return db
}

/** What became of the statement: nothing to say, or what SQLite says. */
function outcome(db: Database.Database, sql: string): string {
  try {
    db.exec(sql)
    return 'done'
  } catch (error) {
    // Which of two unique indexes is named, where both refuse, is SQLite's own affair.
    return (error as Error).message.replace(/:.*/, '')
  }
}

function contentOf(db: Database.Database, shape: Shape): string[] {
  const columns = (table: string) =>
    (db.pragma(`table_info(${table})`) as { name: string }[])
      .map(column => column.name)
      .filter(name => !/_ulid(_generated_at)?$/.test(name))
  return [...new Set(['audit', shape.parent, shape.child])].flatMap(table =>
    (
      db
        .prepare(`SELECT ${columns(table).join(', ')} FROM ${table}`)
        .raw()
        .all() as Row[]
    )
      .map(row => `${table} ${JSON.stringify(row)}`)
      .sort(),
  )
}

/**
 * Said once more, apart from the engine: every row by its ULID, every reference by the ULID of the very same row. Gives each
 * legacy id's ULID, with the time that it was made.
 */
function expectInStep(db: Database.Database, shape: Shape, names: Expanded): Map<string, string> {
  const rows = db
    .prepare(`SELECT ${shape.key}, ${names.ulid}, ${names.ulid}_generated_at FROM ${shape.parent}`)
    .raw()
    .all() as [string | number, string, string][]
  for (const [, id, at] of rows) {
    expect(id).toMatch(ulid)
    expect(at).toMatch(isoTime)
  }
  expect(new Set(rows.map(([, id]) => id)).size).toBe(rows.length)
  const referring = db
    .prepare(
      `SELECT c.${shape.reference}, c.${names.referring},
        (SELECT p.${names.ulid} FROM ${shape.parent} p WHERE p.${shape.key} = +c.${shape.reference}) FROM ${shape.child} c`,
    )
    .raw()
    .all() as [string | number | null, string | null, string | null][]
  const orphans = new Map<string, string>()
  for (const [legacy, own, parents] of referring) {
    if (legacy === null || (legacy === '' && parents === null)) expect(own).toBeNull()
    else if (parents !== null) expect(own).toBe(parents)
    else {
      expect(own).toMatch(ulid)
      const alike = shape.sql.includes('NOCASE') ? String(legacy).toLowerCase() : String(legacy)
      expect(orphans.get(alike) ?? own).toBe(own)
      orphans.set(alike, own!)
    }
  }
  for (const id of orphans.values()) expect(rows.map(([, each]) => each)).not.toContain(id)
  return new Map(rows.map(([legacy, id, at]) => [String(legacy), `${id} ${at}`]))
}

describe.each(shapes)('$name', shape => {
  test.each([
    ['recursive_triggers = OFF', 'foreign_keys = OFF'],
    ['recursive_triggers = ON', 'foreign_keys = OFF'],
    ['recursive_triggers = OFF', 'foreign_keys = ON'],
    ['recursive_triggers = ON', 'foreign_keys = ON'],
  ])('any writes keep both sides in step and do what they did before: %s, %s', async (...pragmas) => {
    const names = await expanded(shape)
    const folder = temporaryFolder()
    let tried = 0
    fc.assert(
      fc.property(writes, deeds => {
        tried += 1
        const at = join(folder, String(tried))
        copyFileSync(names.before, `${at}.before`)
        copyFileSync(names.after, `${at}.after`)
        const [before, after] = [open(`${at}.before`, pragmas), open(`${at}.after`, pragmas)]
        try {
          let known = expectInStep(after, shape, names)
          for (const deed of deeds) {
            const sql = sqlOf(shape, deed)
            expect([sql, outcome(after, sql)]).toEqual([sql, outcome(before, sql)])
            expect(contentOf(after, shape)).toEqual(contentOf(before, shape))
            const now = expectInStep(after, shape, names)
            if (keepsNames(deed)) for (const [legacy, id] of now) expect(known.get(legacy) ?? id).toBe(id)
            known = now
          }
        } finally {
          before.close()
          after.close()
        }
      }),
      { numRuns: runs, ...again },
    )
  })
})

/** Whether a legacy id that is there before and after names the same row, so that it must have the same ULID. */
function keepsNames({ what, or }: Write): boolean {
  // Of many rows one may take another's place by its mail, and a later one come under the id that is free then.
  return what !== 'rename' && !(what === 'insert many' && or === 'OR REPLACE')
}

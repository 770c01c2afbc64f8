import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Row } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { expanded, expectInStep } from './expanded.ts'
import { type Shape, shapes, sqlOf, type Write, writes } from './writes.ts'

/** How often each shape is tried: `IN_STEP=500 npx vitest run test/core/expand`. */
const runs = Number(process.env.IN_STEP ?? 12)
const again = process.env.IN_STEP_SEED === undefined ? {} : { seed: Number(process.env.IN_STEP_SEED) }

/** A ULID and the time that it was made. */
const timed = /^\w{26} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

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
            for (const named of now.values()) expect(named).toMatch(timed)
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

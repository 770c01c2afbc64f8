import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { makeDatabase } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { agreeing, inProcess } from '../../support/in-process.ts'
import type { Shape } from './writes.ts'

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/** A small database of one shape of key, before it is expanded and after. */
export interface Expanded {
  readonly before: string
  readonly after: string
  readonly ulid: string
  readonly referring: string
}

export async function expanded(shape: Shape): Promise<Expanded> {
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

/**
 * Said once more, apart from the engine: every row by its ULID, every reference by the ULID of the very same row. Gives each
 * legacy id's ULID, with the time that it was made.
 */
export function expectInStep(db: Database.Database, shape: Shape, names: Expanded): Map<string, string> {
  const rows = db
    .prepare(`SELECT ${shape.key}, ${names.ulid}, ${names.ulid}_generated_at FROM ${shape.parent}`)
    .raw()
    .all() as [string | number, string, string | null][]
  for (const [, id] of rows) expect(id).toMatch(ulid)
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

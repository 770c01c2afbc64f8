import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { status } from '../../../src/core/status/status.ts'
import { makeDatabase, reading } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

test.each([
  ['an integer key', 'CREATE TABLE jobs(id INTEGER PRIMARY KEY, note TEXT)', '7'],
  ['a text key without rowid', 'CREATE TABLE jobs(id TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID', 'seven'],
  [
    'a unique column without regard to case',
    'CREATE TABLE jobs(n INTEGER PRIMARY KEY, id TEXT UNIQUE COLLATE NOCASE, note TEXT)',
    'seven',
  ],
])(
  'status gives the statement that finds a row by either id, through the index of each: %s',
  async (_, sql, id) => {
    const folder = temporaryFolder()
    const [table, column] = ['"it\'s ""odd"""', '":id"']
    const path = makeDatabase(
      join(folder, 'own.db'),
      sql.replace('jobs', table).replace(' id ', ` ${column} `).replace('(id ', `(${column} `),
      `INSERT INTO ${table}(${column}, note) VALUES ('${id}', 'it'), ('8', 'other')`,
    )
    const settings = settingsIn(folder)
    await migrate(path, { strategy: 'expand', only: [`${table}.${column}`] }, undefined, inProcess(settings))
    const [known] = await status([path], inProcess(settings))
    const [lookup] = known!.expansions[0]!.lookups
    expect(known!.expansions[0]!.lookups).toHaveLength(1)
    reading(path, db => {
      const find = db.prepare(lookup!)
      const row = find.get({ id }) as Record<string, unknown>
      expect(row.note).toBe('it')
      const ulid = Object.entries(row).find(([name]) => name.endsWith('_ulid'))![1]
      expect(find.all({ id: ulid })).toEqual([row])
      expect(find.all({ id: 'nothing' })).toEqual([])
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${lookup}`).all({ id }) as { detail: string }[]
      const steps = plan.map(({ detail }) => detail)
      expect(steps[0]).toBe('MULTI-INDEX OR')
      expect(steps.filter(step => step.startsWith('SEARCH'))).toHaveLength(2)
      expect(steps.filter(step => step.startsWith('SCAN'))).toEqual([])
    })
  },
)

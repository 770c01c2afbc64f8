import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { copyDatabase, corpusExists, corpusFolder } from '../corpus/folder.ts'
import { makeDemo } from '../support/demo.ts'
import { temporaryFolder } from '../support/folder.ts'

interface Place {
  readonly table: string
  readonly column: string
  readonly parent: string
}

interface Reference extends Place {
  readonly parentColumn: string
  readonly kind: string
  readonly when?: { readonly column: string; readonly is: readonly (string | number)[] }
}

interface Truth {
  readonly database: string
  readonly engine?: 'duckdb'
  readonly references: readonly Reference[]
  readonly not: readonly Place[]
}

const truths: readonly Truth[] = readdirSync(join(import.meta.dirname, 'truth'))
  .filter(name => name.endsWith('.json'))
  .map(name => JSON.parse(readFileSync(join(import.meta.dirname, 'truth', name), 'utf8')))
const sqlite = truths.filter(truth => truth.engine === undefined)
const isOfDemo = (truth: Truth) => truth.database.startsWith('demo/')

describe('the truth by hand is true', () => {
  const demo = makeDemo(2000).folder
  test.each(sqlite.filter(isOfDemo))('of the demo: $database', truth => {
    mustHold(truth, join(demo, truth.database.slice('demo/'.length)))
  })

  test.skipIf(!corpusExists).each(sqlite.filter(truth => !isOfDemo(truth)))(
    'of the corpus: $database',
    truth => {
      const beside = truth.database.startsWith('systems/') ? '..' : '.'
      const original = join(corpusFolder, beside, truth.database)
      expect(existsSync(original)).toBe(true)
      mustHold(truth, copyDatabase(original, join(temporaryFolder(), 'target.db')))
    },
  )
})

/** All that is named exists, and each reference that is a plain value has three of them and names a row at least once. */
function mustHold(truth: Truth, path: string): void {
  const db = new Database(path)
  const has = (table: string, column: string) =>
    db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined
  for (const { table, column } of [...truth.references, ...truth.not])
    expect({ table, column, exists: has(table, column) }).toEqual({ table, column, exists: true })
  for (const reference of truth.references) {
    expect(has(reference.parent, reference.parentColumn)).toBe(true)
    if (reference.kind !== 'inferred' && reference.kind !== 'polymorphic') continue
    const { held, matched } = countsOf(db, reference)
    expect(held).toBeGreaterThanOrEqual(3)
    expect(matched).toBeGreaterThanOrEqual(1)
  }
  db.close()
}

function countsOf(db: Database.Database, { table, column, parent, parentColumn, when }: Reference) {
  const marks = when?.is.map(() => '?').join()
  const only = when === undefined ? '' : `AND "${when.column}" IN (${marks})`
  const sql = `SELECT count(*) AS held, sum("${column}" IN (SELECT "${parentColumn}" FROM "${parent}")) AS matched
    FROM "${table}" WHERE "${column}" IS NOT NULL AND "${column}" NOT IN (0, '') ${only}`
  return (
    db.prepare<(string | number)[], { held: number; matched: number }>(sql).get(...(when?.is ?? [])) ?? {
      held: 0,
      matched: 0,
    }
  )
}

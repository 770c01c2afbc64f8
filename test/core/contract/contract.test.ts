import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planContract } from '../../../src/core/contract/contract-plan.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import type { ContractChoices, Settings } from '../../../src/core/requests.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, contentHash, reading, type Value } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { inProcess } from '../../support/in-process.ts'
import { type Expanded, expanded, expectInStep } from '../expand/expanded.ts'
import { type Shape, shapes, sqlOf, writes } from '../expand/writes.ts'

const ways: readonly ContractChoices[] = [
  {},
  { takeNames: true },
  { keepLegacy: true },
  { takeNames: true, keepLegacy: true },
]
const alike = (way: ContractChoices) => Object.keys(way).join(' and ') || 'nothing kept'

/** An expansion to which its program has written by the legacy ids. */
async function lived(shape: Shape, seed: number): Promise<Expanded & { readonly settings: Settings }> {
  const names = await expanded(shape)
  const db = new Database(names.after)
  db.pragma('foreign_keys = OFF')
  for (const deed of fc.sample(writes, { numRuns: 3, seed }).flat())
    try {
      db.exec(sqlOf(shape, deed))
    } catch {
      // Two rows of one name, as everywhere.
    }
  db.close()
  return { ...names, settings: settingsIn(dirname(names.after)) }
}

/** Each row by the number of its own that no contract touches, with its ids; and each child with what it refers to. */
function idsIn(path: string, shape: Shape, key: string, reference: string) {
  const own = shape.parent === shape.child
  const row = own || shape.sql.includes('WITHOUT ROWID') ? 'email' : 'rowid'
  return reading(path, db => {
    const pairs = (sql: string) => db.prepare(sql).raw().all() as [Value, Value][]
    const q = (name: string) => `"${name}"`
    return {
      rows: pairs(`SELECT ${row}, ${q(key)} FROM ${shape.parent} ORDER BY 1, 2`),
      children: pairs(`SELECT n, ${q(reference)} FROM ${shape.child} ORDER BY 1, 2`),
      rowids: own ? pairs(`SELECT rowid, n FROM ${shape.child} ORDER BY 1`) : [],
    }
  })
}

const isSentinel = (value: Value) => value === '' || value === 0n || value === '0'

describe.each(shapes)('$name', shape => {
  test.each(ways.map(way => [alike(way), way] as const))(
    'is contracted to the ULIDs that stood beside its ids, and taken back: %s',
    async (_, way) => {
      const { after: path, settings, ...names } = await lived(shape, 20260211)
      const both = contentHash(path)
      const legacy = idsIn(path, shape, shape.key, shape.reference)
      const ulids = idsIn(path, shape, names.ulid, names.referring)

      const choices = { ...way, early: true, accept: [`${shape.parent}.${shape.key}`] }
      const { plan } = await planContract(path, choices, inProcess(settings))
      const rehearsed = await rehearse(path, {}, plan, inProcess(settings))
      expect([rehearsed.document.proof.ok, rehearsed.document.undo.ok]).toEqual([true, true])
      expect(contentHash(path)).toBe(both)

      const done = await migrate(path, {}, plan, inProcess(settings))
      expect([...done.proof.checks, ...done.outside.checks].filter(check => !check.ok)).toEqual([])
      expect(done.proof.checks.map(check => check.id)).toContain('same-ulids')
      const key = way.takeNames ? shape.key : names.ulid
      const reference = way.takeNames ? shape.reference : names.referring
      const now = idsIn(path, shape, key, reference)
      expect(now.rows).toEqual(ulids.rows)
      expect(now.rowids).toEqual(ulids.rowids)
      expect(now.children.map(([n, id]) => [n, isSentinel(id) ? null : id])).toEqual(ulids.children)
      if (way.keepLegacy)
        expect(idsIn(path, shape, `legacy_${shape.key}`, `legacy_${shape.reference}`)).toEqual(legacy)
      reading(path, db => {
        expect(db.pragma('foreign_key_check')).toHaveLength(
          now.children.filter(([, id]) => id !== null && !now.rows.some(([, each]) => each === id)).length,
        )
        const texts = db
          .prepare(`SELECT group_concat(sql) FROM sqlite_schema WHERE name NOT LIKE '\\_ulid%' ESCAPE '\\'`)
          .pluck()
          .get()
        expect(texts).not.toMatch(/ulid_sync_|_ulid_migrate_/)
        const columns = (db.pragma(`table_info(${shape.parent})`) as { name: string }[]).map(
          ({ name }) => name,
        )
        expect(columns.includes(names.ulid)).toBe(!way.takeNames)
        expect(columns.includes(shape.key)).toBe(way.takeNames === true)
      })

      // A program that has been changed over writes on.
      const mine = '01KHB3Y0K0AAAAAAAAAAAAAAAA'
      const own = shape.parent === shape.child
      change(
        path,
        own
          ? `INSERT INTO tree(n, "${key}", "${reference}") VALUES(77, '${mine}', '${mine}')`
          : `INSERT INTO ${shape.parent}("${key}", email) VALUES('${mine}', 'since')`,
        own ? 'SELECT 1' : `INSERT INTO ${shape.child}(n, "${reference}") VALUES(77, '${mine}')`,
      )
      const verified = await verifyPastRun(path, undefined, inProcess(settings))
      expect(verified.proof.checks.filter(check => !check.ok)).toEqual([])

      const back = await undo(path, undefined, inProcess(settings))
      expect(back.proof.checks.filter(check => !check.ok)).toEqual([])
      expect(back.proof.checks.map(check => check.id)).toEqual(
        expect.arrayContaining(['in-step', 'same-ulids', 'legacy-ids']),
      )
      const db = new Database(path)
      expectInStep(db, shape, { ...names, after: path })
      expect(
        db.prepare(`SELECT count(*) FROM ${shape.parent} WHERE ${names.ulid} = ?`).pluck().get(mine),
      ).toBe(1)
      db.exec(
        `DELETE FROM ${shape.child} WHERE n = 77; DELETE FROM ${shape.parent} WHERE ${names.ulid} = '${mine}'`,
      )
      db.close()
      expect(idsIn(path, shape, shape.key, shape.reference)).toEqual(legacy)
      expect(idsIn(path, shape, names.ulid, names.referring)).toEqual(ulids)
    },
  )
})

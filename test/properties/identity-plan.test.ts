import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/core/compile/compile.ts'
import type { Context } from '../../src/core/context.ts'
import { detect } from '../../src/core/detect/detect.ts'
import { migrate } from '../../src/core/migrate/migrate.ts'
import { lookAt } from '../../src/core/migrate/prepare.ts'
import { hashOf, makePlan } from '../../src/core/plan/make-plan.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { change, columnOf, contentOf, makeDatabase, rowsOf } from '../support/database.ts'
import { ask, settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { agreeing, inProcess, unwatched } from '../support/in-process.ts'
import { whole } from '../support/whole.ts'
import { acceptanceDatabase } from './acceptance-database.ts'
import { randomDatabase, sqlOf } from './random-database.ts'

/** A plan that rebuilds every table and changes nothing leaves the schema text and every cell as they were. */

async function identityPlan(
  path: string,
  context: Context,
): Promise<{ readonly plan: Plan; readonly rebuilt: readonly string[] }> {
  const { plan, schema } = await lookAt(path, context, async looking => ({
    plan: makePlan(looking, await detect(looking, {}, unwatched), {}),
    schema: looking.schema,
  }))
  const body = { ...plan, identities: [] }
  const nothing = { ...body, hash: hashOf(body) }
  const { steps } = compile(nothing, schema, { firstMap: 1, rebuildAll: true })
  const rebuilt = steps.flatMap(step =>
    'sql' in step && /^CREATE TABLE (?!"?_ulid)/.test(step.sql) ? [step.object] : [],
  )
  return { plan: nothing, rebuilt }
}

describe('the acceptance schema', () => {
  const make = () => makeDatabase(join(temporaryFolder(), 'acceptance.db'), ...acceptanceDatabase)
  const schemaText =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_ulid%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_ulid%' ESCAPE '\\' ORDER BY type, name"

  test('comes out of a rebuild of every table byte-equal, with real second opinions', async () => {
    const path = make()
    const settings = settingsIn(temporaryFolder())
    const [schema, content] = [rowsOf(path, schemaText), contentOf(path)]
    const context: Context = {
      ...inProcess(settings),
      ask: async (operation, request) => (await ask(settings, operation, request)).outcome,
    }
    const { plan, rebuilt } = await identityPlan(path, inProcess(settings))
    expect(rebuilt).toEqual(['grp', 'it em', 'strict_t', 'link', 'note'])
    // The engine in the other process knows this run by its name.
    const { proof, outside } = await migrate(path, {}, plan, context, { rebuildAll: true })
    expect([proof.checks, outside.checks].flat().filter(check => !check.ok)).toEqual([])
    expect(rowsOf(path, schemaText)).toEqual(schema)
    expect(contentOf(path)).toEqual(content)
  })

  test('still works afterwards: its full text, its triggers, its next number, its checks', async () => {
    const path = make()
    const context = inProcess(settingsIn(temporaryFolder()))
    await migrate(path, {}, (await identityPlan(path, context)).plan, context, { rebuildAll: true })
    change(
      path,
      "INSERT INTO grp_fts(grp_fts, rank) VALUES('integrity-check', 1)",
      'INSERT INTO v(id) VALUES(1)',
      "UPDATE grp SET name = 'a' WHERE id = 2",
    )
    expect(rowsOf(path, 'SELECT id, name FROM grp ORDER BY id')).toEqual([
      [1n, 'root'],
      [2n, 'a'],
      [3n, 'lost child'],
      [5n, 'via view'],
    ])
    expect(columnOf(path, "SELECT rowid FROM grp_fts('via')")).toEqual([5n])
    expect(() => change(path, 'INSERT INTO grp(id) VALUES(0)')).toThrow('CHECK')
  })

  test('is migrated where it has text ids, and goes back', async () => {
    const path = make()
    const settings = settingsIn(temporaryFolder())
    const content = contentOf(path)
    await migrate(path, await agreeing(path, { only: ['"it em"."select"'] }), undefined, inProcess(settings))
    expect(columnOf(path, 'SELECT length("select") FROM "it em"')).toEqual([26n, 26n, 26n, 26n, 26n])
    expect(columnOf(path, 'SELECT ord FROM link JOIN "it em" ON "select" = k ORDER BY 1')).toEqual([1n, 3n])
    await undo(path, undefined, inProcess(settings))
    expect(contentOf(path)).toEqual(content)
  })
})

test('random schemas come out of a rebuild of every table byte-equal, and of its undo as well', async () => {
  const folder = join(temporaryFolder(), 'target')
  await fc.assert(
    fc.asyncProperty(randomDatabase, async database => {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      const path = makeDatabase(join(folder, 'random.db'), ...sqlOf(database))
      const settings = settingsIn(folder)
      const content = contentOf(path)
      const { plan, rebuilt } = await identityPlan(path, inProcess(settings))
      expect(rebuilt).toEqual(['log', ...database.tables.map(table => table.name)])
      await migrate(path, {}, plan, inProcess(settings), { rebuildAll: true })
      expect(contentOf(path)).toEqual(content)
      await undo(path, undefined, inProcess(settings))
      expect(contentOf(path)).toEqual(content)
    }),
    { numRuns: Number(process.env.ROUND_TRIPS ?? (whole ? 20 : 10)) },
  )
})

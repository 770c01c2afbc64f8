import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { migrate } from '../../src/core/migrate/migrate.ts'
import type { Choices } from '../../src/core/requests.ts'
import { undo } from '../../src/core/rollback/undo.ts'
import { contentOf, makeDatabase, quoted, type Row, rowsOf } from '../support/database.ts'
import { settingsIn } from '../support/engine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { agreeing, inProcess } from '../support/in-process.ts'
import { whole } from '../support/whole.ts'
import { hasId, type RandomDatabase, randomDatabase, referenceColumn, sqlOf } from './random-database.ts'

const seed = '5eed'.padStart(64, '0')

/** For each reference, which row of the parent each row of the child names, told by the rows' own numbers. */
function resolved(path: string, { tables }: RandomDatabase): readonly (readonly Row[])[] {
  return tables.flatMap(table =>
    table.references.flatMap(({ to, form }, at) => {
      const parent = tables[to]!
      // Whether a composite member is followed depends on how many of its values match.
      if (!hasId(parent) || form === 'composite') return []
      const column = `c.${quoted(referenceColumn(table, at, tables))}`
      return [
        rowsOf(
          path,
          `SELECT c.n, p.n FROM ${quoted(table.name)} c LEFT JOIN ${quoted(parent.name)} p ON p.id = +${column} ORDER BY 1, 2`,
        ),
      ]
    }),
  )
}

/** Every cell of the columns that no plan names, by row number. */
function otherCells(path: string, { tables }: RandomDatabase): readonly (readonly Row[])[] {
  return tables.map(table => {
    const columns = [
      ...table.extra.map((_, at) => `extra_${at}`),
      ...(table.time === 'none' ? [] : ['created_at']),
    ]
    const cells = columns.map(column => `typeof(${column}), hex(CAST(${column} AS BLOB))`)
    return rowsOf(path, `SELECT ${['n', ...cells].join(', ')} FROM ${quoted(table.name)} ORDER BY n`)
  })
}

/** What is no more than called like a reference is followed where the values say enough, or, as here, where it is named. */
function namedOnly({ tables }: RandomDatabase): readonly string[] {
  return tables.flatMap(table =>
    table.references.flatMap(({ to, form }, at) =>
      form === 'by name only' && hasId(tables[to]!)
        ? [
            `${quoted(table.name)}.${quoted(referenceColumn(table, at, tables))}=${quoted(tables[to]!.name)}.id`,
          ]
        : [],
    ),
  )
}

async function thereAndBack(folder: string, database: RandomDatabase, wanted: Choices): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const path = makeDatabase(join(folder, 'random.db'), ...sqlOf(database))
  const settings = settingsIn(folder)
  const choices = await agreeing(path, { ...wanted, references: namedOnly(database) })
  const before = contentOf(path)
  const rows = [resolved(path, database), otherCells(path, database)]

  const { status } = await migrate(path, { ...choices, seed }, undefined, inProcess(settings))
  if (status === 'nothing-to-do') {
    expect(contentOf(path)).toEqual(before)
    return
  }
  if (choices.strategy === 'replace')
    expect([resolved(path, database), otherCells(path, database)]).toEqual(rows)
  expect(contentOf(path)).not.toEqual(before)

  expect((await migrate(path, { ...choices, seed }, undefined, inProcess(settings))).status).toBe(
    'nothing-to-do',
  )

  await undo(path, undefined, inProcess(settings))
  expect(contentOf(path)).toEqual(before)
}

const runs = Number(process.env.ROUND_TRIPS ?? (whole ? 25 : 10))
const again = process.env.ROUND_TRIP_SEED === undefined ? {} : { seed: Number(process.env.ROUND_TRIP_SEED) }

test.each(['replace', 'expand'] as const)(
  '%s, then undone, gives the very content it began with, and every reference its row in between',
  async strategy => {
    const folder = join(temporaryFolder(), 'target')
    await fc.assert(
      fc.asyncProperty(
        randomDatabase,
        fc.constantFrom('upper' as const, 'lower' as const),
        (database, letters) => thereAndBack(folder, database, { strategy, case: letters }),
      ),
      { numRuns: runs, ...again },
    )
  },
)

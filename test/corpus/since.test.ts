import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cases } from './cases.ts'
import { corpusExists, corpusFolder, pathOf } from './folder.ts'
import type { Mode } from './journey.ts'
import { writeAndUndo } from './since.ts'

/** A share; `npm run corpus` takes every database in two modes. */
const share: readonly (readonly [string, Mode])[] = [
  ['chrome/History_10', 'pure'],
  ['gnucash/complex.gnucash', 'default'],
  ['pocketbase/pocketbase_data.sqlite', 'pure'],
  ['sqlite-edge/giant_row_id.sqlite', 'pure'],
]

describe.skipIf(!corpusExists)(`written to after its migration, of ${corpusFolder},`, () => {
  test.each(share)(
    '%s (%s) keeps what was written through an undo, and is the very original after a restore',
    async (name, mode) => {
      const since = await writeAndUndo(pathOf(name), mode, cases[name]?.[mode].accept ?? [])
      expect(since).toMatchObject({ end: 'as it should', why: '' })
      expect(since.inserted).toBeGreaterThan(0)
    },
    120_000,
  )
})

test('a small database of our own goes the same way, in both forms', async () => {
  const path = makeDatabase(
    join(temporaryFolder(), 'a.db'),
    `CREATE TABLE jobs(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE runs(job_id INTEGER REFERENCES jobs(id), note TEXT);
     INSERT INTO jobs VALUES(1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO runs VALUES(1, 'x'), (2, 'y'), (9, 'orphan');`,
  )
  for (const mode of ['default', 'pure'] as const)
    expect(await writeAndUndo(path, mode, [])).toMatchObject({
      end: 'as it should',
      inserted: 2,
      updated: 2,
      deleted: 2,
    })
})

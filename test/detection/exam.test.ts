import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { corpusExists, corpusFolder } from '../corpus/folder.ts'
import { usualCases } from './cases.ts'
import { exam } from './exam.ts'
import { nameOf, sum } from './report.ts'
import type { Score } from './score.ts'

/** A share of `npm run detection`: the demo's databases, and a few of the corpus where there is one. */

const scratch = mkdtempSync(join(tmpdir(), 'ulid-migrate-exam-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const cases = usualCases(corpusFolder, scratch)

const examined = (wanted: readonly string[]): Promise<readonly Score[]> =>
  wanted.reduce<Promise<Score[]>>(async (before, name) => {
    const scores = await before
    return [...scores, await exam(cases.find(each => each.name === name)!, scratch)]
  }, Promise.resolve([]))

function expectTargets(scores: readonly Score[]): void {
  const { truths, accepted, offered } = sum(scores)
  expect(scores.flatMap(({ wrong }) => wrong.map(nameOf))).toEqual([])
  expect(accepted.right).toBeGreaterThanOrEqual(truths * 0.9)
  expect(offered.right).toBeGreaterThanOrEqual(truths * 0.97)
}

test('in the databases of the demo, without their keys, nothing is taken that is no reference, and hardly one is missed', async () => {
  expectTargets(
    await examined([
      'demo/crackerjack/metrics.db',
      'demo/crackerjack/crackerjack.db',
      'demo/oneiric/workflow_checkpoints.sqlite',
    ]),
  )
})

const foreign = [
  'chinook/chinook.sqlite',
  'northwind/northwind.sqlite',
  'gnucash/complex.gnucash',
  'chrome/History_10',
  'geopackage/super.gpkg',
  'pocketbase/pocketbase_data.sqlite',
  'bioc/org.testing.sqlite',
  'bioc/sacCer2_txdb.sqlite',
  'sakila/sakila.sqlite',
]

test.skipIf(!corpusExists)(
  `in databases that nobody here wrote (skipped where there is no corpus): ${foreign.join(', ')}`,
  async () => expectTargets(await examined(foreign)),
)

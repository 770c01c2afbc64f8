import { describe, expect, test } from 'vitest'
import { cases } from './cases.ts'
import { corpusDatabases, corpusExists, corpusFolder, pathOf, printOf } from './folder.ts'
import { type Mode, modes, travel } from './journey.ts'
import { complaintAbout } from './judge.ts'

/**
 * Files that take long go none of the ways here, and those that take a second or more go one; `npm run corpus` takes all of
 * them all ways. Whatever else is in the folder goes all ways here, too.
 */
const share: Readonly<Record<string, readonly Mode[]>> = {
  'bioc/org.testing.sqlite': ['pure'],
  'bioc/sacCer2_txdb.sqlite': [],
  'chinook/chinook.sqlite': ['default'],
  'chinook/chinook_autoincrement.sqlite': [],
  'chrome/History_10': ['keep-integer', 'expand'],
  'chrome/History_60': ['pure'],
  'datasette-fixtures/fixtures.sqlite': ['pure'],
  'geopackage/rte.gpkg': ['default'],
  'geopackage/super.gpkg': [],
  'gnucash/complex.gnucash': ['default'],
  'gnucash/invoices.gnucash': ['expand'],
  'gnucash/scheduled_tx.gnucash': [],
  'northwind/northwind.sqlite': ['keep-integer'],
  'pocketbase/pocketbase_data.sqlite': ['default'],
  'proj/proj.db': [],
  'sakila/sakila.sqlite': [],
  'duck-edge/attach_all_types.duckdb': [],
  'duck-edge/index_fk.duckdb': ['default'],
  'duck-edge/views_092.duckdb': ['default'],
  'duck-jaffle/jaffle_shop.duckdb': ['default'],
  'systems/crackerjack-skills.sqlite': ['default'],
  'systems/crackerjack-workflow_checkpoints.sqlite': ['default'],
  'systems/mahavishnu-learning.duckdb': ['default'],
}

const journeys = (corpusExists ? corpusDatabases() : Object.keys(cases)).flatMap(name =>
  (share[name] ?? modes).map(mode => ({ name, mode })),
)

describe.skipIf(!corpusExists)(`the databases in ${corpusFolder}`, () => {
  test.each(journeys)(
    '$name ($mode) ends as it should, and its original is left alone',
    async ({ name, mode }) => {
      const original = pathOf(name)
      const print = printOf(original)
      const expected = cases[name]?.[mode]
      const journey = await travel(original, mode, expected?.accept ?? [])
      expect(complaintAbout(journey, expected)).toBeNull()
      expect(printOf(original)).toBe(print)
    },
    180_000,
  )
})

import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { whole } from '../support/whole.ts'
import { endure, soundFile } from './broken.ts'

/** A share of `npm run faults -- broken`: a seed for each kind of damage. */
const seeds = whole ? Array.from({ length: 60 }, (_, at) => at + 1) : [1, 4, 6, 7, 12]

test('a DuckDB file that is cut, or holds other bytes, is refused by name or goes forth and back whole, and looking alters nothing', async () => {
  const sound = await soundFile(temporaryFolder(), 300)
  for (const seed of seeds) expect(await endure(sound, seed)).toMatchObject({ violations: [] })
}, 600_000)

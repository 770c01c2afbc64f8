import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../../src/core/engines/duckdb/connect.ts'
import { limitsOf } from '../../../../src/core/engines/duckdb/limits.ts'
import { scratchDir } from '../../../../src/core/scratch.ts'
import { inDuck } from '../../../support/duck-files.ts'
import { settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const settings = settingsIn(temporaryFolder())

test('DuckDB gets 1 GB at most, unless the settings say otherwise', () => {
  expect(Number.parseInt(limitsOf(settings).memory, 10)).toBeLessThanOrEqual(1000)
  expect(limitsOf({ ...settings, duckdbMemory: '2GiB' }).memory).toBe('2GiB')
})

test('what does not fit goes to a folder in the state folder, which is gone when the file is closed', async () => {
  const path = await inDuck(
    join(temporaryFolder(), 'jobs.duckdb'),
    'CREATE TABLE jobs AS SELECT range AS id FROM range(3000000)',
  )
  const limits = { ...limitsOf({ ...settings, duckdbMemory: '64MB' }), threads: 2 }
  expect(dirname(limits.temporary)).toBe(scratchDir(settings))
  const store = await openStore(path, 'read-only', limits)
  const rows = await store.all(
    'SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY hash(id)) AS n FROM jobs) WHERE n % 7 = 3',
  )
  expect(rows).toEqual([[428_572n]])
  expect(existsSync(limits.temporary)).toBe(true)
  store.close()
  expect(existsSync(limits.temporary)).toBe(false)
})

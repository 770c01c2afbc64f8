import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Stopped } from '../../../../src/core/context.ts'
import { detect } from '../../../../src/core/detect/detect.ts'
import { lookAt } from '../../../../src/core/migrate/prepare.ts'
import { makeDatabase } from '../../../support/database.ts'
import { settingsIn } from '../../../support/engine.ts'
import { temporaryFolder } from '../../../support/folder.ts'
import { inProcess } from '../../../support/in-process.ts'

const count = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 7000)'

test('a stop while documents are counted is heard at any moment, and leaves no reading open', async () => {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'documents.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY);
     CREATE TABLE events(n INTEGER PRIMARY KEY, data TEXT);
     INSERT INTO jobs SELECT printf('%08d-1234-4abc-8def-%012d', i, i * 7) FROM (${count} SELECT i FROM n);
     INSERT INTO events SELECT i, json_object('job', printf('%08d-1234-4abc-8def-%012d', i, i * 7)) FROM (${count} SELECT i FROM n);`,
  )
  const stopAt = async (moment: number) => {
    let breaths = 0
    const breathe = async () => {
      if (++breaths === moment) throw new Stopped(path, 'asked to')
    }
    await lookAt(path, inProcess(settingsIn(folder)), looking => detect(looking, {}, breathe))
    return breaths
  }
  const moments = await stopAt(0)
  for (let moment = 1; moment <= moments; moment++)
    await expect(stopAt(moment)).rejects.toBeInstanceOf(Stopped)
})

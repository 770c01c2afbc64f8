import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Choices } from '../../../src/core/requests.ts'
import { makeDatabase } from '../../support/database.ts'
import { answerOf, refusalOf, settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'

const uuid = (n: number) => `0f8fad5b-d9cb-469f-a165-7086772895${String(n).padStart(2, '0')}`

function detectWith(choices: Choices) {
  const folder = temporaryFolder()
  const target = join(folder, 'skills.db')
  makeDatabase(
    target,
    `CREATE TABLE skills(id TEXT PRIMARY KEY, at TEXT, other TEXT);
     INSERT INTO skills VALUES ('${uuid(1)}', '2026-01-01', NULL), ('${uuid(2)}', '2026-01-02', NULL);
     CREATE TABLE uses(id TEXT PRIMARY KEY); INSERT INTO uses VALUES ('${uuid(3)}'), ('${uuid(4)}')`,
  )
  return { settings: settingsIn(folder), request: { target, choices } }
}

async function migratedWith(choices: Choices): Promise<readonly string[]> {
  const { settings, request } = detectWith(choices)
  const { identities } = await answerOf(settings, 'detect', request)
  return identities.filter(each => each.migrate).map(each => each.table)
}

test('what is said of a whole system holds in the databases that have the table', async () => {
  const skip = ['skills.id', 'jobs.job_id']
  expect(await migratedWith({ skip, whereThere: skip })).toEqual(['uses'])
  const whereThere = ['jobs.job_id=start_time', 'errors.job=jobs.job_id', 'jobs.job_id=job_ulid']
  const [times, references, ulidColumns] = whereThere.map(each => [each])
  const elsewhere = { times: times!, references: references!, ulidColumns: ulidColumns!, whereThere }
  expect(await migratedWith({ strategy: 'expand', ...elsewhere })).toEqual(['skills', 'uses'])
})

test('identities that alone are to be migrated leave those of other databases alone', async () => {
  expect(await migratedWith({ only: ['jobs.job_id'], whereThere: ['jobs.job_id'] })).toEqual([])
})

test('a name that is wrong within a table that is there is told', async () => {
  const { settings, request } = detectWith({ skip: ['skills.ids'], whereThere: ['skills.ids'] })
  expect(await refusalOf(settings, 'detect', request)).toMatchObject({ code: 'CHOICE.UNKNOWN_COLUMN' })
})

test('what was said of this very database is told in any case', async () => {
  const { settings, request } = detectWith({ skip: ['jobs.job_id'] })
  expect(await refusalOf(settings, 'detect', request)).toMatchObject({ code: 'CHOICE.UNKNOWN_TABLE' })
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rehearse } from '../../../src/core/rehearse/rehearse.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { makeDatabase, numbers } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs } from '../../support/jobs.ts'

async function said(path: string, choices: Choices, folder: string) {
  const { document } = await rehearse(path, choices, undefined, inProcess(settingsIn(folder)))
  return document.findings.filter(each => each.code === 'KEY.SLOWER_LOOKUPS')
}

function integers() {
  const folder = temporaryFolder()
  return {
    folder,
    path: makeDatabase(
      join(folder, 'keys.db'),
      `CREATE TABLE a(id INTEGER PRIMARY KEY, at TEXT); INSERT INTO a SELECT value, '2026-01-01T00:00:00Z' FROM ${numbers(5)}`,
    ),
  }
}

test('a dry run says that integers which become text are slower to look up, and which are as fast as before', async () => {
  const { path, folder } = integers()
  const kept = await said(path, { only: ['a.id'] }, folder)
  expect(kept).toMatchObject([{ severity: 'info', object: 'a.id' }])
  expect(kept[0]?.why).toContain('Lookups by legacy_id stay as fast as they are.')
  const pure = await said(path, { only: ['a.id'], form: 'pure' }, folder)
  expect(pure[0]?.why).not.toContain('legacy')
})

test('of texts, and of an expansion that leaves the integers where they are, nothing of that is said', async () => {
  const jobs = makeJobs()
  expect(await said(jobs.path, {}, jobs.folder)).toEqual([])
  const { path, folder } = integers()
  expect(await said(path, { only: ['a.id'], strategy: 'expand' }, folder)).toEqual([])
})

import { describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/core/engines/sqlite/open.ts'
import { Refusal } from '../../../src/core/message.ts'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import type { Choices } from '../../../src/core/requests.ts'
import { contentHash } from '../../support/database.ts'
import { printOf } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'
import { makeJobs } from '../../support/jobs.ts'

/**
 * Invariant 4: what a faulty rewrite would do is done on purpose, inside the transaction. Each time the check that is
 * there for it must say so, and the file must be the old one.
 */
async function proofAfter(sabotage: (db: Connection) => void, choices: Choices = {}): Promise<string> {
  const { path, settings } = makeJobs()
  const [before, content] = [printOf(path).split(' ').at(-1), contentHash(path)]
  try {
    await migrate(path, choices, undefined, inProcess(settings), { sabotage })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    expect(error.failure).toMatchObject({ code: 'PROOF.FAILED', object: path, exit: 3 })
    expect(printOf(path).split(' ').at(-1)).toBe(before)
    expect(contentHash(path)).toBe(content)
    return error.failure.why
  }
  throw new Error('The proof noticed nothing.')
}

const swap = (table: string, column: string, one: string, two: string) =>
  `UPDATE ${table} SET ${column} = CASE ${column} WHEN ${one} THEN ${two} ELSE ${one} END WHERE ${column} IN (${one}, ${two})`

describe('before COMMIT the proof notices', () => {
  test.each([
    ['row-counts', 'a lost row', 'DELETE FROM logs WHERE n = 3'],
    ['row-counts', 'a row too many', "INSERT INTO audit VALUES('x')"],
    ['untouched-cells', 'a changed cell', "UPDATE logs SET line = 'other' WHERE n = 3"],
    ['untouched-cells', 'a cell of another type', 'UPDATE logs SET size = 1 WHERE n = 2'],
    [
      'untouched-cells',
      'a blob that became text',
      'UPDATE jobs SET note = CAST(note AS TEXT) WHERE number = 2',
    ],
    ['untouched-cells', 'a row that moved', 'UPDATE logs SET n = 999 WHERE n = 3'],
    ['ulid-format', 'a legacy id left over', "UPDATE jobs SET job_id = 'x' WHERE number = 6"],
    ['ulid-format', 'a ULID in lower case', 'UPDATE jobs SET job_id = lower(job_id) WHERE number = 6'],
    [
      'ulid-time',
      'a ULID of another time',
      "UPDATE jobs SET job_id = '01HK153X003BMPJNJB6JHKXK8T' WHERE number = 6",
    ],
    [
      'references',
      'a reference to another job',
      'UPDATE logs SET job_id = (SELECT job_id FROM jobs WHERE number = 2) WHERE n = 1',
    ],
    ['references', 'a reference that was lost', 'UPDATE logs SET job_id = NULL WHERE n = 1'],
    [
      'references',
      'an orphan that found a parent',
      'UPDATE logs SET job_id = (SELECT job_id FROM jobs WHERE number = 2) WHERE n = 11',
    ],
    [
      'orphans',
      'equal orphans torn apart',
      "UPDATE logs SET job_id = '01HK153X003BMPJNJB6JHKXK8T' WHERE n = 11",
    ],
    ['orphans', 'an orphan that kept its legacy id', "UPDATE logs SET job_id = 'x' WHERE n IN (11, 12)"],
    ['schema', 'an index that was forgotten', 'DROP INDEX logs_by_line'],
    ['schema', 'a trigger that was forgotten', 'DROP TRIGGER job_removed'],
    ['pragmas', 'a pragma that was lost', 'PRAGMA user_version = 8'],
  ])('%s: %s', async (check, _, sql) => {
    expect(await proofAfter(db => db.exec(sql))).toContain(`${check}:`)
  })

  test('ulid-time: two jobs that changed places with all their logs, as the maps would have it', async () => {
    const why = await proofAfter(db => {
      const ids = db.prepare('SELECT job_id FROM jobs WHERE number IN (1, 2)').pluck().all() as string[]
      const [one, two] = ids.map(id => `'${id}'`) as [string, string]
      db.exec(`UPDATE jobs SET job_id = job_id || '~' WHERE job_id IN (${one}, ${two})`)
      db.exec(
        `UPDATE jobs SET job_id = CASE number WHEN 1 THEN ${two} ELSE ${one} END WHERE number IN (1, 2)`,
      )
      db.exec(swap('logs', 'job_id', one, two))
      db.exec(
        `UPDATE _ulid_migrate_map_1 SET ulid = CASE pos WHEN 1 THEN ${two} ELSE ${one} END WHERE pos IN (1, 2)`,
      )
    })
    expect(why).toContain('ulid-time:')
  })
})

/** An expansion is proved when all of it is committed: the fault is said, and it can be taken back. */
async function faultsAfter(sql: string): Promise<readonly string[]> {
  const { path, settings } = makeJobs()
  const options = { sabotage: (db: Connection) => void db.exec(sql) }
  const { outside } = await migrate(path, { strategy: 'expand' }, undefined, inProcess(settings), options)
  expect(outside.ok).toBe(false)
  await expect(migrate(path, { strategy: 'expand' }, undefined, inProcess(settings))).rejects.toMatchObject({
    failure: { code: 'PROOF.FAILED', exit: 3 },
  })
  return outside.checks.filter(check => !check.ok).map(check => check.id)
}

describe('after the last commit of an expansion the proof notices', () => {
  test.each([
    ['ulid-format', 'a ULID missing beside its id', 'UPDATE jobs SET job_ulid = NULL WHERE number = 6'],
    [
      'untouched-cells',
      'a legacy id that an expansion has to leave alone',
      "UPDATE jobs SET job_id = 'x' WHERE number = 6",
    ],
    [
      'references',
      'a ULID beside a reference that is another job',
      'UPDATE logs SET job_ulid = (SELECT job_ulid FROM jobs WHERE number = 2) WHERE n = 1',
    ],
    ['references', 'a ULID missing beside a reference', 'UPDATE logs SET job_ulid = NULL WHERE n = 1'],
  ])('%s: %s', async (check, _, sql) => {
    expect(await faultsAfter(sql)).toContain(check)
  })
})

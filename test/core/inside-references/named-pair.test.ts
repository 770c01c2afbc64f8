import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { prepare } from '../../../src/core/migrate/prepare.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { contentHash, countIn, makeDatabase, numbers } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const uuid = (n: string) => `printf('%08x-1234-4abc-8def-0123456789ab', ${n})`

/** Notes about jobs, under two words for them. */
function makeNotes() {
  const folder = temporaryFolder()
  const path = makeDatabase(
    join(folder, 'a.db'),
    `CREATE TABLE jobs(id TEXT PRIMARY KEY, name TEXT); CREATE TABLE notes(n INTEGER PRIMARY KEY, about_type TEXT, about_id TEXT);
     INSERT INTO jobs SELECT ${uuid('value')}, 'job ' || value FROM ${numbers(200)};
     INSERT INTO notes SELECT value, CASE value % 2 WHEN 0 THEN 'Job' ELSE 'Task' END, ${uuid('1 + value % 200')} FROM ${numbers(400)};`,
  )
  return { path, context: inProcess(settingsIn(folder)) }
}

const pairsOf = (plan: Awaited<ReturnType<typeof prepare>>['plan']) =>
  (plan.inside ?? []).flatMap(each => each.places.map(({ when }) => [...(when?.is ?? [])].sort()))

test.each([
  ['one of two words that were found together', 'Job', [['Job'], ['Task']]],
  ['both of them', 'Job|Task', [['Job', 'Task']]],
])(
  '%s, said by the operator, is followed once, and so is the other: proved, and taken back',
  async (_, word, pairs) => {
    const { path, context } = makeNotes()
    expect(pairsOf((await prepare(path, {}, undefined, context)).plan)).toEqual([['Job', 'Task']])
    const choices = { references: [`notes.about_id[about_type=${word}]=jobs.id`] }
    const before = contentHash(path)
    const { plan } = await prepare(path, choices, undefined, context)
    expect(pairsOf(plan)).toEqual(pairs)
    const migrated = await migrate(path, choices, plan, context)
    expect([migrated.proof.ok, migrated.outside.ok]).toEqual([true, true])
    expect(countIn(path, 'SELECT count(*) FROM notes JOIN jobs ON jobs.id = about_id')).toBe(400)
    await undo(path, undefined, context)
    expect(contentHash(path)).toBe(before)
  },
)

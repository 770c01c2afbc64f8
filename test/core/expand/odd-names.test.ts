import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/core/migrate/migrate.ts'
import { undo } from '../../../src/core/rollback/undo.ts'
import { verifyPastRun } from '../../../src/core/verify/past-run.ts'
import { change, contentHash, makeDatabase, quoted as q } from '../../support/database.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

const names = [
  'we"ird; DROP TABLE x; --',
  "it's",
  'select',
  '[br]',
  '`tick`',
  'é ü',
  'a.b',
  '__proto__',
  'x\ny',
]
const words = [' ', 'WHEN', 'new', 'old', 'rowid', 'ulid_sync_', '$(touch pwned)']

test.each([...names, ...words])('a table called %j is kept in step, and given back as it was', async name => {
  const folder = temporaryFolder()
  const [table, id, child, reference] = [name, `${name} id`, `c${name}`, `r${name}`]
  const path = makeDatabase(
    join(folder, 'odd.db'),
    `CREATE TABLE ${q(table)}(${q(id)} TEXT PRIMARY KEY, ${q(`n${name}`)} TEXT UNIQUE);
     CREATE TABLE ${q(child)}(${q(reference)} TEXT REFERENCES ${q(table)}(${q(id)}), x);
     CREATE TRIGGER ${q(`t${name}`)} AFTER UPDATE ON ${q(table)} BEGIN SELECT 1; END;
     INSERT INTO ${q(table)} SELECT lower(hex(randomblob(16))), value FROM json_each('[1,2,3]');
     INSERT INTO ${q(child)} SELECT ${q(id)}, 1 FROM ${q(table)};
     INSERT INTO ${q(child)} VALUES('gone', 2)`,
  )
  const before = contentHash(path)
  const settings = settingsIn(folder)
  const choices = {
    strategy: 'expand',
    seed: '5eed',
    only: [`${q(table)}.${q(id)}`],
    generatedAt: true,
  } as const
  await migrate(path, choices, undefined, inProcess(settings))
  change(
    path,
    `INSERT INTO ${q(child)}(${q(reference)}, x) VALUES('late', 3)`,
    `INSERT INTO ${q(table)}(${q(id)}, ${q(`n${name}`)}) VALUES('late', 'l')`,
    `INSERT OR REPLACE INTO ${q(table)}(${q(id)}, ${q(`n${name}`)}) VALUES('late', 'm')`,
    `UPDATE ${q(child)} SET ${q(reference)} = 'late' WHERE x = 2`,
    `DELETE FROM ${q(table)} WHERE ${q(id)} = 'late'`,
    `DELETE FROM ${q(child)} WHERE x = 3`,
    `UPDATE ${q(child)} SET ${q(reference)} = 'gone' WHERE x = 2`,
  )
  const { proof } = await verifyPastRun(path, undefined, inProcess(settings))
  expect(proof.checks.filter(check => !check.ok)).toEqual([])
  await undo(path, undefined, inProcess(settings))
  expect(contentHash(path)).toBe(before)
})

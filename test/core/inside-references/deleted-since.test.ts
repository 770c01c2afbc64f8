import { expect, test } from 'vitest'
import type { PlannedInside } from '../../../src/core/plan/plan.ts'
import { change, rowsOf } from '../../support/database.ts'
import { made, migrated, undone } from './planned.ts'

const uuid = (n: number) => `0000000${n}-1234-4abc-8def-000000000000`

const schema = `
  CREATE TABLE users(id TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE teams(id TEXT PRIMARY KEY, name TEXT);
  CREATE TABLE notes(n INTEGER PRIMARY KEY, ids TEXT, about TEXT);
  INSERT INTO users VALUES('${uuid(1)}', 'ann'), ('${uuid(2)}', 'bob');
  INSERT INTO teams VALUES('${uuid(3)}', 'red');
  INSERT INTO notes VALUES(1, '[ "${uuid(1)}", "${uuid(2)}" ]', '${uuid(1)}'), (2, '["${uuid(2)}"]', '${uuid(3)}');`

const of = { table: 'users', column: 'id' }
const inside: readonly PlannedInside[] = [
  { table: 'notes', column: 'ids', time: null, places: [{ kind: 'json', path: '$[*]', of }] },
  {
    table: 'notes',
    column: 'about',
    time: null,
    places: [
      { kind: 'polymorphic', of },
      { kind: 'polymorphic', of: { table: 'teams', column: 'id' } },
    ],
  },
]

test('a row that was deleted since is still called by its old id where values speak of it, once the run is undone', async () => {
  const target = made(schema)
  const before = rowsOf(target.path, 'SELECT * FROM notes ORDER BY n')
  await migrated(target, inside, { only: ['users.id', 'teams.id'] })
  change(target.path, "DELETE FROM users WHERE name = 'ann'", 'DELETE FROM teams')
  const { proof } = await undone(target)
  expect(proof.ok).toBe(true)
  expect(rowsOf(target.path, 'SELECT * FROM notes ORDER BY n')).toEqual(before)
  expect(rowsOf(target.path, 'SELECT id FROM users')).toEqual([[uuid(2)]])
})

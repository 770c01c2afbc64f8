import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { weigh } from '../../../../src/core/detect/inside/evidence.ts'
import { knownIds } from '../../../../src/core/detect/inside/known-ids.ts'
import { columnNamed, inspect, tableNamed } from '../../../../src/core/engines/sqlite/inspect.ts'
import { parsePlace } from '../../../../src/core/inside/selector.ts'
import { rows } from './found.ts'

it('counts each place in the rows that it is meant for, and reads the column once', () => {
  const db = new Database(':memory:')
  db.defaultSafeIntegers()
  db.exec(`CREATE TABLE posts(id INTEGER PRIMARY KEY); ${rows('posts', 100, 'n')}`)
  db.exec(`CREATE TABLE photos(id INTEGER PRIMARY KEY); ${rows('photos', 10, 'n')}`)
  db.exec('CREATE TABLE notes(id INTEGER PRIMARY KEY, kind TEXT, about)')
  db.exec(
    rows(
      'notes',
      60,
      'n',
      "CASE n % 3 WHEN 0 THEN 'Post' WHEN 1 THEN 'Photo' END",
      'CASE n % 3 WHEN 2 THEN 0 ELSE n END',
    ),
  )
  const schema = inspect(db)
  const notes = tableNamed(schema, 'notes')!
  const known = (name: string) => {
    const table = tableNamed(schema, name)!
    return knownIds(db, { table, column: columnNamed(table, 'id')!, primary: true })!
  }
  const weighing = weigh(db, notes, columnNamed(notes, 'about')!, [
    { known: known('posts'), place: parsePlace('notes.about[kind=Post]').place },
    { known: known('photos'), place: parsePlace('notes.about[kind=Photo]').place },
    { known: known('photos'), place: {} },
  ])
  let step = weighing.next()
  while (!step.done) step = weighing.next()
  expect(step.value.map(({ matched, orphans, sentinels }) => [matched, orphans, sentinels])).toEqual([
    [20, 0, 0],
    [4, 16, 0],
    [7, 33, 20],
  ])
  db.close()
})

import { expect, test } from 'vitest'
import { sqlLines } from '../../../src/core/schema/sql-lines.ts'

test('a statement in one line becomes one line for each column', () => {
  const sql = "CREATE TABLE a (id INTEGER DEFAULT (f(1, 2)), b TEXT DEFAULT ',', UNIQUE (id, b)) STRICT"
  expect(sqlLines(sql)).toEqual([
    'CREATE TABLE a (',
    '  id INTEGER DEFAULT (f(1, 2)),',
    "  b TEXT DEFAULT ',',",
    '  UNIQUE (id, b)',
    ') STRICT',
  ])
})

test('one that has lines keeps them, and one without parentheses is one', () => {
  expect(sqlLines('CREATE TABLE a (\r\n  id\n)')).toEqual(['CREATE TABLE a (', '  id', ')'])
  expect(sqlLines('CREATE VIEW v AS SELECT 1, 2')).toEqual(['CREATE VIEW v AS SELECT 1, 2'])
})

import { expect, test } from 'vitest'
import { isNameOf, targetNames } from '../../src/commands/target-names.ts'

test('a name is the file name, with as much of the path as tells it from the others', () => {
  expect(targetNames(['/a/x.db', '/a/y.db'])).toEqual(['x.db', 'y.db'])
  expect(targetNames(['/d/fresh/c.db', '/d/old/c.db', '/d/e.db'])).toEqual(['fresh/c.db', 'old/c.db', 'e.db'])
  expect(targetNames(['/a/x.db', '/a/x.db'])).toEqual(['x.db', 'x.db'])
})

test('a longer end of the path names it too, a part of a file name does not', () => {
  expect(isNameOf('x.db', '/a/x.db')).toBe(true)
  expect(isNameOf('a/x.db', '/a/x.db')).toBe(true)
  expect(isNameOf('db', '/a/x.db')).toBe(false)
  expect(isNameOf('', '/a/x.db')).toBe(false)
})

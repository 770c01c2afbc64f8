import { expect, it } from 'vitest'
import { matchesName, targetNames } from '../../src/wizard/target-name.ts'

it('a target is called by its file, with as much of its path as tells it from the others', () => {
  expect(targetNames(['/a/one.db', '/a/b/two.db', '/c/b/two.db'])).toEqual([
    'one.db',
    'a/b/two.db',
    'c/b/two.db',
  ])
})

it('a name matches exactly, and as it is shown', () => {
  expect(matchesName('metrics.db', 'metrics.db')).toBe(true)
  expect(matchesName('Metrics.db', 'metrics.db')).toBe(false)
  expect(matchesName('metrics.db ', 'metrics.db')).toBe(false)
  expect(matchesName('a\\x1b.db', 'a\x1b.db')).toBe(true)
  expect(matchesName('e\u0301.db', '\u00e9.db')).toBe(true)
})

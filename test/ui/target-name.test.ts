import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isNameOf, matchesName, targetNames } from '../../src/ui/target-name.ts'

it('a target is called by its file, with as much of its path as tells it from the others', () => {
  expect(targetNames(['/a/x.db', '/a/y.db'])).toEqual(['x.db', 'y.db'])
  expect(targetNames(['/a/one.db', '/a/b/two.db', '/c/b/two.db'])).toEqual([
    'one.db',
    'a/b/two.db',
    'c/b/two.db',
  ])
  expect(targetNames(['/a/x.db', '/a/x.db'])).toEqual(['x.db', 'x.db'])
})

it('no name is the end of another path, unless that is all there is of a path; and none says more than it has to', () => {
  const paths = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(paths, parts => {
      const all = parts.map(each => `/${each.join('/')}`)
      const names = targetNames(all)
      for (const [at, path] of all.entries()) {
        const others = all.filter(other => other !== path)
        const isTaken = (name: string) => others.some(other => other.endsWith(`/${name}`))
        const whole = path.slice(1)
        expect(path.endsWith(`/${names[at]}`)).toBe(true)
        expect(names[at] === whole || !isTaken(names[at]!)).toBe(true)
        const shorter = names[at]!.split('/').slice(1).join('/')
        expect(shorter === '' || isTaken(shorter)).toBe(true)
      }
    }),
  )
})

it('a longer end of the path names it too, a part of a file name does not', () => {
  expect(isNameOf('x.db', '/a/x.db')).toBe(true)
  expect(isNameOf('a/x.db', '/a/x.db')).toBe(true)
  expect(isNameOf('db', '/a/x.db')).toBe(false)
  expect(isNameOf('', '/a/x.db')).toBe(false)
})

it('a name matches exactly, and as it is shown', () => {
  expect(matchesName('metrics.db', 'metrics.db')).toBe(true)
  expect(matchesName('Metrics.db', 'metrics.db')).toBe(false)
  expect(matchesName('metrics.db ', 'metrics.db')).toBe(false)
  expect(matchesName('a\\x1b.db', 'a\x1b.db')).toBe(true)
  expect(matchesName('e\u0301.db', '\u00e9.db')).toBe(true)
})

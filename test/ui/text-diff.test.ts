import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textDiff } from '../../src/ui/text-diff.ts'

const drawn = (before: readonly string[], after: readonly string[]) =>
  textDiff(before, after).map(({ sign, text }) => sign + text)

it('keeps what both have, and says the old before the new', () => {
  expect(drawn(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([' a', '-b', '+x', ' c', '+d'])
  expect(drawn([], ['a'])).toEqual(['+a'])
  expect(drawn(['a'], [])).toEqual(['-a'])
})

it('either text can be read from it again', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = textDiff(before, after)
      expect(lines.filter(({ sign }) => sign !== '+').map(each => each.text)).toEqual(before)
      expect(lines.filter(({ sign }) => sign !== '-').map(each => each.text)).toEqual(after)
    }),
  )
})

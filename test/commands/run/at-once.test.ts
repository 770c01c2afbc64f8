import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { atOnce } from '../../../src/commands/run/at-once.ts'

/** Works on letters; `after` says for each whom it waits for. */
async function worked(
  letters: string,
  jobs: number,
  after: Readonly<Record<string, string>> = {},
  failing = '',
) {
  const told: string[] = []
  let underWay = 0
  let most = 0
  const left = await atOnce(
    [...letters],
    jobs,
    letter => [...(after[letter] ?? '')],
    async letter => {
      underWay += 1
      most = Math.max(most, underWay)
      told.push(letter)
      await delay(2)
      underWay -= 1
      told.push(letter.toUpperCase())
      return failing.includes(letter) ? 'failed' : 'done'
    },
  )
  return { told: told.join(''), most, left: left.join('') }
}

test('one job takes them one after the other', async () => {
  expect(await worked('abc', 1)).toEqual({ told: 'aAbBcC', most: 1, left: '' })
})

test('several are under way at once, and no more than were asked for', async () => {
  expect((await worked('abcdef', 3)).most).toBe(3)
})

test('whoever waits for another begins when that is done, and lets the rest go first', async () => {
  const { told } = await worked('abc', 3, { a: 'b' })
  expect(told.indexOf('a')).toBeGreaterThan(told.indexOf('B'))
  expect(told.indexOf('c')).toBeLessThan(told.indexOf('B'))
})

test('one that is waited for and is not among them is no obstacle', async () => {
  expect(await worked('ab', 1, { a: 'x' })).toMatchObject({ told: 'aAbB', left: '' })
})

test('after a failure nothing new is begun, and what is under way comes to its end', async () => {
  expect(await worked('abcd', 2, {}, 'a')).toEqual({ told: 'abAB', most: 2, left: 'cd' })
})

test('whoever waits for one that failed is left', async () => {
  expect((await worked('ab', 2, { b: 'a' }, 'a')).left).toBe('b')
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPace } from '../../src/wizard/pace.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a thousand pieces of news in a second are at most ten frames, and the last of them is drawn', () => {
  const drawn: number[] = []
  let news = 0
  const pace = createPace(() => drawn.push(news))
  for (news = 1; news <= 1000; news++) {
    pace.soon()
    vi.advanceTimersByTime(1)
  }
  expect(drawn.length).toBeLessThanOrEqual(10)
  news = 1001
  pace.soon()
  vi.runAllTimers()
  expect(drawn.at(-1)).toBe(1001)
})

it('what was done is drawn at once, and takes the waiting news along', () => {
  const tell = vi.fn()
  const pace = createPace(tell)
  pace.soon()
  pace.soon()
  pace.now()
  expect(tell).toHaveBeenCalledTimes(2)
  vi.runAllTimers()
  expect(tell).toHaveBeenCalledTimes(2)
})

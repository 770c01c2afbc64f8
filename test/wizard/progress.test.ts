import { describe, expect, it } from 'vitest'
import type { EngineEvent, Failure, Phase } from '../../src/core/index.ts'
import {
  advance,
  expectRun,
  isInDoubt,
  measured,
  type Progress,
  roughly,
  rowsPerSecond,
  secondsLeft,
  shareDone,
  startProgress,
  workClock,
} from '../../src/wizard/progress.ts'
import { rehearsed } from './documents.ts'

const rows = (object: string, done: number, total: number): EngineEvent => ({
  type: 'progress',
  phase: 'rewrite',
  object,
  unit: 'rows',
  done,
  total,
})
const begin = (phase: Phase): EngineEvent => ({ type: 'phase', phase, status: 'started' })
const end = (phase: Phase): EngineEvent => ({ type: 'phase', phase, status: 'done', seconds: 1, detail: '' })

function told(
  events: readonly (readonly [number, EngineEvent])[],
  expected = expectRun(rehearsed().timings),
): Progress {
  return events.reduce((progress, [at, event]) => advance(progress, event, at), startProgress(0, expected))
}

const expected = [
  { phase: 'rewrite', object: 'jobs', seconds: 6 },
  { phase: 'rewrite', object: 'errors', seconds: 2 },
  { phase: 'commit', object: '', seconds: 2 },
]

describe('the share that is done', () => {
  it('goes by the times of the rehearsal, per object', () => {
    const half = told(
      [
        [0, begin('rewrite')],
        [1, rows('jobs', 50, 100)],
      ],
      expected,
    )
    expect(shareDone(half)).toBeCloseTo(0.3)
    const next = told(
      [
        [0, begin('rewrite')],
        [1, rows('jobs', 100, 100)],
        [2, rows('errors', 1, 2)],
      ],
      expected,
    )
    expect(shareDone(next)).toBeCloseTo(0.7)
  })

  it('leaves room for the commit', () => {
    expect(
      shareDone(
        told(
          [
            [0, begin('rewrite')],
            [1, end('rewrite')],
          ],
          expected,
        ),
      ),
    ).toBeCloseTo(0.8)
  })

  it('is unknown when nothing was rehearsed', () => {
    expect(shareDone(told([[0, rows('jobs', 1, 2)]], []))).toBeNull()
  })

  it('expects of the live run what only it does', () => {
    const phases = new Set(expectRun(rehearsed().timings).map(each => each.phase))
    expect([...phases]).toEqual(
      expect.arrayContaining([
        'preconditions',
        'snapshot',
        'check-snapshot',
        'rewrite',
        'commit',
        'verify-outside',
      ]),
    )
    expect(phases.has('copy')).toBe(false)
  })
})

describe('rate and time left', () => {
  it('counts the rows of the last five seconds', () => {
    const events = Array.from(
      { length: 11 },
      (_, second) => [second * 1000, rows('jobs', second * 100, 2000)] as const,
    )
    expect(rowsPerSecond(told(events), 10_000)).toBe(100)
    expect(rowsPerSecond(told(events), 12_500)).toBeLessThan(100)
    expect(rowsPerSecond(told(events), 60_000)).toBeNull()
  })

  it('says nothing before five seconds and two percent', () => {
    const progress = told(
      [
        [0, begin('rewrite')],
        [1000, rows('jobs', 50, 100)],
      ],
      expected,
    )
    expect(secondsLeft(progress, 4000)).toBeNull()
    expect(
      secondsLeft(
        told(
          [
            [0, begin('rewrite')],
            [6000, rows('jobs', 1, 100)],
          ],
          expected,
        ),
        6000,
      ),
    ).toBeNull()
  })

  it('then goes by the speed at hand', () => {
    const events = Array.from(
      { length: 9 },
      (_, second) => [second * 1000, rows('jobs', second * 10, 100)] as const,
    )
    const left = secondsLeft(told([[0, begin('rewrite')], ...events], expected), 8000)
    expect(left).toBeGreaterThan(6)
    expect(left).toBeLessThan(12)
  })

  it('gives a longer estimate when it slows down', () => {
    const fast = Array.from(
      { length: 7 },
      (_, second) => [second * 1000, rows('jobs', second * 10, 100)] as const,
    )
    const slow = [12, 15, 18].map((second, index) => [second * 1000, rows('jobs', 61 + index, 100)] as const)
    const before = secondsLeft(told([[0, begin('rewrite')], ...fast], expected), 6000) ?? 0
    const later = secondsLeft(told([[0, begin('rewrite')], ...fast, ...slow], expected), 18_000) ?? 0
    expect(later).toBeGreaterThan(before)
  })

  it('speaks of it in round figures', () => {
    expect([4, 12, 38, 59, 61, 200].map(roughly)).toEqual([
      'a few seconds',
      'about 15 s',
      'about 40 s',
      'about 60 s',
      'about 2 min',
      'about 4 min',
    ])
  })
})

it('a pause is no work: elapsed time, rate and time left are those that they would be without it', () => {
  const seconds = Array.from(
    { length: 9 },
    (_, second) => [second * 1000, rows('jobs', second * 10, 100)] as const,
  )
  const before = told([[0, begin('rewrite')], ...seconds], expected)
  const paused = advance(before, { type: 'pause', status: 'started' }, 8000)
  const hour = 3_600_000
  for (const now of [8000, 8000 + hour]) {
    expect(workClock(paused, now)).toBe(8000)
    expect(secondsLeft(paused, now)).toBe(secondsLeft(before, 8000))
    expect(rowsPerSecond(paused, now)).toBe(rowsPerSecond(before, 8000))
  }
  const after = advance(paused, { type: 'pause', status: 'done', seconds: hour / 1000 }, 8000 + hour)
  const [next, at] = [rows('jobs', 90, 100), 9000]
  const [went, would] = [advance(after, next, at + hour), advance(before, next, at)]
  expect(secondsLeft(went, at + hour)).toBe(secondsLeft(would, at))
  expect(rowsPerSecond(went, at + hour)).toBe(rowsPerSecond(would, at))
  expect(at + hour - went.startedAt).toBe(at - would.startedAt)
  expect(at + hour - went.phases[0]!.startedAt).toBe(at - would.phases[0]!.startedAt)
  expect(went.log.map(({ object, text }) => [object, text])).toEqual([
    ['paused', ''],
    ['gone on', 'after 1 h'],
  ])
})

it('a wait is over when something moves', () => {
  const wait: EngineEvent = {
    type: 'waiting',
    for: 'the write lock',
    holder: 'python3',
    seconds: 2,
    limit: 10,
  }
  expect(told([[0, wait]]).wait).toMatchObject({ holder: 'python3' })
  expect(
    told([
      [0, wait],
      [1, begin('rewrite')],
    ]).wait,
  ).toBeNull()
})

it('an object that is over goes into the log', () => {
  const progress = told([
    [0, begin('rewrite')],
    [1, rows('jobs', 100, 100)],
    [2, rows('errors', 1, 10)],
  ])
  expect(progress.log).toEqual([{ at: 2, object: 'jobs', text: '100 rows' }])
})

it('a phase that the rehearsal did not put into its document is timed by its events', () => {
  const progress = told([
    [0, begin('copy')],
    [1, end('copy')],
    [2, begin('verify')],
    [3, end('verify')],
  ])
  expect(measured(progress, [{ phase: 'verify', object: '', seconds: 5 }])).toEqual([
    { phase: 'verify', object: '', seconds: 5 },
    { phase: 'copy', object: '', seconds: 1 },
  ])
})

it('is in doubt only where the engine was lost between the order to commit and its answer', () => {
  const lost = { code: 'ENGINE.LOST' } as Failure
  const rewriting = told([[0, begin('rewrite')]])
  const committing = told([[0, begin('commit')]])
  const committed = told([
    [0, begin('commit')],
    [1, end('commit')],
  ])
  expect([null, rewriting, committing, committed].map(each => isInDoubt(each, lost))).toEqual([
    false,
    false,
    true,
    false,
  ])
  expect(isInDoubt(committing, { ...lost, code: 'DISK.FULL' })).toBe(false)
})

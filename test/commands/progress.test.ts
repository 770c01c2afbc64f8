import { describe, expect, test } from 'vitest'
import { progressLines } from '../../src/commands/progress.ts'
import type { EngineEvent } from '../../src/core/index.ts'

const start = Date.parse('2026-02-11T07:25:00Z')
const rewrite: EngineEvent = { type: 'phase', phase: 'rewrite', status: 'started' }

function rows(done: number, total = 100): EngineEvent {
  return { type: 'progress', phase: 'rewrite', object: 'jobs', unit: 'rows', done, total }
}

function read(events: readonly (readonly [number, EngineEvent])[], verbose = false): readonly string[] {
  const lines = progressLines({ name: 'a.db', verbose, findings: true })
  return events.flatMap(([second, event]) =>
    lines({ ...event, at: new Date(start + second * 1000).toISOString(), run: 'r', target: '/a.db' }),
  )
}

describe('progress', () => {
  test('is one line per 10 % or 5 s, whichever is later', () => {
    const lines = read([
      [0, rewrite],
      [1, rows(40)], // far enough, too soon
      [5, rows(45)],
      [11, rows(50)], // late enough, too little
      [12, rows(55)],
    ])
    expect(lines).toEqual([
      'a.db  rewrite  45 %  45 of 100 rows  jobs',
      'a.db  rewrite  55 %  55 of 100 rows  jobs',
    ])
  })

  test('never says 100 % before the phase is over', () => {
    const done: EngineEvent = {
      type: 'phase',
      phase: 'rewrite',
      status: 'done',
      seconds: 6.04,
      detail: '100 rows',
    }
    const lines = read([
      [0, rewrite],
      [6, rows(100)],
      [6, done],
    ])
    expect(lines).toEqual(['a.db  rewrite  99 %  100 of 100 rows  jobs', 'a.db  rewrite  6.0 s  100 rows'])
  })

  test('survives a phase without a known size', () => {
    expect(
      read([
        [0, rewrite],
        [9, rows(5, 0)],
      ]),
    ).toEqual([])
  })
})

test('a wait names what for and who holds it, at most every 5 s', () => {
  const wait = (seconds: number): EngineEvent => ({
    type: 'waiting',
    for: 'the write lock',
    holder: 'process 4411 (python3) holds a lock on it',
    seconds,
    limit: 30,
  })
  const lines = read([0, 1, 2, 3, 4, 5, 6].map(second => [second, wait(second)] as const))
  expect(lines).toEqual([
    'a.db  waiting for the write lock: process 4411 (python3) holds a lock on it, 0 of at most 30 s',
    'a.db  waiting for the write lock: process 4411 (python3) holds a lock on it, 5 of at most 30 s',
  ])
})

test('a failed check is always shown, one that passed only when all is asked for', () => {
  const check = (ok: boolean): EngineEvent => ({
    type: 'check',
    check: { id: 'references', ok, count: 1, detail: 'd' },
  })
  expect(
    read([
      [0, check(true)],
      [0, check(false)],
    ]),
  ).toHaveLength(1)
  expect(
    read(
      [
        [0, check(true)],
        [0, check(false)],
      ],
      true,
    ),
  ).toHaveLength(2)
})

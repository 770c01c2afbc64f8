import { describe, expect, test } from 'vitest'
import type { DetectedReference, DetectedTarget } from '../../src/core/index.ts'
import { detected, refusal } from './documents.ts'
import { at, invoke, run, type Script } from './world.ts'

const found: Script = {
  detect: request => ({ outcome: { type: 'result', value: detected(request.target) } }),
}

test('what was found is on stdout, and findings are no failure', async () => {
  const { exit, stdout, stderr } = await invoke({ argv: ['detect', 'metrics.db'], script: found })
  expect(exit).toBe(0)
  expect(stdout).toContain('/data/metrics.db  sqlite, 155 MB, 2 tables, 59,240 rows, state: legacy')
  expect(stdout).toMatch(/jobs\.job_id +41,020 +uuid4 41,000, name-timestamp 20 +the id +1 +312/)
  expect(stdout).toMatch(/errors\.job_id +declared +18,000 match +312 orphans/)
  expect(stdout).toContain('REFERENCE.ORPHANS')
  expect(stderr).toBe('')
})

describe('what refers to an identity', () => {
  const [jobs] = detected('x').identities
  const base = {
    ...jobs!.references[0]!,
    kind: 'json' as const,
    table: 'events',
    column: 'data',
    path: '$.job.id',
    confidence: 0.93,
    matched: 90,
    orphans: 4,
    sentinels: 6,
    samples: ['j1', 'j2', 'j\x1b[2J3'],
    orphanSamples: ['gone'],
    why: '90 of 94 values are found',
    leftOut: '94 values keep the old ids',
  }
  const inFile = { ...base, choice: 'accepted' as const }
  const offered = {
    ...base,
    path: '$."a b"',
    choice: 'offered' as const,
    when: { column: 'of', is: ['Job'] },
    pattern: 'job-{id}',
  }
  const mentioned = ['p', 'q', 'r', 's'].map(column => ({
    ...jobs!.references[0]!,
    kind: 'inferred' as const,
    column,
    choice: 'mentioned' as const,
  }))

  async function reported(
    references: readonly DetectedReference[],
    more: Partial<DetectedTarget> = {},
    ...flags: readonly string[]
  ) {
    const value = detected('/data/a.db', { identities: [{ ...jobs!, references }], ...more })
    const script: Script = { detect: () => ({ outcome: { type: 'result', value } }) }
    return (await invoke({ argv: ['detect', 'a.db', ...flags], script })).stdout
  }

  test('is shown with its place, its counts, its values, and what comes of leaving it out', async () => {
    const stdout = await reported([inFile])
    expect(stdout).toMatch(
      /✔ events\.data:\$\.job\.id +json +90 match +4 orphans +6 sentinels +93 % +90 of 94 values are found/,
    )
    expect(stdout).toContain('for example j1, j2, j\\x1b[2J3')
    expect(stdout).toContain('4 name no row: gone')
    expect(stdout).toContain('left out: 94 values keep the old ids')
    expect(stdout).not.toContain('follow it')
  })

  test('and is only offered, comes with the flag that follows it, ready for a shell', async () => {
    expect(await reported([offered])).toContain(
      `follow it: --reference 'events.data[of=Job]:$."a b":job-{id}=jobs.job_id'`,
    )
  })

  test('by chance, is a line each: always where they are few, else with -v', async () => {
    expect(await reported(mentioned.slice(1))).toMatch(/- errors\.q .*\n +- errors\.r .*\n +- errors\.s /)
    const many = await reported(mentioned)
    expect(many).toContain('4 places are hardly references to jobs.job_id: -v lists them')
    expect(many).not.toContain('errors.p')
    expect(await reported(mentioned, {}, '-v')).toContain('errors.p')
  })

  test('by several columns, stands under a heading of its own', async () => {
    const composite = {
      table: 'lines',
      columns: ['doc', 'no'],
      parent: 'docs',
      parentColumns: ['id', 'no'],
      confidence: 0.9,
      matched: 7,
      orphans: 1,
      why: 'found together',
      choice: 'accepted' as const,
      kind: 'inferred' as const,
    }
    const stdout = await reported([], { composites: [composite] })
    expect(stdout).toMatch(
      /keys of several columns: nothing of them becomes a ULID\n +lines \(doc, no\) +docs \(id, no\) +inferred +7 match +1 orphan +90 % +found together/,
    )
  })
})

test('--json prints exactly one document and nothing else', async () => {
  const { json, stdout } = await invoke({ argv: ['detect', 'metrics.db', '--json'], script: found })
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(json()).toEqual({ schema: 'ulid-migrate.detect/1', targets: [detected('/data/metrics.db')] })
})

test('several targets are detected one after the other', async () => {
  const { asked, json } = await invoke({ argv: ['detect', 'a.db', '/b.db', '--json'], script: found })
  expect(asked.map(one => one.request)).toEqual([
    { target: '/data/a.db', choices: {} },
    { target: '/b.db', choices: {} },
  ])
  expect(json().targets).toHaveLength(2)
})

test('the first failure stops, keeps what was found, and says what was not started', async () => {
  const script: Script = {
    detect: request =>
      request.target === '/data/b.db'
        ? { outcome: { type: 'failed', error: refusal('/data/b.db') } }
        : { outcome: { type: 'result', value: detected(request.target) } },
  }
  const argv = ['detect', 'a.db', 'b.db', 'c.db', '--json']
  const { exit, json, stderr } = await invoke({ argv, script })
  expect(exit).toBe(4)
  expect(json()).toMatchObject({
    targets: [{ target: '/data/a.db' }],
    error: { code: 'LOCK.HELD', object: '/data/b.db', why: expect.any(String), next: expect.any(String) },
    notStarted: ['/data/c.db'],
  })
  expect(json().error).not.toHaveProperty('exit')
  expect(stderr).toContain('Nothing was changed.')
  expect(stderr).toContain('Not started: /data/c.db')
})

test('--events puts every event on stderr as one JSON line, failures too, and no prose', async () => {
  const script: Script = {
    detect: request => ({
      events: [
        { type: 'phase', phase: 'inspect', status: 'started' },
        { type: 'progress', phase: 'inspect', object: 'jobs', unit: 'rows', done: 1, total: 2 },
      ],
      outcome: { type: 'failed', error: refusal(request.target) },
    }),
  }
  const { events } = await invoke({ argv: ['detect', 'a.db', 'b.db', '--events'], script })
  expect(events()).toMatchObject([
    { schema: 'ulid-migrate.event/1', at, run, target: '/data/a.db', type: 'phase', phase: 'inspect' },
    { schema: 'ulid-migrate.event/1', at, run, type: 'progress', done: 1, total: 2 },
    {
      schema: 'ulid-migrate.event/1',
      at,
      run,
      target: '/data/a.db',
      type: 'failed',
      error: { code: 'LOCK.HELD' },
    },
    { schema: 'ulid-migrate.event/1', at, run, type: 'note', text: 'Not started: /data/b.db' },
  ])
})

test('names from the file cannot write escape codes or lines of their own', async () => {
  const bidi = '\u202e'
  const [identity] = detected('x').identities
  const evil = { ...identity!, table: 'it\x1b[2Jem\n', reason: `a${bidi}b` }
  const script: Script = {
    detect: request => ({
      outcome: { type: 'result', value: detected(request.target, { identities: [evil] }) },
    }),
  }
  const { stdout } = await invoke({ argv: ['detect', 'a.db', '-v'], script })
  expect(stdout).toContain('"it\\x1b[2Jem\\n".job_id')
  expect(stdout).not.toContain('\x1b')
  expect(stdout).not.toContain(bidi)
})

test('every choice reaches the engine', async () => {
  const argv = [
    ...[
      'detect',
      'a.db',
      '--strategy',
      'expand',
      '--all',
      '--only',
      'a.b',
      '--only',
      '"c d".e',
      '--skip',
      'f.g',
    ],
    ...[
      '--reference',
      'x.y=a.b',
      '--no-reference',
      'p.q',
      '--no-reference',
      'r.s',
      '--time',
      'a.b=created_at',
    ],
    ...[
      '--timezone',
      '+02:00',
      '--sentinels',
      'null',
      '--case',
      'lower',
      '--accept',
      'v',
      '--generated-at',
      '--ulid-column',
      'a.b="c d"',
      '--seed',
      'AB'.repeat(32),
    ],
    ...['--base-time', '2026-02-11T07:25:00+01:00'],
  ]
  const { asked } = await invoke({ argv, script: found })
  expect(asked[0]?.request).toEqual({
    target: '/data/a.db',
    choices: {
      strategy: 'expand',
      all: true,
      only: ['a.b', '"c d".e'],
      skip: ['f.g'],
      references: ['x.y=a.b'],
      noReferences: ['p.q', 'r.s'],
      times: ['a.b=created_at'],
      ulidColumns: ['a.b="c d"'],
      generatedAt: true,
      timezone: '+02:00',
      sentinels: 'null',
      case: 'lower',
      accept: ['v'],
      seed: 'ab'.repeat(32),
      baseTime: '2026-02-11T06:25:00.000Z',
    },
  })
})

test('an integer beyond what a number holds exactly is written as text', async () => {
  const big = 2n ** 60n
  const value = { ...detected('/data/a.db'), small: 1n, huge: big } as never
  const script: Script = { detect: () => ({ outcome: { type: 'result', value } }) }
  const { json } = await invoke({ argv: ['detect', 'a.db', '--json'], script })
  expect(json().targets).toMatchObject([{ small: 1, huge: big.toString() }])
})

test('targets that were looked at together are not looked at once more', async () => {
  const documents = [detected('/data/a.db'), detected('/data/b.db')]
  const script: Script = {
    across: ({ targets }) => ({
      outcome: {
        type: 'result',
        value: { order: targets.map(each => each.target), links: [], follows: {}, error: null, documents },
      },
    }),
  }
  const { exit, asked, stdout } = await invoke({ argv: ['detect', 'a.db', 'b.db'], script })
  expect(exit).toBe(0)
  expect(asked.map(each => each.operation)).toEqual(['across'])
  expect(stdout).toMatch(/\/data\/a\.db {2}sqlite[\s\S]*\/data\/b\.db {2}sqlite/)
})

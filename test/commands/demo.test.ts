import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Wizard } from '../../src/commands/wizard.ts'
import { detected, disproved, migrated, plan, refusal, rehearsed, verified } from './documents.ts'
import { invoke, type Script } from './world.ts'

const files = ['crackerjack/metrics.db', 'fresh/crackerjack.db', 'migrated/crackerjack.db'].map(file => ({
  path: `/data/d/${file}`,
  title: 'a title',
  tables: 2,
  rows: 4000,
}))
const writeDemo = () => Promise.resolve({ files, findings: [] })

function engine(): Script {
  let fresh = true
  return {
    detect: ({ target }) => {
      const empty = target.includes('fresh') && fresh
      const nothing = empty || target.includes('migrated')
      const state = empty ? 'empty' : target.includes('migrated') ? 'migrated' : 'legacy'
      const more = nothing ? { state, identities: [] } : { state }
      return { outcome: { type: 'result', value: detected(target, more as never) } }
    },
    initialize: ({ target }) => {
      fresh = false
      return { outcome: { type: 'result', value: { target, tables: ['jobs'] } } }
    },
    'dry-run': ({ target }) => ({
      outcome: { type: 'result', value: { print: [], document: rehearsed(target), plan: plan(target) } },
    }),
    migrate: ({ target }) => ({
      outcome: {
        type: 'result',
        value: migrated(target, target.includes('migrated') ? { status: 'nothing-to-do' } : {}),
      },
    }),
    verify: ({ target }) => ({ outcome: { type: 'result', value: verified(target) } }),
  }
}

test('without --open it writes, says what, and asks the engine nothing', async () => {
  const { exit, stdout, asked } = await invoke({ argv: ['demo', 'd'], writeDemo })
  expect([exit, asked]).toEqual([0, []])
  expect(stdout).toMatch(/crackerjack\/metrics\.db +2 tables +4,000 rows +a title/)
  expect(stdout).toContain('next: ulid-migrate /data/d --state-dir /data/d/.state')
})

test('what was left out is told, and in the document', async () => {
  const finding = {
    code: 'DEMO.LEFT_OUT',
    severity: 'warning',
    object: '/data/d',
    message: '5 databases were left out.',
    why: 'akosha/hot.duckdb',
    next: 'npm install @duckdb/node-api',
  } as const
  const left = () => Promise.resolve({ files, findings: [finding] })
  const { exit, stdout } = await invoke({ argv: ['demo', 'd'], writeDemo: left })
  expect(exit).toBe(0)
  expect(stdout).toMatch(/5 databases were left out\. +DEMO\.LEFT_OUT[\s\S]*hot\.duckdb[\s\S]*npm install/)
  const { json } = await invoke({ argv: ['demo', 'd', '--json'], writeDemo: left })
  expect(json()).toMatchObject({ findings: [finding] })
})

test('rows and seed reach the writer', async () => {
  const given: unknown[] = []
  await invoke({
    argv: ['demo', 'd', '--rows', '50', '--seed', '7'],
    writeDemo: options => {
      given.push(options)
      return writeDemo()
    },
  })
  expect(given).toEqual([{ directory: '/data/d', rows: 50, seed: 7 }])
})

test('--open without a terminal goes the whole way with each, and says what was proved', async () => {
  const { exit, stdout, asked, settings } = await invoke({
    argv: ['demo', 'd', '--open'],
    writeDemo,
    script: engine(),
  })
  expect(exit).toBe(0)
  expect(asked.map(one => one.operation)).toEqual([
    ...['detect', 'dry-run', 'migrate', 'verify'],
    ...['detect', 'initialize', 'detect', 'dry-run', 'migrate', 'verify'],
    ...['detect', 'migrate'],
  ])
  expect(asked[2]?.request).toMatchObject({ plan: plan('/data/d/crackerjack/metrics.db') })
  expect(settings[0]).toMatchObject({ stateDir: '/data/d/.state', snapshotDir: '/data/d/.state/snapshots' })
  expect(stdout).toContain('had no tables: 1 table made')
  expect(stdout).toContain('migrated/crackerjack.db  nothing to do')
  expect(stdout).toContain('2 databases of 3 migrated, 1 had nothing to do: 82,040 identifiers')
})

test('--open --json is one document of all that was proved', async () => {
  const { json } = await invoke({ argv: ['demo', 'd', '--open', '--json'], writeDemo, script: engine() })
  expect(json()).toMatchObject({
    schema: 'ulid-migrate.demo/1',
    directory: '/data/d',
    targets: [
      { target: files[0]!.path, status: 'succeeded', checks: { passed: 5, total: 5 } },
      { state: 'empty', initialized: ['jobs'] },
      { state: 'migrated', status: 'nothing-to-do', checks: { passed: 0, total: 0 } },
    ],
  })
})

test('one proof that fails ends it with 3, and the rest is not started', async () => {
  const script: Script = {
    ...engine(),
    verify: ({ target }) => ({ outcome: { type: 'result', value: verified(target, { proof: disproved }) } }),
  }
  const { exit, stderr } = await invoke({ argv: ['demo', 'd', '--open'], writeDemo, script })
  expect(exit).toBe(3)
  expect(stderr).toContain('Not started: /data/d/fresh/crackerjack.db, /data/d/migrated/crackerjack.db')
})

test('a rehearsal that fails is not followed by a migration', async () => {
  const script: Script = {
    ...engine(),
    'dry-run': ({ target }) => ({
      outcome: {
        type: 'result',
        value: { print: [], document: rehearsed(target, { undo: disproved }), plan: plan(target) },
      },
    }),
  }
  const { exit, asked } = await invoke({ argv: ['demo', 'd', '--open'], writeDemo, script })
  expect(exit).toBe(3)
  expect(asked.map(one => one.operation)).toEqual(['detect', 'dry-run'])
})

test('on a terminal --open opens the wizard on its databases, with a ledger of its own', async () => {
  const opened: Parameters<Wizard>[0][] = []
  const { exit } = await invoke({
    argv: ['demo', 'd', '--open'],
    writeDemo,
    wizard: options => {
      opened.push(options)
      return Promise.resolve(7)
    },
  })
  expect(exit).toBe(7)
  expect(opened).toMatchObject([
    { targets: files.map(file => ({ target: file.path, choices: {} })), inline: false },
  ])
  expect(opened[0]?.settingsFor('')).toMatchObject({ stateDir: '/data/d/.state' })
})

test("a folder of somebody else's is refused in the writer's words", async () => {
  const error = Object.assign(new Error('x'), { failure: refusal('/data/d', { code: 'DEMO.EXISTS' }) })
  const { exit, stderr } = await invoke({
    argv: ['demo', 'd'],
    writeDemo: () => {
      throw error
    },
  })
  expect(exit).toBe(4)
  expect(stderr).toContain('DEMO.EXISTS')
})

test('ledger and snapshots of an earlier demo go with its databases', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-demo-'))
  try {
    mkdirSync(join(folder, '.state', 'snapshots'), { recursive: true })
    await invoke({ argv: ['demo', folder], writeDemo })
    expect(existsSync(join(folder, '.state'))).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

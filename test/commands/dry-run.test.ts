import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { planSchema } from '../../src/core/plan/plan-schema.ts'
import { disproved, plan, rehearsed } from './documents.ts'
import { invoke, type Script } from './world.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-dry-run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const script: Script = {
  'dry-run': request => ({
    outcome: {
      type: 'result',
      value: { print: [], document: rehearsed(request.target), plan: plan(request.target) },
    },
  }),
}

test('the report shows changes, samples, sizes and what was proved', async () => {
  const { exit, stdout } = await invoke({ argv: ['dry-run', 'a.db'], script })
  expect(exit).toBe(0)
  expect(stdout).toContain('rehearsed on a copy, target unchanged')
  expect(stdout).toContain('job-20260114-091203  01KEXWDFNRRMDJHG5GXSQG2QCQ')
  expect(stdout).toContain('1 table, 13 indexes, 2 views, 1 trigger; 312 orphans kept')
  expect(stdout).toContain('38 GB free')
})

test('--out keeps the plan and the document names the file', async () => {
  const argv = ['dry-run', 'a.db', '--out', 'plan.json', '--json']
  const { json } = await invoke({ argv, script, folder })
  const file = join(folder, 'plan.json')
  expect(planSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(plan(join(folder, 'a.db')))
  expect(json().targets).toMatchObject([{ plan: { hash: '7f3ac219', file } }])
  expect(readdirSync(folder)).toEqual(['plan.json'])
})

test('--out writes over an earlier plan, and over nothing else', async () => {
  const argv = ['dry-run', 'a.db', '--out', 'kept']
  expect((await invoke({ argv, script, folder })).exit).toBe(0)
  expect((await invoke({ argv, script, folder })).exit).toBe(0)
  writeFileSync(join(folder, 'kept'), 'SQLite format 3\0')
  const { exit, stderr, asked } = await invoke({ argv, script, folder })
  expect(exit).toBe(2)
  expect(stderr).toContain('PLAN.NOT_WRITTEN')
  expect(asked).toEqual([])
  expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('SQLite format 3\0')
})

test('--out is for one target and a folder that exists', async () => {
  const two = await invoke({ argv: ['dry-run', 'a.db', 'b.db', '--out', 'p.json'], script, folder })
  expect([two.exit, two.asked]).toEqual([2, []])
  const lost = await invoke({ argv: ['dry-run', 'a.db', '--out', 'no/p.json'], script, folder })
  expect([lost.exit, lost.asked]).toEqual([2, []])
})

test('--sql prints statements and nothing else on stdout', async () => {
  const { stdout, stderr } = await invoke({ argv: ['dry-run', 'a.db', '--sql'], script })
  expect(stdout).toBe('CREATE TABLE new (a);\nDROP TABLE old;\n')
  expect(stderr).toContain('rehearsed on a copy')
})

test.each(['proof', 'undo'] as const)(
  'a failed %s of the rehearsal exits 3 and shows the faults',
  async which => {
    const value = {
      print: [],
      document: rehearsed('/data/a.db', { [which]: disproved }),
      plan: plan('/data/a.db'),
    }
    const { exit, stdout, stderr } = await invoke({
      argv: ['dry-run', 'a.db'],
      script: { 'dry-run': () => ({ outcome: { type: 'result', value } }) },
    })
    expect(exit).toBe(3)
    expect(stdout).toContain('errors 7')
    expect(stderr).toContain('PROOF.FAILED')
  },
)

test('a plan that changes nothing says so', async () => {
  const value = { print: [], document: rehearsed('/data/a.db', { changes: [] }), plan: plan('/data/a.db') }
  const { exit, stdout } = await invoke({
    argv: ['dry-run', 'a.db'],
    script: { 'dry-run': () => ({ outcome: { type: 'result', value } }) },
  })
  expect([exit, stdout]).toEqual([0, '/data/a.db  nothing would change\n'])
})

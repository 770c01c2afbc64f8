import { expect, test } from 'vitest'
import type { Plan } from '../../src/core/index.ts'
import { migrated, rehearsed } from './documents.ts'
import { answering, invoke, type Script } from './world.ts'

const plan = { hash: 'abc', identities: [{}], contract: {} } as unknown as Plan

const script: Script = {
  'plan-contract': () => ({ outcome: { type: 'result', value: { plan, findings: [] } } }),
  'dry-run': ({ target }) => ({
    outcome: { type: 'result', value: { print: [], document: rehearsed(target), plan } },
  }),
  migrate: ({ target }) => ({
    outcome: { type: 'result', value: { ...migrated(target), strategy: 'contract' } },
  }),
}

test('a contract without a terminal wants the name, and gives the whole command', async () => {
  const { exit, stderr, asked } = await invoke({ argv: ['contract', 'a.db', '--early'], script })
  expect([exit, asked.map(each => each.operation)]).toEqual([2, ['plan-contract']])
  expect(stderr).toContain('next: ulid-migrate contract a.db --early --confirm a.db')
})

test('the choices make the plan, and the name goes with it to the engine', async () => {
  const argv = [
    'contract',
    'a.db',
    '--keep-legacy',
    '--take-names',
    '--early',
    '--accept',
    'v',
    '--confirm',
    'a.db',
  ]
  const { exit, stdout, asked } = await invoke({ argv, script })
  expect(exit).toBe(0)
  expect(asked.map(each => each.request)).toMatchObject([
    { choices: { keepLegacy: true, takeNames: true, early: true, accept: ['v'] } },
    { plan, confirm: 'a.db', choices: {} },
  ])
  expect(stdout).toContain('migrated (contract)')
})

test('a rehearsal wants no name, and changes nothing', async () => {
  const { exit, stdout, asked } = await invoke({ argv: ['contract', 'a.db', '--dry-run'], script })
  expect([exit, asked.map(each => each.operation)]).toEqual([0, ['plan-contract', 'dry-run']])
  expect(stdout).toContain('rehearsed on a copy, target unchanged')
})

test('on a terminal it is rehearsed, shown, and wants the name to be typed', async () => {
  const right = await invoke({ argv: ['contract', 'a.db'], script, questions: answering({ type: 'a.db' }) })
  expect([right.exit, right.asked.map(each => each.operation)]).toEqual([
    0,
    ['plan-contract', 'dry-run', 'migrate'],
  ])
  expect(right.stderr).toContain('rehearsed on a copy')
  const wrong = await invoke({ argv: ['contract', 'a.db'], script, questions: answering({ type: 'b.db' }) })
  expect(wrong.asked.map(each => each.operation)).toEqual(['plan-contract', 'dry-run'])
  expect(wrong.stderr).toContain('Nothing was changed.')
})

import { expect, test } from 'vitest'
import type { CheckDefinition } from '../../src/core/verify/check.ts'
import { checks } from '../../src/core/verify/prove.ts'
import { code, page, section, table, withPart } from './pages.ts'

function askedOf({ ofUlids, ofExpansion, ofContract, ofUndo }: CheckDefinition): string {
  if (ofContract) return 'a contract, and its undo'
  if (ofExpansion) return 'an expansion'
  if (ofUlids) return 'a migration'
  return ofUndo ? 'an undo' : 'both'
}

test('docs/verification.md lists the checks in the order they run, with their claims', async () => {
  const rows = checks.map(check => [`\`${check.id}\``, check.claim, askedOf(check)])
  const list = table(['check', 'what must hold', 'asked of'], rows)
  await expect(withPart('docs/verification.md', 'checks', list)).toMatchFileSnapshot(
    '../../docs/verification.md',
  )
})

test('a check that its page names exists', () => {
  const ids = checks.map(check => check.id)
  const [snapshot = ''] = section(page('docs/verification.md'), '## When')
    .split('\n')
    .filter(line => line.startsWith('| snapshot'))
  const named = code(snapshot).filter(name => name !== 'quick_check')
  expect(named.length).toBeGreaterThan(3)
  for (const id of named) expect(ids).toContain(id)
})

import { expect, test } from 'vitest'
import { disproved, verified } from './documents.ts'
import { invoke, type Script } from './world.ts'

test('a proof that holds exits 0 and says what happened since', async () => {
  const changedSince = { cells: 3, rowsAdded: 12, rowsDeleted: 1 }
  const script: Script = {
    verify: ({ target }) => ({ outcome: { type: 'result', value: verified(target, { changedSince }) } }),
  }
  const { exit, stdout } = await invoke({ argv: ['verify', 'a.db', '-v'], script })
  expect(exit).toBe(0)
  expect(stdout).toContain('since then: 3 cells changed, 12 rows added, 1 row deleted')
  expect(stdout).toContain('row-counts')
})

test('problems exit 3, with the rows at fault on stdout and the way back on stderr', async () => {
  const script: Script = {
    verify: ({ target }) => ({ outcome: { type: 'result', value: verified(target, { proof: disproved }) } }),
  }
  const { exit, stdout, stderr } = await invoke({ argv: ['verify', 'a.db'], script })
  expect(exit).toBe(3)
  expect(stdout).toContain('3 resolve to another row')
  expect(stdout).toContain('errors 7')
  expect(stderr).toContain('next: ulid-migrate rollback /data/a.db')
})

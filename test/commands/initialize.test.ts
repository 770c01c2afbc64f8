import { expect, test } from 'vitest'
import { invoke, type Script } from './world.ts'

const script: Script = {
  initialize: ({ target }) => ({
    outcome: { type: 'result', value: { target, tables: ['jobs', 'errors'] } },
  }),
}

test('the schema is named by flag, or left for the engine to tell from the file', async () => {
  const named = await invoke({ argv: ['initialize', 'a.db', '--schema', 'crackerjack'], script })
  expect(named.asked[0]?.request).toEqual({ target: '/data/a.db', schema: 'crackerjack' })
  const told = await invoke({ argv: ['initialize', 'a.db'], script })
  expect(told.asked[0]?.request).toEqual({ target: '/data/a.db', schema: '' })
  expect(told.stdout).toContain('2 tables made')
})

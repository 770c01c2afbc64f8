import { setImmediate as turn } from 'node:timers/promises'
import { cleanup, render } from 'ink-testing-library'
import { afterEach, expect, it } from 'vitest'
import { App } from '../../src/app.tsx'
import { Walk } from '../wizard/walk.ts'

afterEach(cleanup)

it('a frame that says what the last one did is not drawn again, and any other is', async () => {
  let { wizard } = new Walk().toDryRun()
  const listeners = new Set<() => void>()
  const store = {
    get: () => wizard,
    dispatch: () => {},
    subscribe: (changed: () => void) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
  const become = async (next: typeof wizard) => {
    wizard = next
    for (const changed of listeners) changed()
    await turn()
  }
  const { frames } = render(<App store={store} size={{ columns: 100, rows: 30 }} />)
  await turn()
  const drawn = frames.length
  await become({ ...wizard, now: wizard.now + 1 })
  expect(frames).toHaveLength(drawn)
  await become({ ...wizard, notice: 'Something is new.' })
  expect(frames.length).toBeGreaterThan(drawn)
  expect(frames.at(-1)).toContain('Something is new.')
})

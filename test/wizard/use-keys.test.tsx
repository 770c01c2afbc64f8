import { cleanup, render } from 'ink-testing-library'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { App } from '../../src/app.tsx'
import type { Command } from '../../src/wizard/messages.ts'
import { initialWizard } from '../../src/wizard/state.ts'
import { createStore, type Store } from '../../src/wizard/store.ts'
import * as documents from './documents.ts'
import { at, Walk } from './walk.ts'

afterEach(cleanup)

/** The wizard on Ink, in the state where a walk ends. */
async function opened(
  walk: Walk,
): Promise<{ store: Store; commands: Command[]; write: (text: string) => void }> {
  const commands: Command[] = []
  const store = createStore(walk.wizard, command => commands.push(command))
  const app = render(<App store={store} size={{ columns: 100, rows: 30 }} />)
  // The hook listens once Ink has run its effects.
  await vi.waitFor(() => expect(app.stdin.listenerCount('data')).toBeGreaterThan(0))
  return { store, commands, write: text => app.stdin.write(text) }
}

describe('keys that arrive in one chunk', () => {
  it('are typed one by one, and the Enter behind them counts', async () => {
    const { store, commands, write } = await opened(new Walk().toConfirm())
    write('metrics.db\r')
    expect(store.get().screen).toMatchObject({ name: 'confirm', work: { is: 'working' } })
    expect(commands).toMatchObject([{ type: 'start', operation: 'check-plan' }])
  })

  it('are the same with the marks of a paste, and byte by byte', async () => {
    const states = []
    for (const chunks of [['metrics.d\x7f'], ['\x1b[200~metrics.d\x7f\x1b[201~'], [...'metrics.d\x7f']]) {
      const { store, write } = await opened(new Walk().toConfirm())
      for (const chunk of chunks) write(chunk)
      states.push({ ...store.get(), now: 0 })
    }
    expect(states[0]?.screen).toMatchObject({ typed: 'metrics.' })
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  it('are dropped after a change of screen: three impatient Enters do not cross three screens', async () => {
    const { store, write } = await opened(new Walk().read())
    write('\r\r\r')
    expect(store.get().screen.name).toBe('detect')
  })

  it('are dropped behind a change of screen also when they were a sequence', async () => {
    const { store, write } = await opened(new Walk().read())
    write('\r\x1b[B\x1b[B')
    expect(store.get().screen).toMatchObject({ name: 'detect', cursor: 0 })
  })

  it('count again in the next chunk', async () => {
    const { store, commands, write } = await opened(new Walk().read())
    write('\rx')
    write('\r')
    expect(store.get().screen.name).toBe('dry-run')
    expect(commands.at(-1)).toMatchObject({ type: 'start', operation: 'dry-run' })
  })

  it('move the cursor as often as they say', async () => {
    const { store, write } = await opened(new Walk().read())
    write('jj\x1b[Ak')
    expect(store.get().screen).toMatchObject({ name: 'targets', cursor: 0 })
    write('jj')
    expect(store.get().screen).toMatchObject({ cursor: 2 })
  })
})

it('a lone escape is the Esc key once nothing follows it', async () => {
  const { store, write } = await opened(new Walk().toDetect())
  write('\x1b')
  await vi.waitFor(() => expect(store.get().screen.name).toBe('targets'))
})

it('an escape sequence may come in two pieces', async () => {
  const { store, write } = await opened(new Walk().toDetect())
  write('\x1b')
  write('[B')
  expect(store.get().screen).toMatchObject({ name: 'detect', cursor: 1 })
})

it('the store tells whoever draws, and hands commands on', () => {
  const commands: Command[] = []
  const store = createStore(
    initialWizard([{ target: documents.metrics, choices: {}, configFiles: [] }], at),
    command => commands.push(command),
  )
  let drawn = 0
  const forget = store.subscribe(() => {
    drawn += 1
  })
  store.dispatch({ type: 'opened', at })
  forget()
  store.dispatch({ type: 'tick', at })
  expect(drawn).toBe(1)
  expect(commands.map(command => command.type === 'start' && command.operation)).toEqual(['status', 'detect'])
})

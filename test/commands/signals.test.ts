import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { StopSignal } from '../../src/commands/interrupts.ts'
import { migrated, refusal } from './documents.ts'
import { invoke, type Script } from './world.ts'

/** An engine that works until it is stopped, and is sent `signals` as soon as it has started. */
function interrupted(signals: readonly StopSignal[]) {
  const source = new EventEmitter()
  const script: Script = {
    migrate: (request, { stopped }) => {
      queueMicrotask(() => {
        for (const signal of signals) source.emit(signal)
      })
      const outcome = stopped.then(how => ({
        type: 'failed' as const,
        error: refusal(request.target, { code: how === 'stop' ? 'RUN.STOPPED' : 'ENGINE.LOST', exit: 5 }),
      }))
      return { outcome }
    },
  }
  return { source, script }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s stops the engine, waits for its last word, and exits %i', async (signal, code) => {
  const { source, script } = interrupted([signal])
  const argv = ['migrate', 'a.db', 'b.db', '--yes', '--json']
  const { exit, json, stderr, asked } = await invoke({ argv, script, signals: source })
  expect(exit).toBe(code)
  expect(json()).toMatchObject({
    status: 'stopped',
    error: { code: 'RUN.STOPPED', next: expect.any(String) },
    notStarted: ['/data/b.db'],
  })
  expect(stderr).toContain('Stopping at the next safe point.')
  expect(asked).toHaveLength(1)
})

test('the second press kills the engine', async () => {
  const source = new EventEmitter()
  const script: Script = {
    migrate: (request, { stopped }) => {
      queueMicrotask(() => {
        source.emit('SIGINT')
        source.emit('SIGINT')
      })
      return {
        outcome: stopped.then(() => ({
          type: 'failed' as const,
          error: refusal(request.target, { exit: 1 }),
        })),
      }
    },
  }
  const { exit, stderr } = await invoke({ argv: ['migrate', 'a.db', '--yes'], script, signals: source })
  expect(exit).toBe(130)
  expect(stderr).toContain('Killing the engine.')
})

test('a stop that came too late still shows the result, and still exits by the signal', async () => {
  const source = new EventEmitter()
  const script: Script = {
    migrate: (request, { stopped }) => {
      queueMicrotask(() => source.emit('SIGINT'))
      return { outcome: stopped.then(() => ({ type: 'result' as const, value: migrated(request.target) })) }
    },
  }
  const argv = ['migrate', 'a.db', 'b.db', '--yes']
  const { exit, stdout, stderr, asked } = await invoke({ argv, script, signals: source })
  expect(exit).toBe(130)
  expect(stdout).toContain('/data/a.db  migrated')
  expect(stderr).toContain('Stopped before this target was started.')
  expect(asked).toHaveLength(1)
})

test('no handler stays behind once a command is over', async () => {
  const { source, script } = interrupted(['SIGINT'])
  await invoke({ argv: ['migrate', 'a.db', '--yes'], script, signals: source })
  expect(source.eventNames()).toEqual([])
})

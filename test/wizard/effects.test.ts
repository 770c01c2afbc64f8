import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineRun, Operation, Requests } from '../../src/core/index.ts'
import { createEffects, type World } from '../../src/wizard/effects.ts'
import type { Engine } from '../../src/wizard/engine.ts'
import type { WizardMessage } from '../../src/wizard/messages.ts'
import * as documents from './documents.ts'

/** An engine whose runs end when the test says so. */
class HeldEngine implements Engine {
  readonly requests: Requests[Operation][] = []
  readonly runs: { operation: Operation; stops: number; kills: number; paused: boolean; end: () => void }[] =
    []

  start<O extends Operation>(operation: O, request: Requests[O]): EngineRun<O> {
    this.requests.push(request)
    let end: () => void = () => {}
    const outcome = new Promise<{ type: 'failed'; error: ReturnType<typeof documents.failure> }>(resolve => {
      end = () => resolve({ type: 'failed', error: documents.failure() })
    })
    const run = { operation, stops: 0, kills: 0, paused: false, end }
    this.runs.push(run)
    async function* events() {
      yield {
        type: 'phase',
        phase: 'inspect',
        status: 'started',
        at: '',
        run: '',
        target: '',
      } as const
      await outcome
    }
    return {
      run: 'r',
      events: events(),
      outcome,
      stop: () => {
        run.stops += 1
        end()
      },
      pause: () => {
        run.paused = true
      },
      resume: () => {
        run.paused = false
      },
      kill: () => {
        run.kills += 1
      },
    }
  }
}

function world(change: Partial<World> = {}) {
  const engine = new HeldEngine()
  const messages: WizardMessage[] = []
  let told: () => void = () => {}
  const effects = createEffects({
    engine,
    dispatch: message => {
      messages.push(message)
      told()
    },
    now: () => 0,
    reports: { folder: () => '/state/reports/r', write: () => '/state/reports/r/report.md' },
    folder: '.',
    copies: () => '/copies',
    find: () => [],
    remember: () => Promise.reject(new Error('Nothing is kept here.')),
    redraw: () => {},
    suspend: () => {},
    leave: () => {},
    ...change,
  })
  const until = (match: (message: WizardMessage) => boolean) =>
    new Promise<WizardMessage>(resolve => {
      told = () => {
        const found = messages.find(match)
        if (found) resolve(found)
      }
      told()
    })
  return { engine, messages, effects, until }
}

const detect = (job: number) =>
  ({ type: 'start', job, operation: 'detect', request: { target: 't', choices: {} } }) as const

describe('effects', () => {
  it('pass events on, and then the last word', async () => {
    const { effects, engine, messages, until } = world()
    effects.perform(detect(1))
    await until(message => message.type === 'event')
    expect(effects.busy()).toBe(true)
    engine.runs[0]?.end()
    await until(message => message.type === 'answer')
    expect(messages.map(message => message.type)).toEqual(['event', 'answer'])
    expect(effects.busy()).toBe(false)
  })

  it('read two targets at a time, and never the one that was called off while waiting', async () => {
    const { effects, engine, until } = world()
    for (const job of [1, 2, 3, 4]) effects.perform(detect(job))
    expect(engine.runs).toHaveLength(2)
    effects.perform({ type: 'stop', job: 3 })
    engine.runs[0]?.end()
    await until(message => message.type === 'answer' && message.job === 1)
    await until(message => message.type === 'event' && message.job === 4)
    expect(engine.runs).toHaveLength(3)
  })

  it('pass a pause on to the run that it is meant for, and its end', () => {
    const { effects, engine } = world()
    effects.perform(detect(1))
    effects.perform(detect(2))
    effects.perform({ type: 'pause', job: 2 })
    expect(engine.runs.map(each => each.paused)).toEqual([false, true])
    effects.perform({ type: 'resume', job: 2 })
    expect(engine.runs.map(each => each.paused)).toEqual([false, false])
  })

  it('leave only after the engine has been stopped and has ended', async () => {
    const left = new Promise<{ code: number; answers: number }>(resolve => {
      const { effects, messages } = world({
        leave: code => resolve({ code, answers: messages.filter(each => each.type === 'answer').length }),
      })
      effects.perform({
        type: 'start',
        job: 1,
        operation: 'migrate',
        request: { target: 't', choices: {} },
      })
      effects.perform({ type: 'leave', code: 143 })
    })
    expect(await left).toEqual({ code: 143, answers: 1 })
  })

  it('write a file, and say so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wizard-'))
    const { effects, until } = world({ folder })
    effects.perform({ type: 'write', file: 'a.plan.json', text: '{}' })
    await until(message => message.type === 'wrote')
    expect(await readFile(join(folder, 'a.plan.json'), 'utf8')).toBe('{}')
  })

  it('keep choices, and say where', async () => {
    const kept = { file: '/c.json', target: 't', entry: { form: 'pure' }, changed: true } as const
    const { effects, until } = world({ remember: () => Promise.resolve({ type: 'kept', kept }) })
    effects.perform({ type: 'remember', target: '/t', choices: { form: 'pure' } })
    expect(await until(message => message.type === 'remembered')).toMatchObject({
      target: '/t',
      choices: { form: 'pure' },
      outcome: { kept },
    })
  })

  it('keep one choice after the other, since both may stand in one file', async () => {
    const begun: string[] = []
    let write: () => void = () => {}
    const { effects, until } = world({
      remember: target => {
        begun.push(target)
        const kept = { file: '/c.json', target, entry: {}, changed: true } as const
        return new Promise(resolve => {
          write = () => resolve({ type: 'kept', kept })
        })
      },
    })
    for (const target of ['/a', '/b']) effects.perform({ type: 'remember', target, choices: {} })
    await new Promise(setImmediate)
    expect(begun).toEqual(['/a'])
    write()
    await until(message => message.type === 'remembered')
    await new Promise(setImmediate)
    expect(begun).toEqual(['/a', '/b'])
  })

  const rehearse = {
    type: 'start',
    job: 1,
    operation: 'dry-run',
    request: { target: '/b', choices: {}, keep: '1.db', rehearsed: { '/a': '0.db' } },
  } as const

  it('put the copies of rehearsals where copies are kept', () => {
    const { effects, engine } = world()
    effects.perform(rehearse)
    expect(engine.requests).toEqual([
      { target: '/b', choices: {}, keep: '/copies/1.db', rehearsed: { '/a': '/copies/0.db' } },
    ])
  })

  it('say so where these have no place', async () => {
    const { effects, engine, until } = world({
      copies: () => {
        throw new Error('ENOSPC: no space left on device')
      },
    })
    effects.perform(rehearse)
    expect(await until(message => message.type === 'answer')).toMatchObject({
      job: 1,
      outcome: { type: 'failed', error: { code: 'WIZARD.NO_COPY', why: expect.stringMatching(/ENOSPC/) } },
    })
    expect(engine.runs).toEqual([])
  })

  it('say why a file could not be written', async () => {
    const { effects, until } = world({ folder: '/nonexistent' })
    effects.perform({ type: 'write', file: 'a.json', text: '' })
    expect(await until(message => message.type === 'not-written')).toMatchObject({
      why: expect.stringMatching(/ENOENT/),
    })
  })
})

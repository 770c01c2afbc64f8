import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { createUlidFactory, encodeTime } from '../../../src/core/identifiers/index.ts'
import { Refusal } from '../../../src/core/message.ts'
import { openRegistry, registryPath } from '../../../src/core/registry/open.ts'
import type { NewRegistration } from '../../../src/core/registry/registration.ts'
import type { Registry, RegistryOptions } from '../../../src/core/registry/registry.ts'
import { temporaryFolder } from '../../support/folder.ts'

const open: Registry[] = []
afterEach(() => {
  for (const registry of open.splice(0)) registry.close()
})

function registryIn(stateDir = temporaryFolder(), options: RegistryOptions = {}): Registry {
  const registry = openRegistry({ stateDir }, options)
  open.push(registry)
  return registry
}

function refusalOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error.failure
    throw error
  }
  throw new Error('It was not refused')
}

const at = (ms: number, n = 0) => encodeTime(ms) + n.toString().padStart(16, '0')
const noon = Date.UTC(2026, 1, 11, 12)
const entity = (ulid: string, more: Partial<NewRegistration> = {}): NewRegistration => ({
  ulid,
  system: 'akosha',
  kind: 'entity',
  ...more,
})

describe('what is registered', () => {
  test('is found by its ULID in either letter case and by its id of before, also when opened anew', () => {
    const stateDir = temporaryFolder()
    const first = openRegistry({ stateDir })
    const ulid = createUlidFactory()()
    const registration = entity(ulid.toLowerCase(), {
      legacy: 'system:alpha',
      metadata: { title: 'Alpha', n: 1 },
    })
    expect(first.register(registration)).toBe('registered')
    expect(first.register(registration)).toBe('known')
    first.close()
    const again = registryIn(stateDir)
    const expected = [{ ...registration, ulid }]
    expect(again.resolve(ulid)).toEqual(expected)
    expect(again.resolve(ulid.toLowerCase())).toEqual(expected)
    expect(again.resolve('system:alpha')).toEqual(expected)
    expect(again.resolve('system:beta')).toEqual([])
  })

  test('is there once for each system and kind that knows it', () => {
    const registry = registryIn()
    const ulid = at(noon)
    registry.registerAll([
      entity(ulid),
      { ulid, system: 'session-buddy', kind: 'conversation' },
      { ulid, system: 'session-buddy', kind: 'session' },
    ])
    expect(registry.resolve(ulid).map(each => `${each.system} ${each.kind}`)).toEqual([
      'akosha entity',
      'session-buddy conversation',
      'session-buddy session',
    ])
  })

  test('gets other metadata when it is registered with others', () => {
    const registry = registryIn()
    registry.register(entity(at(noon), { metadata: { a: 1 } }))
    expect(registry.resolve(at(noon))[0]?.metadata).toEqual({ a: 1 })
    expect(registry.register(entity(at(noon), { metadata: { a: 2 } }))).toBe('known')
    expect(registry.resolve(at(noon))[0]?.metadata).toEqual({ a: 2 })
  })

  test('is listed by system and kind, page by page, in the order of time', () => {
    const registry = registryIn()
    const ulids = [3, 1, 2, 5, 4].map(n => at(noon + n))
    registry.registerAll(ulids.map((ulid, n) => entity(ulid, { kind: n % 2 === 0 ? 'entity' : 'edge' })))
    registry.register({ ulid: at(noon + 9), system: 'mahavishnu', kind: 'entity' })
    const sorted = [...ulids].sort()
    expect(registry.find('akosha').map(each => each.ulid)).toEqual(sorted)
    expect(registry.find('akosha', { after: sorted[1]!, limit: 2 }).map(each => each.ulid)).toEqual(
      sorted.slice(2, 4),
    )
    expect(registry.find('akosha', { kind: 'edge' }).map(each => each.ulid)).toEqual([
      at(noon + 1),
      at(noon + 5),
    ])
    expect(registry.find('nobody')).toEqual([])
  })

  test('is found by time, a window on both sides', () => {
    const registry = registryIn()
    registry.registerAll([-60_001, -60_000, 0, 60_000, 60_001].map(ms => entity(at(noon + ms))))
    expect(registry.near(noon).map(each => each.ulid)).toEqual([
      at(noon - 60_000),
      at(noon),
      at(noon + 60_000),
    ])
    expect(registry.near(noon, 1000).map(each => each.ulid)).toEqual([at(noon)])
    expect(registry.near(0)).toEqual([])
  })

  test('is exported whole, in the order of ULIDs, over many pages, and can be registered elsewhere', () => {
    const registry = registryIn()
    const all = Array.from({ length: 2500 }, (_, n) =>
      entity(at(noon + Math.floor(n / 2), n), { legacy: `e${n}`, metadata: n % 3 === 0 ? { n } : {} }),
    )
    expect(registry.registerAll(all)).toEqual({ registered: 2500, known: 0 })
    const exported = [...registry.export()]
    expect(exported).toEqual(all)
    const other = registryIn()
    other.registerAll(exported)
    expect([...other.export()]).toEqual(exported)
  })

  test('is counted by place, with the times of the first and the last', () => {
    const registry = registryIn()
    expect(registry.statistics()).toMatchObject({
      registrations: 0,
      ids: 0,
      places: [],
      earliest: null,
      latest: null,
    })
    registry.registerAll([
      entity(at(noon)),
      entity(at(noon + 1000)),
      { ulid: at(noon), system: 'x', kind: 'y' },
    ])
    expect(registry.statistics()).toMatchObject({
      registrations: 3,
      ids: 2,
      places: [
        { system: 'akosha', kind: 'entity', registrations: 2 },
        { system: 'x', kind: 'y', registrations: 1 },
      ],
      earliest: '2026-02-11T12:00:00.000Z',
      latest: '2026-02-11T12:00:01.000Z',
      collisions: 0,
    })
  })
})

describe('a registration is refused, and all that came with it', () => {
  test('where the id is no ULID', () => {
    const registry = registryIn()
    const refusal = refusalOf(() =>
      registry.registerAll([entity(at(noon)), entity('81KEXWDFNRRMDJHG5GXSQG2QCQ')]),
    )
    expect(refusal).toMatchObject({
      code: 'REGISTRY.NOT_A_ULID',
      object: '81KEXWDFNRRMDJHG5GXSQG2QCQ',
      exit: 2,
    })
    expect(registry.statistics()).toMatchObject({ registrations: 0, places: [] })
    // The place that was rolled back with it is made again.
    registry.register(entity(at(noon)))
    expect(registry.resolve(at(noon))).toHaveLength(1)
  })

  test('where the id of before has another ULID there, with both sides', () => {
    const registry = registryIn()
    registry.register(entity(at(noon), { legacy: 'user:ann' }))
    const refusal = refusalOf(() => registry.register(entity(at(noon, 1), { legacy: 'user:ann' })))
    expect(refusal).toMatchObject({ code: 'REGISTRY.CONFLICT', exit: 4 })
    expect(refusal.why).toContain(at(noon))
    expect(refusal.why).toContain(at(noon, 1))
    expect(registry.resolve('user:ann')).toHaveLength(1)
  })

  test('where the ULID has another id of before there', () => {
    const registry = registryIn()
    registry.register(entity(at(noon), { legacy: 'user:ann' }))
    expect(refusalOf(() => registry.register(entity(at(noon), { legacy: 'user:ben' })))).toMatchObject({
      code: 'REGISTRY.CONFLICT',
      why: expect.stringMatching(/"user:ann".*"user:ben"/),
    })
  })

  test.each([
    ['system', { system: '' }],
    ['kind', { kind: '' }],
    ['metadata', { metadata: { n: 1n } }],
  ])('where the %s is none', (_, more) => {
    const registry = registryIn()
    expect(refusalOf(() => registry.register(entity(at(noon), more)))).toMatchObject({
      code: 'REGISTRY.INVALID',
      exit: 2,
    })
  })
})

describe('things that are named here first', () => {
  test('get one ULID for one natural key, for good', () => {
    const stateDir = temporaryFolder()
    const first = openRegistry({ stateDir })
    const ulid = first.ulidFor('akosha', 'entity', 'user:ann')
    expect(first.ulidFor('akosha', 'entity', 'user:ann')).toBe(ulid)
    expect(first.ulidFor('akosha', 'edge', 'user:ann')).not.toBe(ulid)
    first.close()
    expect(registryIn(stateDir).ulidFor('akosha', 'entity', 'user:ann')).toBe(ulid)
  })

  test('get another ULID where the random source gives one that is there already', () => {
    const ulids = [at(noon, 1), at(noon, 1), at(noon, 1), at(noon, 2)]
    const registry = registryIn(temporaryFolder(), { newUlid: () => ulids.shift()! })
    expect(registry.create({ system: 'a', kind: 'x', legacy: 'first' })).toBe(at(noon, 1))
    expect(registry.create({ system: 'b', kind: 'y', legacy: 'second' })).toBe(at(noon, 2))
    expect(registry.statistics()).toMatchObject({ registrations: 2, made: 4, collisions: 2 })
  })

  test('are refused with both sides where it gives nothing else, and that is counted', () => {
    const registry = registryIn(temporaryFolder(), { newUlid: () => at(noon) })
    registry.create({ system: 'a', kind: 'x', legacy: 'first' })
    const refusal = refusalOf(() => registry.create({ system: 'b', kind: 'y', legacy: 'second' }))
    expect(refusal).toMatchObject({ code: 'ULID.COLLISION', object: at(noon), exit: 1 })
    expect(refusal.why).toMatch(/a x "first".*b y "second"/)
    expect(registry.statistics()).toMatchObject({ registrations: 1, made: 9, collisions: 8 })
  })

  test('a rigged random source under the real factory repeats itself, which is noticed', () => {
    const stateDir = temporaryFolder()
    const rigged = () => createUlidFactory({ now: () => noon, random: () => 0.5 })
    const first = registryIn(stateDir, { newUlid: rigged() })
    const second = registryIn(stateDir, { newUlid: rigged() })
    const made = Array.from({ length: 3 }, (_, n) =>
      first.create({ system: 'a', kind: 'x', legacy: `f${n}` }),
    )
    // Within a millisecond the factory counts on, so that it gets past what the other one has.
    const other = second.create({ system: 'b', kind: 'x', legacy: 's' })
    expect(made).not.toContain(other)
    expect(second.statistics()).toMatchObject({ collisions: 3 })
  })
})

describe('several processes', () => {
  const worker = fileURLToPath(new URL('./registering.ts', import.meta.url))

  test('register at once and lose nothing; a natural key that all of them ask for gets one ULID', async () => {
    const stateDir = temporaryFolder()
    const workers = Array.from({ length: 4 }, (_, n) =>
      fork(worker, [stateDir, String(n), '150'], { execArgv: ['--import', import.meta.resolve('tsx')] }),
    )
    const answers = await Promise.all(
      workers.map(async each => {
        const ended = once(each, 'close')
        const [answer] = (await once(each, 'message')) as [readonly string[]]
        expect((await ended)[0]).toBe(0)
        return answer
      }),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    const { registrations, ids, collisions } = registryIn(stateDir).statistics()
    expect({ registrations, ids, collisions }).toEqual({
      registrations: 4 * 150 + 10,
      ids: 4 * 150 + 10,
      collisions: 0,
    })
  })

  test('see what others write, from the next turn on', async () => {
    const stateDir = temporaryFolder()
    const [mine, other] = [registryIn(stateDir), registryIn(stateDir)]
    other.register(entity(at(noon), { legacy: 'a' }))
    expect(mine.resolve(at(noon))).toHaveLength(1)
    other.register({ ulid: at(noon), system: 'x', kind: 'y' })
    expect(mine.resolve(at(noon))).toHaveLength(1) // one state within a turn
    await turn()
    expect(mine.resolve(at(noon))).toHaveLength(2)
    await turn()
    mine.register({ ulid: at(noon), system: 'z', kind: 'y' }) // one's own at once
    expect(mine.resolve(at(noon))).toHaveLength(3)
  })
})

describe('the file', () => {
  test('can be read by nobody else', () => {
    const registry = registryIn()
    expect(statSync(registry.path).mode & 0o777).toBe(0o600)
  })

  test.each<[string, (path: string) => void]>([
    ['a database of something else', path => void new Database(path).exec('CREATE TABLE t(a)').close()],
    ['no database', path => writeFileSync(path, 'x'.repeat(4096))],
    ['a link', path => symlinkSync(join(temporaryFolder(), 'elsewhere'), path)],
    ['a folder', path => void mkdirSync(path)],
  ])('is refused where it is %s', (_, put) => {
    const stateDir = temporaryFolder()
    const path = registryPath({ stateDir })
    put(path)
    expect(refusalOf(() => registryIn(stateDir))).toMatchObject({
      code: 'REGISTRY.UNUSABLE',
      object: path,
      exit: 4,
    })
  })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { putFile } from '../support/files.ts'
import { temporaryFolder } from '../support/folder.ts'
import { detected, migrated, statusOf, verified } from './documents.ts'
import { invoke, type Script } from './world.ts'

let folder: string
let home: string
let projects: string

beforeEach(() => {
  const base = temporaryFolder()
  folder = join(base, 'here')
  home = join(base, 'home')
  projects = join(base, 'projects')
  for (const each of [folder, projects]) mkdirSync(each)
})

const script: Script = {
  detect: ({ target }) => ({ outcome: { type: 'result', value: detected(target) } }),
  migrate: ({ target }) => ({ outcome: { type: 'result', value: migrated(target) } }),
  verify: ({ target }) => ({ outcome: { type: 'result', value: verified(target) } }),
  status: ({ targets }) => ({ outcome: { type: 'result', value: targets.map(statusOf) } }),
  snapshots: () => ({ outcome: { type: 'result', value: [] } }),
}

async function ran(argv: readonly string[], more: Script = {}, environment = {}) {
  const ended = await invoke({
    argv,
    folder,
    script: { ...script, ...more },
    environment: { HOME: home, ...environment },
  })
  /** What one operation of the engine was asked for, target by target. */
  const targetsOf = (operation: string) =>
    ended.asked
      .filter(each => each.operation === operation)
      .map(({ request }) => ('target' in request ? request.target : ''))
  return { ...ended, targetsOf }
}

function config(content: object): void {
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify(content))
}

const inProjects = (path: string, content?: Parameters<typeof putFile>[1]) =>
  putFile(join(projects, path), content)

describe('the name of a system', () => {
  test('stands for its databases that are there, in the order of its places', async () => {
    const guides = inProjects('crackerjack/.crackerjack/crackerjack.db')
    const real = putFile(join(home, '.cache/crackerjack/metrics.db'))
    const { exit, stdout, targetsOf } = await ran(['detect', 'crackerjack', '--projects', projects])
    expect([exit, targetsOf('detect')]).toEqual([0, [guides, real]])
    expect(stdout).toMatch(/^Crackerjack {2}2 databases {2}/)
    expect(stdout).toContain('SQLite  jobs and errors, where the guide has them')
    const document = (await ran(['detect', 'crackerjack', '--projects', projects, '--json'])).json()
    expect(document.systems).toMatchObject([
      { system: 'crackerjack', title: 'Crackerjack', targets: [guides, real], findings: [] },
    ])
    expect(document.targets).toMatchObject([{ target: guides }, { target: real }])
  })

  test('may be written as the system writes itself', async () => {
    const sessions = inProjects('session-buddy/session_buddy.db')
    expect((await ran(['detect', 'Session-Buddy', '--projects', projects])).targetsOf('detect')).toEqual([
      sessions,
    ])
  })

  test('several come in their own order, each once', async () => {
    const [first, second] = [inProjects('crackerjack/metrics.db'), inProjects('mahavishnu/data/events.db')]
    const words = ['mahavishnu', 'crackerjack', 'Mahavishnu', second]
    const { targetsOf, json } = await ran(['detect', ...words, '--projects', projects, '--json'])
    expect(targetsOf('detect')).toEqual([first, second])
    expect(json().systems).toHaveLength(2)
  })

  test('is a path where something else lies under that name', async () => {
    const file = putFile(join(folder, 'crackerjack'))
    inProjects('crackerjack/metrics.db')
    expect((await ran(['detect', 'crackerjack', '--projects', projects])).targetsOf('detect')).toEqual([file])
  })

  test('is the system where its own source tree lies there; with a slash it is the folder', async () => {
    const hidden = putFile(join(folder, 'crackerjack/.crackerjack/crackerjack.db'))
    const below = putFile(join(folder, 'crackerjack/tests/fixture.db'))
    expect((await ran(['detect', 'crackerjack'])).targetsOf('detect')).toEqual([hidden])
    expect((await ran(['detect', 'crackerjack/'])).targetsOf('detect')).toEqual([below])
    expect((await ran(['migrate', 'crackerjack', '--yes'])).targetsOf('migrate')).toEqual([hidden])
  })

  test('falls back to what lies below its source tree, for who only looks', async () => {
    const below = putFile(join(folder, 'crackerjack/data/other.db'))
    const { exit, stdout, targetsOf } = await ran(['detect', 'crackerjack'])
    expect([exit, targetsOf('detect')]).toEqual([0, [below]])
    expect(stdout).toContain('SYSTEM.NO_DATABASE')
    expect((await ran(['migrate', 'crackerjack', '--yes'])).exit).toBe(4)
  })

  test('may be of a system of the operator, described in the config file', async () => {
    const file = putFile(join(folder, 'ledger/data/ledger.db'))
    config({ systems: { ledger: { folder: 'ledger', targets: ['data/ledger.db'] } } })
    expect((await ran(['detect', 'LEDGER'])).targetsOf('detect')).toEqual([file])
  })
})

describe('what a config file says of a system', () => {
  test('holds for its databases, wherever they were named; flags and the environment beat it', async () => {
    const file = putFile(join(folder, 'ledger/data/a.db'))
    putFile(join(folder, 'other.db'))
    config({ systems: { ledger: { targets: ['data/a.db'], strategy: 'expand', skip: ['logs.id'] } } })
    const choicesOf = async (argv: readonly string[], environment = {}) => {
      const { asked } = await ran(argv, {}, environment)
      return asked.flatMap(({ request }) => ('choices' in request ? [request.choices] : []))[0]
    }
    const whole = { strategy: 'expand', skip: ['logs.id'], whereThere: ['logs.id'] }
    expect(await choicesOf(['detect', 'ledger'])).toEqual(whole)
    expect(await choicesOf(['detect', file])).toEqual(whole)
    expect(await choicesOf(['detect', 'other.db'])).toEqual({})
    expect(await choicesOf(['detect', file, '--strategy', 'replace', '--only', 'logs.id'])).toEqual({
      strategy: 'replace',
      only: ['logs.id'],
      whereThere: ['logs.id'],
    })
    expect(await choicesOf(['detect', file], { ULID_MIGRATE_STRATEGY: 'replace' })).toMatchObject({
      strategy: 'replace',
    })
  })

  test('its databases are looked for where the folders of the home folder were moved to', async () => {
    const file = putFile(join(folder, 'data/mahavishnu/adapter_persistence.db'))
    const moved = { XDG_DATA_HOME: join(folder, 'data') }
    expect((await ran(['detect', 'mahavishnu'], {}, moved)).targetsOf('detect')).toEqual([file])
  })
})

describe('a system without a database', () => {
  test('is a finding of detect that lists what was looked for, and no failure', async () => {
    const { exit, stdout, asked } = await ran(['detect', 'crackerjack', '--projects', projects])
    expect([exit, asked]).toEqual([0, []])
    expect(stdout).toContain('SYSTEM.NO_DATABASE')
    expect(stdout).toContain(join(projects, 'crackerjack/.crackerjack/crackerjack.db'))
    expect(stdout).toContain(join(home, '.cache/crackerjack/metrics.db'))
    expect(stdout).toContain(`ulid-migrate initialize crackerjack --projects ${projects}`)
    const { json } = await ran(['detect', 'crackerjack', '--projects', projects, '--json'])
    expect(json()).toMatchObject({ targets: [], systems: [{ findings: [{ code: 'SYSTEM.NO_DATABASE' }] }] })
  })

  test.each([
    ['dry-run'],
    ['migrate', '--yes'],
    ['verify'],
    ['rollback', '--yes'],
    ['contract'],
    ['collapse', '--yes'],
    ['finalize'],
    ['snapshots', 'list'],
  ])('stops %s before anything is begun, by the same words', async (command, ...flags) => {
    const other = inProjects('session-buddy/session_buddy.db')
    const words = [...flags.filter(each => each === 'list'), 'session-buddy', 'akosha']
    const { exit, stderr, asked, json } = await ran([
      command,
      ...words,
      ...flags.filter(each => each !== 'list'),
      '--projects',
      projects,
      '--json',
    ])
    expect(exit).toBe(4)
    expect(stderr).toContain('No database of Akosha is where it was looked for.')
    expect(asked.filter(each => each.operation !== 'status')).toEqual([])
    expect(json()).toMatchObject({
      targets: [],
      error: { code: 'SYSTEM.NO_DATABASE', object: 'akosha' },
      systems: [{ targets: [other] }, { targets: [] }],
    })
  })

  test('is left out where systems were not named one by one', async () => {
    const sessions = inProjects('session-buddy/session_buddy.db')
    const { exit, stderr, targetsOf } = await ran(['migrate', '--yes', '--projects', projects])
    expect([exit, targetsOf('migrate')]).toEqual([0, [sessions]])
    expect(stderr).toContain('No database of Akosha is where it was looked for.')
  })

  test('is told for each where there is none at all', async () => {
    const { exit, stderr } = await ran(['migrate', '--yes', '--projects', projects])
    expect(exit).toBe(4)
    for (const title of ['Crackerjack', 'Session-Buddy', 'Akosha', 'Mahavishnu'])
      expect(stderr).toContain(`No database of ${title} is where`)
  })

  test('has no status to tell, which is not the status of all others', async () => {
    const { exit, asked, json } = await ran(['status', 'akosha', '--projects', projects, '--json'])
    expect([exit, asked]).toEqual([0, []])
    expect(json()).toMatchObject({ targets: [], systems: [{ system: 'akosha' }] })
  })
})

describe('what can not be worked on', () => {
  test('is told beside what can: no database, and what was never initialized', async () => {
    const duck = putFile(join(home, '.claude/data/workflow_metrics.db'), 'duckdb')
    const shelf = putFile(join(home, '.claude/data/activity.db'), 'other')
    const empty = inProjects('session-buddy/.session-buddy/session_buddy.db', 'empty')
    const sessions = inProjects('session-buddy/session_buddy.db')
    const words = ['session-buddy', '--projects', projects]
    const looked = await ran(['detect', ...words])
    expect([looked.exit, looked.targetsOf('detect')]).toEqual([0, [empty, sessions, duck]])
    expect(looked.stdout).toMatch(/workflow_metrics\.db +DuckDB/)
    const done = await ran(['migrate', '--yes', ...words])
    expect([done.exit, done.targetsOf('migrate')]).toEqual([0, [sessions, duck]])
    expect(done.stderr).toContain(`left out ${shelf}. This is an encrypted database`)
    expect(done.stderr).toContain(`left out ${empty}. It has no tables yet.`)
  })

  test('stops what would work on it where there is nothing else', async () => {
    putFile(join(home, '.claude/data/reflection.duckdb'), 'other')
    const { exit, stderr } = await ran(['migrate', 'session-buddy', '--yes', '--projects', projects])
    expect(exit).toBe(4)
    expect(stderr).toContain('SYSTEM.UNREADABLE')
    expect((await ran(['detect', 'session-buddy', '--projects', projects])).exit).toBe(0)
  })

  test('is left to the engine to refuse where it is all that was never initialized', async () => {
    const empty = inProjects('crackerjack/.crackerjack/crackerjack.db', 'empty')
    const { targetsOf } = await ran(['migrate', 'crackerjack', '--yes', '--projects', projects])
    expect(targetsOf('migrate')).toEqual([empty])
  })
})

describe('no word at all', () => {
  test('with --projects, or its variable, means all systems in their order', async () => {
    const found = [
      inProjects('crackerjack/metrics.db'),
      inProjects('session-buddy/session_buddy.db'),
      inProjects('mahavishnu/data/events.db'),
    ]
    expect((await ran(['detect', '--projects', '../projects'])).targetsOf('detect')).toEqual(found)
    const variable = { ULID_MIGRATE_PROJECTS: projects }
    expect((await ran(['detect'], {}, variable)).targetsOf('detect')).toEqual(found)
    config({ projects, order: ['mahavishnu'] })
    expect((await ran(['detect'])).targetsOf('detect')).toEqual([found[2], found[0], found[1]])
  })

  test('with a config file that only describes systems means those', async () => {
    const file = putFile(join(folder, 'ledger/ledger.db'))
    config({ systems: { ledger: { targets: ['ledger.db'] } } })
    const { stdout, targetsOf } = await ran(['detect'])
    expect(targetsOf('detect')).toEqual([file])
    expect(stdout).not.toContain('Crackerjack')
  })

  test.each([['detect'], ['dry-run'], ['migrate'], ['verify']])(
    '%s without anything to go by is misuse',
    async command => {
      const { exit, stderr } = await ran([command])
      expect(exit).toBe(2)
      expect(stderr).toContain("missing required argument 'targets'")
    },
  )

  test.each([['rollback'], ['contract'], ['collapse'], ['finalize']])(
    '%s takes nothing back that was not named',
    async command => {
      inProjects('crackerjack/metrics.db')
      const { exit, asked } = await ran([command, '--projects', projects])
      expect([exit, asked]).toEqual([2, []])
    },
  )

  test('a folder of projects that is not there is misuse, too', async () => {
    const { exit, stderr } = await ran(['detect', '--projects', 'nowhere'])
    expect(exit).toBe(2)
    expect(stderr).toContain('SYSTEM.NO_PROJECTS')
  })

  test('status means all of the ledger, unless --projects is given', async () => {
    const file = inProjects('crackerjack/metrics.db')
    const request = async (...argv: readonly string[]) => (await ran(['status', ...argv])).asked[0]?.request
    expect(await request()).toEqual({ targets: [] })
    expect(await request('--projects', projects)).toEqual({ targets: [file] })
  })
})

describe('databases of a system that no run is known of', () => {
  const runs = (...ran: readonly string[]): Script => ({
    status: ({ targets }) => ({
      outcome: {
        type: 'result',
        value: targets.map(target => ({
          ...statusOf(target),
          ...(ran.includes(target) ? {} : { runs: [] }),
        })),
      },
    }),
  })

  test('are not verified, when others are', async () => {
    const file = inProjects('crackerjack/metrics.db')
    inProjects('crackerjack/crackerjack.db')
    const words = ['crackerjack', '--projects', projects]
    const { stderr, targetsOf } = await ran(['verify', ...words], runs(file))
    expect(targetsOf('verify')).toEqual([file])
    expect(stderr).toContain('crackerjack.db. No run of it is known.')
  })

  test('are left to the engine to refuse, when there is no other, or when they were named by path', async () => {
    const file = inProjects('crackerjack/metrics.db')
    const words = ['crackerjack', '--projects', projects]
    expect((await ran(['verify', ...words], runs())).targetsOf('verify')).toEqual([file])
    const alone = await ran(['verify', file], runs())
    expect(alone.asked.map(each => each.operation)).toEqual(['verify'])
  })
})

describe('a folder', () => {
  test('stands for the databases below it, for detect; what is none of ours is told', async () => {
    const file = putFile(join(folder, 'data/a.db'))
    const duck = putFile(join(folder, 'data/b.duckdb'), 'duckdb')
    const shelf = putFile(join(folder, 'data/c.db'), 'other')
    const { exit, stderr, targetsOf } = await ran(['detect', 'data'])
    expect([exit, targetsOf('detect')]).toEqual([0, [file, duck]])
    expect(stderr).toContain(`Left out ${shelf}. This is an encrypted database`)
  })

  test('is left to the engine to refuse where nothing is below it, and for all other commands', async () => {
    putFile(join(folder, 'data/a.db'))
    mkdirSync(join(folder, 'bare'))
    expect((await ran(['detect', 'bare'])).targetsOf('detect')).toEqual([join(folder, 'bare')])
    expect((await ran(['migrate', 'data', '--yes'])).targetsOf('migrate')).toEqual([join(folder, 'data')])
  })
})

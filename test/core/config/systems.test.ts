import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ConfigFile } from '../../../src/core/config/config.ts'
import { type Config, configSchema } from '../../../src/core/config/schema.ts'
import { systemsFrom } from '../../../src/core/config/systems.ts'
import { temporaryFolder } from '../../support/folder.ts'

let folder: string
let home: string

beforeEach(() => {
  folder = temporaryFolder()
  home = join(folder, 'home')
})

function put(path: string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  return file
}

function config(content: Config, file = 'ulid-migrate.config.json'): ConfigFile {
  return { file: join(folder, file), config: configSchema.parse(content) }
}

const inProjects = (...files: readonly ConfigFile[]) =>
  systemsFrom(files, { folder, home, projects: join(folder, 'projects') })

function system(name: string, ...files: readonly ConfigFile[]) {
  const found = inProjects(...files).find(each => each.name === name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found
}

const thereOf = (name: string, ...files: readonly ConfigFile[]) =>
  system(name, ...files)
    .places.filter(each => each.there)
    .map(each => each.path)

describe('the systems of the guide', () => {
  test('are known in its order, with nothing there', () => {
    const systems = inProjects()
    expect(systems.map(each => each.name)).toEqual(['crackerjack', 'session-buddy', 'akosha', 'mahavishnu'])
    for (const each of systems) {
      expect(each.folder).toBeNull()
      expect(each.folders[0]).toBe(join(folder, 'projects', each.name))
      expect(each.places.filter(place => place.there)).toEqual([])
    }
  })

  test.each([
    ['crackerjack', 'projects/crackerjack/.crackerjack/crackerjack.db', 'home/.cache/crackerjack/metrics.db'],
    [
      'session-buddy',
      'projects/session-buddy/.session-buddy/session_buddy.db',
      'home/.claude/data/reflection.duckdb',
    ],
    ['mahavishnu', 'projects/mahavishnu/data/learning.db', 'home/.mahavishnu/outbox.duckdb'],
    [
      'akosha',
      'projects/akosha/data/warm/warm.db',
      'projects/akosha/.oneiric_cache/workflow_checkpoints.sqlite',
    ],
  ])('%s has its databases at the path of the guide and at the real one', (name, guides, real) => {
    const files = [put(guides), put(real)]
    expect(thereOf(name)).toEqual(files)
    expect(system(name).places.every(each => each.what !== '')).toBe(true)
  })

  test('those in the home folder are found without a source tree', () => {
    expect(system('crackerjack').folder).toBeNull()
    expect(thereOf('crackerjack')).toEqual([])
    const file = put('home/.cache/crackerjack/metrics.db')
    expect(thereOf('crackerjack')).toEqual([file])
  })

  test('those whose names are not known in full are all found', () => {
    const files = ['home/.claude/data/reflection_b.duckdb', 'home/.claude/data/reflection_a.duckdb'].map(put)
    put('home/.claude/data/reflection_.txt')
    expect(thereOf('session-buddy')).toEqual(files.toReversed())
    const shards = ['shard_001/oneiric.duckdb', 'shard_000/x y.duckdb'].map(each =>
      put(`projects/akosha/data/warm/${each}`),
    )
    put('projects/akosha/data/warm/shard_000/.hidden.duckdb')
    expect(thereOf('akosha')).toEqual(shards.toReversed())
  })

  test('where nothing is, what was looked for is told as the pattern that it is', () => {
    const looked = system('session-buddy').places.map(each => each.path)
    expect(looked).toContain(join(home, '.claude/data/reflection_*.duckdb'))
  })

  test('where folders of the home folder were moved, both are looked at', () => {
    const moved = [put('xdg/mahavishnu/adapter_persistence.db'), put('cache/crackerjack/metrics.db')]
    const usual = put('home/.cache/crackerjack/metrics.db')
    const bases = { '~/.local/share/': join(folder, 'xdg'), '~/.cache/': join(folder, 'cache') }
    const there = systemsFrom([], { folder, home, bases }).flatMap(each =>
      each.places.filter(place => place.there).map(place => place.path),
    )
    expect(there).toEqual([moved[1], usual, moved[0]])
  })

  test('a database may be a link, and a folder of that name is none', () => {
    const file = put('elsewhere/metrics.db')
    put('projects/session-buddy/.session-buddy/skills.db/skills.db')
    put('projects/crackerjack/x')
    symlinkSync(file, join(folder, 'projects/crackerjack/metrics.db'))
    expect(thereOf('crackerjack')).toEqual([join(folder, 'projects/crackerjack/metrics.db')])
    expect(thereOf('session-buddy')).toEqual([
      join(folder, 'projects/session-buddy/.session-buddy/skills.db/skills.db'),
    ])
  })

  test('what the system does not let us look at is not there', () => {
    mkdirSync(join(folder, 'projects/crackerjack'), { recursive: true })
    symlinkSync('metrics.db', join(folder, 'projects/crackerjack/metrics.db')) // leads to itself
    expect(thereOf('crackerjack')).toEqual([])
  })

  test('the source tree may be a link, or have the name of the module', () => {
    put('checkouts/cj/x')
    mkdirSync(join(folder, 'projects'), { recursive: true })
    symlinkSync(join(folder, 'checkouts/cj'), join(folder, 'projects/crackerjack'))
    put('projects/session_buddy/x')
    expect(system('crackerjack').folder).toBe(join(folder, 'projects/crackerjack'))
    expect(system('session-buddy').folder).toBe(join(folder, 'projects/session_buddy'))
    expect(system('session-buddy').places[0]?.path).toBe(
      join(folder, 'projects/session_buddy/.session-buddy/session_buddy.db'),
    )
  })
})

describe('where systems are looked for', () => {
  const foldersOf = (places: Parameters<typeof systemsFrom>[1], ...files: readonly ConfigFile[]) =>
    systemsFrom(files, places).find(each => each.name === 'crackerjack')?.folders

  test('below the folder that is named, else that of the config file, else the current one', () => {
    const said = config({ projects: 'all' }, 'below/ulid-migrate.config.json')
    expect(foldersOf({ folder, home, projects: '/p' }, said)).toEqual(['/p/crackerjack'])
    expect(foldersOf({ folder, home }, said)).toEqual([join(folder, 'below/all/crackerjack')])
    expect(foldersOf({ folder, home }, config({ projects: '~/all' }))).toEqual([
      join(home, 'all/crackerjack'),
    ])
    expect(foldersOf({ folder, home })).toEqual([join(folder, 'crackerjack')])
  })

  test('within its own source tree, the current folder is that of the system', () => {
    const inside = join(folder, 'crackerjack')
    put('crackerjack/metrics.db')
    const found = systemsFrom([], { folder: inside, home })[0]
    expect(found?.folder).toBe(inside)
    expect(found?.places.filter(each => each.there).map(each => each.path)).toEqual([
      join(inside, 'metrics.db'),
    ])
  })

  test('its own folder comes before that of all projects', () => {
    put('projects/crackerjack/x')
    put('mine/crackerjack-fork/data/a.db')
    const said = config({
      systems: { crackerjack: { folder: 'mine/crackerjack-fork', targets: ['data/a.db'] } },
    })
    expect(system('crackerjack', said).folder).toBe(join(folder, 'mine/crackerjack-fork'))
    expect(thereOf('crackerjack', said)).toEqual([join(folder, 'mine/crackerjack-fork/data/a.db')])
  })
})

describe('what config files say of systems', () => {
  test('holds in place of what is built in, part by part', () => {
    const before = system('crackerjack')
    const after = system(
      'crackerjack',
      config({
        systems: {
          crackerjack: { title: 'Ours', interpreter: ['python3.13'], test: { argv: ['make', 'test'] } },
        },
      }),
    )
    expect(after).toEqual({
      ...before,
      title: 'Ours',
      interpreter: ['python3.13'],
      test: { argv: ['make', 'test'] },
    })
  })

  test('the stronger file wins part by part, too', () => {
    const project = config({ systems: { crackerjack: { title: 'Project' } } })
    const user = config(
      { systems: { crackerjack: { title: 'User', sources: ['src'], folder: 'cj' } } },
      'user/ulid-migrate.config.json',
    )
    expect(system('crackerjack', project, user)).toMatchObject({
      title: 'Project',
      sources: ['src'],
      folders: [join(folder, 'user/cj')],
    })
  })

  test('a command of its own for its tables expects what is known to come', () => {
    const said = config({ systems: { crackerjack: { initialize: { argv: ['make', 'tables'] } } } })
    expect(system('crackerjack', said).initialize).toEqual({
      argv: ['make', 'tables'],
      expect: ['jobs', 'errors', 'hook_executions', 'test_executions'],
    })
  })

  test('known places keep what is known of them when they are named again', () => {
    const said = config({ systems: { crackerjack: { targets: ['metrics.db', '~/other.db'] } } })
    expect(system('crackerjack', said).places).toEqual([
      {
        path: join(folder, 'projects/crackerjack/metrics.db'),
        what: 'metrics: jobs and what belongs to them',
        there: false,
      },
      { path: join(home, 'other.db'), what: '', there: false },
    ])
  })

  test('one of the operator comes after those of the guide, unless the order says otherwise', () => {
    const systems = { ledger: { folder: 'ledger', targets: ['data/ledger.db'] }, mail: {} }
    const names = (order: readonly string[]) => inProjects(config({ systems, order })).map(each => each.name)
    expect(names([])).toEqual(['crackerjack', 'session-buddy', 'akosha', 'mahavishnu', 'ledger', 'mail'])
    expect(names(['ledger', 'akosha'])).toEqual([
      'ledger',
      'akosha',
      'crackerjack',
      'session-buddy',
      'mahavishnu',
      'mail',
    ])
  })

  test('one of the operator needs no more than a name', () => {
    put('projects/mail/x')
    expect(system('mail', config({ systems: { mail: {} } }))).toEqual({
      name: 'mail',
      title: 'mail',
      folder: join(folder, 'projects/mail'),
      folders: [join(folder, 'projects/mail')],
      places: [],
      inMemory: true,
      schema: null,
      initialize: null,
      sources: [],
      generator: { module: 'dhruva', name: 'generate' },
      interpreter: ['python3'],
      test: null,
      queries: {},
    })
  })

  test('a folder that is gone is no error: its databases are just not there', () => {
    const file = put('ledger/data/ledger.db')
    const said = config({ systems: { ledger: { folder: 'ledger', targets: ['data/ledger.db'] } } })
    expect(thereOf('ledger', said)).toEqual([file])
    rmSync(join(folder, 'ledger'), { recursive: true })
    expect(system('ledger', said)).toMatchObject({ folder: null, folders: [join(folder, 'ledger')] })
    expect(system('ledger', said).places).toEqual([{ path: file, what: '', there: false }])
  })
})

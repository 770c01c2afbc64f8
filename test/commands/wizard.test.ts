import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Wizard } from '../../src/commands/wizard.ts'
import { putFile } from '../support/files.ts'
import { invoke } from './world.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-wizard-'))
  for (const inside of ['app/data', 'node_modules/x', '.state/snapshots'])
    mkdirSync(join(folder, inside), { recursive: true })
  for (const file of [
    'b.sqlite3',
    'app/data/a.DB',
    'app/notes.txt',
    'node_modules/x/c.db',
    '.state/snapshots/s.db',
  ])
    writeFileSync(join(folder, file), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

function watched() {
  const opened: Parameters<Wizard>[0][] = []
  const wizard: Wizard = options => {
    opened.push(options)
    return Promise.resolve(0)
  }
  return { opened, wizard }
}

test('a path opens the wizard on it', async () => {
  const { opened, wizard } = watched()
  await invoke({ argv: ['foo.db', '--inline', '--strategy', 'expand'], wizard, folder })
  expect(opened).toMatchObject([
    { targets: [{ target: join(folder, 'foo.db'), choices: { strategy: 'expand' } }], inline: true },
  ])
})

test.each([[[]], [['.']]])('%j searches the current folder, but not what tools keep there', async argv => {
  const { opened, wizard } = watched()
  await invoke({ argv, wizard, folder })
  expect(opened[0]?.targets.map(each => each.target)).toEqual([
    join(folder, 'app/data/a.DB'),
    join(folder, 'b.sqlite3'),
  ])
})

test('the name of a system opens it on what is there of it, and tells what is not', async () => {
  const home = join(folder, 'home')
  const metrics = putFile(join(home, '.cache/crackerjack/metrics.db'))
  const { opened, wizard } = watched()
  await invoke({ argv: ['crackerjack', 'akosha', 'b.sqlite3'], wizard, folder, environment: { HOME: home } })
  expect(opened[0]?.targets).toMatchObject([
    { target: metrics, system: 'Crackerjack' },
    { target: join(folder, 'b.sqlite3') },
  ])
  expect(opened[0]?.targets[1]).not.toHaveProperty('system')
  expect(opened[0]?.systems).toMatchObject([
    { system: 'crackerjack', targets: [metrics] },
    { system: 'akosha', targets: [], findings: [{ code: 'SYSTEM.NO_DATABASE' }] },
  ])
})

test('--projects opens it on all systems there, and on nothing else', async () => {
  const projects = join(folder, 'projects')
  const found = [
    putFile(join(projects, 'crackerjack/metrics.db')),
    putFile(join(projects, 'session-buddy/.session-buddy/session_buddy.db')),
  ]
  const { opened, wizard } = watched()
  await invoke({ argv: ['--projects', 'projects'], wizard, folder })
  expect(opened[0]?.targets.map(each => each.target)).toEqual(found)
  expect(opened[0]?.systems).toHaveLength(4)
  rmSync(projects, { recursive: true })
  const { exit, stderr } = await invoke({ argv: ['--projects', 'projects'], wizard, folder })
  expect([exit, opened.length]).toEqual([2, 1])
  expect(stderr).toContain('SYSTEM.NO_PROJECTS')
})

test('systems of a config file come first, and hide nothing that lies here', async () => {
  const file = putFile(join(folder, 'ledger/.hidden/ledger.db'))
  const config = join(folder, 'ulid-migrate.config.json')
  writeFileSync(config, JSON.stringify({ systems: { ledger: { targets: ['.hidden/ledger.db'] } } }))
  const { opened, wizard } = watched()
  await invoke({ argv: [], wizard, folder })
  rmSync(config)
  expect(opened[0]?.targets.map(each => [each.target, each.system])).toEqual([
    [file, 'ledger'],
    [join(folder, 'app/data/a.DB'), undefined],
    [join(folder, 'b.sqlite3'), undefined],
  ])
})

test('a mistyped system is not taken for a target', async () => {
  const { opened, wizard } = watched()
  const { exit, stderr } = await invoke({ argv: ['crackerjak'], wizard, folder })
  expect([exit, opened]).toEqual([2, []])
  expect(stderr).toContain('Did you mean crackerjack?')
})

test('without a terminal there is short help on stderr, the reason, and exit 2', async () => {
  const { exit, stdout, stderr } = await invoke({ argv: [] })
  expect([exit, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^ {2}detect /m)
  expect(stderr).toContain('stdin is not a terminal.')
  expect(stderr).toContain('next: ulid-migrate detect TARGET')
})

test('without a terminal a target is in the command to run instead', async () => {
  const { exit, stderr } = await invoke({ argv: ['foo.db'] })
  expect(exit).toBe(2)
  expect(stderr).toContain('next: ulid-migrate detect foo.db')
})

test('--no-input never opens it', async () => {
  const { opened, wizard } = watched()
  expect((await invoke({ argv: ['foo.db', '--no-input'], wizard })).exit).toBe(2)
  expect(opened).toEqual([])
})

test('a mistyped command is not taken for a target', async () => {
  const { opened, wizard } = watched()
  const { exit, stderr } = await invoke({ argv: ['detct', 'foo.db'], wizard })
  expect([exit, opened]).toEqual([2, []])
  expect(stderr).toContain('Did you mean detect?')
  expect(stderr).toContain('next: ulid-migrate detect foo.db')
})

test('flags before a command are told where they belong', async () => {
  const { opened, wizard } = watched()
  const { exit, json } = await invoke({ argv: ['--json', 'detect', 'foo.db'], wizard })
  expect([exit, opened]).toEqual([2, []])
  expect(json()).toMatchObject({ error: { code: 'COMMAND.ORDER', next: 'ulid-migrate detect --help' } })
})

import { describe, expect, test } from 'vitest'
import { detected } from './documents.ts'
import { invoke, type Script } from './world.ts'

const script: Script = {
  detect: request => ({ outcome: { type: 'result', value: detected(request.target) } }),
}

describe('settings', () => {
  async function settingsOf(argv: readonly string[], environment: Record<string, string> = {}) {
    const { settings } = await invoke({ argv: ['detect', 'a.db', ...argv], environment, script })
    return settings[0]
  }

  test('state lies in the home folder by default', async () => {
    expect(await settingsOf([])).toEqual({
      stateDir: '/home/op/.local/state/ulid-migrate',
      snapshotDir: '/home/op/.local/state/ulid-migrate/snapshots',
      waitSeconds: 10,
    })
  })

  test('XDG_STATE_HOME moves it, unless it is relative', async () => {
    expect(await settingsOf([], { XDG_STATE_HOME: '/xdg' })).toMatchObject({ stateDir: '/xdg/ulid-migrate' })
    expect(await settingsOf([], { XDG_STATE_HOME: 'xdg' })).toMatchObject({
      stateDir: '/home/op/.local/state/ulid-migrate',
    })
  })

  test('flags beat the environment, and the environment beats the default', async () => {
    const environment = { ULID_MIGRATE_STATE_DIR: '/env', ULID_MIGRATE_WAIT: '30' }
    expect(await settingsOf(['--wait', '0.5'], environment)).toEqual({
      stateDir: '/env',
      snapshotDir: '/env/snapshots',
      waitSeconds: 0.5,
    })
    const memory = { ULID_MIGRATE_DUCKDB_MEMORY: '512mb' }
    expect(await settingsOf([], memory)).toMatchObject({ duckdbMemory: '512mb' })
    expect(await settingsOf(['--duckdb-memory', '1.5 GiB'], memory)).toMatchObject({ duckdbMemory: '1.5GiB' })
    expect(await settingsOf(['--snapshot-dir', 'snaps'], environment)).toMatchObject({
      snapshotDir: '/data/snaps',
    })
  })
})

describe('environment', () => {
  test('a switch is on for 1 and off for 0, empty and false', async () => {
    for (const [value, documents] of [
      ['1', true],
      ['0', false],
      ['', false],
      ['false', false],
    ] as const) {
      const environment = { ULID_MIGRATE_JSON: value }
      const { stdout } = await invoke({ argv: ['detect', 'a.db'], environment, script })
      expect(stdout.startsWith('{'), value).toBe(documents)
    }
  })

  test('a repeatable flag takes one value a line', async () => {
    const environment = { ULID_MIGRATE_ONLY: 'a.b\n"c,d".e\n', ULID_MIGRATE_NO_REFERENCE: 'x.y' }
    const { asked } = await invoke({ argv: ['detect', 'a.db'], environment, script })
    expect(asked[0]?.request).toMatchObject({ choices: { only: ['a.b', '"c,d".e'], noReferences: ['x.y'] } })
  })

  test('a value that does not fit is a usage error that names the variable', async () => {
    for (const [name, value] of [
      ['ULID_MIGRATE_WAIT', 'soon'],
      ['ULID_MIGRATE_STRATEGY', 'magic'],
    ] as const) {
      const { exit, stderr, asked } = await invoke({
        argv: ['detect', 'a.db'],
        environment: { [name]: value },
        script,
      })
      expect(exit, name).toBe(2)
      expect(stderr).toContain(name)
      expect(asked).toEqual([])
    }
  })
})

describe('usage errors', () => {
  test.each([
    [['detect']],
    [['detect', 'a.db', '--nonsense']],
    [['detect', 'a.db', '--strategy', 'magic']],
    [['detect', 'a.db', '--wait', '-1']],
    [['detect', 'a.db', '--duckdb-memory', '80%']],
    [['detect', 'a.db', '--duckdb-memory', '512KB']],
    [['detect', 'a.db', '--only', 'nodot']],
    [['detect', 'a.db', '--reference', 'a.b']],
    [['detect', 'a.db', '--seed', '12']],
    [['detect', 'a.db', '--base-time', 'yesterday']],
    [['detect', 'a.db', '--timezone', 'Mars/Olympus']],
    [['ulid', '0']],
    [['demo', 'd', '--rows', 'many']],
  ])('%j exits 2, says why on stderr, and asks the engine nothing', async argv => {
    const { exit, stdout, stderr, asked } = await invoke({ argv, script })
    expect(exit).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('COMMAND.USAGE')
    expect(stderr).toContain(`next: ulid-migrate ${argv[0]} --help`)
    expect(asked).toEqual([])
  })

  test('with --json the one document says it too', async () => {
    const { exit, json } = await invoke({ argv: ['detect', '--json'] })
    expect(exit).toBe(2)
    expect(json()).toMatchObject({
      schema: 'ulid-migrate.detect/1',
      targets: [],
      error: { code: 'COMMAND.USAGE', severity: 'blocker' },
    })
  })

  test('with --events stderr stays JSON, whichever the command', async () => {
    const { stdout } = await invoke({ argv: ['--help'] })
    const [, list = ''] = /Commands:\n([\s\S]*)/.exec(stdout) ?? []
    const commands = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? '')
    expect(commands).toContain('snapshots')
    for (const command of [...commands.filter(name => name !== 'help'), 'a.db']) {
      const { exit, events } = await invoke({ argv: [command, '--events', '--nonsense'] })
      expect(exit, command).toBe(2)
      expect(events(), command).toMatchObject([{ type: 'failed', error: { code: 'COMMAND.USAGE' } }])
    }
  })
})

describe('help', () => {
  test.each([[['--help']], [['help']]])('%j is on stdout and names every command', async argv => {
    const { exit, stdout, stderr } = await invoke({ argv })
    expect(exit).toBe(0)
    for (const name of [
      'detect',
      'initialize',
      'dry-run',
      'migrate',
      'verify',
      'rollback',
      'status',
      'ulid',
      'demo',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(stderr).toBe('')
  })

  test('a command lists its flags, the one that starts like a negation among them', async () => {
    const { stdout } = await invoke({ argv: ['migrate', '--help'] })
    expect(stdout).toContain('--yes')
    expect(stdout).toContain('--no-reference <child>')
  })

  test('--version prints the version', async () => {
    expect((await invoke({ argv: ['--version'] })).stdout).toBe('0.0.0-test\n')
  })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Wizard } from '../../src/commands/wizard.ts'
import { temporaryFolder } from '../support/folder.ts'
import { detected, migrated, plan, refusal, rehearsed, verified } from './documents.ts'
import { invoke, type Script } from './world.ts'

const script: Script = {
  detect: request => ({ outcome: { type: 'result', value: detected(request.target) } }),
  'dry-run': request => ({
    outcome: {
      type: 'result',
      value: { print: [], document: rehearsed(request.target), plan: plan(request.target) },
    },
  }),
  migrate: request => ({ outcome: { type: 'result', value: migrated(request.target) } }),
  verify: request => ({ outcome: { type: 'result', value: verified(request.target) } }),
}

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

function write(content: unknown, name = 'ulid-migrate.config.json'): string {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

function ran(argv: readonly string[], environment: Record<string, string> = {}) {
  return invoke({ argv, folder, environment: { HOME: folder, ...environment }, script })
}

describe('a config file', () => {
  test.each([[['detect', 'a.db']], [['dry-run', 'a.db']], [['migrate', 'a.db', '--yes']]])(
    '%j: its choices reach the engine',
    async argv => {
      write({
        defaults: { case: 'lower' },
        targets: { 'a.db': { strategy: 'expand', skip: ['jobs.job_id'] } },
      })
      const { exit, asked } = await ran(argv)
      expect(exit).toBe(0)
      expect(asked[0]?.request).toMatchObject({
        choices: { case: 'lower', strategy: 'expand', skip: ['jobs.job_id'] },
      })
    },
  )

  test('each target has its own', async () => {
    write({ targets: { 'a.db': { form: 'pure' }, 'b.db': { all: true } } })
    const { asked } = await ran(['detect', 'a.db', 'b.db', 'c.db'])
    expect(asked.map(each => each.request)).toMatchObject([
      { choices: { form: 'pure' } },
      { choices: { all: true } },
      { choices: {} },
    ])
  })

  test("flags beat the environment, that the project's file, that the user's", async () => {
    write({ defaults: { strategy: 'expand', case: 'upper', timezone: 'Europe/Zurich', sentinels: 'keep' } })
    write(
      { defaults: { strategy: 'expand', form: 'pure', sentinels: 'null' } },
      '.config/ulid-migrate/ulid-migrate.config.json',
    )
    const { asked } = await ran(['detect', 'a.db', '--strategy', 'replace'], {
      ULID_MIGRATE_STRATEGY: 'expand',
      ULID_MIGRATE_CASE: 'lower',
    })
    expect(asked[0]?.request).toMatchObject({
      choices: {
        strategy: 'replace',
        case: 'lower',
        timezone: 'Europe/Zurich',
        sentinels: 'keep',
        form: 'pure',
      },
    })
  })

  test("the user's lies where XDG_CONFIG_HOME says, unless that is relative", async () => {
    write({ defaults: { form: 'pure' } }, 'xdg/ulid-migrate/ulid-migrate.config.yaml')
    const inXdg = await ran(['detect', 'a.db'], { XDG_CONFIG_HOME: join(folder, 'xdg') })
    expect(inXdg.asked[0]?.request).toMatchObject({ choices: { form: 'pure' } })
    const relative = await ran(['detect', 'a.db'], { XDG_CONFIG_HOME: 'xdg' })
    expect(relative.asked[0]?.request).toMatchObject({ choices: {} })
  })

  test('says how long to wait, for every command, unless a flag does', async () => {
    write({ defaults: { wait: 60 }, targets: { 'a.db': { wait: 2.5 } } })
    const waits = async (...argv: readonly string[]) =>
      (await ran(argv)).settings.map(settings => settings.waitSeconds)
    expect(await waits('detect', 'a.db', 'b.db')).toEqual([2.5, 60])
    expect(await waits('verify', 'a.db')).toEqual([2.5])
    expect(await waits('detect', 'a.db', '--wait', '1')).toEqual([1])
  })

  test('says nothing of a plan, which holds its choices already', async () => {
    write({ defaults: { strategy: 'expand' } })
    write(plan('/x.db'), 'kept.json')
    const { exit, asked } = await ran(['migrate', 'kept.json', '--yes'])
    expect(exit).toBe(0)
    expect(asked[0]?.request).toEqual({ target: '/x.db', choices: {}, plan: plan('/x.db') })
  })

  test('is named with -v, and where the engine does not know what it says', async () => {
    const file = write({ targets: { 'a.db': { only: ['jbos.job_id'] } } })
    expect((await ran(['detect', 'b.db', '-v'])).stderr).toContain(`config: ${file}`)
    const error = refusal('jbos.job_id', { code: 'CHOICE.UNKNOWN_TABLE', exit: 2 })
    const refused = await invoke({
      argv: ['detect', 'a.db'],
      folder,
      script: { detect: () => ({ outcome: { type: 'failed', error } }) },
    })
    expect(refused.exit).toBe(2)
    expect(refused.stderr).toContain(`Choices for this target also stand in ${file}.`)
  })

  test('that is wrong ends every command with 2 before the engine is asked, in the form that was asked for', async () => {
    const file = write({ defaults: { strategy: 'magic' } })
    for (const argv of [['detect', 'a.db'], ['migrate', 'a.db', '--yes'], ['status'], ['rollback', 'a.db']]) {
      const { exit, asked, stderr } = await ran(argv)
      expect([exit, asked]).toEqual([2, []])
      expect(stderr).toContain('CONFIG.INVALID')
      expect(stderr).toContain(`${file}: line 1: defaults.strategy: Invalid option`)
    }
    expect((await ran(['detect', 'a.db', '--json'])).json()).toMatchObject({
      schema: 'ulid-migrate.detect/1',
      targets: [],
      error: { code: 'CONFIG.INVALID', object: file },
    })
  })

  test('can be named, also by the environment; one that is not there is said', async () => {
    write({ defaults: { form: 'pure' } }, 'other.yaml')
    for (const run of [
      await ran(['detect', 'a.db', '--config', 'other.yaml']),
      await ran(['detect', 'a.db'], { ULID_MIGRATE_CONFIG: 'other.yaml' }),
    ])
      expect(run.asked[0]?.request).toMatchObject({ choices: { form: 'pure' } })
    const missing = await ran(['detect', 'a.db', '--config', 'none.json'])
    expect([missing.exit, missing.asked]).toEqual([2, []])
    expect(missing.stderr).toContain('CONFIG.MISSING')
  })

  test('is no matter of commands that are not about databases of the operator', async () => {
    write('{')
    expect((await ran(['ulid', '1'])).exit).toBe(0)
    expect((await ran(['demo', 'd'])).exit).toBe(0)
  })
})

test('the wizard gets what holds for each target, and those that the file names', async () => {
  const file = write({ defaults: { case: 'lower' }, targets: { 'data/odd.name': { form: 'pure', wait: 3 } } })
  write('', 'data/odd.name')
  write('', 'b.db')
  const opened: Parameters<Wizard>[0][] = []
  const wizard: Wizard = options => {
    opened.push(options)
    return Promise.resolve(0)
  }
  await invoke({ argv: ['--strategy', 'expand'], folder, environment: { HOME: folder }, wizard })
  expect(opened[0]?.targets).toEqual([
    { target: join(folder, 'b.db'), choices: { strategy: 'expand', case: 'lower' }, configFiles: [file] },
    {
      target: join(folder, 'data/odd.name'),
      choices: { strategy: 'expand', case: 'lower', form: 'pure' },
      configFiles: [file],
    },
  ])
  expect(opened[0]?.settingsFor(join(folder, 'data/odd.name'))).toMatchObject({ waitSeconds: 3 })
  expect(opened[0]?.settingsFor(join(folder, 'b.db'))).toMatchObject({ waitSeconds: 10 })
})

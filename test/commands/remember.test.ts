import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Wizard } from '../../src/commands/wizard.ts'
import { makeDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { detected, disproved, migrated, plan, refusal, rehearsed } from './documents.ts'
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
}

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

const config = () => join(folder, 'ulid-migrate.config.json')
const written = () => JSON.parse(readFileSync(config(), 'utf8')) as unknown

function ran(argv: readonly string[], environment: Record<string, string> = {}, replies = script) {
  return invoke({ argv, folder, environment: { HOME: folder, ...environment }, script: replies })
}

const place = 'events.data:$.job.id'

describe('--remember', () => {
  test.each([[['detect', 'a.db']], [['dry-run', 'a.db']], [['migrate', 'a.db', '--yes']]])(
    '%j: what was chosen holds for the next run, which has no flags',
    async argv => {
      const flags = ['--skip', 'tests.id', '--reference', `${place}=jobs.id`, '--time', 'jobs.id=order']
      const first = await ran([...argv, ...flags, '--form', 'pure', '--wait', '60', '--remember'])
      expect([first.exit, first.stderr]).toEqual([
        0,
        expect.stringContaining('under a.db: form, wait, skip, references, times'),
      ])
      const { asked, settings } = await ran(argv)
      expect(asked[0]?.request).toMatchObject({
        choices: {
          form: 'pure',
          skip: ['tests.id'],
          references: [`${place}=jobs.id`],
          times: ['jobs.id=order'],
        },
      })
      expect(settings[0]?.waitSeconds).toBe(60)
    },
  )

  test('without it nothing is written', async () => {
    await ran(['detect', 'a.db', '--form', 'pure'])
    expect(existsSync(config())).toBe(false)
  })

  test('adds to what was remembered, and takes the place of what it contradicts', async () => {
    await ran(['detect', 'a.db', '--reference', 'e.j=jobs.id', '--reference', 'f.j=jobs.id', '--remember'])
    await ran(['detect', 'a.db', '--no-reference', 'e.j', '--strategy', 'expand', '--remember'])
    expect(written()).toEqual({
      targets: { 'a.db': { strategy: 'expand', references: ['f.j=jobs.id'], noReferences: ['e.j'] } },
    })
  })

  test('a flag of a later run beats what was remembered, and leaves it there', async () => {
    await ran(['detect', 'a.db', '--form', 'pure', '--remember'])
    const { asked } = await ran(['detect', 'a.db', '--form', 'keep-integer'], { ULID_MIGRATE_FORM: 'pure' })
    expect(asked[0]?.request).toMatchObject({ choices: { form: 'keep-integer' } })
    expect(written()).toEqual({ targets: { 'a.db': { form: 'pure' } } })
  })

  test('every target gets its own, by its path from the file', async () => {
    mkdirSync(join(folder, 'in'))
    writeFileSync(config(), '{}')
    const { json } = await invoke({
      argv: ['detect', 'a.db', '../b.db', '--form', 'pure', '--remember', '--json'],
      folder: join(folder, 'in'),
      environment: { HOME: folder },
      script,
    })
    expect(written()).toEqual({ targets: { 'in/a.db': { form: 'pure' }, 'b.db': { form: 'pure' } } })
    expect(json().remembered).toEqual([
      { file: config(), target: 'in/a.db', entry: { form: 'pure' }, changed: true },
      { file: config(), target: 'b.db', entry: { form: 'pure' }, changed: true },
    ])
  })

  test('goes to the file that --config names', async () => {
    const other = join(folder, 'other.yaml')
    writeFileSync(other, '# Mine.\n')
    await ran(['detect', 'a.db', '--config', 'other.yaml', '--form', 'pure', '--remember'])
    expect(readFileSync(other, 'utf8')).toBe('# Mine.\n\ntargets:\n  a.db:\n    form: pure\n')
    expect(existsSync(config())).toBe(false)
  })

  test('what the engine refuses, and what a rehearsal does not prove, is not remembered', async () => {
    const error = refusal('nope.id', { code: 'CHOICE.UNKNOWN_TABLE', exit: 2 })
    const refusing: Script = { detect: () => ({ outcome: { type: 'failed', error } }) }
    expect((await ran(['detect', 'a.db', '--skip', 'nope.id', '--remember'], {}, refusing)).exit).toBe(2)
    const document = rehearsed('a.db', { proof: disproved })
    const failing: Script = {
      'dry-run': request => ({
        outcome: { type: 'result', value: { print: [], document, plan: plan(request.target) } },
      }),
    }
    expect((await ran(['dry-run', 'a.db', '--form', 'pure', '--remember'], {}, failing)).exit).toBe(3)
    expect(existsSync(config())).toBe(false)
  })

  test('a config file that is a program is refused before the engine is asked, with what to paste', async () => {
    writeFileSync(join(folder, 'ulid-migrate.config.mjs'), 'export default {}\n')
    const { exit, stderr, asked } = await ran(['migrate', 'a.db', '--yes', '--form', 'pure', '--remember'])
    expect([exit, asked]).toEqual([2, []])
    expect(stderr).toContain('CONFIG.BY_HAND')
    expect(stderr).toContain('Put this under its targets: "a.db": {"form":"pure"}')
  })

  test('a plan holds its choices: there is nothing of it to remember', async () => {
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan('/x.db')))
    const { exit, stderr, asked } = await ran(['migrate', 'plan.json', '--yes', '--remember'])
    expect([exit, asked]).toEqual([2, []])
    expect(stderr).toContain('PLAN.NOT_REMEMBERED')
  })

  test('says which flags belong to one run only', async () => {
    const { stderr } = await ran([
      'detect',
      'a.db',
      '--seed',
      'ab'.repeat(32),
      '--form',
      'pure',
      '--remember',
    ])
    expect(stderr).toContain('Not kept, since it belongs to one run: --seed')
    expect((await ran(['detect', 'b.db', '--remember'])).stderr).toContain('There is nothing to keep')
  })
})

test('what the wizard keeps, it opens with the next time, and so does every command', async () => {
  writeFileSync(join(folder, 'a.db'), '')
  const target = join(folder, 'a.db')
  const keeping: Wizard = async ({ remember }) => {
    expect(await remember(target, { noReferences: [place], form: 'pure' })).toMatchObject({ type: 'kept' })
    return 0
  }
  await invoke({ argv: ['a.db', '--form', 'pure'], folder, environment: { HOME: folder }, wizard: keeping })
  const seen: unknown[] = []
  const looking: Wizard = ({ targets }) => {
    seen.push(...targets)
    return Promise.resolve(0)
  }
  await invoke({ argv: ['a.db'], folder, environment: { HOME: folder }, wizard: looking })
  const choices = { form: 'pure', noReferences: [place] }
  expect(seen).toEqual([{ target, choices, configFiles: [config()] }])
  expect((await ran(['detect', 'a.db'])).asked[0]?.request).toMatchObject({ choices })
})

test('the real program: a reference left out in one run is left out in the next, which has no flags', async () => {
  makeDatabase(
    join(folder, 'a.db'),
    `CREATE TABLE jobs (job_id TEXT PRIMARY KEY, made TEXT);
     CREATE TABLE logs (id INTEGER PRIMARY KEY, job_id TEXT);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
     INSERT INTO jobs SELECT printf('%08x-0000-4000-8000-%012x', i * 7919, i * 104729), '2026-01-01' FROM n;
     INSERT INTO logs (job_id) SELECT job_id FROM jobs;`,
  )
  const program = (...words: readonly string[]) =>
    new Promise<unknown>((resolve, reject) => {
      const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, 'state') }
      const child = execFile(process.execPath, [cli, ...words, '--json'], { cwd: folder, env }, (_, out) =>
        child.exitCode === 0 ? resolve(JSON.parse(out)) : reject(new Error(out)),
      )
    })
  const found = (choice: string) => ({
    targets: [
      {
        identities: expect.arrayContaining([
          expect.objectContaining({
            table: 'jobs',
            references: [expect.objectContaining({ table: 'logs', column: 'job_id', choice })],
          }),
        ]),
      },
    ],
  })
  expect(await program('detect', 'a.db')).toMatchObject(found('accepted'))
  await program('detect', 'a.db', '--no-reference', 'logs.job_id', '--remember')
  expect(await program('detect', 'a.db')).toMatchObject(found('offered'))
})

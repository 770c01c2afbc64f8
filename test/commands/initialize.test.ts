import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { InitializedTarget, Requests } from '../../src/core/index.ts'
import { temporaryFolder } from '../support/folder.ts'
import { refusal } from './documents.ts'
import { answering, invoke, type Script } from './world.ts'

const script: Script = {
  initialize: ({ target }) => ({
    outcome: { type: 'result', value: { target, tables: ['jobs', 'errors'] } },
  }),
}

test('the schema is named by flag, or left for the engine to tell from the file', async () => {
  const named = await invoke({ argv: ['initialize', 'a.db', '--schema', 'crackerjack'], script })
  expect(named.asked[0]?.request).toEqual({ target: '/data/a.db', schema: 'crackerjack' })
  const told = await invoke({ argv: ['initialize', 'a.db'], script })
  expect(told.asked[0]?.request).toEqual({ target: '/data/a.db', schema: '' })
  expect(told.stdout).toContain('2 tables made')
})

/** A folder with a system of its own in its config file, and one that is built in. */
function project(): { readonly folder: string; readonly database: string } {
  const folder = temporaryFolder()
  for (const name of ['ours', 'crackerjack']) mkdirSync(join(folder, name))
  const ours = {
    title: 'Ours',
    targets: ['data.db'],
    schema: 'crackerjack',
    initialize: {
      argv: ['./start', '--with', 'a blank'],
      environment: { OURS: 'yes' },
      expect: ['jobs'],
      limit: 30,
    },
  }
  writeFileSync(
    join(folder, 'ulid-migrate.config.json'),
    JSON.stringify({ systems: { ours, elsewhere: { targets: ['~/elsewhere.db'] } } }),
  )
  return { folder, database: join(folder, 'ours/data.db') }
}

const document = (target: string, more: Partial<InitializedTarget> = {}): InitializedTarget => ({
  target,
  system: 'ours',
  status: 'made',
  by: 'command',
  tables: ['jobs'],
  findings: [],
  ...more,
})

/** An engine that finds nothing there, and then answers with this. */
function engine(database: string, fails: string | null = null): Script {
  return {
    'initialize-system': ({ run }) => {
      if (!run) {
        const status = { status: 'missing', by: null, tables: [] } as const
        return { outcome: { type: 'result', value: document(database, status) } }
      }
      return {
        events: [
          { type: 'output', stream: 'stderr', text: 'a line of its own' },
          { type: 'tables', database, tables: ['jobs'], missing: ['errors'] },
        ],
        outcome:
          fails === null
            ? { type: 'result', value: document(database) }
            : { type: 'failed', error: refusal('ours', { code: fails, exit: 1 }) },
      }
    },
    initialize: ({ target }) => ({
      outcome: { type: 'result', value: { target, tables: ['jobs', 'errors'] } },
    }),
  }
}

test('what will be run is shown in full, and not run without consent', async () => {
  const { folder, database } = project()
  const { exit, stderr, asked } = await invoke({
    argv: ['initialize', 'ours'],
    folder,
    script: engine(database),
  })
  expect(exit).toBe(2)
  expect(stderr).toContain("./start --with 'a blank'")
  expect(stderr).toContain(join(folder, 'ours'))
  expect(stderr).toContain('OURS=yes')
  expect(stderr).toContain('at most 30 s')
  expect(stderr).toContain('next: ulid-migrate initialize ours --yes')
  expect(asked.map(each => (each.request as Requests['initialize-system']).run)).toEqual([false])
})

test('agreed to, it is run; its output is shown live, and the tables as they come', async () => {
  const { folder, database } = project()
  const { exit, stderr, stdout } = await invoke({
    argv: ['initialize', 'ours', '--yes'],
    folder,
    script: engine(database),
  })
  expect(exit).toBe(0)
  expect(stderr).toContain('ours | a line of its own')
  expect(stderr).toContain(`ours  tables in ${database}: jobs; still missing: errors`)
  expect(stdout).toContain(`${database}  1 table made, by the command of ours`)
})

test('its events and its document are as those of other commands', async () => {
  const { folder, database } = project()
  const { events, json } = await invoke({
    argv: ['initialize', 'ours', '--yes', '--json', '--events'],
    folder,
    script: engine(database),
  })
  expect(events()).toContainEqual(
    expect.objectContaining({ type: 'output', stream: 'stderr', text: 'a line of its own' }),
  )
  expect(events()).toContainEqual(
    expect.objectContaining({ type: 'tables', tables: ['jobs'], missing: ['errors'] }),
  )
  expect(json()).toEqual({ schema: 'ulid-migrate.initialize/1', targets: [document(database)] })
})

test('the database may be named, and other tables accepted beforehand', async () => {
  const { folder, database } = project()
  const argv = ['initialize', 'OURS', '--target', 'x/y.db', '--accept', '--yes']
  const { asked } = await invoke({ argv, folder, script: engine(database) })
  expect(asked.at(-1)?.request).toMatchObject({
    target: join(folder, 'x/y.db'),
    named: true,
    accept: true,
    run: true,
  })
})

test('a no runs nothing', async () => {
  const { folder, database } = project()
  const questions = answering({ confirm: false })
  const { exit, asked } = await invoke({
    argv: ['initialize', 'ours'],
    folder,
    script: engine(database),
    questions,
  })
  expect(exit).toBe(0)
  expect(questions.questions).toEqual(['Run the command of Ours?'])
  expect(asked).toHaveLength(1)
})

test('where the command fails, the known schema is offered to whoever is there', async () => {
  const { folder, database } = project()
  const questions = answering({ confirm: true })
  const argv = ['initialize', 'ours']
  const { exit, asked, stdout } = await invoke({
    argv,
    folder,
    script: engine(database, 'INITIALIZE.EXITED'),
    questions,
  })
  expect(exit).toBe(0)
  expect(questions.questions[1]).toContain(`Make the known schema in ${database} instead?`)
  expect(asked.at(-1)).toEqual({
    operation: 'initialize',
    request: { target: database, schema: 'crackerjack', ofSystem: true },
  })
  expect(stdout).toContain('2 tables made')

  const alone = await invoke({
    argv: [...argv, '--yes'],
    folder,
    script: engine(database, 'INITIALIZE.EXITED'),
  })
  expect(alone.exit).toBe(1)
  expect(alone.stderr).toContain('INITIALIZE.EXITED')
})

test('other tables than expected are taken by whoever is there and says so', async () => {
  const { folder, database } = project()
  const other = { ...engine(database, 'INITIALIZE.OTHER_TABLES') }
  const asking: Script = {
    ...other,
    'initialize-system': (request, control) =>
      request.accept
        ? {
            outcome: {
              type: 'result',
              value: document(database, { status: 'nothing-to-do', by: null, tables: ['users'] }),
            },
          }
        : other['initialize-system']!(request, control),
  }
  const questions = answering({ confirm: true })
  const argv = ['initialize', 'ours', '--json', '--yes']
  const { exit, json } = await invoke({ argv, folder, script: asking, questions })
  expect(exit).toBe(0)
  expect(questions.questions[0]).toContain('Take them as they are?')
  expect(json()).toMatchObject({ targets: [{ status: 'made', by: 'command', tables: ['users'] }] })
})

test('--known makes the known schema of a system, at its own place, without running anything', async () => {
  const { folder, database } = project()
  const { asked } = await invoke({
    argv: ['initialize', 'ours', 'crackerjack', '--known'],
    folder,
    script: engine(database),
  })
  expect(asked.map(each => each.operation)).toEqual(['initialize', 'initialize'])
  expect(asked.map(each => each.request)).toEqual([
    { target: database, schema: 'crackerjack', ofSystem: true },
    { target: join(folder, 'crackerjack/metrics.db'), schema: 'crackerjack-metrics', ofSystem: true },
  ])
})

test('a file that is known for a schema gets that one, whatever its system has elsewhere', async () => {
  const { folder, database } = project()
  const argv = ['initialize', 'crackerjack', '--known', '--target', 'crackerjack/crackerjack.db']
  const { asked } = await invoke({ argv, folder, script: engine(database) })
  expect(asked[0]?.request).toMatchObject({ schema: 'crackerjack' })
})

test('a system without a known schema says so, and --target goes with one system', async () => {
  const { folder } = project()
  const unknown = await invoke({ argv: ['initialize', 'akosha', '--known'], folder })
  expect(unknown.exit).toBe(4)
  expect(unknown.stderr).toContain('SCHEMA.UNKNOWN')
  const two = await invoke({ argv: ['initialize', 'akosha', 'ours', '--target', 'x.db'], folder })
  expect(two.exit).toBe(2)
})

test('what lies under the name of a system is meant by it', async () => {
  const { folder, database } = project()
  writeFileSync(join(folder, 'elsewhere'), '')
  const { asked } = await invoke({ argv: ['initialize', 'elsewhere'], folder, script: engine(database) })
  expect(asked[0]).toEqual({
    operation: 'initialize',
    request: { target: join(folder, 'elsewhere'), schema: '' },
  })
})

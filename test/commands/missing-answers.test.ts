/** Every question of every command: it is also a flag, it is asked where somebody is there, and it is named where nobody is. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CodeRun, FinalizedTarget, Plan, PrunedTarget } from '../../src/core/index.ts'
import { QuestionCancelled, type Questions } from '../../src/prompts/questions.ts'
import { temporaryFolder } from '../support/folder.ts'
import { detected, migrated, plan, rehearsed, rolledBack, statusOf } from './documents.ts'
import { answering, invoke, type Script, type World } from './world.ts'

const tree = 'ours'
const result = <T>(value: T) => ({ outcome: { type: 'result', value } as const })

function folderWithSystem(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, tree))
  const ours = {
    title: 'Ours',
    targets: ['a.db'],
    initialize: { argv: ['./start'], expect: ['jobs'], limit: 30 },
  }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify({ systems: { ours } }))
  return folder
}

/** An engine that has something to do for every command, and does it. */
function engine(folder: string): Script {
  const codeRun: CodeRun = {
    run: '01KEXWDFNRRMDJHG5GXSQG2QCQ',
    at: '2026-02-11T08:00:00.000Z',
    target: join(folder, tree),
    system: 'ours',
    files: [join(folder, tree, 'jobs.py')],
    status: 'written',
    changedSince: [],
  }
  const snapshot: PrunedTarget['pruned'][number] = {
    ...{ run: codeRun.run, what: 'migrate', at: codeRun.at, path: '/s/a.snapshot' },
    ...{ bytes: 4096, ageSeconds: 86_400, wayBack: false, state: 'kept' },
  }
  const contractPlan = { hash: 'abc', identities: [{}], contract: {} } as unknown as Plan
  return {
    plan: ({ target }) => result({ plan: plan(target), detected: detected(target) }),
    'plan-contract': () => result({ plan: contractPlan, findings: [] }),
    'dry-run': ({ target }) => result({ print: [], document: rehearsed(target), plan: plan(target) }),
    migrate: ({ target }) => result(migrated(target)),
    status: ({ targets }) => result(targets.map(statusOf)),
    rollback: ({ target, mode, dryRun }) => result(rolledBack(target, { mode, rehearsed: dryRun })),
    'code-runs': () => result([codeRun]),
    'undo-code': ({ run = '', dryRun = false }) =>
      result({ target: codeRun.target, run, restored: codeRun.files, left: [], rehearsed: dryRun }),
    finalize: ({ target, dryRun = false }) =>
      result({
        ...{ target, runs: ['r'], tables: [{ name: '_ulid_migrate_map', rows: 3 }] },
        ...{ rehearsed: dryRun, snapshot: '', proof: migrated(target).proof },
      } satisfies FinalizedTarget),
    'prune-snapshots': ({ target, dryRun = false }) =>
      result({
        target,
        rehearsed: dryRun,
        pruned: [snapshot],
      }),
    'initialize-system': ({ target, run }) =>
      result({
        ...{ target, system: 'ours', tables: run ? ['jobs'] : [], findings: [] },
        ...(run ? ({ status: 'made', by: 'command' } as const) : ({ status: 'missing', by: null } as const)),
      }),
  }
}

/** Operations that change something, told from those that look, rehearse or say what they would do. */
function changes({ asked }: Awaited<ReturnType<typeof invoke>>): readonly string[] {
  return asked
    .filter(({ operation, request }) => {
      if (operation === 'migrate') return true
      if (operation === 'initialize-system') return (request as { run: boolean }).run
      const changing = ['rollback', 'undo-code', 'finalize', 'prune-snapshots'].includes(operation)
      return changing && (request as { dryRun?: boolean }).dryRun !== true
    })
    .map(each => each.operation)
}

const commands: readonly (readonly [command: string, flag: string])[] = [
  ['migrate a.db', '--yes'],
  ['rollback a.db', '--yes'],
  ['rollback a.db --restore', '--confirm a.db'],
  ['rollback ours/ --run 01KEXWDFNRRMDJHG5GXSQG2QCQ', '--yes'],
  ['contract a.db --early', '--confirm a.db'],
  ['collapse a.db', '--yes'],
  ['finalize a.db', '--confirm a.db'],
  ['snapshots prune a.db --older-than 30', '--confirm a.db'],
  ['initialize ours', '--yes'],
  ['run ours', '--yes'],
]

/** `run` asks system by system, after it has looked at all of them: test/commands/run has its questions. */
const single = commands.filter(([command]) => command !== 'run ours')

const somebody = (): Questions => answering({ confirm: true, type: 'a.db' })
const cancelling = (): Questions => {
  const cancel = () => Promise.reject(new QuestionCancelled())
  return { confirm: cancel, type: cancel, choose: cancel }
}

async function ran(command: string, more: Partial<World> = {}, flags = '') {
  const folder = folderWithSystem()
  const argv = [...command.split(' '), ...flags.split(' ').filter(Boolean)]
  return invoke({ argv, script: engine(folder), folder, environment: { XDG_STATE_HOME: folder }, ...more })
}

describe.each(commands)('%s', (command, flag) => {
  test(`without a terminal it fails at once, names ${flag}, and gives the whole command`, async () => {
    const done = await ran(command)
    expect([done.exit, changes(done)]).toEqual([2, []])
    expect(done.stderr).toContain(`next: ulid-migrate ${command} ${flag}`)
    expect(done.stderr).toContain('there is no terminal to ask on')
  })

  test('--no-input gives the same on a terminal, and so does --events, as JSON alone', async () => {
    const done = await ran(command, { questions: somebody() }, '--no-input')
    expect([done.exit, changes(done)]).toEqual([2, []])
    expect(done.stderr).toContain(`next: ulid-migrate ${command} ${flag}`)
    const events = await ran(command, { questions: somebody() }, '--events')
    expect([events.exit, changes(events)]).toEqual([2, []])
    expect(events.events().at(-1)).toMatchObject({ type: 'failed', error: { code: 'CONSENT.MISSING' } })
  })
})

describe.each(single)('on a terminal, %s', (command, flag) => {
  test('asks, and does what was agreed to', async () => {
    const done = await ran(command, { questions: somebody() })
    expect([done.exit, changes(done).length]).toEqual([0, 1])
  })

  test('declined, says that nothing was changed', async () => {
    const done = await ran(command, { questions: answering({ confirm: false, type: 'another.db' }) })
    expect(changes(done)).toEqual([])
    expect(done.stderr).toContain('Nothing was changed.')
  })

  test('Ctrl-C in the question exits 130 and changes nothing', async () => {
    const done = await ran(command, { questions: cancelling() })
    expect([done.exit, changes(done)]).toEqual([130, []])
    expect(done.stderr).toContain('Nothing was changed.')
  })

  test(`${flag} is the answer: nobody is asked`, async () => {
    const done = await ran(command, { questions: cancelling() }, flag)
    expect([done.exit, changes(done).length]).toEqual([0, 1])
  })
})

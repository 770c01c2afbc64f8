/** Several targets at once: the order, what is left out, what is proved of their systems, and what is taken back. */
import { describe, expect, it } from 'vitest'
import { footerKeys } from '../../src/wizard/keys.ts'
import type { Command } from '../../src/wizard/messages.ts'
import { exitCodeOf } from '../../src/wizard/moves/leaving.ts'
import { reportOf } from '../../src/wizard/report.ts'
import * as documents from './documents.ts'
import { at, Walk } from './walk.ts'

const { metrics, fresh, finished, several } = documents
const [a, b, c] = several

const opened = (targets: readonly string[] = several) =>
  new Walk(targets).ownedBy(documents.systemWithTests).read()
const journey = () => opened().press('a')
/** Both databases of the system are migrated; the application is to be looked at. */
const migrated = () => journey().carryOut('a.db').press('enter').carryOut('b.db').press('enter')
const failing = { type: 'failed', error: documents.failure({ code: 'ENGINE.BUG', exit: 1 }) } as const

function statuses(walk: Walk): Readonly<Record<string, string>> {
  return Object.fromEntries(walk.wizard.book.pages.map(page => [page.target, page.status]))
}

function reports({ commands }: Walk) {
  return commands.filter((each): each is Extract<Command, { type: 'report' }> => each.type === 'report')
}

describe('everything, by a', () => {
  it('takes the targets as they were given, and says which are passed over', () => {
    const walk = new Walk([metrics, finished, fresh]).read().press('a')
    expect(walk.wizard.screen).toMatchObject({
      name: 'detect',
      journey: { target: metrics, rest: [fresh], of: 3 },
    })
    expect(walk.wizard.notice).toBe('Nothing to do in skills.db.')
    expect(statuses(walk)).toEqual({
      [metrics]: 'waiting',
      [fresh]: 'waiting',
      [finished]: 'nothing-to-do',
    })
  })

  it('puts whoever gives ULIDs before those that take them', () => {
    const link = {
      ...documents.jobs.references[1]!,
      target: a,
      as: `${a}::errors.job_id`,
      of: { target: b, table: 'jobs', column: 'job_id' },
    }
    const across = {
      order: [b, a, c],
      links: [link],
      follows: { [a]: [{ table: 'errors', column: 'job_id', of: [link.of] }] },
      error: null,
      documents: [],
    }
    const walk = new Walk(several, {}, [], () => across as never).read().press('a')
    expect(walk.wizard.screen).toMatchObject({ journey: { target: b, rest: [a, c] } })
  })

  it('passes over what is no database of ours, and stops at what can be mended', () => {
    const walk = new Walk(several)
    const [first, second, third] = walk.started('detect')
    const foreign = documents.failure({ code: 'TARGET.NOT_A_DATABASE', exit: 4 })
    walk.answerCall(first!, { type: 'failed', error: foreign })
    walk.answerCall(second!, failing).answerCall(third!).answer('status').press('a')
    expect(statuses(walk)).toEqual({ [a]: 'unreadable', [b]: 'waiting', [c]: 'waiting' })
    expect(walk.wizard.notice).toMatch(/No database to read: a\.db/)
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: b } })
  })

  it('waits until all are read, and says so', () => {
    const walk = new Walk(several).press('a')
    expect(walk.wizard.screen.name).toBe('targets')
    expect(walk.wizard.notice).toMatch(/still being read/)
  })

  it('says when there is nothing to do in any of them', () => {
    const walk = new Walk([finished, `${finished}2`])
    for (const call of walk.started('detect'))
      walk.answerCall(call, {
        type: 'result',
        value: { ...documents.migrated, target: call.request.target },
      })
    walk.answer('status').press('a')
    expect(walk.wizard.screen.name).toBe('targets')
    expect(walk.wizard.notice).toMatch(/nothing to do in any of them/)
  })
})

describe('a target that is left out', () => {
  it.each([
    ['on detect', (walk: Walk) => walk.press('n')],
    ['after its rehearsal', (walk: Walk) => walk.press('enter').answer('dry-run').press('n')],
    [
      'where its name is to be typed',
      (walk: Walk) => walk.press('enter').answer('dry-run').press('enter').type('a.d').press('ctrl-n'),
    ],
  ])('%s is known as that, and the next begins', (_where, leave) => {
    const walk = leave(journey())
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: b, rest: [c], of: 3 } })
    expect(statuses(walk)).toEqual({ [a]: 'skipped', [b]: 'waiting', [c]: 'waiting' })
    expect(walk.wizard.notice).toBe('a.db is left out.')
    expect(walk.started('migrate')).toEqual([])
  })

  it('while it is rehearsed has its rehearsal ended', () => {
    const walk = journey().press('enter')
    const { job } = walk.last('dry-run')
    walk.press('n')
    expect(walk.commands).toContainEqual({ type: 'stop', job })
    walk.answer('dry-run')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: b } })
  })

  it('can not be the only one', () => {
    const walk = new Walk([metrics]).toDetect().press('n')
    expect(walk.wizard.screen.name).toBe('detect')
    expect(walk.wizard.notice).toMatch(/only one/)
  })

  it('comes back when everything is asked for once more', () => {
    const walk = journey().press('n', 'n', 'n')
    expect(walk.wizard.screen.name).toBe('done')
    walk.press('esc', 'a')
    expect(walk.wizard.screen).toMatchObject({ journey: { target: a, rest: [b, c] } })
  })
})

describe('a journey that was left', () => {
  it('is gone on with where it stood', () => {
    const walk = journey().press('n').press('esc')
    expect(walk.wizard.screen.name).toBe('targets')
    expect(footerKeys(walk.wizard)).toContainEqual({ label: 'a', short: 'go on' })
    walk.press('a')
    expect(walk.wizard.screen).toMatchObject({ journey: { target: b, rest: [c], of: 3 } })
  })

  it('of selected targets is gone on with as well', () => {
    const walk = opened().press(' ', 'down', 'down', ' ', 'enter', 'n', 'esc', 'a')
    expect(walk.wizard.screen).toMatchObject({ journey: { target: c, rest: [], of: 2 } })
  })

  it('does not come to be by a look at one target', () => {
    const walk = opened().press('enter', 'esc')
    expect(footerKeys(walk.wizard)).toContainEqual({ label: 'a', short: 'all' })
  })
})

describe('a failure', () => {
  const second = () => journey().carryOut('a.db').press('enter').press('enter').answer('dry-run')
  const failed = () => second().press('enter').type('b.db').press('enter').answer('migrate', failing)
  const badly = () => journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof)

  it('stops the journey: what was done before can be taken back, or the next begins', () => {
    const walk = failed()
    expect(walk.wizard.screen).toMatchObject({ name: 'migrate', work: { is: 'failed' } })
    expect(statuses(walk)).toEqual({ [a]: 'migrated', [b]: 'failed', [c]: 'waiting' })
    const labels = footerKeys(walk.wizard).map(({ label }) => label)
    expect(labels).toEqual(expect.arrayContaining(['n', 'b', 'r']))
    expect(labels).not.toContain('u')
    walk.press('n')
    // The last of its system had its turn, and one of them is migrated.
    expect(walk.wizard.screen).toMatchObject({ name: 'application' })
    walk.press('n')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: c } })
    expect(statuses(walk)[b]).toBe('failed')
  })

  it('of the proof offers to take back that one, and all', () => {
    const walk = badly().press('u')
    expect(walk.wizard.screen).toMatchObject({ name: 'take-back', targets: [b], stage: { is: 'asking' } })
    expect(walk.press('esc').wizard.screen.name).toBe('verify')
    expect(walk.press('b').wizard.screen).toMatchObject({ name: 'take-back', targets: [b, a] })
    expect(walk.started('rollback')).toEqual([])
  })

  it('has all taken back once it is agreed to: the newest first, each proved before the next', () => {
    const walk = badly().press('b', 'y')
    expect(walk.started('rollback').map(({ request }) => request.target)).toEqual([b])
    walk.answer('rollback')
    expect(walk.started('rollback').map(({ request }) => request.target)).toEqual([b, a])
    walk.answer('rollback')
    expect(walk.wizard.screen).toMatchObject({ name: 'take-back', targets: [], stage: { is: 'ended' } })
    expect(statuses(walk)).toEqual({ [a]: 'rolled-back', [b]: 'rolled-back', [c]: 'waiting' })
    expect(walk.wizard.book.done).toEqual([])
    expect(walk.press('enter').wizard.screen.name).toBe('targets')
  })

  it('of one undo leaves the others migrated, and may be tried again', () => {
    const walk = badly().press('b', 'y').answer('rollback', failing)
    expect(walk.wizard.screen).toMatchObject({ name: 'take-back', targets: [b, a], stage: { is: 'failed' } })
    expect(walk.wizard.book.done).toEqual([a, b])
    walk.press('enter')
    expect(walk.started('rollback').map(({ request }) => request.target)).toEqual([b, b])
  })

  it('of the proof of an undo ends the taking back', () => {
    const value = documents.rolledBack(b, { proof: documents.badProof })
    const walk = badly().press('b', 'y').answer('rollback', { type: 'result', value })
    expect(walk.wizard.screen).toMatchObject({ targets: [a], stage: { is: 'ended' } })
    expect(walk.started('rollback')).toHaveLength(1)
  })

  it('is none where the operator stopped it, or the file was in use', () => {
    const stopped = second().press('enter').type('b.db').press('enter').press('ctrl-c')
    expect(statuses(stopped.answer('migrate', failing))[b]).toBe('waiting')
    const inUse = second().press('enter').type('b.db').press('enter')
    inUse.answer('migrate', { type: 'failed', error: documents.failure() })
    expect(statuses(inUse)[b]).toBe('waiting')
  })

  it('after the commit leaves something to take back', () => {
    const walk = second().press('enter').type('b.db').press('enter')
    const { job } = walk.last('migrate')
    const commit = { type: 'phase', phase: 'commit', status: 'done', seconds: 0.1, detail: '' } as const
    walk.send({ type: 'event', job, event: commit, at }).answer('migrate', failing).press('u')
    expect(walk.wizard.screen).toMatchObject({ name: 'take-back', targets: [b] })
  })
})

describe('the application above a system', () => {
  it('is looked at once the last of its targets had its turn, and nothing is run before that is asked for', () => {
    const walk = migrated()
    expect(walk.wizard.screen).toMatchObject({ name: 'application', work: { is: 'asked' } })
    expect(walk.started('system-tests')).toEqual([])
    expect(walk.started('compare-queries')).toEqual([])
  })

  it('has its queries timed, its ids traced, its tests run, one after the other', () => {
    const walk = migrated().press('enter')
    for (const operation of ['compare-queries', 'compare-queries', 'trace'] as const) walk.answer(operation)
    const { request } = walk.last('trace')
    walk.answer('trace', { type: 'result', value: documents.traced(request.id, b) })
    expect(walk.last('system-tests').request).toEqual({
      target: documents.systemWithTests.folder,
      command: documents.systemWithTests.test,
      log: 'crackerjack-tests-after.log',
    })
    walk.answer('system-tests')
    expect(walk.wizard.screen).toMatchObject({ name: 'application', work: { is: 'ended' } })
    expect(walk.wizard.book.pages).toMatchObject([
      { target: a, queries: [{ name: 'newest jobs' }], traced: 1 },
      { target: b, queries: [{ name: 'newest jobs' }], traced: 1 },
      { target: c, queries: [], traced: 0 },
    ])
    const { criteria, systems } = reportOf(walk.wizard)
    expect(systems[0]).toMatchObject({ system: 'crackerjack', checks: [{ id: 'system-tests', ok: true }] })
    expect(criteria.find(({ criterion }) => criterion.includes('own tests'))?.verdict).toBe('proved')
    expect(walk.press('enter').wizard.screen).toMatchObject({ name: 'detect', journey: { target: c } })
  })

  it('that fails offers to take its databases back, and makes the exit code that of a failed proof', () => {
    const walk = migrated().press('enter')
    for (const operation of ['compare-queries', 'compare-queries', 'trace', 'trace'] as const)
      walk.answer(operation)
    const value = documents.tested({ status: 'failed', exit: 1, why: 'Exit code 1.' })
    walk.answer('system-tests', { type: 'result', value })
    expect(exitCodeOf(walk.wizard)).toBe(3)
    expect(walk.press('u').wizard.screen).toMatchObject({ name: 'take-back', targets: [b, a] })
    walk.press('y').answer('rollback').answer('rollback')
    expect(exitCodeOf(walk.wizard)).toBe(0)
    // Why it was taken back stays told.
    expect(reportOf(walk.wizard).systems[0]).toMatchObject({
      status: 'rolled-back',
      tests: { after: { status: 'failed' } },
    })
  })

  it('can be gone on without, and is not asked about again', () => {
    const walk = migrated().press('n')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: c } })
    walk.carryOut('c.db').press('enter')
    expect(walk.wizard.screen.name).toBe('done')
    expect(reportOf(walk.wizard).systems[0]?.due).toContain(
      'The tests of Crackerjack have not been run: python3 -m pytest -q',
    )
  })

  it('is abandoned by Esc', () => {
    const walk = migrated().press('enter')
    const { job } = walk.last('compare-queries')
    walk.press('esc')
    expect(walk.commands).toContainEqual({ type: 'stop', job })
    expect(walk.wizard.screen.name).toBe('targets')
  })
})

describe('the report', () => {
  it('is not written before anything was tried', () => {
    expect(reports(journey().press('n', 'enter').answer('dry-run'))).toEqual([])
  })

  it('is written anew with each target, and says when the journey is left', () => {
    const walk = journey().carryOut('a.db')
    expect(reports(walk).at(-1)?.content).toMatchObject({
      status: 'running',
      systems: [{ system: 'crackerjack', status: 'waiting', targets: [{ status: 'migrated' }, {}] }, {}],
    })
    walk.press('esc')
    const { content } = reports(walk).at(-1)!
    expect(content).toMatchObject({
      status: 'stopped',
      next: [expect.stringContaining(b), expect.anything()],
    })
    const many = reports(walk).length
    walk.press('down', 'up')
    expect(reports(walk)).toHaveLength(many)
  })

  it('of all done is a success, with those of no system in a part of their own', () => {
    const walk = migrated().press('n').carryOut('c.db').press('enter')
    expect(reports(walk).at(-1)?.content).toMatchObject({
      status: 'succeeded',
      ended: new Date(at).toISOString(),
      next: [],
      systems: [{ system: 'crackerjack', status: 'done' }, { system: '' }],
    })
  })

  it('names what failed, and the ways back in their order', () => {
    const walk = journey().carryOut('a.db').press('enter').carryOut('b.db', documents.badProof).press('q')
    const { content } = reports(walk).at(-1)!
    expect(content.status).toBe('failed')
    expect(content.next).toEqual([
      `ulid-migrate migrate ${c}`,
      `ulid-migrate rollback ${b} --yes`,
      `ulid-migrate rollback ${a} --yes`,
    ])
  })

  it('tells what is left out, found, proved and due', () => {
    const walk = journey().press('n').carryOut('b.db').answer('status')
    const [skipped, done] = reportOf(walk.wizard).systems[0]!.targets
    expect(skipped).toMatchObject({ status: 'skipped', state: 'legacy', ofThisRun: false })
    expect(done).toMatchObject({
      status: 'migrated',
      ofThisRun: true,
      state: 'legacy',
      rehearsal: { undo: { ok: true } },
      wayBack: [`ulid-migrate rollback ${b} --yes`],
    })
  })

  it('that can not be written is told once, and nothing else stops', () => {
    const walk = journey().carryOut('a.db')
    walk.send({ type: 'reported', report: { why: 'disk full' }, at })
    expect(walk.wizard.notice).toMatch(/could not be written: disk full/)
    walk.press('esc').send({ type: 'reported', report: { why: 'disk full' }, at })
    expect(walk.wizard.notice).not.toMatch(/disk full/)
  })
})

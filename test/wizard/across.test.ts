/** Several targets in one wizard: who takes ULIDs from whom, who comes first, and what the operator says to that. */
import { describe, expect, it } from 'vitest'
import type { Across, AcrossLink, Choices, Requests } from '../../src/core/index.ts'
import { picture } from '../../src/steps/page.ts'
import { textOf, widthOf } from '../../src/ui/line.ts'
import { allChoices } from '../../src/wizard/across.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import { focusedIdentity, focusedReference } from '../../src/wizard/openings.ts'
import { entryOf } from '../../src/wizard/state.ts'
import { detected, done, failure, finished, fresh, metrics, migrated } from './documents.ts'
import { at, Walk } from './walk.ts'

const links = '/home/op/projects/links/links.db'
const path = 'links.job_id'

/** The target that holds ids of metrics.db, and has no identity of its own. */
const holder = detected(links, {
  state: 'none',
  identities: [],
  tables: [{ name: 'links', rows: 23 }],
  findings: [],
})

const link: AcrossLink = {
  target: links,
  table: 'links',
  column: 'job_id',
  as: 'reference',
  kind: 'inferred',
  of: { target: metrics, table: 'jobs', column: 'job_id' },
  confidence: 0.99,
  matched: 22,
  orphans: 1,
  sentinels: 0,
  samples: ['job-1'],
  orphanSamples: ['job-gone'],
  why: 'ids made by a machine',
  leftOut: '23 values keep the old ids',
  choice: 'accepted',
}

/** What the engine says: a column that is left out is offered, one that is named is accepted. */
function found({ targets }: Requests['across'], usual: AcrossLink['choice'] = 'accepted'): Across {
  const choices: Choices = targets.find(each => each.target === links)?.choices ?? {}
  const named = choices.references?.includes(`${path}=${metrics}::jobs.job_id`)
  const choice = choices.noReferences?.includes(path) ? 'offered' : named ? 'accepted' : usual
  const { table, column, of } = link
  const follows = [
    { table, column, as: 'reference', of: [of], affinity: 'text', collation: 'BINARY', case: 'upper' },
  ] as const
  return {
    order: [metrics, links],
    links: [{ ...link, choice }],
    follows: choice === 'accepted' ? { [links]: follows } : {},
    error: null,
    documents: [],
  }
}

type Answering = ((request: Requests['across']) => Across) | null

/** Both read; the follower was named first. */
function opened(across: Answering = found, choices = {}): Walk {
  const walk = new Walk([links, metrics], choices, [], across)
  for (const call of walk.started('detect'))
    walk.answerCall(call, {
      type: 'result',
      value: call.request.target === links ? holder : detected(metrics),
    })
  return walk.answer('status')
}

const screenOf = (walk: Walk, size = { columns: 100, rows: 30 }) =>
  picture(walk.wizard, size).map(textOf).join('\n')
const footer = (walk: Walk) => footerKeys(walk.wizard).map(({ label, short }) => `${label} ${short}`)
const choicesOf = (walk: Walk, target: string) => entryOf(walk.wizard, target).choices
const journeyOf = (walk: Walk) => 'journey' in walk.wizard.screen && walk.wizard.screen.journey

describe('the targets are compared with each other', () => {
  it('once all have been read, by what was read of them', () => {
    const walk = new Walk([links, metrics], {}, [], null)
    const [first, second] = walk.started('detect')
    walk.answerCall(first!, { type: 'result', value: holder })
    expect(walk.started('across')).toEqual([])
    walk.answerCall(second!)
    expect(walk.started('across').map(each => each.request)).toEqual([
      {
        targets: [
          { target: links, choices: {}, known: holder },
          { target: metrics, choices: {}, known: detected(metrics) },
        ],
      },
    ])
    walk.answer('status').press('enter', 'esc')
    expect(walk.started('across')).toHaveLength(1)
  })

  it('but not one that stands alone, or could not be read, or is empty', () => {
    const alone = new Walk([metrics]).read()
    const walk = new Walk([metrics, fresh, links])
    walk.answerCall(walk.started('detect')[2]!, { type: 'failed', error: failure() })
    for (const call of walk.started('detect').slice(0, 2)) walk.answerCall(call)
    for (const each of [alone, walk]) {
      expect(each.started('across')).toEqual([])
      expect(each.wizard.comparison.is).toBe('known')
    }
  })

  it('one alone is, when it names another', () => {
    const walk = new Walk([links], { references: [`${path}=${metrics}::jobs.job_id`] }, [], found)
    walk.answer('detect', { type: 'result', value: holder })
    expect(walk.started('across')).toHaveLength(1)
    expect(footer(walk.press('enter'))).toContain('enter dry-run')
  })

  it('shows how far it is, and nothing is rehearsed before', () => {
    const walk = opened(null)
    const { job } = walk.last('across')
    const event = { type: 'progress', phase: 'inspect', object: 'links', unit: 'objects', done: 1, total: 2 }
    const stamp = { at: '', run: '', target: '' }
    walk.send({ type: 'event', job, at, event: { ...event, ...stamp } as never })
    expect(screenOf(walk)).toMatch(/comparing the targets with each other +links/)
    walk.press('enter')
    expect(screenOf(walk)).toMatch(/comparing the targets with each other +links/)
    walk.press('enter')
    expect(walk.wizard.screen.name).toBe('detect')
    expect(walk.wizard.notice).toMatch(/still compared/)
  })

  it('x stops that: then nothing follows, it is said, and x compares after all', () => {
    const walk = opened(null)
    const { job } = walk.last('across')
    walk.press('enter')
    expect(footer(walk)).toContain('x do not compare')
    walk.press('x')
    expect(walk.commands.at(-1)).toEqual({ type: 'stop', job })
    expect(screenOf(walk)).toMatch(/Not compared with each other/)
    walk.answerCall(walk.last('across'), { type: 'result', value: found(walk.last('across').request) })
    expect(walk.wizard.comparison.is).toBe('stopped')
    walk.press('[', ']', 'x')
    expect(walk.started('across')).toHaveLength(2)
    walk.answer('across', { type: 'result', value: found(walk.last('across').request) })
    expect(screenOf(walk)).toMatch(/Takes ULIDs from metrics\.db, which comes first/)
    expect(footer(walk).some(each => each.startsWith('x '))).toBe(false)
  })

  it('but not by itself where there are many of them', () => {
    const many = Array.from({ length: 13 }, (_, n) => `/data/${n}.db`)
    const walk = new Walk(many).read()
    expect(walk.started('across')).toEqual([])
    expect(screenOf(walk)).toMatch(/Not compared with each other/)
    expect(footer(walk)).toContain('x compare targets')
    expect(walk.press('x').started('across')).toHaveLength(1)
    expect(new Walk(many.slice(1)).read().started('across')).toHaveLength(1)
  })

  it('where that fails, it is said with what to do, and nothing goes on by itself', () => {
    const walk = opened(null).press('enter')
    const error = failure({ message: 'No target is called so.', next: 'Name it by its path.' })
    walk.answer('across', { type: 'failed', error })
    expect(screenOf(walk)).toMatch(/No target is called so\.[\s\S]*Name it by its path\./)
    expect(walk.press('enter').wizard.screen.name).toBe('detect')
    expect(footer(walk.press('x'))).toContain('enter done')
  })
})

describe('a column that holds ids of another target', () => {
  it('is shown where its identity is, with the target that holds it', () => {
    const walk = opened().press('down', 'enter', 'tab', 'G')
    expect(focusedReference(walk.wizard)).toMatchObject({
      target: links,
      column: 'job_id',
      choice: 'accepted',
    })
    expect(screenOf(walk)).toMatch(/\[x\] links\.job_id in links\.db +inferred +22 +99 % +1/)
    expect(screenOf(walk)).toMatch(/ids made by a machine[\s\S]*left out: 23 values keep the old ids/)
  })

  it('is shown where it stands, with the target of its identity', () => {
    const walk = opened().press('enter')
    expect(focusedIdentity(walk.wizard)).toMatchObject({ elsewhere: metrics, table: 'jobs' })
    expect(screenOf(walk)).toMatch(/\[x\] jobs\.job_id in metrics\.db +41,020/)
    walk.press(' ')
    expect(walk.wizard.notice).toMatch(/It is an identity of metrics\.db/)
    expect(screenOf(walk.press('tab'))).toMatch(/› \[x\] links\.job_id +inferred/)
  })

  it('makes its target one to be migrated, though it has no identity of its own', () => {
    const walk = opened()
    expect(screenOf(walk)).toMatch(/links\.db .*ready, after metrics\.db/)
    expect(screenOf(walk.press('enter'))).not.toMatch(/Nothing to do/)
  })

  it.each([
    ['at its identity', ['down', 'enter', 'tab', 'G']],
    ['where it stands', ['enter', 'tab']],
  ])('is left out and taken in again %s, by the choices of its own target', (_, way) => {
    const walk = opened().press(...way, ' ')
    expect(choicesOf(walk, links)).toEqual({ noReferences: [path] })
    expect(choicesOf(walk, metrics)).toEqual({})
    expect(walk.last('across').request.targets[0]).toMatchObject({
      target: links,
      choices: { noReferences: [path] },
    })
    expect(focusedReference(walk.wizard)?.choice).toBe('offered')
    // Nothing is read again: what is in a file does not depend on whom it follows.
    expect(walk.started('detect')).toHaveLength(2)
    walk.press('w')
    expect(walk.commands.at(-1)).toEqual({
      type: 'remember',
      target: links,
      choices: { noReferences: [path] },
    })
    walk.press(' ')
    expect(choicesOf(walk, links)).toEqual({})
    expect(focusedReference(walk.wizard)?.choice).toBe('accepted')
  })

  it('that is left out is no news to the engine, and one that nobody found it may ask its ledger for', () => {
    const leftOut = opened().press('enter', 'tab', ' ', 'esc', 'esc', 'down', 'enter', 'enter')
    expect(leftOut.last('dry-run').request.choices).toEqual({})
    const taking = opened(found, { noReferences: [path] })
    expect(allChoices(taking.wizard, entryOf(taking.wizard, links))).toMatchObject({ follows: [] })
  })

  it('that is only offered is accepted by name', () => {
    const offering: Answering = request => found(request, 'offered')
    const walk = opened(offering).press('enter', 'tab')
    expect(focusedReference(walk.wizard)?.choice).toBe('offered')
    walk.press(' ')
    expect(choicesOf(walk, links)).toEqual({ references: [`${path}=${metrics}::jobs.job_id`] })
    expect(focusedReference(walk.wizard)?.choice).toBe('accepted')
  })

  it('that a flag for all targets left out is taken in again by the same key', () => {
    const across: Answering = request =>
      found({
        targets: request.targets.map(each => ({
          ...each,
          choices: {
            noReferences: each.choices.noReferences?.map(text => text.replace(/^links\.db::/, '')) ?? [],
          },
        })),
      })
    const walk = opened(across, { noReferences: [`links.db::${path}`] }).press('enter', 'tab')
    expect(focusedReference(walk.wizard)?.choice).toBe('offered')
    walk.press(' ')
    expect(choicesOf(walk, links).noReferences).toBeUndefined()
    expect(focusedReference(walk.wizard)?.choice).toBe('accepted')
  })

  it('shows at once what was chosen, while that is asked', () => {
    const walk = opened(null)
    walk.answer('across', { type: 'result', value: found(walk.last('across').request) })
    walk.press('enter', 'tab', ' ')
    expect(walk.wizard.comparison.is).toBe('asking')
    expect(focusedReference(walk.wizard)?.choice).toBe('offered')
    const first = walk.last('across')
    walk.press(' ')
    expect(walk.commands).toContainEqual({ type: 'stop', job: first.job })
    expect(focusedReference(walk.wizard)?.choice).toBe('accepted')
  })
})

describe('who gives ULIDs comes before those that take them', () => {
  it('selected targets are walked through in that order', () => {
    const walk = opened().press(' ', 'down', ' ', 'enter')
    expect(journeyOf(walk)).toEqual({ target: metrics, rest: [links], of: 2 })
  })

  it('whoever goes to the follower is led to its leader first, and comes back', () => {
    const walk = opened().press('enter')
    expect(footer(walk)).toContain('enter metrics.db first')
    walk.press('enter')
    expect(journeyOf(walk)).toEqual({ target: metrics, rest: [links], of: 2 })
    expect(walk.wizard.notice).toBe('metrics.db comes first: links.db takes ULIDs from it.')
    walk.press('enter').answer('dry-run').press('enter').type('metrics.db').press('enter').answer('migrate')
    // Its file is another one now, and is read again; but nobody has to wait for that.
    expect(walk.last('detect').request.target).toBe(metrics)
    const compared = walk.started('across').length
    walk.press('enter')
    expect(journeyOf(walk)).toEqual({ target: links, rest: [], of: 2 })
    expect(screenOf(walk)).toMatch(/Takes ULIDs from metrics\.db, which has them\./)
    walk.press('enter')
    expect(walk.last('dry-run').request).toEqual({
      target: links,
      choices: { follows: found(walk.last('across').request).follows[links] },
    })
    expect(walk.started('across')).toHaveLength(compared)
  })

  it('the follower is rehearsed with the rehearsal of its leader, and not confirmed before that is migrated', () => {
    const walk = opened().press(' ', 'down', ' ', 'enter', 'enter')
    expect(walk.last('dry-run').request).toMatchObject({ target: metrics, keep: '1.db' })
    walk.answer('dry-run').press('esc', ']')
    expect(footer(walk)).toContain('enter dry-run')
    walk.press('enter')
    expect(walk.last('dry-run').request).toMatchObject({
      target: links,
      rehearsed: { [metrics]: '1.db' },
      choices: { follows: [{ column: 'job_id' }] },
    })
    expect(walk.last('dry-run').request.keep).toBeUndefined()
    walk.answer('dry-run')
    expect(footer(walk)).toContain('enter metrics.db first')
    walk.press('enter')
    expect(journeyOf(walk)).toMatchObject({ target: metrics, rest: [links], of: 2 })
    walk.press('enter', 'enter').type('metrics.db').press('enter').answer('migrate').press('enter')
    // What was rehearsed still counts.
    walk.press('enter')
    expect(walk.started('dry-run')).toHaveLength(2)
    expect(screenOf(walk.press('enter'))).toMatch(/ULIDs +links\.job_id from metrics\.db/)
    walk.type('links.db').press('enter')
    expect(walk.last('migrate').request).toMatchObject({ target: links, plan: { hash: walk.rehearsed[1] } })
  })

  it('what was rehearsed does not count any more when another column follows', () => {
    const walk = opened().press(' ', 'down', ' ', 'enter', 'enter').answer('dry-run')
    walk.press('esc', ']', 'enter').answer('dry-run').press('esc')
    expect(entryOf(walk.wizard, links).rehearsal).not.toBeNull()
    walk.press('[', 'tab', 'G', ' ')
    expect(entryOf(walk.wizard, links).rehearsal).toBeNull()
    // The leader's is good as it is: its own plan is the same.
    expect(entryOf(walk.wizard, metrics).rehearsal).not.toBeNull()
  })

  it('a leader that was rehearsed before anybody wanted to follow it is rehearsed once more, with its copy kept', () => {
    const offering: Answering = request => found(request, 'offered')
    const walk = opened(offering).press('down', 'enter', 'enter')
    expect(walk.last('dry-run').request.keep).toBeUndefined()
    walk.answer('dry-run').press('esc', 'tab', 'G', ' ')
    expect(entryOf(walk.wizard, metrics).rehearsal).toBeNull()
    walk.press('enter')
    expect(walk.last('dry-run').request).toMatchObject({ target: metrics, keep: '1.db' })
  })

  it('a leader that has its ULIDs already is asked for nothing', () => {
    const walk = new Walk([links, metrics], {}, [], found)
    for (const call of walk.started('detect'))
      walk.answerCall(call, {
        type: 'result',
        value: call.request.target === links ? holder : { ...migrated, target: metrics },
      })
    walk.answer('status').press('enter')
    expect(screenOf(walk)).toMatch(/Takes ULIDs from metrics\.db, which has them/)
    walk.press('enter')
    expect(walk.last('dry-run').request).toMatchObject({ target: links, choices: { follows: [{}] } })
    expect(walk.last('dry-run').request.rehearsed).toBeUndefined()
  })

  it('a target that has taken its ULIDs takes none any more', () => {
    const walk = opened().press(' ', 'down', ' ', 'enter', 'enter').answer('dry-run')
    walk.press('enter').type('metrics.db').press('enter').answer('migrate').press('enter', 'enter')
    walk.answer('dry-run').press('enter').type('links.db').press('enter').answer('migrate')
    walk.answer('detect', { type: 'result', value: holder }).press('esc')
    expect(screenOf(walk)).not.toMatch(/after metrics\.db/)
  })

  it('after the way back the targets are compared anew', () => {
    const walk = opened().press('down', 'enter', 'enter').answer('dry-run')
    walk.press('enter').type('metrics.db').press('enter')
    walk.answer('migrate', { type: 'result', value: done(metrics) })
    walk.answer('detect', { type: 'result', value: { ...migrated, target: metrics } }).answer('status')
    const compared = walk.started('across').length
    walk.press('r').answer('status').press('enter', 'y').answer('rollback')
    walk.answer('detect', { type: 'result', value: detected(metrics) })
    expect(walk.started('across')).toHaveLength(compared + 1)
  })
})

describe('targets that hold ids of each other', () => {
  const error = failure({
    why: `${links}::${path} holds ids of ${metrics}.`,
    code: 'ACROSS.ROUND_ABOUT',
    object: links,
    message: 'These databases hold ids of each other, so that none of them can be the first.',
    next: 'Leave one of these columns out: ulid-migrate migrate ...',
  })
  const round: Answering = request => {
    const across = found(request)
    return across.links[0]!.choice === 'accepted' ? { ...across, error } : across
  }

  it.each([
    ['the one', ['enter']],
    ['the other', ['down', 'enter']],
  ])('%s says so, with what to do here, and stays where it is', (_, way) => {
    const walk = opened(round).press(...way)
    expect(screenOf(walk)).toMatch(
      /hold ids of each other[\s\S]*\n +links\.db::links\.job_id holds ids of metrics\.db\.[\s\S]*Leave one of these columns out: Tab shows/,
    )
    walk.press('enter')
    expect(walk.wizard.screen.name).toBe('detect')
    expect(walk.wizard.notice).toMatch(/hold ids of each other/)
  })

  it('are marked among the targets, and leave room for the list in a low window', () => {
    expect(screenOf(opened(round))).toMatch(/links\.db .*blocked: ids of each other/)
    const low = screenOf(opened(round).press('enter'), { columns: 60, rows: 20 })
    expect(low).toMatch(/hold ids of[\s\S]*› \[x\] jobs\.job_id in metrics\.db/)
  })

  it('go on when one of the columns is left out', () => {
    const walk = opened(round).press('enter', 'tab', ' ')
    expect(screenOf(walk)).not.toMatch(/hold ids of each other/)
    expect(footer(walk.press('esc'))).toContain('enter done')
  })

  it('others are not concerned', () => {
    const walk = new Walk([links, metrics, finished], {}, [], round).read()
    expect(screenOf(walk.press('G', 'enter'))).not.toMatch(/hold ids of each other/)
  })
})

it.each([
  [100, 30],
  [60, 20],
  [40, 10],
])('all of it fits on a screen of %i columns and %i rows', (columns, rows) => {
  const walk = opened()
  for (const key of ['enter', 'tab', ' ', ' ', 'esc', 'x', 'enter', 'tab', 'G']) {
    const lines = picture(walk.press(key).wizard, { columns, rows })
    expect(lines).toHaveLength(rows - 1)
    for (const content of lines) expect(widthOf(content)).toBeLessThanOrEqual(columns)
  }
})

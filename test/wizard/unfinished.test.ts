import { describe, expect, it } from 'vitest'
import type { RunRecord, StatusTarget } from '../../src/core/index.ts'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

const { finished, fresh, metrics } = documents

/** Several targets, of which the one in the middle has a status of its own. */
function withStatus(change: Partial<StatusTarget>): Walk {
  const value = [fresh, metrics, finished].map(target => ({
    ...documents.status(target),
    ...(target === metrics ? change : {}),
  }))
  const walk = new Walk([fresh, metrics, finished])
  for (const call of walk.started('detect')) walk.answerCall(call)
  return walk.answer('status', { type: 'result', value })
}

const stopped = (what: RunRecord['what']) => ({ runs: [documents.record({ what, status: 'stopped' })] })
const expanding = { unfinished: { run: '01KEXWDFNRRMDJHG5GXSQG2QCQ', percent: 40 } }
const unproved = { unproved: { run: '01KEXWDFNRRMDJHG5GXSQG2QCQ', failed: false } }

const page = (walk: Walk) =>
  picture(walk.wizard, { columns: 100, rows: 30 }).map(textOf).join(' ').replaceAll(/\s+/g, ' ')
const enter = (walk: Walk) => footerKeys(walk.wizard).find(({ label }) => label === 'enter')?.short

describe.each([
  [
    'an expansion half way',
    expanding,
    /metrics\.db: an expansion stands at 40 %.*Enter goes on with it/,
    'go on',
  ],
  [
    'a run killed after its commit',
    unproved,
    /after its commit: the file is the new one.*Enter proves it/,
    'prove',
  ],
  [
    'a run killed before its commit',
    stopped('migrate'),
    /before its commit: nothing was changed, the file is the old one\. Enter begins anew/,
    'detect',
  ],
  [
    'an undo killed before its commit',
    stopped('undo'),
    /nothing was changed, the file is still migrated/,
    'detect',
  ],
  [
    'a restore that was killed',
    stopped('restore'),
    /as before it, or as after it\. Enter looks which/,
    'detect',
  ],
  [
    'a run of another process',
    { runs: [documents.record({ status: 'running' })] },
    /at work on it in another process\. Enter only looks/,
    'detect',
  ],
] as const)('%s', (_, status, text, short) => {
  it('comes first, and its line says what Enter does, as the footer does', () => {
    const walk = withStatus(status)
    expect(page(walk)).toMatch(text)
    expect(page(walk)).toMatch(/state › \[ \] metrics\.db/)
    expect(enter(walk)).toBe(short)
  })
})

describe('Enter', () => {
  it('goes on with an expansion under the typed name, by its own plan and no choice made here', () => {
    const walk = withStatus(expanding).press('enter')
    expect(walk.wizard.screen).toMatchObject({ name: 'confirm', rehearsal: { percent: 40 } })
    expect(page(walk)).toMatch(/which stands at 40 %, by the plan with which it was begun/)
    expect(walk.press('enter').started('migrate')).toHaveLength(0)
    walk.type('metrics.db').press('enter')
    expect(walk.last('migrate').request).toEqual({ target: metrics, choices: {} })
    expect(page(walk)).toMatch(/Short transactions: other programs go on meanwhile/)
    walk.answer('migrate', { type: 'result', value: documents.done(metrics, { strategy: 'expand' }) })
    expect(walk.wizard.screen).toMatchObject({ name: 'verify', work: { is: 'proved' } })
    expect(walk.wizard.book.done).toEqual([metrics])
  })

  it('goes on from detect as well, for one who was there before the runs were known', () => {
    const walk = new Walk()
    for (const call of walk.started('detect')) walk.answerCall(call)
    walk.press('enter')
    expect(walk.wizard.screen.name).toBe('detect')
    walk.answer('status', {
      type: 'result',
      value: [{ ...documents.status(walk.wizard.entries[0]!.target), ...expanding }],
    })
    expect(enter(walk)).toBe('go on')
    expect(walk.press('enter').wizard.screen).toMatchObject({ name: 'confirm', rehearsal: { percent: 40 } })
  })

  it('says of an expansion that stopped once more that it stands where it did', () => {
    const walk = withStatus(expanding).press('enter').type('metrics.db').press('enter', 'ctrl-c')
    walk.answer('migrate', { type: 'failed', error: documents.failure({ code: 'RUN.STOPPED', exit: 5 }) })
    expect(page(walk)).toMatch(
      /legacy ids are as they were\.[\s\S]*What is filled stays: it can go on from there/,
    )
    expect(page(walk)).not.toMatch(/The file is the old one/)
  })

  it('Esc leads from there to the targets', () => {
    expect(withStatus(expanding).press('enter', 'esc').wizard.screen.name).toBe('targets')
  })

  it('proves what was committed, and asks then what is due', () => {
    const walk = withStatus(unproved).press('enter')
    expect(walk.last('verify').request).toEqual({ target: metrics })
    const before = walk.started('status').length
    walk.answer('verify')
    expect(walk.wizard.screen).toMatchObject({ name: 'verify', work: { is: 'proved', proof: { ok: true } } })
    expect(walk.started('status')).toHaveLength(before + 1)
    expect(walk.wizard.deeds).toEqual([])
  })

  it('offers the way back where that proof fails', () => {
    const walk = withStatus(unproved).press('enter')
    const value = { target: metrics, run: 'r', proof: documents.badProof, changedSince: null }
    walk.answer('verify', { type: 'result', value })
    expect(footerKeys(walk.wizard)[0]).toMatchObject({ label: 'r' })
    expect(walk.press('r').wizard.screen.name).toBe('rollback')
  })

  it('says of a run that changed nothing so, and goes on to detect', () => {
    const walk = withStatus(stopped('migrate')).press('enter')
    expect(walk.wizard.screen.name).toBe('detect')
    expect(walk.wizard.notice).toMatch(/nothing was changed, the file is the old one\.$/)
    expect(enter(walk)).toBe('dry-run')
  })

  it('looks into the targets that are selected, whatever the row under the cursor is', () => {
    const walk = withStatus(expanding).press('j', ' ', 'enter')
    expect(walk.wizard.screen).toMatchObject({ name: 'detect', journey: { target: fresh } })
  })
})

it('says how many more things are due than there is room for', () => {
  const due = ['one', 'two', 'three', 'four', 'five']
  expect(page(withStatus({ due }))).toMatch(/three .*! 2 more due: ulid-migrate status/)
})

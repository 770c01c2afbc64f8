import { expect, it } from 'vitest'
import type { TraceScreen } from '../../src/wizard/state.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

const screenOf = ({ wizard }: Walk) => wizard.screen as TraceScreen
const traced = () => new Walk().read().press('t').type('job-1').press('enter').answer('trace')

it('asks for what was typed, in the targets at hand and in those that the ledger knows', () => {
  const walk = new Walk().read().press('t').type(' job-1').press('?', 'esc').type('x').press('enter')
  expect(walk.last('trace').request).toEqual({
    id: 'job-1x',
    targets: [documents.metrics, documents.fresh, documents.finished],
    everywhere: true,
    systems: {},
  })
})

it('asks for nothing as long as nothing is typed, and says what is missing', () => {
  const walk = new Walk().read().press('t', ' ', 'enter')
  expect(walk.started('trace')).toEqual([])
  expect(walk.wizard.notice).toContain('Type a ULID')
})

it('Enter follows a referring row by its own ULID, and Esc steps back to where the cursor was', () => {
  const walk = traced().press('enter')
  expect(walk.last('trace').request.id).toBe(documents.follower)
  walk.answer('trace')
  expect(screenOf(walk).stage).toMatchObject({ is: 'found', trace: { id: documents.follower } })
  walk.press('esc')
  expect(screenOf(walk).stage).toMatchObject({ is: 'found', trace: { id: 'job-1' }, cursor: 0 })
  walk.press('esc')
  expect(screenOf(walk).stage).toEqual({ is: 'typing', typed: 'job-1' })
  expect(walk.press('esc').wizard.screen.name).toBe('targets')
})

it('Enter follows what is near in time as well', () => {
  const walk = traced().press('end', 'enter')
  expect(walk.last('trace').request.id).toBe(documents.neighbour)
})

it('a row without an id of its own can not be followed, and the key says why', () => {
  const walk = traced().press('down', 'down', 'enter')
  expect(walk.started('trace')).toHaveLength(1)
  expect(walk.wizard.notice).toContain('logs has no migrated ids of its own')
})

it('Esc ends a search, whose answer is then no longer waited for', () => {
  const walk = new Walk().read().press('t').type('job-1').press('enter')
  const call = walk.last('trace')
  walk.press('esc')
  expect(walk.commands.at(-1)).toEqual({ type: 'stop', job: call.job })
  walk.answerCall(call)
  expect(screenOf(walk).stage).toEqual({ is: 'typing', typed: 'job-1' })
})

it('a failed search is no failure of the wizard', () => {
  const walk = new Walk().read().press('t').type('job-1').press('enter')
  walk.answer('trace', { type: 'failed', error: documents.failure() })
  expect(walk.wizard.deeds).toEqual([])
  expect(walk.press('q').commands.at(-1)).toEqual({ type: 'leave', code: 0 })
})

it('is within reach wherever ids are looked at, and not while a proof is made', () => {
  for (const walk of [new Walk().toDetect(), new Walk().toVerify(), new Walk().toVerify().press('enter')]) {
    const { name } = walk.wizard.screen
    expect(walk.press('t').wizard.screen.name).toBe('trace')
    expect(walk.press('esc').wizard.screen.name).toBe(name)
  }
  expect(new Walk().toVerify().press('v', 't').wizard.screen.name).toBe('verify')
})

import { describe, expect, it } from 'vitest'
import { summaryLines } from '../../src/steps/summary.ts'
import { textOf } from '../../src/ui/line.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import { focusedReference } from '../../src/wizard/openings.ts'
import { entryOf } from '../../src/wizard/state.ts'
import { detected, failure, finished, jobs, metrics } from './documents.ts'
import { at, Walk } from './walk.ts'

const file = '/home/op/ulid-migrate.config.json'
const refused = { noReferences: ['agent_executions.job_id'] }

/** The second reference left out, and read again. */
function leftOut(): Walk {
  return new Walk([metrics, finished]).toDetect().press('tab', 'down', ' ').answer('detect')
}

function kept(walk: Walk): Walk {
  const command = walk.commands.findLast(each => each.type === 'remember')
  if (command?.type !== 'remember') throw new Error('Nothing was to be kept.')
  const { target, choices } = command
  const outcome = {
    type: 'kept',
    kept: { file, target: 'metrics.db', entry: choices, changed: true },
  } as const
  return walk.send({ type: 'remembered', target, choices, outcome, at })
}

const summary = (walk: Walk) => summaryLines(walk.wizard).map(textOf).join('\n')

describe('choices', () => {
  it.each([[[]], [['tab']], [['tab', 'f']]])('are kept by w, in each pane of detect (%j)', keys => {
    const walk = leftOut().press(...keys, 'w')
    expect(walk.commands.at(-1)).toEqual({ type: 'remember', target: metrics, choices: refused })
    expect(kept(walk).wizard.notice).toBe(
      'Kept in /home/op/ulid-migrate.config.json under metrics.db: noReferences',
    )
  })

  it('are not kept while the engine might refuse them', () => {
    const walk = new Walk([metrics]).toDetect().press('tab', 'down', ' ', 'w')
    expect(walk.commands.some(each => each.type === 'remember')).toBe(false)
    expect(walk.wizard.notice).toMatch(/Still reading/)
  })

  it('that were changed and go on unkept are mentioned on the way, forward and back, and on leaving', () => {
    const missing = /w in detect keeps them/
    expect(leftOut().press('enter').wizard.notice).toMatch(missing)
    expect(leftOut().press('esc', 'esc').wizard.notice).toMatch(missing)
    expect(summary(leftOut())).toMatch(/Choices were not kept for metrics\.db/)
  })

  it('that are kept, or were never changed, are not mentioned', () => {
    const walk = kept(leftOut().press('w'))
    expect(summary(walk)).toBe('Nothing was changed.')
    expect(walk.press('enter').wizard.notice).toBe('')
    expect(new Walk([metrics]).toDetect().press('enter').wizard.notice).toBe('')
  })

  it('that nobody keeps come forward in the footer of the identities', () => {
    const place = (walk: Walk) => footerKeys(walk.wizard).findIndex(each => each.label === 'w')
    const walk = leftOut().press('tab', 'tab')
    const first = place(walk)
    expect(first).toBeGreaterThan(0)
    expect(place(kept(walk.press('w')))).toBeGreaterThan(first)
  })

  it('that were kept hold after the target was migrated, too', () => {
    const walk = kept(leftOut().press('w')).press('enter').answer('dry-run').press('enter')
    walk.type('metrics.db').press('enter').answer('migrate').press('enter')
    expect(entryOf(walk.wizard, metrics)).toMatchObject({ choices: refused, given: { choices: refused } })
  })

  it('that could not be written are said with the reason and what to do', () => {
    const error = failure({
      code: 'CONFIG.BY_HAND',
      exit: 2,
      object: file,
      message: 'No.',
      why: 'A program.',
      next: 'Paste.',
    })
    const walk = leftOut().press('w')
    const command = walk.commands.at(-1)
    if (command?.type !== 'remember') throw new Error('Nothing was to be kept.')
    walk.send({ ...command, type: 'remembered', outcome: { type: 'failed', error }, at })
    expect(walk.wizard.notice).toBe('Not kept: what to paste is shown when you quit.')
    expect(summary(walk)).toBe(
      `Nothing was changed.\n✗ metrics.db: No.\n  why   ${file}: A program.\n  next  Paste.`,
    )
  })
})

it('a reference that is followed stays under the cursor, wherever detection puts it', () => {
  const walk = new Walk([metrics]).toDetect().press('tab', 'G', ' ')
  const [first, second, third] = jobs.references
  const references = [{ ...third!, choice: 'accepted' as const }, first!, second!]
  const value = detected(metrics, { identities: [{ ...jobs, references }] })
  walk.answer('detect', { type: 'result', value })
  expect(focusedReference(walk.wizard)?.column).toBe('subject')
  walk.press(' ')
  expect(walk.last('detect').request.choices).toEqual({})
})

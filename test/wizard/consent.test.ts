import { describe, expect, it } from 'vitest'
import type { Choices, Message } from '../../src/core/index.ts'
import { blockersOf, withoutStaleConsent } from '../../src/wizard/consent.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

function finding(object: string, change: Partial<Message> = {}): Message {
  return {
    code: 'SCHEMA.MOVED',
    severity: 'blocker',
    object,
    message: 'This trigger has to change with the ids.',
    why: 'It becomes: CREATE TRIGGER ...',
    next: `Agree to it: --accept ${object}`,
    ...change,
  }
}

const trigger = finding('notes_ai')
const view = finding('newest', { code: 'SCHEMA.MEANING' })
const duplicates = finding('jobs.job_id', { code: 'IDENTITY.DUPLICATES', message: 'Twice there.' })
const warning = finding('errors', { code: 'REFERENCE.NOT_FOLLOWED', severity: 'warning' })

function found(...findings: readonly Message[]) {
  return documents.detected(documents.metrics, { findings })
}

function onDetect(findings: readonly Message[], choices: Choices = {}): Walk {
  const walk = new Walk([documents.metrics], choices)
  return walk.answer('detect', { type: 'result', value: found(...findings) }).press('enter')
}

const choicesOf = (walk: Walk) => walk.wizard.entries[0]!.choices
const offered = (walk: Walk) => footerKeys(walk.wizard).map(key => `${key.label} ${key.short}`)

describe('consent', () => {
  it('is asked for object by object, and the rehearsal stays closed until all have it', () => {
    const walk = onDetect([trigger, view])
    expect(offered(walk)[0]).toBe('f what blocks')
    expect(offered(walk)).not.toContain('enter dry-run')
    walk.press('enter')
    expect(walk.wizard.notice).toMatch(/^notes_ai, newest have to be accepted first/)
    walk.press('f', ' ')
    expect(choicesOf(walk)).toEqual({ accept: ['notes_ai'] })
    walk.press('enter')
    expect(walk.wizard.notice).toMatch(/^newest has to be accepted first/)
    walk.press('down', ' ', 'enter')
    expect(walk.wizard.screen.name).toBe('dry-run')
    expect(walk.last('dry-run').request.choices).toEqual({ accept: ['notes_ai', 'newest'] })
  })

  it('can be taken back, which closes the rehearsal again', () => {
    const walk = onDetect([trigger]).press('f', ' ')
    expect(offered(walk)).toContain('space take back')
    walk.press(' ')
    expect(choicesOf(walk)).toEqual({})
    walk.press('enter')
    expect(walk.wizard.screen.name).toBe('detect')
  })

  it('asks the engine nothing, since it changes nothing that was found', () => {
    const walk = onDetect([trigger])
    const before = walk.commands.length
    walk.press('f', ' ')
    expect(walk.commands.length).toBe(before)
  })

  it('drops a rehearsal that was made with other consent', () => {
    const walk = onDetect([trigger]).press('f', ' ', 'enter').answer('dry-run').press('esc')
    expect(walk.wizard.entries[0]?.rehearsal).not.toBeNull()
    walk.press('f', ' ')
    expect(walk.wizard.entries[0]?.rehearsal).toBeNull()
  })

  it('is not taken where none is wanted, and lifts no refusal', () => {
    const walk = onDetect([duplicates, warning]).press('f', ' ')
    expect(walk.wizard.notice).toMatch(/^No consent lifts this/)
    walk.press('down', ' ')
    expect(walk.wizard.notice).toMatch(/nothing to accept/)
    expect(choicesOf(walk)).toEqual({})
  })

  it('by flag counts from the start, and can be taken back as well', () => {
    const walk = onDetect([trigger], { accept: ['notes_ai'] })
    expect(offered(walk)).toContain('enter dry-run')
    walk.press('f', ' ', 'enter')
    expect(walk.wizard.screen.name).toBe('detect')
  })

  it('given while choices are read stays when the engine refuses those', () => {
    const walk = onDetect([trigger]).press(' ', 'f', ' ')
    walk.answer('detect', { type: 'failed', error: documents.failure({ message: 'No.' }) })
    expect(choicesOf(walk)).toEqual({ accept: ['notes_ai'] })
  })

  it('ends when other choices lead to something else on the object', () => {
    const walk = onDetect([trigger, view]).press('f', ' ', 'down', ' ', 'f', 'd')
    const other = { ...trigger, why: 'It becomes something else.' }
    walk.answer('detect', { type: 'result', value: found(other, view) })
    expect(choicesOf(walk).accept).toEqual(['newest'])
    expect(blockersOf([other, view], choicesOf(walk)).unanswered).toEqual([other])
  })

  it('by flag or config file holds whatever the object says', () => {
    const given = { accept: ['notes_ai'] }
    const other = { ...trigger, why: 'It becomes something else.' }
    expect(withoutStaleConsent(given, given, found(trigger), found(other))).toBe(given)
  })
})

describe('the form of integer keys', () => {
  const posts = { ...documents.jobs, table: 'posts', column: 'id', kinds: { integer: 3 }, integerKey: true }

  it('is switched where an integer key is to be migrated, and read again with that', () => {
    const walk = new Walk([documents.metrics])
    walk.answer('detect', {
      type: 'result',
      value: documents.detected(documents.metrics, { identities: [posts] }),
    })
    walk.press('enter')
    expect(offered(walk)).toContain('i give integers up')
    walk.press('i')
    expect(walk.last('detect').request.choices).toEqual({ form: 'pure' })
    expect(offered(walk)).toContain('i keep integers')
    walk.press('i')
    expect(walk.last('detect').request.choices).toEqual({ form: 'keep-integer' })
  })

  it('is no question elsewhere', () => {
    const walk = new Walk([documents.metrics]).toDetect().press('i')
    expect(walk.wizard.notice).toMatch(/no form to choose/)
    expect(walk.started('detect')).toHaveLength(1)
  })
})

describe('what the engine does not take in', () => {
  it('is said with its reason', () => {
    const walk = new Walk([documents.metrics]).toDetect().press('down', 'down', ' ')
    expect(walk.last('detect').request.choices.only).toContain('tests.test_id')
    const left = { ...documents.tests, reason: 'every value is a ULID already' }
    walk.answer('detect', {
      type: 'result',
      value: documents.detected(documents.metrics, {
        identities: [documents.jobs, documents.providers, left],
      }),
    })
    expect(walk.wizard.notice).toBe('tests.test_id: every value is a ULID already')
  })
})

it('what was said about a key while work was under way is gone when it is done', () => {
  const walk = new Walk().toDetect().press('enter', 'enter')
  expect(walk.wizard.notice).toMatch(/still running/)
  walk.answer('dry-run')
  expect(walk.wizard.notice).toBe('')
})

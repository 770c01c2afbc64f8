import { describe, expect, it } from 'vitest'
import { documentOf, entryOf } from '../../src/wizard/state.ts'
import { targetChoices } from '../../src/wizard/target-choices.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

const document = documents.detected(documents.metrics)

describe('what holds for a whole target', () => {
  it('is what the engine does where nothing is said', () => {
    const values = targetChoices({}, {}, document).map(({ name, value }) => `${name} ${value}`)
    expect(values).toEqual(['strategy replace', 'letters upper', 'sentinels keep', 'time zone UTC'])
  })

  it.each(['strategy', 'letters', 'sentinels', 'time zone'])('%s comes back to where it began', name => {
    const given = { timezone: '+02:00' }
    const first = targetChoices(given, given, document).find(each => each.name === name)!
    const seen: string[] = []
    let choices = given as Parameters<typeof targetChoices>[0]
    do {
      const now = targetChoices(choices, given, document).find(each => each.name === name)!
      seen.push(now.value)
      choices = now.next
    } while (targetChoices(choices, given, document).find(each => each.name === name)!.value !== first.value)
    expect(seen.length).toBeGreaterThan(1)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('has a form only where an integer key is replaced', () => {
    const [jobs] = document.identities
    const integers = { ...document, identities: [{ ...jobs!, integerKey: true }] }
    const names = (choices: Parameters<typeof targetChoices>[0]) =>
      targetChoices(choices, {}, integers).map(({ name }) => name)
    expect(names({})).toContain('integer keys')
    expect(names({ strategy: 'expand' })).not.toContain('integer keys')
  })
})

it('e changes the strategy: the target is read again by it, and what was rehearsed no longer counts', () => {
  const walk = new Walk().toDryRun().press('esc', 'e')
  expect(walk.last('detect').request.choices).toEqual({ strategy: 'expand' })
  const entry = entryOf(walk.wizard, documents.metrics)
  expect(entry.rehearsal).toBeNull()
  expect(documentOf(entry)).not.toBeNull()
  walk.answer('detect').press('enter')
  expect(walk.last('dry-run').request.choices).toMatchObject({ strategy: 'expand' })
})

it('each choice can be made on its screen, and Esc leads back with it', () => {
  const walk = new Walk().toDetect().press('c', 'down', ' ')
  expect(walk.last('detect').request.choices).toEqual({ case: 'lower' })
  walk.answer('detect').press('down', ' ', ' ').answer('detect')
  expect(entryOf(walk.wizard, documents.metrics).choices).toEqual({ case: 'lower', sentinels: 'refuse' })
  expect(walk.press('esc').wizard.screen).toMatchObject({ name: 'detect', pane: 'identities' })
})

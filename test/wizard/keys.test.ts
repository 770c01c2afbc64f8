import { describe, expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import { bindingOf, bindings, footerKeys, keyTable, placeOf, places } from '../../src/wizard/keys.ts'
import { reduce } from '../../src/wizard/reduce.ts'
import * as documents from './documents.ts'
import { at, paused, Walk } from './walk.ts'

/** The first of three is migrated. */
const journey = () =>
  new Walk(documents.several)
    .ownedBy(documents.systemWithTests)
    .read()
    .press('a')
    .carryOut('a.db')
    .press('enter')

const walks: Readonly<Record<string, () => Walk>> = {
  targets: () => new Walk().read(),
  filter: () => new Walk().read().press('/'),
  open: () => new Walk().read().press('o'),
  detect: () => new Walk().toDetect(),
  references: () => new Walk().toDetect().press('tab'),
  evidence: () => new Walk().toDetect().press('tab', 'tab'),
  findings: () => new Walk().toDetect().press('f'),
  choices: () => new Walk().toDetect().press('c'),
  'dry-run': () => new Walk().toDryRun(),
  'dry-run lists': () => new Walk().toDryRun().press('s'),
  confirm: () => new Walk().toConfirm(),
  migrate: () => new Walk().toMigrate(),
  'migrate, paused': () => paused(),
  verify: () => new Walk().toVerify(),
  application: () => journey().carryOut('b.db').press('enter'),
  'take back': () => journey().carryOut('b.db', documents.badProof).press('b'),
  rollback: () => new Walk().read().press('r'),
  undo: () => new Walk().read().press('r', 'enter'),
  restore: () => new Walk().read().press('r', 's').answer('rollback'),
  'rolling back': () => new Walk().read().press('r', 'd'),
  'rolled back': () => new Walk().read().press('r', 'd').answer('rollback'),
  trace: () => new Walk().read().press('t'),
  traced: () => new Walk().read().press('t', 'x', 'enter').answer('trace'),
  help: () => new Walk().read().press('?'),
}

describe.each(Object.entries(walks))('%s', (place, walk) => {
  const { wizard } = walk()

  it('is where the walk ends', () => {
    expect(placeOf(wizard)).toBe(place.split(',')[0])
  })

  it('shows in its footer the keys that work, and only those', () => {
    const footer = textOf(picture(wizard, { columns: 200, rows: 30 }).at(-1) ?? [])
    for (const { label, short } of footerKeys(wizard)) expect(footer).toContain(`${label} ${short}`)
    for (const binding of bindings[placeOf(wizard)]) {
      const shown = footerKeys(wizard).some(each => each.label === binding.label)
      expect(shown).toBe(
        bindings[placeOf(wizard)].some(
          each => each.label === binding.label && each.footer && each.closed(wizard) === null,
        ),
      )
    }
  })

  it('does something, or says why not, for each of its keys', () => {
    for (const binding of bindings[placeOf(wizard)])
      for (const key of binding.keys) {
        const found = bindingOf(wizard, key)
        const step = reduce(wizard, { type: 'key', key, at })
        if (found?.closed(wizard)) expect(step.wizard.notice, `${place}: ${key}`).not.toBe('')
      }
  })

  it('has help within reach', () => {
    expect(footerKeys(wizard).some(each => /help/.test(each.short))).toBe(true)
  })

  it('has Ctrl-C', () => {
    expect(bindingOf(wizard, 'ctrl-c')?.action).toBe('interrupt')
  })
})

it('the help lists every key of the screen it lies over', () => {
  const walk = new Walk().toDryRun()
  const rows = keyTable().filter(row => row.place === placeOf(walk.wizard))
  const shown = picture(walk.press('?').wizard, { columns: 100, rows: 60 }).map(textOf).join('\n')
  for (const row of rows) {
    expect(shown).toContain(row.label)
    expect(shown).toContain(row.long)
  }
})

it('no key means two things in one place, unless only one of them is open at a time', () => {
  for (const [place, walk] of Object.entries(walks)) {
    const { wizard } = walk()
    const open = bindings[placeOf(wizard)]
      .filter(binding => binding.closed(wizard) === null)
      .flatMap(each => each.keys)
    expect(
      open.filter((key, index) => open.indexOf(key) !== index),
      place,
    ).toEqual([])
  }
})

it('the table names every place', () => {
  expect(new Set(keyTable().map(row => row.place))).toEqual(new Set(places))
})

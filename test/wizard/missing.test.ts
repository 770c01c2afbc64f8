import { describe, expect, it } from 'vitest'
import { picture } from '../../src/steps/page.ts'
import { textOf } from '../../src/ui/line.ts'
import { footerKeys } from '../../src/wizard/keys.ts'
import * as documents from './documents.ts'
import { Walk } from './walk.ts'

const missing = {
  type: 'failed',
  error: documents.failure({ code: 'TARGET.MISSING', message: 'There is no such file.', why: '', next: '' }),
} as const

/** A database of a system that was never started. */
function notThere(owner = documents.system, target = documents.fresh): Walk {
  return new Walk([target]).ownedBy(owner).answer('status').answer('detect', missing)
}

const page = (walk: Walk) =>
  picture(walk.wizard, { columns: 100, rows: 30 }).map(textOf).join(' ').replaceAll(/\s+/g, ' ')
const labels = (walk: Walk) => footerKeys(walk.wizard).map(({ label, short }) => `${label} ${short}`)

describe('a database of a system that is not there', () => {
  it('is a row of its own that says so', () => {
    expect(page(notThere())).toMatch(/crackerjack\.db .*missing/)
  })

  it('leads to initialize, as one without tables does', () => {
    const walk = notThere().press('enter').answer('detect', missing)
    expect(page(walk)).toMatch(/It was not made yet\. Enter shows what initialize would make/)
    expect(labels(walk)).toContain('enter initialize')
    expect(walk.press('enter').wizard.screen).toMatchObject({ name: 'initialize', work: { is: 'asked' } })
  })

  it('is made by the command of its system', () => {
    const walk = notThere().press('enter').answer('detect', missing).press('enter', 'c')
    expect(walk.last('initialize-system').request).toMatchObject({
      target: documents.fresh,
      named: true,
      run: true,
    })
    walk.answer('initialize-system').answer('detect')
    expect(walk.wizard.screen.name).toBe('detect')
  })

  it('or with the schema that is known, in a file that is made for it', () => {
    const walk = notThere().press('enter').answer('detect', missing).press('enter', 'enter')
    expect(walk.last('initialize').request).toEqual({
      target: documents.fresh,
      schema: 'crackerjack',
      ofSystem: true,
    })
  })

  it('is taken by a journey over all, and not passed over as somebody else’s', () => {
    const walk = new Walk([documents.fresh, documents.metrics]).ownedBy(documents.system)
    const [first, second] = walk.started('detect')
    walk.answerCall(first!, missing).answerCall(second!).answer('status').press('a')
    expect(walk.wizard.book.pages.map(each => each.status)).toEqual(['waiting', 'waiting'])
  })

  it('of which nothing is known is a failure as before', () => {
    const walk = notThere({ ...documents.system, schema: null, initialize: null, places: [] }, '/srv/x.db')
    expect(page(walk)).toMatch(/There is no such file/)
    walk.press('enter').answer('detect', missing)
    expect(labels(walk)).toContain('enter try again')
  })
})

import { expect, test } from 'vitest'
import { refusals } from '../../src/core/detect/refusals.ts'
import { page, section, tableRows } from '../docs/pages.ts'
import { cases } from './cases.ts'
import { consentable, knownCodes } from './known-codes.ts'

const text = page('docs/refusals.md')
const titles = [...text.matchAll(/^### `([A-Z._]+)`$/gm)].map(([, code]) => code ?? '')

test('docs/refusals.md explains every code that a database may be refused with, once, and no other', () => {
  expect(titles.toSorted()).toEqual(knownCodes.toSorted())
})

test.each([...knownCodes])('%s has what it means, why it blocks, and what to do', code => {
  for (const part of ['Means', 'Why', 'Do'])
    expect(section(text, `### \`${code}\``)).toMatch(new RegExp(`^- ${part}: [^]{20,}`, 'm'))
})

test('what consent lifts stands apart from what it does not', () => {
  const inPart = (heading: string) =>
    titles.filter(code => section(text, heading).includes(`### \`${code}\``))
  expect(inPart('## What you can agree to').toSorted()).toEqual(consentable.toSorted())
  expect(inPart('## What you cannot agree to').toSorted()).toEqual([...refusals].sort())
})

test('the codes that consent lifts are the ones that docs/messages.md calls blockers', () => {
  const blockers = tableRows(page('docs/messages.md')).filter(row => row[1]?.split(', ').includes('blocker'))
  const codes = blockers.map(row => (row[0] ?? '').replaceAll('`', ''))
  // What stands in the way of a change of source code is no matter of a database.
  expect(codes.filter(code => !code.startsWith('CODE.')).sort()).toEqual(consentable.toSorted())
})

test('no case expects a refusal that is not explained', () => {
  const refused = Object.values(cases)
    .flatMap(each => Object.values(each))
    .flatMap(({ expect: end }) => (typeof end === 'string' ? [] : [end.refused]))
  for (const code of refused) expect(knownCodes).toContain(code)
})

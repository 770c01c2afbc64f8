import { expect, test } from 'vitest'
import { refusals } from '../../src/core/detect/refusals.ts'
import { page, tableRows } from './pages.ts'
import { messageCodes, settledExits } from './source.ts'

const rows = tableRows(page('docs/messages.md'))
const codeOf = (row: readonly string[]) => (row[0] ?? '').replaceAll('`', '')

test('docs/messages.md explains every message code of the source, once, and no other', () => {
  expect(rows.map(codeOf).sort()).toEqual(messageCodes())
})

test('each has an exit code or the severity of a finding, and a sentence', () => {
  for (const row of rows) {
    expect(row[1], codeOf(row)).toMatch(/^(?:(?:[1-5]|info|warning|blocker|refusal)(?:, |$))+$/)
    expect(row[2], codeOf(row)).toMatch(/[.)]$/)
  }
})

test('where the source settles the exit code, the page says the same', () => {
  expect(settledExits().length).toBeGreaterThan(30)
  for (const [code, exit] of settledExits()) {
    const row = rows.find(each => codeOf(each) === code)
    expect(row?.[1]?.split(', '), code).toContain(exit)
  }
})

test('the blockers that no consent lifts are marked as refusals, and no others', () => {
  const marked = rows.filter(row => row[1]?.split(', ').includes('refusal')).map(codeOf)
  expect(marked.sort()).toEqual([...refusals].sort())
})

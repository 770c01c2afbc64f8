import { expect, test } from 'vitest'
import { phases } from '../../src/core/events.ts'
import { code, page, section, tableRows } from './pages.ts'

test('the phases of docs/how-it-works.md are phases of the engine, in their order', () => {
  const text = section(page('docs/how-it-works.md'), '## The way of a run')
  const rows = tableRows(text).map(([phase]) => phase ?? '')
  expect(rows).toEqual(phases.filter(phase => rows.includes(phase)))
  const beside = code(text).filter(word => ['copy', 'undo'].includes(word))
  for (const phase of phases.filter(each => each !== 'restore')) expect([...rows, ...beside]).toContain(phase)
})

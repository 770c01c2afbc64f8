import { expect, test } from 'vitest'
import { knownSchemas } from '../../src/core/systems/known-schemas.ts'
import { code, page, section, tableRows } from './pages.ts'
import { literals } from './source.ts'

const text = page('docs/what-is-detected.md')
const firstCells = (heading: string) => tableRows(section(text, heading)).flatMap(([cell = '']) => code(cell))

test('every kind of id is explained, and no other', () => {
  expect(firstCells('## Kinds of id').sort()).toEqual([...literals('src/core/documents.ts', 'IdKind')].sort())
})

test('every state is explained, and no other', () => {
  expect(firstCells('## States').sort()).toEqual([...literals('src/core/documents.ts', 'TargetState')].sort())
})

test('the schemas that initialize makes are named', () => {
  for (const { name } of knownSchemas) expect(code(text)).toContain(name)
})

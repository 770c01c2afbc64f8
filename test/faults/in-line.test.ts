import { expect, test } from 'vitest'
import { attackFiles } from './files.ts'
import { attackStatements } from './statements.ts'

/** A share of `npm run faults -- statements files`: every so many-th, of the ways that write. */

test('a statement that fails leaves the old content, or says that the change is made; the next try gets there', async () => {
  const { line, violations } = await attackStatements(() => {}, 122, ['migrate', 'undo'])
  expect(violations).toEqual([])
  expect(line).toMatch(/^[1-9]\d* statements/)
}, 120_000)

test('so does a file operation that fails, of snapshot, ledger and target', async () => {
  const { line, violations } = await attackFiles(() => {}, 90, ['migrate', 'restore'])
  expect(violations).toEqual([])
  expect(line).toMatch(/^[1-9]\d* file operations/)
}, 120_000)

test('a statement that DuckDB fails at, once or for good, leaves the old content as well', async () => {
  const { line, violations } = await attackStatements(() => {}, 138, ['migrate, DuckDB'])
  expect(violations).toEqual([])
  expect(line).toMatch(/^[1-9]\d* statements/)
}, 120_000)

test('so does a file operation that fails while a DuckDB file is put back', async () => {
  const { line, violations } = await attackFiles(() => {}, 90, ['restore, DuckDB'])
  expect(violations).toEqual([])
  expect(line).toMatch(/^[1-9]\d* file operations/)
}, 120_000)

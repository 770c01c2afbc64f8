import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { type ColumnSample, sampleOf } from '../../../../src/core/detect/inside/sample.ts'
import { inspect } from '../../../../src/core/engines/sqlite/inspect.ts'
import { rows } from './found.ts'

function sampled(...sql: readonly string[]): readonly ColumnSample[] {
  const db = new Database(':memory:')
  db.defaultSafeIntegers()
  for (const text of sql) db.exec(text)
  const samples = sampleOf(db, inspect(db).tables[0]!)
  db.close()
  return samples
}

const numbersOf = ([column]: readonly ColumnSample[]) => column!.integers.map(Number)

it.each([0, 1, 99, 100, 101, 199, 200, 201, 250])('holds every row of a table of %s, once', count => {
  const some = sampled('CREATE TABLE t(id INTEGER PRIMARY KEY)', count === 0 ? '' : rows('t', count, 'n * 3'))
  expect(numbersOf(some).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, at) => (at + 1) * 3),
  )
})

it('is spread over a large table, with its first and its last rows', () => {
  const numbers = numbersOf(sampled('CREATE TABLE t(id INTEGER PRIMARY KEY)', rows('t', 50_000, 'n')))
  expect(numbers.length).toBeLessThanOrEqual(400)
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers).toContain(1)
  expect(numbers).toContain(50_000)
  for (let from = 0; from < 50_000; from += 5000)
    expect(numbers.some(number => number > from && number <= from + 5000)).toBe(true)
})

it('takes tables without row numbers, whose names are all in use, and of many columns', () => {
  const [without] = sampled('CREATE TABLE t(k TEXT PRIMARY KEY) WITHOUT ROWID', rows('t', 1000, "'k' || n"))
  expect(without!.texts.length).toBeGreaterThan(300)
  const [hidden] = sampled('CREATE TABLE t(rowid, _rowid_, oid)', rows('t', 1000, 'n', 'n', 'n'))
  expect(hidden!.integers).toHaveLength(300)
  const names = Array.from({ length: 1500 }, (_, at) => `c${at}`)
  const wide = sampled(`CREATE TABLE t(${names.join(', ')})`, 'INSERT INTO t(c0, c1499) VALUES (1, 2)')
  expect(wide).toHaveLength(1500)
  expect(wide[1499]!.integers).toEqual([2n])
})

it('reads no long value, and not more of a column than fits into little memory', () => {
  const [, data] = sampled(
    'CREATE TABLE t(id INTEGER PRIMARY KEY, data)',
    rows('t', 300, 'n', 'zeroblob(CASE n WHEN 7 THEN 1000000 ELSE 200000 END)'),
  )
  expect(data!.long).toBe(1)
  expect(data!.blobs.length).toBeLessThan(20)
  expect(data!.filled).toBe(300)
})

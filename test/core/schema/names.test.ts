import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foldName,
  formatColumnPath,
  parseColumnPath,
  quoteName,
  quoteText,
  sameName,
  unquote,
} from '../../../src/core/schema/names.ts'

const anyName = fc.string({ unit: 'grapheme' })

describe('quoting', () => {
  test('reads back every name it wrote', () => {
    fc.assert(
      fc.property(anyName, name => {
        expect(unquote(quoteName(name))).toBe(name)
      }),
    )
  })

  test('gives SQLite exactly the name and the text that were meant', () => {
    const db = new Database(':memory:')
    const wellFormed = anyName.filter(name => !name.includes('\0'))
    fc.assert(
      fc.property(wellFormed, name => {
        // Not as an object: there a column called __proto__ is no property.
        const one = db.prepare(`SELECT ${quoteText(name)} AS ${quoteName(name)}`).raw()
        expect(one.columns().map(column => column.name)).toEqual([name])
        expect(one.get()).toEqual([name])
      }),
    )
    db.close()
  })

  test.each([
    ['"a""b"', 'a"b'],
    ['[a b]', 'a b'],
    ['`a``b`', 'a`b'],
    [`'it''s'`, "it's"],
    ['plain', 'plain'],
  ])('takes the quotes off %s', (text, name) => expect(unquote(text)).toBe(name))
})

describe('sameName', () => {
  test('ignores the case of A to Z and of nothing else, as SQLite does', () => {
    expect(sameName('Job_ID', 'jOB_id')).toBe(true)
    expect(sameName('É', 'é')).toBe(false)
    // The Kelvin sign becomes k in JavaScript's toLowerCase, but not in SQLite.
    expect(sameName('\u212a', 'k')).toBe(false)
    const db = new Database(':memory:')
    db.exec('CREATE TABLE t("É", "é", "\u212a", k)')
    expect(() => db.exec('CREATE TABLE u(a, A)')).toThrow('duplicate column name')
    db.close()
  })

  test('agrees with the folded name', () => {
    fc.assert(
      fc.property(anyName, name => {
        expect(sameName(name, foldName(name))).toBe(true)
        expect(foldName(foldName(name))).toBe(foldName(name))
      }),
    )
  })
})

describe('column paths', () => {
  test.each([
    ['jobs.job_id', 'jobs', 'job_id'],
    ['"it em".g', 'it em', 'g'],
    ['[a.b]."c""d"', 'a.b', 'c"d'],
    ['`x`.[select]', 'x', 'select'],
    ["'it em'.g", 'it em', 'g'],
    [' jobs . id ', 'jobs', 'id'],
    ['größe.ид', 'größe', 'ид'],
  ])('reads %s', (text, table, column) => expect(parseColumnPath(text)).toEqual({ table, column }))

  test.each([
    '',
    'jobs',
    'jobs.',
    '.id',
    'main.jobs.id',
    'it em.g',
    '1.5',
    'order-items.id',
    'a."b',
    "a.'b''",
    'a.[b',
    'a.b--',
  ])('refuses %j, and names it', text => {
    expect(() => parseColumnPath(text)).toThrow(RangeError)
    expect(() => parseColumnPath(text)).toThrow(`${text} is not table.column`)
  })

  test('quotes only what needs it', () => {
    expect(formatColumnPath('jobs', 'job_id')).toBe('jobs.job_id')
    expect(formatColumnPath('it em', 'c"d')).toBe('"it em"."c""d"')
    expect(formatColumnPath('2024', '')).toBe('"2024".""')
  })

  test('reads back every path it wrote', () => {
    const name = fc.oneof(anyName, fc.constantFrom('\ufeffa', 'a\u00a0', 'x', '1e5', '--', 'a.b', ']'))
    fc.assert(
      fc.property(name, name, (table, column) => {
        expect(parseColumnPath(formatColumnPath(table, column))).toEqual({ table, column })
      }),
    )
  })
})

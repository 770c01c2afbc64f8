import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import type { Facts, Journey } from './journey.ts'
import { complaintAbout } from './judge.ts'

const facts: Facts = { identities: 1, references: 1, rows: 1, agreeable: [], proof: '', undo: '' }
const refused = (code: string): Journey => ({ ...facts, end: 'refused', code, why: 'a: b' })
const failed: Journey = { ...facts, end: 'failed', step: 'undo', why: '1 objects differ: rows of a' }

test('a database with a case ends as the case says, or there is a complaint', () => {
  expect(complaintAbout({ ...facts, end: 'migrated' }, { expect: 'migrated' })).toBeNull()
  expect(complaintAbout({ ...facts, end: 'nothing-to-do' }, { expect: 'migrated' })).toMatch(
    /^nothing-to-do instead/,
  )
  expect(complaintAbout(refused('SCHEMA.MEANING'), { expect: 'migrated' })).toMatch(/^SCHEMA.MEANING instead/)
  expect(
    complaintAbout(refused('TARGET.DUCKDB_VERSION'), { expect: { refused: 'TARGET.DUCKDB_VERSION' } }),
  ).toBeNull()
  expect(
    complaintAbout({ ...facts, end: 'migrated' }, { expect: { refused: 'TARGET.DUCKDB_VERSION' } }),
  ).toMatch(/instead/)
})

test('a case that accepts what blocks nothing is complained about', () => {
  const journey: Journey = { ...facts, agreeable: ['a'], end: 'migrated' }
  expect(complaintAbout(journey, { expect: 'migrated', accept: ['a'] })).toBeNull()
  expect(complaintAbout(journey, { expect: 'migrated', accept: ['a', 'b'] })).toMatch(/blocks nothing: b$/)
})

test('a database without a case may be migrated, have nothing to do, or be refused with a code that is explained', () => {
  for (const end of ['migrated', 'nothing-to-do'] as const)
    expect(complaintAbout({ ...facts, end }, undefined)).toBeNull()
  for (const code of [
    'SCHEMA.MISSING_COLLATION',
    'SCHEMA.MEANING',
    'TARGET.DUCKDB_VERSION',
    'DATA.CONSTRAINT',
  ])
    expect(complaintAbout(refused(code), undefined)).toBeNull()
  for (const code of ['PROOF.FAILED', 'ENGINE.BUG', 'LOCK.HELD', 'DISK.FULL'])
    expect(complaintAbout(refused(code), undefined)).toMatch(code)
})

test('a step that broke its promise is complained about, whatever was expected', () => {
  for (const expected of [undefined, ...Object.values(cases).map(each => each.default)])
    expect(complaintAbout(failed, expected)).toBe('undo: 1 objects differ: rows of a')
})

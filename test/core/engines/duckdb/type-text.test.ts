import { describe, expect, it } from 'vitest'
import { mapType, withOwnTypes } from '../../../../src/core/engines/duckdb/type-text.ts'

const types = [
  'VARCHAR',
  'TIMESTAMP WITH TIME ZONE',
  'DECIMAL(10,2)',
  'FLOAT[384]',
  'UUID[][]',
  'STRUCT(a UUID, "b, (c" INTEGER[], "d""" STRUCT(e MAP(UUID, DECIMAL(4,1)[2])))[]',
  'MAP(VARCHAR, STRUCT(x UUID))',
  'UNION(num INTEGER, str VARCHAR)',
  `ENUM('a, b)', 'it''s [', '"')`,
  'STRUCT(INTEGER, UUID)',
]

describe('A type', () => {
  it.each(types)('stays as it is where nothing is to change: %s', type => {
    expect(mapType(type, () => null)).toBe(type)
  })

  it('is changed in all of its leaves', () => {
    expect(types.map(type => mapType(type, part => (part === 'UUID' ? 'VARCHAR' : null)))).toEqual([
      ...types.slice(0, 4),
      'VARCHAR[][]',
      'STRUCT(a VARCHAR, "b, (c" INTEGER[], "d""" STRUCT(e MAP(VARCHAR, DECIMAL(4,1)[2])))[]',
      'MAP(VARCHAR, STRUCT(x VARCHAR))',
      ...types.slice(7, 9),
      'STRUCT(INTEGER, VARCHAR)',
    ])
  })

  it("gets the names of the database's own types, the outermost, and of two alike that of its schema", () => {
    const own = [
      { schema: 'main', spelled: 'mood', definition: `ENUM('ok')` },
      { schema: 's', spelled: 's.mood', definition: `ENUM('ok')` },
      { schema: 'main', spelled: 'pair', definition: `STRUCT(a ENUM('ok'), b INTEGER)` },
    ]
    expect(withOwnTypes(`MAP(ENUM('ok'), STRUCT(a ENUM('ok'), b INTEGER)[])`, own, 'main')).toBe(
      'MAP(mood, pair[])',
    )
    expect(withOwnTypes(`STRUCT(a ENUM('ok'), c INTEGER)`, own, 's')).toBe('STRUCT(a s.mood, c INTEGER)')
    expect(withOwnTypes(`ENUM('ok')[2]`, own, 'elsewhere')).toBe('mood[2]')
  })
})

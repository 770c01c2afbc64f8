import { expect, test } from 'vitest'
import { shareOf } from '../support/whole.ts'
import { besideABusyProgram } from './programs.ts'

test.each(shareOf(['DELETE', 'WAL', 'DuckDB'] as const, 2))(
  'what another program commits all the while, on %s, is there after detect, dry-run, migrate, verify and undo',
  async kind => {
    const { rows, violations } = await besideABusyProgram(kind)
    expect(violations).toEqual([])
    expect(rows).toBeGreaterThan(20)
  },
  180_000,
)

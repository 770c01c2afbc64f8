import { expect, test } from 'vitest'
import { shareOf } from '../support/whole.ts'
import { besideABusyProgram } from './programs.ts'

test.each(shareOf(['DELETE', 'WAL'], 2))(
  'what another program commits all the while, in %s mode, is there after detect, dry-run, migrate, verify and undo',
  async journal => {
    const { rows, violations } = await besideABusyProgram(journal)
    expect(violations).toEqual([])
    expect(rows).toBeGreaterThan(20)
  },
  180_000,
)

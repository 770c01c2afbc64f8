import { expect, test } from 'vitest'
import { besideABusyProgram } from './programs.ts'

test.each(['DELETE', 'WAL'])(
  'what another program commits all the while, in %s mode, is there after detect, dry-run, migrate, verify and undo',
  async journal => {
    const { rows, violations } = await besideABusyProgram(journal)
    expect(violations).toEqual([])
    expect(rows).toBeGreaterThan(20)
  },
  180_000,
)

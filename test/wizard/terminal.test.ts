import { expect, test } from 'vitest'
import { sizeOf } from '../../src/wizard/terminal.ts'

test.each([
  ['is what it says', { columns: 100, rows: 30 }, { columns: 100, rows: 30 }],
  ['is 80 x 24 where it says nothing yet', { columns: 0, rows: 0 }, { columns: 80, rows: 24 }],
  [
    'has a bound where it says more than could be drawn',
    { columns: 65535, rows: 65535 },
    { columns: 1000, rows: 500 },
  ],
])('the size of a terminal %s', (_, said, size) => expect(sizeOf(said)).toEqual(size))

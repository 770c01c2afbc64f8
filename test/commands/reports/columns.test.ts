import { expect, test } from 'vitest'
import { columns } from '../../../src/commands/reports/columns.ts'

test('cells line up by what they take on the screen, not by their length', () => {
  expect(
    columns(
      [
        ['日本', '1'],
        ['ab', '10'],
      ],
      ['left', 'right'],
      0,
    ),
  ).toEqual(['日本   1', 'ab    10'])
})

test('no blanks are left at the end of a line', () => {
  expect(
    columns([
      ['a', 'long'],
      ['b', ''],
    ]),
  ).toEqual(['  a  long', '  b'])
})

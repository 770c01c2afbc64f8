import { expect, test } from 'vitest'
import { signalExits } from '../../src/commands/interrupts.ts'
import { exitCodes } from '../../src/core/index.ts'
import { helpOf } from './command-lines.ts'
import { page, section, tableRows } from './pages.ts'

const documented = () =>
  tableRows(section(page('README.md'), '## Exit codes')).flatMap(([codes = '']) =>
    codes.split(', ').map(Number),
  )

test("README's table has every exit code, and no other", () => {
  expect(documented().sort((a, b) => a - b)).toEqual(
    [...Object.values(exitCodes), ...Object.values(signalExits)].sort((a, b) => a - b),
  )
})

test("the program's own help names the same codes", async () => {
  const help = (await helpOf('')).replaceAll('\n', ' ')
  for (const exit of documented()) expect(help.split('Exit codes:')[1]).toMatch(new RegExp(`\\b${exit}\\b`))
})

/**
 * One walk through the wizard, on the demo, in a real terminal. At each screen it is compared with the picture in docs/;
 * `npm run pictures` accepts what is there now.
 */
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeDemo } from '../../src/core/systems/demo.ts'
import { type Cell, type OpenTerminal, openTerminal } from '../e2e/terminal.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { settle } from './settle.ts'
import { svgOf } from './svg.ts'

const open: OpenTerminal[] = []
afterAll(() => {
  for (const terminal of open) terminal.close()
})

/** The wizard on a database of the demo, with everything said that would otherwise differ from run to run. */
function wizard(database: string): OpenTerminal {
  const home = temporaryFolder()
  const folder = join(home, 'demo')
  writeDemo({ directory: folder, rows: 300, seed: 1 })
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, database, '--seed', '0'.repeat(64), '--base-time', '2026-02-11T07:25:00Z'],
    cols: 96,
    rows: 30,
    cwd: folder,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_STATE_HOME: join(home, 'state'),
      TZ: 'UTC',
      FORCE_COLOR: '2', // the 256 colours, whatever this machine says of its terminal
    },
  })
  open.push(terminal)
  return terminal
}

type Screen = readonly (readonly Cell[])[]

const textOf = (screen: Screen) =>
  `${screen
    .map(line =>
      line
        .map(each => each.text)
        .join('')
        .trimEnd(),
    )
    .join('\n')
    .trimEnd()}\n`

/** A frame may come in pieces: the screen is taken when it is still the same a moment later. */
async function still(terminal: OpenTerminal, pattern: RegExp): Promise<Screen> {
  await terminal.until(pattern)
  const seen = terminal.cells().map(settle)
  await new Promise(resolve => setTimeout(resolve, 300))
  return textOf(terminal.cells().map(settle)) === textOf(seen) ? seen : still(terminal, pattern)
}

async function picture(terminal: OpenTerminal, name: string, title: string, pattern: RegExp): Promise<void> {
  const screen = await still(terminal, pattern)
  const text = textOf(screen)
  const folder = '../../docs/pictures'
  // The text first: its difference is the one that people can read.
  await expect(text, `docs/pictures/${name}.txt`).toMatchFileSnapshot(`${folder}/${name}.txt`)
  const svg = svgOf(screen, { title, description: text })
  await expect(svg, `docs/pictures/${name}.svg`).toMatchFileSnapshot(`${folder}/${name}.svg`)
}

test('the pictures of the way through are what the wizard shows', async () => {
  const terminal = wizard('crackerjack/metrics.db')
  await picture(terminal, 'targets', 'The targets', /metrics\.db .*ready, 1 identity/)
  terminal.press('?')
  await picture(terminal, 'help', 'The help to a screen', /Keys here/)
  terminal.press('?')
  await terminal.until(/metrics\.db .*ready, 1 identity/)
  terminal.press('enter')
  await picture(terminal, 'detect', 'What was detected', /› \[x\] jobs\.job_id/)
  terminal.press('tab')
  await picture(terminal, 'references', 'The references to an identity', /› \[x\] errors\.job_id/)
  terminal.press('tab')
  await terminal.until(/› \[x\] jobs\.job_id/)
  terminal.press('f')
  await picture(terminal, 'findings', 'The findings', /^ \d+ findings$/m)
  terminal.press('esc')
  await terminal.until(/› \[x\] jobs\.job_id/)
  terminal.press('enter')
  await picture(terminal, 'dry-run', 'The rehearsal', /rehearsed, target unchanged/)
  terminal.press('enter')
  await terminal.until(/Type the name of the database/)
  terminal.type('metrics.db')
  await picture(terminal, 'confirm', 'The confirmation', /> metrics\.db▌ {2}✓/)
  terminal.press('enter')
  await picture(terminal, 'verify', 'The proof', /✓ Proved: \d+ checks passed/)
  terminal.press('r')
  await picture(terminal, 'rollback', 'The way back', /today .* nothing new/)
  terminal.press('enter')
  await terminal.until(/Undo the run of today/)
  terminal.press('y')
  await picture(terminal, 'undone', 'After the undo', /✓ The old ids are back in metrics\.db/)
})

test('the picture of a database without tables is what the wizard shows', async () => {
  const terminal = wizard('fresh/crackerjack.db')
  await terminal.until(/no tables yet/)
  terminal.press('enter')
  await terminal.until(/There are no tables in this database yet/)
  terminal.press('enter')
  await picture(terminal, 'initialize', 'The tables that would be made', /enter make the tables/)
})

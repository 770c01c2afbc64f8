/**
 * Walks through the wizard in a real terminal. Each screen is compared with its picture in docs/; `npm run pictures`
 * accepts what is there now.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeSqliteDemo } from '../../src/core/systems/demo.ts'
import { page } from '../docs/pages.ts'
import { type OpenTerminal, openTerminal, type TerminalCall } from '../e2e/terminal.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli, compiled } from '../support/program.ts'
import { difference, differenceIn, folder } from './screen.ts'
import { settle, settleText } from './settle.ts'

/** All pictures, with their titles. */
const titles = {
  targets: 'The targets',
  help: 'The help to a screen',
  open: 'Opening another database',
  initialize: 'The tables that would be made',
  detect: 'What was detected',
  references: 'The references to an identity',
  evidence: 'All that is known of an identity',
  choices: 'The choices for a target',
  findings: 'The findings',
  'dry-run': 'The rehearsal',
  confirm: 'The confirmation',
  migrate: 'A run at work',
  verify: 'The proof',
  'not-proved': 'A proof that failed',
  'take-back': 'Taking back what was migrated',
  application: 'The application above the database',
  done: 'What was done',
  trace: 'What is known of an id',
  rollback: 'The way back',
  undone: 'After the undo',
} as const

const open: OpenTerminal[] = []
const differences: string[] = []
beforeEach(() => {
  differences.length = 0
})
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

/** What a terminal shows, and what is pressed there. */
type Shown = Pick<OpenTerminal, 'until' | 'screen' | 'cells' | 'press' | 'type' | 'signal'>

function opened(call: Omit<TerminalCall, 'command'>): Shown {
  // The 256 colours and UTC, whatever this machine says of its terminal and its place.
  const env = { TZ: 'UTC', FORCE_COLOR: '2', ...call.env }
  const terminal = openTerminal({ command: process.execPath, cols: 96, rows: 30, ...call, env })
  open.push(terminal)
  return terminal
}

/** The program on databases of the demo, with everything said that would otherwise differ from run to run. */
function program(words: readonly string[], size: { cols?: number; rows?: number } = {}): Shown {
  const home = temporaryFolder('op') // short, so that no line breaks that would not with what stands in its place
  const cwd = join(home, 'demo')
  writeSqliteDemo({ directory: cwd, rows: 300, seed: 1 })
  const args = [cli, ...words, '--seed', '0'.repeat(64), '--base-time', '2026-02-11T07:25:00Z']
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state') }
  const shown = opened({ args, cwd, env, ...size })
  return { ...shown, cells: () => shown.cells().map(settle) }
}

/** A frame is drawn from top to bottom, and may come in pieces: it is there once its last line is. */
const footer = String.raw`[\s\S]*\n [^\n]*\bhelp\b[^\n]*$`

/** @param shows what only the finished screen says, and says above its last line */
async function picture(shown: Shown, name: keyof typeof titles, shows: RegExp): Promise<void> {
  await shown.until(new RegExp(shows.source + footer)).catch(nothing => {
    throw new Error(`There is nothing to compare with docs/pictures/${name}.svg. ${nothing.message}`)
  })
  const found = await difference(name, titles[name], shown.cells())
  if (found !== null) differences.push(found)
}

/** All of them at once, as they are accepted at once. */
function expectNoDifference(): void {
  if (differences.length > 0) throw new Error(differences.join('\n\n'))
}

const allRead = String.raw`^(?![\s\S]*(?:reading|waiting|compar))[\s\S]*`
const targets = new RegExp(`${allRead}› .*metrics\\.db .*ready, 1 identity`)
const identities = /› \[x\] jobs\.job_id/
const noTables = /There are no tables in this database yet/

test('the pictures of the way through, there and back, are what the wizard shows', async () => {
  const shown = program(['crackerjack/metrics.db', 'fresh/crackerjack.db'])
  await shown.until(targets)
  shown.press('?')
  await picture(shown, 'help', /Keys here/)
  shown.press('?')
  await shown.until(targets)
  shown.press('o')
  await shown.until(/Path of a database/)
  shown.type('half-migrated/\t')
  await picture(shown, 'open', /session_buddy\.db/)
  shown.press('esc')
  await shown.until(targets)
  shown.press('down')
  await shown.until(/› .* crackerjack\.db/)
  shown.press('enter')
  await shown.until(noTables)
  shown.press('enter')
  await picture(shown, 'initialize', /This makes the tables/)
  shown.press('esc')
  await shown.until(noTables)
  shown.press('esc')
  await shown.until(targets)
  shown.press('enter')
  await picture(shown, 'detect', identities)
  shown.press('tab')
  await picture(shown, 'references', /› \[x\] errors\.job_id/)
  shown.press('tab')
  await picture(shown, 'evidence', /7 places may refer to it/)
  shown.press('tab')
  await shown.until(identities)
  shown.press('c')
  await picture(shown, 'choices', /What holds for the whole target/)
  shown.press('c')
  await shown.until(identities)
  shown.press('f')
  await picture(shown, 'findings', /\n \d+ findings\n/)
  shown.press('f')
  await shown.until(identities)
  shown.press('enter')
  await picture(shown, 'dry-run', /rehearsed, target unchanged/)
  shown.press('enter')
  await shown.until(/Type the name of the database/)
  shown.type('metrics.db')
  await picture(shown, 'confirm', /> metrics\.db▌ {2}✓/)
  shown.press('enter')
  await picture(shown, 'verify', /✓ Proved: \d+ checks passed/)
  shown.press('enter')
  await picture(shown, 'application', /own tests still pass/)
  shown.press('n')
  await picture(shown, 'done', / Done\./)
  shown.press('t')
  await shown.until(/A ULID, or an id of before/)
  shown.type('cc7b3030-1100-4c8a-ba2f-eff084fc42b7\r')
  await picture(shown, 'trace', /referred to by\s+rows/)
  shown.press('esc')
  await shown.until(/A ULID, or an id of before/)
  shown.press('esc')
  await shown.until(/ Done\./)
  shown.press('r')
  await picture(shown, 'rollback', /today .* nothing new/)
  shown.press('enter')
  await shown.until(/Undo the run of today/)
  shown.press('y')
  await picture(shown, 'undone', /✓ The old ids are back in metrics\.db/)
  expectNoDifference()
})

test('the pictures of several targets, of a run at work and of one that failed are what the wizard shows', async () => {
  const shown = opened({
    args: [compiled('test/e2e/fixtures/wizard-held.tsx')],
    env: { HOME: '/home/op' },
  })
  await shown.until(new RegExp(`${allRead}session_buddy\\.db .*ready`))
  shown.press('space', 'down', 'space')
  await picture(shown, 'targets', /› \[x\] session_buddy\.db/)
  shown.press('enter')
  await confirm(shown, 'metrics.db')
  await picture(shown, 'migrate', /errors .* 9,110 of 18,220 rows/)
  shown.signal('SIGUSR2')
  await shown.until(/✓ Proved/)
  shown.press('enter')
  await confirm(shown, 'session_buddy.db')
  await picture(shown, 'not-proved', /1 problem, committed/)
  shown.press('b')
  await picture(shown, 'take-back', /Take these 2 back/)
  expectNoDifference()
})

/** From the identities of a target until its name is confirmed. */
async function confirm(shown: Shown, name: string): Promise<void> {
  await shown.until(new RegExp(`${name} [\\s\\S]*${identities.source}`))
  shown.press('enter')
  await shown.until(/before +after/)
  shown.press('enter')
  await shown.until(/Type the name of the database/)
  shown.type(`${name}\r`)
}

test('the wizard line by line says what is written down of it', async () => {
  // So wide and high that all of it stands there as it was said.
  const shown = program(['crackerjack/metrics.db', '--plain'], { cols: 400, rows: 200 })
  await shown.until(/ready, 1 identity/)
  shown.type('2\r')
  await shown.until(/chosen: jobs\.job_id[\s\S]*What next\?[^\n]*:$/)
  const found = await differenceIn('plain.txt', `${settleText(shown.screen())}\n`)
  if (found !== null) throw new Error(found)
})

test('docs/wizard.md shows every picture with its text, and no other lies beside them', () => {
  const files = ['plain.txt', ...Object.keys(titles).flatMap(name => [`${name}.svg`, `${name}.txt`])]
  const text = page('docs/wizard.md')
  for (const file of files) expect(text).toContain(`](pictures/${file})`)
  expect(files).toEqual(expect.arrayContaining(readdirSync(folder)))
})

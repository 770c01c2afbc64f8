/** The wizard over several systems, in a real terminal, on the real engine and real files. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { RunReport } from '../../src/core/index.ts'
import { contentHash, countIn } from '../support/database.ts'
import { makeDemo } from '../support/demo.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { makeSystems } from '../support/systems.ts'
import { type OpenTerminal, openTerminal } from './terminal.ts'

const patience = 60_000
const open: OpenTerminal[] = []

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

function wizard(cwd: string, ...words: readonly string[]) {
  const home = temporaryFolder()
  const state = join(home, 'state')
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, ...words],
    env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ULID_MIGRATE_STATE_DIR: state },
    cwd,
  })
  open.push(terminal)
  return { terminal, report: () => reportIn(state) }
}

/** The one report of the wizard, in both its forms. */
function reportIn(state: string): { readonly page: string; readonly document: RunReport } {
  const [run = '', ...others] = readdirSync(join(state, 'reports'))
  expect(others).toEqual([])
  const read = (name: string) => readFileSync(join(state, 'reports', run, name), 'utf8')
  return { page: read('report.md'), document: JSON.parse(read('report.json')) as RunReport }
}

/** From detect to the proof. */
async function carryOut({ until, press, type }: OpenTerminal, name: string): Promise<void> {
  await until(new RegExp(`${name}[\\s\\S]*enter dry-run`), patience)
  press('enter')
  await until(/enter confirm/, patience)
  press('enter')
  await until(/Type the name of the database/, patience)
  type(`${name}\r`)
  await until(/✓ Proved: \d+ checks passed/, patience)
}

test('all databases of the systems in one folder: two are migrated, one is left out, one report tells of them', async () => {
  const { folder, path } = makeDemo(20)
  const before = contentHash(path.metrics)
  const { terminal, report } = wizard(temporaryFolder(), '--projects', folder)
  await terminal.until(/session_buddy\.db .*ready[\s\S]*a all/, patience)
  // The key waits until the targets are compared with each other, and says so.
  await terminal.until(/^(?![\s\S]*comparing)/, patience)
  terminal.press('a')
  await terminal.until(/1 of 3 {2}Crackerjack/, patience)
  await carryOut(terminal, 'crackerjack.db')
  terminal.press('enter')
  await terminal.until(/2 of 3 {2}Crackerjack {2}metrics\.db/, patience)
  // The journey may be left and gone on with.
  terminal.press('esc')
  await terminal.until(/1 of 3 done; a goes on with metrics\.db and 1 more/, patience)
  expect(report().document.status).toBe('stopped')
  terminal.press('a')
  await terminal.until(/2 of 3 {2}Crackerjack {2}metrics\.db/, patience)
  terminal.press('n')
  await terminal.until(/Crackerjack is migrated\. Do its own tests still pass\?[\s\S]*pytest/, patience)
  terminal.press('n')
  await terminal.until(/3 of 3 {2}Session-Buddy {2}session_buddy\.db/, patience)
  await carryOut(terminal, 'session_buddy.db')
  terminal.press('enter')
  await terminal.until(/Session-Buddy is migrated/, patience)
  terminal.press('n')
  await terminal.until(/Left out: metrics\.db/, patience)
  expect(terminal.screen()).toMatch(/Report: .*report\.md/)
  terminal.press('q')
  expect(await terminal.exit).toBe(0)
  expect(terminal.scrollback()).toMatch(/Checklist: \d+ proved, 0 failed/)
  expect(terminal.scrollback()).toMatch(/Report: .*report\.md/)

  expect(contentHash(path.metrics)).toBe(before)
  const { document, page } = report()
  expect(document.status).toBe('succeeded')
  expect(document.systems.flatMap(each => each.targets.map(({ status }) => status))).toEqual([
    'migrated',
    'skipped',
    'migrated',
  ])
  expect(document.systems[0]?.targets[0]).toMatchObject({
    ofThisRun: true,
    run: expect.stringMatching(/^[0-9A-Z]{26}$/),
    outside: { ok: true },
  })
  expect(page).toMatch(/## How to go back[\s\S]*rollback .*session_buddy\.db --yes/)
  expect(page).toMatch(/ulid-migrate code crackerjack/)
})

test('tests that fail after the second system: all that was done is taken back, the newest first', async () => {
  const systems = makeSystems(['alpha', 'beta', 'gamma'])
  systems.mood('gamma', 'fail')
  const before = systems.names.map(name => contentHash(systems.database(name)))
  const { terminal, report } = wizard(systems.folder)
  await terminal.until(/gamma\/data\.db .*ready[\s\S]*a all/, patience)
  await terminal.until(/^(?![\s\S]*comparing)/, patience)
  terminal.press('a')
  await carryOut(terminal, 'alpha/data.db')
  terminal.press('enter')
  await terminal.until(/ALPHA is migrated\. Do its own tests still pass\?[\s\S]*python3 check\.py/, patience)
  expect(systems.testedBy('alpha')).toBe(0)
  terminal.press('enter')
  await terminal.until(
    /✓ ALPHA is as it was[\s\S]*✓ its own tests passed[\s\S]*10 logs have their job/,
    patience,
  )
  expect(systems.testedBy('alpha')).toBeGreaterThan(0)
  terminal.press('enter')
  await terminal.until(/2 of 3 {2}BETA/, patience)
  terminal.press('n')
  await carryOut(terminal, 'gamma/data.db')
  terminal.press('enter')
  await terminal.until(/GAMMA is migrated/, patience)
  terminal.press('enter')
  await terminal.until(/✗ GAMMA is not as it was[\s\S]*✗ its own tests failed/, patience)
  expect(report().document).toMatchObject({
    systems: [{ status: 'done', targets: [{ traced: 1 }] }, {}, { status: 'failed' }],
  })
  terminal.press('b')
  await terminal.until(/Take these 2 back[\s\S]*1\. gamma\/data\.db[\s\S]*2\. alpha\/data\.db/, patience)
  expect(countIn(systems.database('gamma'), "SELECT count(*) FROM jobs WHERE job_id LIKE '%-%'")).toBe(0)
  terminal.press('y')
  await terminal.until(
    /old ids are back in gamma\/data\.db[\s\S]*old ids are back in alpha\/data\.db/,
    patience,
  )
  terminal.press('q')
  await terminal.exit
  expect(systems.names.map(name => contentHash(systems.database(name)))).toEqual(before)
  expect(report().document).toMatchObject({
    status: 'rolled-back',
    systems: [
      { targets: [{ status: 'rolled-back' }] },
      { targets: [{ status: 'skipped' }] },
      { targets: [{ status: 'rolled-back' }] },
    ],
  })
})

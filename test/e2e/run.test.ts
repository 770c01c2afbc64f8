/** `run` on a real terminal: asked system by system, and after a failure. */
import { expect, test } from 'vitest'
import { contentHash, countIn } from '../support/database.ts'
import { cli } from '../support/program.ts'
import { makeSystems } from '../support/systems.ts'
import { openTerminal } from './terminal.ts'

const patience = 120_000
const ulids = "SELECT count(*) FROM jobs WHERE job_id NOT LIKE '%-%'"

test('one system is migrated, one is skipped, and what a third did is taken back with all the rest', async () => {
  const systems = makeSystems(['alpha', 'beta', 'gamma'])
  systems.mood('gamma', 'fail')
  const before = systems.names.map(name => contentHash(systems.database(name)))
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, 'run', ...systems.names, '--state-dir', 'state', '-q'],
    cwd: systems.folder,
    rows: 50,
  })
  try {
    await terminal.until(/Migrate one database of ALPHA\?[\s\S]*migrate data\.db/, patience)
    expect(countIn(systems.database('alpha'), ulids)).toBe(0)
    terminal.press('enter')
    await terminal.until(/Migrate one database of BETA\?[\s\S]*stop here/, patience)
    expect(countIn(systems.database('alpha'), ulids)).toBe(6)
    terminal.press('down', 'enter')
    await terminal.until(/Migrate one database of GAMMA\?[\s\S]*stop here/, patience)
    terminal.press('enter')
    await terminal.until(/GAMMA failed\. What now\?[\s\S]*roll back all done so far: alpha, gamma/, patience)
    expect(countIn(systems.database('gamma'), ulids)).toBe(6)
    terminal.press('up', 'enter')
    expect(await terminal.exit).toBe(3)
    expect(terminal.scrollback()).toMatch(/alpha +rolled-back[\s\S]*beta +skipped[\s\S]*gamma +rolled-back/)
    expect(systems.names.map(name => contentHash(systems.database(name)))).toEqual(before)
    expect(systems.testedBy('beta')).toBe(0)
  } finally {
    terminal.close()
  }
})

/** The wizard in a real terminal, on a scripted engine: what screens, keys, signals and bytes do there. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { compiled } from '../support/program.ts'
import { type OpenTerminal, openTerminal } from './terminal.ts'

const fixture = compiled('test/e2e/fixtures/wizard-on-fake.tsx')
const open: OpenTerminal[] = []

afterEach(() => {
  for (const terminal of open.splice(0)) {
    // Scrollback belongs to the operator: nothing here may ever clear it.
    expect(terminal.bytes()).not.toContain('\x1b[3J')
    terminal.close()
  }
})

function wizard(
  env: Readonly<Record<string, string>> = {},
  size = { cols: 100, rows: 30 },
): OpenTerminal & { cwd: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'wizard-'))
  const terminal = openTerminal({
    command: process.execPath,
    args: [fixture],
    env,
    cwd,
    ...size,
  })
  open.push(terminal)
  return Object.assign(terminal, { cwd })
}

const ready = /metrics\.db .*ready/

/** All targets are read, and compared with each other: before that Enter says to wait. Nothing moves any more. */
async function settled(terminal: ReturnType<typeof openTerminal>): Promise<void> {
  let last = await terminal.until(ready)
  for (;;) {
    await pause(400)
    const now = terminal.screen()
    if (now === last) return
    last = now
  }
}

async function toConfirm(terminal: OpenTerminal): Promise<void> {
  await settled(terminal)
  terminal.press('enter')
  await terminal.until(/jobs\.job_id/)
  terminal.press('enter')
  await terminal.until(/before +after/)
  terminal.press('enter')
  await terminal.until(/Type the name of the database/)
}

async function toMigrate(terminal: OpenTerminal): Promise<void> {
  await toConfirm(terminal)
  terminal.type('metrics.db\r')
}

function cursorIsShown(terminal: OpenTerminal): boolean {
  return terminal.bytes().lastIndexOf('\x1b[?25h') > terminal.bytes().lastIndexOf('\x1b[?25l')
}

describe('the whole way', () => {
  it('goes from the start to the proof, and back through undo', async () => {
    const terminal = wizard()
    await toMigrate(terminal)
    expect(terminal.alternate()).toBe(true)
    await terminal.until(/✓ Proved: 5 checks/)
    terminal.press('r')
    await terminal.until(/replace, 41,234 ids/)
    terminal.press('enter')
    await terminal.until(/Undo the run/)
    terminal.press('y')
    await terminal.until(/The old ids are back/)
    terminal.press('enter')
    await settled(terminal)
    terminal.press('q')
    expect(await terminal.exit).toBe(0)
    expect(terminal.alternate()).toBe(false)
    expect(terminal.scrollback()).toMatch(/✓ metrics\.db: 41,234 identifiers/)
    expect(terminal.scrollback()).toMatch(/undone, the old ids are back/)
  })

  it('makes the tables of a fresh database and looks again', async () => {
    const terminal = wizard()
    await terminal.until(/no tables yet/)
    terminal.press('down', 'enter')
    await terminal.until(/no tables in this database/)
    terminal.press('enter')
    await terminal.until(/one transaction; no rows/)
    terminal.press('enter')
    await terminal.until(/jobs\.job_id +41,020/)
    expect(terminal.screen()).toMatch(/● detect/)
  })

  it('writes the plan into the folder one is in', async () => {
    const terminal = wizard()
    await settled(terminal)
    terminal.press('enter')
    await terminal.until(/jobs\.job_id/)
    terminal.press('enter')
    await terminal.until(/before +after/)
    terminal.press('w')
    await terminal.until(/Written: metrics\.db\.plan\.json/)
    expect(JSON.parse(readFileSync(join(terminal.cwd, 'metrics.db.plan.json'), 'utf8'))).toMatchObject({
      schema: 'ulid-migrate.plan/1',
    })
  })
})

describe('ways out', () => {
  it('q leaves with 0 and says that nothing was changed', async () => {
    const terminal = wizard()
    await settled(terminal)
    terminal.press('q')
    expect(await terminal.exit).toBe(0)
    expect(terminal.screen()).toMatch(/^Nothing was changed\./m)
    expect(cursorIsShown(terminal)).toBe(true)
  })

  it('Ctrl-C leaves with 130', async () => {
    const terminal = wizard()
    await toConfirm(terminal)
    terminal.press('ctrl-c')
    expect(await terminal.exit).toBe(130)
    expect(terminal.alternate()).toBe(false)
  })

  it('Ctrl-C in a run stops it, stays to say so, and leaves with 130 then', async () => {
    const terminal = wizard({ FAKE_ENDLESS: '1' })
    await toMigrate(terminal)
    await terminal.until(/hook_executions/)
    terminal.press('q')
    await terminal.until(/the only ways out are its end, and Ctrl-C/)
    terminal.press('ctrl-c')
    await terminal.until(/Stopped, as you asked/)
    terminal.press('q')
    expect(await terminal.exit).toBe(130)
    expect(terminal.screen()).toMatch(/migrate stopped/)
  })

  it('a proof with problems offers the way back first, and leaves with 3', async () => {
    const terminal = wizard({ FAKE_BAD: '1' })
    await toMigrate(terminal)
    await terminal.until(/1 problem, committed[\s\S]*\n r rollback[^\n]*$/)
    terminal.press('q')
    expect(await terminal.exit).toBe(3)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s during a run stops the engine and leaves the screen, with %i', async (signal, code) => {
    const terminal = wizard({ FAKE_ENDLESS: '1' })
    await toMigrate(terminal)
    await terminal.until(/hook_executions/)
    terminal.signal(signal)
    expect(await terminal.exit).toBe(code)
    expect(terminal.alternate()).toBe(false)
    expect(cursorIsShown(terminal)).toBe(true)
    expect(terminal.screen()).toMatch(/migrate stopped/)
  })
})

describe('a fault in the wizard itself', () => {
  it.each(['drawing', 'rejection'])('(%s) stops the run, leaves the screen, and is told of', async fault => {
    const terminal = wizard({ FAKE_ENDLESS: '1', FAKE_FAULT: fault })
    await toMigrate(terminal)
    expect(await terminal.exit).toBe(1)
    expect(terminal.alternate()).toBe(false)
    expect(cursorIsShown(terminal)).toBe(true)
    expect(terminal.scrollback()).toMatch(/metrics\.db: migrate stopped/)
    expect(terminal.scrollback()).toMatch(/Error: /)
  })
})

describe('what a terminal can show', () => {
  const colours = /\x1b\[[\d;]*3[0-7]m|\x1b\[38;/
  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, false],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['256 colours', { FORCE_COLOR: '2' }, true],
    ['FORCE_COLOR=1', { FORCE_COLOR: '1' }, true],
    ['millions of colours', { FORCE_COLOR: '3' }, true],
  ] as const)('%s', async (_name, env, coloured) => {
    const terminal = wizard(env)
    await settled(terminal)
    expect(colours.test(terminal.bytes())).toBe(coloured)
  })

  it.each([
    { LANG: 'C', LC_ALL: 'C' },
    { LANG: '', LC_ALL: 'POSIX' },
    { LANG: 'de_DE.ISO-8859-1', LC_ALL: '' },
  ])('is plain ASCII where the locale is %o', async env => {
    const terminal = wizard(env)
    await settled(terminal)
    expect(terminal.screen()).toMatch(/> \[ \] metrics\.db/)
    expect(terminal.screen()).not.toMatch(/[^\x00-\x7f]/)
  })
})

describe('the size of the terminal', () => {
  it('may be anything at any time, and the screen comes back whole', async () => {
    const terminal = wizard({ FAKE_ENDLESS: '1' })
    await toMigrate(terminal)
    await terminal.until(/hook_executions/)
    for (const [cols, rows] of [
      [60, 16],
      [40, 10],
    ] as const) {
      terminal.resize(cols, rows)
      const small = await terminal.until(/● migrate {2}5 of 6[\s\S]*\? help[^\n]*$/)
      expect(small.split('\n')).toHaveLength(rows - 1)
      expect(small.match(/● migrate/g)).toHaveLength(1)
    }
    for (const [cols, rows] of [
      [100, 9],
      [39, 30],
      [9, 2],
    ] as const) {
      terminal.resize(cols, rows)
      await terminal.until(
        /^(More room, please: 40 x 10, or )?--plain,?$|^More room, please: 40 x 10, or --plain$/,
      )
    }
    terminal.resize(100, 30)
    const whole = await terminal.until(
      /^ ulid-migrate {2}metrics\.db[\s\S]*l log {3}ctrl-c stop and undo {3}\? help[^\n]*$/,
    )
    expect(whole.match(/● migrate/g)).toHaveLength(1)
    expect(whole.split('\n')).toHaveLength(29)
  })

  it('may change during work, without ghosts and without a cut footer', async () => {
    const terminal = wizard({ FAKE_ENDLESS: '1' })
    await toMigrate(terminal)
    await terminal.until(/hook_executions/)
    terminal.resize(60, 24)
    const narrow = await terminal.until(/● migrate {2}5 of 6[\s\S]*ctrl-c stop and undo/)
    expect(narrow).not.toMatch(/ulid-migrate {2}metrics/)
    expect(narrow.match(/ctrl-c stop and undo/g)).toHaveLength(1)
    terminal.resize(39, 24)
    await terminal.until(/^More room/)
    expect(terminal.screen().trim().split('\n')).toHaveLength(1)
    terminal.resize(100, 30)
    const wide = await terminal.until(
      /ulid-migrate {2}metrics\.db[\s\S]*\n[^\n]*l log {3}ctrl-c stop and undo {3}\? help[^\n]*$/,
    )
    expect(wide.match(/● migrate/g)).toHaveLength(1)
  })

  it('may be small from the start', async () => {
    const terminal = wizard({}, { cols: 60, rows: 12 })
    await settled(terminal)
    expect(terminal.screen()).toMatch(/\? help/)
  })
})

describe('the screen', () => {
  it('is drawn anew on Ctrl-L', async () => {
    const terminal = wizard()
    await terminal.until(/skills\.db .*all ULIDs/)
    await terminal.until(/fresh .*no tables yet/)
    await settled(terminal)
    const before = terminal.screen()
    const bytes = terminal.bytes().length
    terminal.press('ctrl-l')
    await settled(terminal)
    terminal.press('down')
    await terminal.until(/› \[ \] crackerjack/)
    terminal.press('up')
    await terminal.until(/› \[ \] metrics/)
    expect(terminal.screen()).toBe(before)
    expect(terminal.bytes().slice(bytes)).toContain('\x1b[2J')
  })

  it('stays on the main screen with --inline', async () => {
    const terminal = wizard({ FAKE_INLINE: '1' })
    await settled(terminal)
    expect(terminal.bytes()).not.toContain('\x1b[?1049h')
    terminal.press('q')
    expect(await terminal.exit).toBe(0)
    expect(terminal.screen()).toMatch(/Nothing was changed/)
  })

  it('has help over it, which any key closes', async () => {
    const terminal = wizard()
    await settled(terminal)
    terminal.press('?')
    await terminal.until(/Keys here: targets/)
    terminal.press('x')
    await settled(terminal)
  })

  it('shows one target that cannot be read beside others that can', async () => {
    const terminal = wizard({ FAKE_TARGETS: '/tmp/missing.db,/home/op/projects/crackerjack/metrics.db' })
    await settled(terminal)
    await terminal.until(/missing\.db .*There is no such file/)
    terminal.press('enter')
    await terminal.until(/TARGET\.MISSING/)
    terminal.press('q')
    expect(await terminal.exit).toBe(4)
  })
})

/** A shell with job control, as an operator has one, and the wizard started from it. */
async function fromShell(env: Readonly<Record<string, string>>): Promise<OpenTerminal> {
  const terminal = openTerminal({
    command: 'bash',
    args: ['--norc', '--noprofile', '-i'],
    env: { PS1: 'shell> ', ...env },
  })
  open.push(terminal)
  await terminal.until(/shell>/)
  terminal.type(`${process.execPath} ${fixture}; echo left with $?\r`)
  return terminal
}

describe('under a shell', () => {
  it('Ctrl-Z gives the terminal back, and fg returns to the same screen', async () => {
    const terminal = await fromShell({ FAKE_PACE: '1' })
    await settled(terminal)
    terminal.press('enter')
    await terminal.until(/jobs\.job_id/)
    terminal.press('ctrl-z')
    await terminal.until(/Stopped/)
    expect(terminal.alternate()).toBe(false)
    terminal.type('fg\r')
    await terminal.until(/● detect/)
    expect(terminal.alternate()).toBe(true)
    terminal.press('esc')
    await terminal.until(/3 targets/)
    terminal.press('q')
    await terminal.until(/Nothing was changed/)
    terminal.type('exit\r')
    await terminal.exit
  })

  it('Ctrl-Z during a run says that the engine goes on; after fg the run is there, and can be stopped', async () => {
    const terminal = await fromShell({ FAKE_ENDLESS: '1' })
    await toMigrate(terminal)
    await terminal.until(/hook_executions/)
    terminal.press('ctrl-z')
    await terminal.until(/suspended; the engine goes on[\s\S]*Stopped/)
    expect(terminal.alternate()).toBe(false)
    expect(cursorIsShown(terminal)).toBe(true)
    terminal.type('fg\r')
    await terminal.until(/● migrate[\s\S]*hook_executions/)
    expect(terminal.alternate()).toBe(true)
    terminal.press('ctrl-c')
    await terminal.until(/Stopped, as you asked/)
    terminal.press('q')
    await terminal.until(/migrate stopped/)
    expect(terminal.alternate()).toBe(false)
  })
})

/** The wizard line by line in a real terminal, on the real engine: no escape byte, the same plan, the same ends. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { columnOf, contentHash } from '../support/database.ts'
import { type Demo, makeDemo } from '../support/demo.ts'
import { everythingIn, temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'
import { type OpenTerminal, openTerminal } from './terminal.ts'

const open: OpenTerminal[] = []

afterEach(() => {
  for (const terminal of open.splice(0)) {
    // What a screen reader is sent is text, all of it ASCII here, since nothing of the databases is not.
    expect(terminal.bytes()).toMatch(/^[\x07\x08\x0a\x0d\x20-\x7e]*$/)
    terminal.close()
  }
})

interface Talk extends OpenTerminal {
  /** Waits for a text that is new since the last answer, and for the question after it. */
  hears(pattern: RegExp): Promise<string>
  /** Answers with the number of a choice, as it is read out. */
  choose(words: string): Promise<void>
  say(line: string): void
}

function plain(words: readonly string[], env: Readonly<Record<string, string>> = {}): Talk {
  return talkWith(process.execPath, [cli, ...words], env)
}

function talkWith(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Talk {
  const home = temporaryFolder()
  const terminal = openTerminal({
    command,
    args,
    // Wide and high, so that every line of an answer is one row, and all of it is in sight.
    cols: 400,
    rows: 200,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      ULID_MIGRATE_STATE_DIR: join(home, 'state'),
      ...env,
    },
    cwd: temporaryFolder(),
  })
  open.push(terminal)
  let heard = 0
  const talk: Talk = {
    ...terminal,
    say(line) {
      heard = terminal.bytes().length
      terminal.type(`${line}\r`)
    },
    async hears(pattern) {
      const isNew = () => pattern.test(terminal.bytes().slice(heard))
      const whole = { test: isNew, toString: () => `${pattern}` } as unknown as RegExp
      await terminal.until(whole)
      return terminal.bytes().slice(heard)
    },
    async choose(words) {
      // News may come behind the question, which stays what it is.
      const line = new RegExp(`(\\d+)\\. ${words}(: [^\\r]*)?\\r\\n(\\d+\\. [^\\r]*\\r\\n)*[^\\r]*:\\r\\n`)
      const found = line.exec(await talk.hears(line))
      talk.say(found?.[1] ?? '')
    },
  }
  return talk
}

async function toConfirm(talk: Talk): Promise<void> {
  await talk.hears(/metrics\.db: .*ready, 1 identity/)
  await talk.choose('detect')
  await talk.hears(/chosen: jobs\.job_id[\s\S]*What next\?.*:\r\n/)
  await talk.choose('dry-run')
  await talk.hears(/rehearsed, target unchanged[\s\S]*What next\?.*:\r\n/)
  await talk.choose('confirm')
  await talk.hears(/Type the name of the database to start \(metrics\.db\)/)
}

it('leads from the start to the proof and back by undo, in a terminal that can do nothing', async () => {
  const { folder, path } = makeDemo(100)
  const crackerjack = join(folder, 'crackerjack')
  const before = { files: everythingIn(crackerjack), content: contentHash(path.metrics) }
  const talk = plain([path.metrics], { TERM: 'dumb' })
  await talk.hears(/What next\?/)
  await toConfirm(talk)
  talk.say('metrics')
  await talk.hears(/Type metrics\.db exactly/)
  expect(everythingIn(crackerjack)).toEqual(before.files)

  talk.say('metrics.db')
  await talk.hears(/rewrite: [\s\S]*commit: [\s\S]*Proved: \d+ checks passed[\s\S]*What next\?/)
  expect(contentHash(path.metrics)).not.toBe(before.content)
  await talk.choose('rollback')
  await talk.hears(/replace, 100 ids[\s\S]*What next\?/)
  await talk.choose('undo')
  await talk.hears(/Undo the run of today/)
  await talk.choose('undo')
  await talk.hears(/The old ids are back in metrics\.db[\s\S]*What next\?/)
  expect(contentHash(path.metrics)).toBe(before.content)
  talk.say('q')
  expect(await talk.exit).toBe(0)
  expect(talk.bytes()).toMatch(/undone, the old ids are back, 0 rows written since kept/)
})

it('goes back and forth, takes no wrong answer, and says each time what there is', async () => {
  const { path } = makeDemo(30)
  const talk = plain([path.metrics], { ACCESSIBLE: '1' })
  await toConfirm(talk)
  talk.say('b')
  await talk.hears(/dry-run: metrics\.db[\s\S]*What next\?/)
  await talk.choose('checks')
  await talk.hears(/untouched-cells[\s\S]*What next\?/)
  talk.say('b')
  await talk.hears(/before and after[\s\S]*What next\?/)
  await talk.choose('statements')
  await talk.hears(/\d+ statements, in one transaction[\s\S]*What next\?/)
  talk.say('b')
  await talk.hears(/What next\?/)
  talk.say('b')
  await talk.hears(/detect: metrics\.db[\s\S]*What next\?/)
  talk.say('nonsense')
  await talk.hears(/nonsense is no answer here\. Type a number from 1 to \d+/)
  talk.say('?')
  await talk.hears(/dry-run: rehearse on a copy[\s\S]*Exit codes[\s\S]*What next\?/)
  await talk.choose('another identity')
  await talk.hears(/Which identity\?/)
  talk.say('1000')
  await talk.hears(/Type a number from 1 to/)
  talk.say('2')
  await talk.hears(/at hand: [\s\S]*What next\?/)
  await talk.choose('migrate')
  await talk.hears(/2 identities to migrate[\s\S]*What next\?/)
  talk.type('\x04')
  expect(await talk.exit).toBe(0)
  expect(talk.bytes()).toMatch(/Nothing was changed\./)
})

it('the same choices give the same plan as the command', async () => {
  const { path } = makeDemo(50)
  const seed = ['--seed', 'ab'.repeat(32), '--base-time', '2026-02-11T07:25:00.000Z']
  const talk = plain([path.metrics, '--plain', ...seed])
  await toConfirm(talk)
  const [, inWizard] = /plan: ([0-9a-f]{8})/.exec(talk.bytes()) ?? []
  talk.say('q')
  expect(await talk.exit).toBe(0)
  const command = plain(['dry-run', path.metrics, '--json', ...seed])
  expect(await command.exit).toBe(0)
  expect(/"hash": ?"([0-9a-f]{8})/.exec(command.bytes())?.[1]).toBe(inWizard)
})

describe('stopped in the middle', () => {
  async function migrating(demo: Demo): Promise<Talk> {
    const talk = plain([demo.path.metrics, '--plain'])
    await toConfirm(talk)
    talk.say('metrics.db')
    await talk.hears(/check the snapshot: /)
    return talk
  }

  it('by Ctrl-C: the file is the old one, and what then is done is asked', async () => {
    const demo = makeDemo(6_000)
    const before = contentHash(demo.path.metrics)
    const talk = await migrating(demo)
    talk.type('\x03')
    await talk.hears(/Stopped, as you asked\. The file is the old one[\s\S]*What next\?/)
    expect(contentHash(demo.path.metrics)).toBe(before)
    talk.say('q')
    expect(await talk.exit).toBe(130)
    expect(talk.bytes()).toMatch(/metrics\.db: migrate stopped/)
  })

  it('by SIGTERM: the engine is stopped first, and the last lines tell the state of the target', async () => {
    const demo = makeDemo(6_000)
    const before = contentHash(demo.path.metrics)
    const talk = await migrating(demo)
    talk.signal('SIGTERM')
    expect(await talk.exit).toBe(143)
    expect(contentHash(demo.path.metrics)).toBe(before)
    expect(talk.bytes()).toMatch(/metrics\.db: migrate stopped/)
  })
})

it('by SIGHUP and by Ctrl-C at a question it ends with their codes', async () => {
  const { path } = makeDemo(10)
  const talk = plain([path.metrics, '--plain'])
  await talk.hears(/What next\?/)
  talk.signal('SIGHUP')
  expect(await talk.exit).toBe(129)
  const other = plain([path.metrics, '--plain'])
  await other.hears(/What next\?/)
  other.type('\x03')
  expect(await other.exit).toBe(130)
})

it('all databases of a folder are read while the first question stands', async () => {
  const { folder } = makeDemo(30)
  const talk = plain([folder, '--plain'])
  await talk.hears(/state reading[\s\S]*What next\?/)
  await talk.hears(/metrics\.db: .*ready/)
  talk.say('q')
  expect(await talk.exit).toBe(0)
})

it('restores a snapshot after its name was typed, and traces an id before and after', async () => {
  const { path } = makeDemo(20)
  const before = contentHash(path.metrics)
  const [legacy = ''] = columnOf<string>(path.metrics, 'SELECT job_id FROM jobs LIMIT 1')
  const talk = plain([path.metrics, '--plain'])
  await toConfirm(talk)
  talk.say('metrics.db')
  await talk.hears(/Proved: [\s\S]*What next\?/)
  await talk.choose('trace')
  await talk.hears(/Which id\?/)
  talk.say(legacy)
  await talk.hears(/jobs\.job_id[\s\S]*What next\?/)
  talk.say('b')
  await talk.hears(/Which id\?/)
  talk.say('')
  await talk.hears(/committed and proved[\s\S]*What next\?/)

  await talk.choose('rollback')
  await talk.hears(/replace, 20 ids[\s\S]*What next\?/)
  await talk.choose('restore snapshot')
  await talk.hears(/Type the name of the database to restore it \(metrics\.db\)/)
  talk.say('metrics')
  await talk.hears(/Type metrics\.db exactly/)
  expect(contentHash(path.metrics)).not.toBe(before)
  talk.say('metrics.db')
  await talk.hears(/The snapshot is back in place in metrics\.db[\s\S]*What next\?/)
  expect(contentHash(path.metrics)).toBe(before)
  talk.say('q')
  expect(await talk.exit).toBe(0)
  expect(talk.bytes()).toMatch(/restored from its snapshot, 0 rows discarded/)
})

it('lets a system make its own tables, and comes back from Ctrl-Z and fg with its question', async () => {
  const folder = temporaryFolder()
  const database = join(folder, 'jobs.db')
  writeFileSync(database, '')
  const script = join(import.meta.dirname, '../core/systems/stand-ins/slowly.py')
  const initialize = { argv: ['python3', '-B', script, database], expect: ['jobs', 'errors', 'hooks'] }
  const systems = { slow: { title: 'Slow', folder, targets: ['jobs.db'], initialize } }
  const config = join(folder, 'ulid-migrate.config.json')
  writeFileSync(config, JSON.stringify({ systems }))
  // In a dumb terminal bash itself writes no escape code.
  const talk = talkWith('bash', ['--norc', '--noprofile', '-i'], { PS1: 'shell> ', TERM: 'dumb' })
  await talk.hears(/shell>/)
  talk.say(`${process.execPath} ${cli} ${database} --config ${config}`)
  await talk.hears(/no tables yet/)
  talk.say('\x1a')
  await talk.hears(/Stopped[\s\S]*shell>/)
  talk.say('fg')
  await talk.hears(/fg[\s\S]*2\. detect\r\n[\s\S]*What next\?/)
  await talk.choose('detect')
  await talk.hears(/There are no tables[\s\S]*What next\?/)
  await talk.choose('initialize')
  await talk.hears(/slowly\.py[\s\S]*What next\?/)
  await talk.choose('run its command')
  await talk.hears(/tables: jobs[\s\S]*Nothing to do: no row in it has an id/)
  talk.hangUp()
  await talk.exit
})

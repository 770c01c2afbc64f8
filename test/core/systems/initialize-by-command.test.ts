import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Answers, Requests } from '../../../src/core/requests.ts'
import { columnOf, makeDatabase } from '../../support/database.ts'
import { type Asked, ask, begin, refusalOf, resultOf, settingsIn } from '../../support/engine.ts'
import { everythingIn, temporaryFolder } from '../../support/folder.ts'
import { type StandIn, standIn } from './stand-in.ts'

type Operation = 'initialize-system'

function requestOf(
  { system, database }: StandIn,
  more: Partial<Requests[Operation]> = {},
): Requests[Operation] {
  return { target: database, named: false, system, run: true, accept: false, ...more }
}

const settings = () => settingsIn(temporaryFolder())

function initialize(stand: StandIn, more: Partial<Requests[Operation]> = {}): Promise<Asked<Operation>> {
  return ask(settings(), 'initialize-system', requestOf(stand, more))
}

function refused(stand: StandIn, more: Partial<Requests[Operation]> = {}) {
  return refusalOf(settings(), 'initialize-system', requestOf(stand, more))
}

function printed({ events }: Asked<Operation>): readonly string[] {
  return events.flatMap(event => (event.type === 'output' ? [event.text] : []))
}

function made({ outcome }: Asked<Operation>): Answers[Operation] {
  return resultOf(outcome)
}

/** Processes that have this file's name, or number, in what they were started with. */
function running(word: string): readonly string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      if (!/^\d+$/.test(pid) || / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return false
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word)
    } catch {
      return false
    }
  })
}

test.concurrent('a server that makes its tables on its first start is ended when they are there', async () => {
  const stand = standIn('serves_on')
  const asked = await initialize(stand)
  expect(made(asked)).toEqual({
    target: stand.database,
    system: 'stand-in',
    status: 'made',
    by: 'command',
    tables: ['jobs', 'errors'],
    findings: [],
  })
  expect(printed(asked)).toEqual(['serving'])
  expect(running(stand.database)).toEqual([])
  expect(columnOf(stand.database, 'SELECT name FROM sqlite_schema')).toContain('jobs')
})

test.concurrent('a program that makes its tables and ends is not waited for', async () => {
  const stand = standIn('ends', { settle: 600 })
  expect(made(await initialize(stand)).tables).toEqual(['jobs', 'errors'])
})

test.concurrent('tables are success, whatever the exit code, and that is said', async () => {
  const stand = standIn('ends', { words: ['3'] })
  const { status, findings } = made(await initialize(stand))
  expect(status).toBe('made')
  expect(findings).toMatchObject([{ code: 'INITIALIZE.EXITED', severity: 'warning', object: stand.database }])
  expect(findings[0]?.message).toContain('code 3')
})

test.concurrent('one that hangs is ended at the limit; what is there and what is missing is told', async () => {
  const stand = standIn('hangs', { limit: 1.5 })
  const error = await refused(stand)
  expect(error).toMatchObject({ code: 'INITIALIZE.HUNG', object: stand.database, exit: 1 })
  expect(error.why).toContain(`It made jobs in ${stand.database}.\nMissing are errors.`)
  expect(error.why).toContain('waiting for a server that never answers')
  expect(error.next).toContain('ulid-migrate initialize stand-in --known')
  expect(running(stand.database)).toEqual([])
})

test.concurrent('one that dies is told with its exit code and its last lines', async () => {
  const error = await refused(standIn('dies'))
  expect(error).toMatchObject({ code: 'INITIALIZE.EXITED', object: 'stand-in', exit: 1 })
  expect(error.message).toContain('code 1')
  expect(error.why).toContain("ModuleNotFoundError: No module named 'a_module_that_nobody_has'")
  expect(error.next).toContain('interpreter')
})

test.concurrent('one that is killed by somebody is told with the signal', async () => {
  const error = await refused(standIn('', { argv: ['sh', '-c', 'kill -KILL $$'] }))
  expect(error.message).toContain('by SIGKILL')
})

test.concurrent('one that ends well without tables has made nothing, and the places are named', async () => {
  const stand = standIn('nothing')
  const error = await refused(stand)
  expect(error).toMatchObject({ code: 'INITIALIZE.NOTHING_MADE', exit: 1 })
  expect(error.why).toContain(stand.other)
  expect(error.next).toContain('--target PATH')
  expect(existsSync(stand.database)).toBe(false)
})

test.concurrent('other tables than expected are refused with both lists', async () => {
  const stand = standIn('wrong_tables')
  const error = await refused(stand)
  expect(error).toMatchObject({ code: 'INITIALIZE.OTHER_TABLES', object: stand.database, exit: 1 })
  expect(error.why).toContain('Expected are jobs, errors.')
  expect(error.why).toContain('users, posts')
})

test.concurrent('other tables than expected can be accepted', async () => {
  const { tables, findings } = made(await initialize(standIn('wrong_tables'), { accept: true }))
  expect(tables).toEqual(['users', 'posts'])
  expect(findings).toMatchObject([{ code: 'INITIALIZE.OTHER_TABLES', severity: 'warning' }])
})

test.concurrent('tables that come one by one are told as they come, and waited for until they stay', async () => {
  const asked = await initialize(standIn('slowly', { settle: 1 }))
  expect(made(asked).tables).toEqual(['jobs', 'errors', 'hooks'])
  const told = asked.events.flatMap(event => (event.type === 'tables' ? [event] : []))
  expect(told.map(event => event.tables.join(' '))).toEqual(['jobs', 'jobs errors', 'jobs errors hooks'])
  expect(told.map(event => event.missing.join(' '))).toEqual(['errors', '', ''])
})

test.concurrent('nothing is left behind: neither of its group, nor what took a session of its own', async () => {
  const list = join(temporaryFolder(), 'pids')
  const stand = standIn('forks', { words: [list, 'stay'] })
  expect(made(await initialize(stand)).status).toBe('made')
  expect(readFileSync(list, 'utf8').split('\n')).toHaveLength(3)
  expect(running(list)).toEqual([])
})

test.concurrent('children that outlive a program that has ended are ended, too', async () => {
  const list = join(temporaryFolder(), 'pids')
  const stand = standIn('forks', { words: [list] })
  expect(made(await initialize(stand)).status).toBe('made')
  expect(running(list)).toEqual([])
})

test.concurrent('what does not end when it is asked to is killed, and that is said', async () => {
  const stand = standIn('ignores_sigterm', { grace: 0.3 })
  expect(made(await initialize(stand)).findings).toMatchObject([{ code: 'INITIALIZE.KILLED' }])
  expect(running(stand.database)).toEqual([])
})

test.concurrent('escape sequences never get out, and a megabyte of output is told in part', async () => {
  const asked = await initialize(standIn('floods'))
  expect(made(asked).status).toBe('made')
  const lines = printed(asked)
  expect(lines.filter(line => /[\u0000-\u001f\u007f-\u009f]/.test(line))).toEqual([])
  expect(lines.length).toBeLessThan(5000)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(600)
  expect(lines.some(line => /\d+ lines are not shown/.test(line))).toBe(true)
})

test.concurrent('it is stopped with all that it started, and what it had made is told', async () => {
  const stand = standIn('hangs')
  const work = begin(settings(), 'initialize-system', requestOf(stand))
  for await (const event of work.events) if (event.type === 'tables') work.stop()
  const outcome = await work.outcome
  expect(outcome).toMatchObject({
    type: 'failed',
    error: { code: 'RUN.STOPPED', object: stand.database, exit: 5 },
  })
  expect(outcome.type === 'failed' && outcome.error.message).toContain('It had made jobs')
  expect(running(stand.database)).toEqual([])
})

test.concurrent('it ends also where the engine is killed', async () => {
  const list = join(temporaryFolder(), 'pids')
  const stand = standIn('forks', { words: [list, 'stay'], settle: 600 })
  const work = begin(settings(), 'initialize-system', requestOf(stand))
  for await (const event of work.events) if (event.type === 'tables') work.kill()
  expect(await work.outcome).toMatchObject({ error: { code: 'ENGINE.LOST' } })
  for (let tries = 0; tries < 100 && running(list).length > 0; tries++) await delay(50)
  expect(running(list)).toEqual([])
})

test.concurrent('nothing is left of what hides from its group and has an environment of its own', async () => {
  const word = join(temporaryFolder(), 'hidden')
  expect(made(await initialize(standIn('hides', { words: [word], grace: 0.5 }))).status).toBe('made')
  expect(running(word)).toEqual([])
})

test.concurrent('tables in a place that nobody knows are found, and that place is named', async () => {
  const stand = standIn('elsewhere')
  const error = await refused(stand)
  const stray = join(stand.folder, 'var/lib/state.bin')
  expect(error).toMatchObject({ code: 'INITIALIZE.NOTHING_MADE', exit: 1 })
  expect(error.why).toContain(`There is a new database in ${stray}.`)
  expect(error.next).toContain(`ulid-migrate detect ${stray}`)
})

test.concurrent('what a program lacks in its environment can be said in the config file', async () => {
  const error = await refused(standIn('unconfigured'))
  expect(error.why).toContain("KeyError: 'STAND_IN_MODE'")
  expect(error.next).toContain('systems.stand-in.initialize.environment')
})

test.concurrent('a database with tables is left alone, and nothing is run', async () => {
  const stand = standIn('ends')
  mkdirSync(dirname(stand.database))
  makeDatabase(stand.database, 'CREATE TABLE jobs (id TEXT)')
  const before = everythingIn(dirname(stand.database))
  const asked = await initialize(stand)
  expect(made(asked)).toMatchObject({
    status: 'nothing-to-do',
    by: null,
    target: stand.database,
    tables: ['jobs'],
  })
  expect(everythingIn(dirname(stand.database))).toEqual(before)
})

test.concurrent('a database of something else beside does not stand for it', async () => {
  const stand = standIn('ends')
  makeDatabase(stand.other, 'CREATE TABLE skills (id TEXT)')
  expect(made(await initialize(stand))).toMatchObject({ status: 'made', target: stand.database })
})

test.concurrent('a file of 0 bytes is filled, and so is a database without tables', async () => {
  for (const prepare of [
    (path: string) => writeFileSync(path, ''),
    (path: string) => makeDatabase(path, 'VACUUM'),
  ]) {
    const stand = standIn('ends')
    mkdirSync(dirname(stand.database))
    prepare(stand.database)
    expect(made(await initialize(stand)).status).toBe('made')
  }
})

test.concurrent('where a database is named, only that one counts, and what was made elsewhere is told', async () => {
  const stand = standIn('ends')
  const error = await refused(stand, { target: stand.other, named: true })
  expect(error.code).toBe('INITIALIZE.NOTHING_MADE')
  expect(error.why).toContain(`It made tables in ${stand.database}.`)
})

test.concurrent('a named database need not be one of the known places', async () => {
  const stand = standIn('ends')
  const elsewhere = { ...stand, system: { ...stand.system, places: [] } }
  expect(made(await initialize(elsewhere, { named: true }))).toMatchObject({ target: stand.database })
})

test.concurrent('a place below what is a file, and one that is a folder, are no obstacle', async () => {
  const stand = standIn('ends')
  const { other, folder, database } = stand
  const paths = [join(other, 'below.db'), folder, database]
  const system = { ...stand.system, places: paths.map(path => ({ path, what: '', there: false })) }
  writeFileSync(other, 'a file')
  expect(made(await initialize({ ...stand, system })).target).toBe(database)
})

test.concurrent('asked only whether, nothing is run', async () => {
  const stand = standIn('ends')
  expect(made(await initialize(stand, { run: false }))).toMatchObject({
    status: 'missing',
    by: null,
    tables: [],
  })
  expect(existsSync(stand.database)).toBe(false)
})

test.concurrent('the command gets its words as they are, its folder and its environment', async () => {
  const odd = 'a word; with $HOME and "quotes"'
  const stand = standIn('environment', { words: [odd], folder: 'inside', environment: { STAND_IN: 'yes' } })
  mkdirSync(join(stand.folder, 'inside'))
  const asked = await initialize(stand)
  expect(made(asked).status).toBe('made')
  expect(printed(asked)).toEqual([`${join(stand.folder, 'inside')}|yes|${odd}`])
})

test.concurrent('a program that is not there, or may not be executed, is told before anything is run', async () => {
  const missing = await refused(standIn('', { argv: ['python3.99', 'x.py'] }), { run: false })
  expect(missing).toMatchObject({ code: 'SYSTEM.NO_PROGRAM', object: 'python3.99', exit: 4 })
  expect(missing.next).toContain('--known')

  const noPython = await refused(standIn('ends', { environment: { PATH: '/nowhere' } }), { run: false })
  expect(noPython).toMatchObject({ code: 'SYSTEM.NO_PROGRAM', object: 'python3', exit: 4 })
  expect(noPython.why).toContain('interpreter')

  const plain = standIn('', { argv: ['./start'] })
  writeFileSync(join(plain.folder, 'start'), '#!/bin/sh\n', { mode: 0o644 })
  expect(await refused(plain, { run: false })).toMatchObject({ code: 'SYSTEM.NOT_EXECUTABLE', exit: 4 })

  const headless = standIn('', { argv: ['./start'] })
  writeFileSync(join(headless.folder, 'start'), '#!/no/such/interpreter\n')
  chmodSync(join(headless.folder, 'start'), 0o755)
  expect(await refused(headless)).toMatchObject({ code: 'SYSTEM.NO_PROGRAM', exit: 4 })
  expect((await refused(headless)).why).toContain('first line')

  const line = await refused(standIn('', { argv: ['python3 x.py | cat'] }), { run: false })
  expect(line.why).toContain('No shell divides it')
})

test.concurrent('without a source tree, or without a command, the way on is named', async () => {
  const { system, ...rest } = standIn('ends')
  const homeless = { ...rest, system: { ...system, folder: null, folders: ['/a/stand-in', '/b/stand-in'] } }
  const error = await refused(homeless)
  expect(error).toMatchObject({ code: 'SYSTEM.NO_FOLDER', exit: 4 })
  expect(error.why).toContain('/a/stand-in, /b/stand-in')

  const without = { ...rest, system: { ...system, initialize: null } }
  expect(await refused(without)).toMatchObject({ code: 'SYSTEM.NO_COMMAND', exit: 4 })
})

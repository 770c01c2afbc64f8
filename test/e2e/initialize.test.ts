import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { columnOf } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cli } from '../support/program.ts'

/** A system's own command, run by the program as it is shipped: what becomes of its processes when we are ended. */

const standIns = join(import.meta.dirname, '../core/systems/stand-ins')

/** Three processes that stay, one of them in a session of its own; the tables are never enough. */
function start() {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'forks'))
  const database = join(folder, 'forks/data/jobs.db')
  const list = join(folder, 'pids')
  const initialize = {
    argv: ['python3', '-B', join(standIns, 'forks.py'), database, list, 'stay'],
    expect: ['jobs', 'errors', 'never'],
    grace: 2,
  }
  const systems = { forks: { targets: ['data/jobs.db'], initialize } }
  writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify({ systems }))
  const child = spawn(process.execPath, [cli, 'initialize', 'forks', '--yes', '--json'], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const tables = new Promise<void>(resolve =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (stderr.includes('still missing: never')) resolve()
    }),
  )
  const exit = new Promise<number | null>(resolve => child.once('close', resolve))
  return { child, database, list, tables, exit, stdout: () => stdout, stderr: () => stderr }
}

/** Which of the processes that wrote their numbers down still run. */
async function left(list: string): Promise<readonly string[]> {
  expect(readFileSync(list, 'utf8').split('\n')).toHaveLength(3)
  for (let tries = 0; ; tries++) {
    const pids = readdirSync('/proc').filter(pid => commandOf(pid).includes(list))
    if (pids.length === 0 || tries === 150) return pids
    await delay(50)
  }
}

function commandOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return / [ZX] /.test(stat) ? '' : readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

test.concurrent('Ctrl-C ends it and all that came of it, and says what it had made', async () => {
  const { child, database, list, tables, exit, stdout, stderr } = start()
  await tables
  child.kill('SIGINT')
  expect(await exit).toBe(130)
  expect(await left(list)).toEqual([])
  expect(JSON.parse(stdout())).toMatchObject({ error: { code: 'RUN.STOPPED', object: database } })
  expect(stderr()).toContain('It had made jobs, errors.')
  expect(columnOf(database, "SELECT name FROM sqlite_schema WHERE type = 'table'")).toEqual([
    'jobs',
    'errors',
  ])
})

test.concurrent('when the program is killed, nothing of it stays', async () => {
  const { child, list, tables, exit } = start()
  await tables
  child.kill('SIGKILL')
  await exit
  expect(await left(list)).toEqual([])
})

test.concurrent('a second Ctrl-C kills the engine, and still nothing stays', async () => {
  const { child, list, tables, exit } = start()
  await tables
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect(await exit).toBe(130)
  expect(await left(list)).toEqual([])
  expect(existsSync(list)).toBe(true)
})

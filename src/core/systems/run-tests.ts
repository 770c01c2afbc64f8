/**
 * A system's own tests, run as its configuration says: no shell, a process group of their own, a limit, and all that they
 * print in a file. Nothing of them is left when this returns, also when the run is stopped or its screen is gone.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import type { Context } from '../context.ts'
import type { Requests } from '../requests.ts'
import type { TestRun } from '../run-report.ts'

/** Seconds, where the configuration does not say. */
const LIMIT = 3600
/** Milliseconds between asking them to end and ending them. */
const GRACE = 1500
/** Milliseconds for the dead to be gone. */
const GONE = 500
/** Milliseconds between two looks at whether somebody asked to stop. */
const LOOK = 100

export async function runTests(
  { target, command, log }: Requests['system-tests'],
  context: Context,
): Promise<TestRun> {
  const folder = resolve(target, command.folder ?? '.')
  const [file, ...words] = command.argv as [string, ...string[]]
  const limit = command.limit ?? LIMIT
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  const output = openSync(log, 'w', 0o600)
  const begun = performance.now()
  const told = (status: TestRun['status'], why: string, of: Partial<TestRun> = {}): TestRun => ({
    status,
    command: command.argv,
    exit: null,
    signal: null,
    seconds: (performance.now() - begun) / 1000,
    log,
    ...readLog(log),
    ...of,
    why,
  })
  try {
    if (!existsSync(folder)) return told('not-started', `There is no folder ${folder}.`)
    const child = execa(file, words, {
      cwd: folder,
      env: command.environment ?? {},
      detached: true, // a group of its own, so that what the tests start ends with them
      reject: false,
      buffer: false,
      // Descriptors, not pipes: what outlives the tests and holds a pipe would keep us waiting for its end.
      stdio: ['ignore', output as 3, output as 3], // any number will do; its types know those below 10
    })
    let ended = false
    const end = child.then(result => {
      ended = true
      return result
    })
    let late = false
    let waited = 0
    try {
      while (!ended) {
        await Promise.race([end, delay(LOOK)])
        await context.breathe()
        const seconds = Math.floor((performance.now() - begun) / 1000)
        if (!ended && seconds > waited) {
          waited = seconds
          context.emit({ type: 'waiting', for: 'its own tests', holder: '', seconds, limit })
        }
        late = !ended && performance.now() - begun > limit * 1000
        if (late) break
      }
    } finally {
      await endGroup(child.pid, () => ended)
    }
    const result = await end
    if (late) return told('timed-out', `They were ended after ${limit} s.`)
    const exit = result.exitCode ?? null
    const signal = result.signal ?? null
    if (exit === null && signal === null)
      return told(
        'not-started',
        result.code === 'ENOENT' ? `There is no program ${file}.` : (result.shortMessage ?? ''),
      )
    if (exit === 0) return told('passed', '', { exit })
    return told('failed', signal ? `They were ended by ${signal}.` : `Exit code ${exit}.`, { exit, signal })
  } finally {
    closeSync(output)
  }
}

/** Ends what is left of a process group: asked first, if its leader is still at work. */
async function endGroup(pid: number | undefined, ended: () => boolean): Promise<void> {
  if (pid === undefined) return
  if (!ended() && signalGroup(pid, 'SIGTERM')) {
    const until = performance.now() + GRACE
    while (!ended() && performance.now() < until) await delay(20)
  }
  const until = performance.now() + GONE
  while (signalGroup(pid, 'SIGKILL') && performance.now() < until) await delay(10)
}

function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false // nobody is left
  }
}

/** Enough for the summary that test runners end with. */
const READ = 1_000_000
const LINES = 20

function readLog(log: string): Pick<TestRun, 'failures' | 'tail'> {
  const { size } = statSync(log)
  const bytes = Buffer.alloc(Math.min(size, READ))
  const file = openSync(log, 'r')
  try {
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
  } finally {
    closeSync(file)
  }
  const lines = bytes.toString('utf8').split(/\r?\n/)
  const failures = lines.flatMap(line => failureIn(line) ?? [])
  return { failures: [...new Set(failures)], tail: lines.filter(line => line.trim() !== '').slice(-LINES) }
}

const failed = [
  /^(?:FAILED|ERROR) (\S+::\S+)/, // pytest
  /^(?:FAIL|ERROR): (.+)$/, // unittest
  /^not ok \d+ (?:- )?(.+)$/, // TAP
]

function failureIn(line: string): string | null {
  for (const shape of failed) {
    const name = shape.exec(line)?.[1]
    if (name !== undefined) return name.trim()
  }
  return null
}

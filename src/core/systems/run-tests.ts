/**
 * A system's own tests, run as its configuration says: no shell, a limit, and all that they print in a file. Nothing of
 * them is left when this returns, also when the run is stopped or its screen is gone.
 */
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { Requests } from '../requests.ts'
import type { TestRun } from '../run-report.ts'
import { markOf } from './run/announce.ts'
import { type Exit, type Started, startCommand } from './run/start.ts'

/** Seconds, where the configuration does not say. */
const LIMIT = 3600
/** Seconds between asking them to end and ending them. */
const GRACE = 1.5
/** Milliseconds between two looks at whether somebody asked to stop. */
const LOOK = 100

export async function runTests(
  { target, command, log }: Requests['system-tests'],
  context: Context,
): Promise<TestRun> {
  const limit = command.limit ?? LIMIT
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  // A file, not pipes: what outlives the tests and holds a pipe would keep us waiting for its end.
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
    const started = await startCommand({ command, base: target, grace: GRACE, mark: markOf(context), output })
    if ('what' in started) return told('not-started', started.why)
    let exit: Exit | null
    try {
      exit = await waitFor(started, limit, context)
    } finally {
      await started.end()
    }
    if (exit === null) return told('timed-out', `They were ended after ${limit} s.`)
    const { code, signal } = exit
    if (code === 0) return told('passed', '', { exit: code })
    return told('failed', signal ? `They were ended by ${signal}.` : `Exit code ${code}.`, {
      exit: code,
      signal,
    })
  } finally {
    closeSync(output)
  }
}

/** Null where they take longer than they may. */
async function waitFor(started: Started, limit: number, context: Context): Promise<Exit | null> {
  const begun = performance.now()
  let told = 0
  for (;;) {
    const exit = started.exit()
    const seconds = (performance.now() - begun) / 1000
    if (exit !== null || seconds >= limit) return exit
    if (Math.floor(seconds) > told) {
      told = Math.floor(seconds)
      context.emit({ type: 'waiting', for: 'its own tests', holder: '', seconds: told, limit })
    }
    await delay(LOOK)
    await context.breathe()
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

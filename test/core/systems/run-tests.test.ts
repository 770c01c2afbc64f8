import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Stopped } from '../../../src/core/context.ts'
import type { TestRun } from '../../../src/core/run-report.ts'
import { judgeTests } from '../../../src/core/systems/judge-tests.ts'
import { obstacleTo } from '../../../src/core/systems/run/program.ts'
import { runTests } from '../../../src/core/systems/run-tests.ts'
import { settingsIn } from '../../support/engine.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { inProcess } from '../../support/in-process.ts'

/** A folder with a Python program that stands in for a system's tests. */
function standIn(script: string, more: { limit?: number; environment?: Record<string, string> } = {}) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'check.py'), script)
  const context = inProcess(settingsIn(folder))
  const request = {
    target: folder,
    command: { argv: ['python3', 'check.py'], ...more },
    log: join(folder, 'logs', 'tests.log'),
  }
  return { folder, context, request, run: () => runTests(request, context) }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that has ended and that nobody has waited for yet does nothing any more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

test('tests that pass, run in the folder of their system and with its environment, leave their output', async () => {
  const { folder, run, request } = standIn(
    "import os, sys\nprint(os.getcwd(), os.environ['MODE'])\nprint('to stderr', file=sys.stderr)",
    { environment: { MODE: 'check' } },
  )
  expect(await run()).toMatchObject({ status: 'passed', exit: 0, failures: [], why: '' })
  const output = readFileSync(request.log, 'utf8')
  expect(output).toContain(`${folder} check`)
  expect(output).toContain('to stderr')
})

test('tests that fail are told with their exit code, the names of what failed, and the last lines', async () => {
  const { run } = standIn(
    "print('FAILED tests/test_a.py::test_one - AssertionError')\nprint('FAIL: test_two (tests.B)')\nprint('not ok 3 - three')\nprint('the end')\nraise SystemExit(3)",
  )
  const ran = await run()
  expect(ran).toMatchObject({
    status: 'failed',
    exit: 3,
    failures: ['tests/test_a.py::test_one', 'test_two (tests.B)', 'three'],
    why: 'Exit code 3.',
  })
  expect(ran.tail.at(-1)).toBe('the end')
})

test('tests that hang, and what they started, are ended at the limit, also against their will', async () => {
  const { folder, run } = standIn(
    `import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
open('pids', 'w').write(f'{os.getpid()} {child.pid}')
time.sleep(600)`,
    { limit: 4 },
  )
  expect(await run()).toMatchObject({ status: 'timed-out', why: 'They were ended after 4 s.' })
  const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number)
  expect(pids.map(isThere)).toEqual([false, false])
})

test('what tests leave running when they end is ended as well', async () => {
  const { folder, run } = standIn(
    `import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
open('pids', 'w').write(str(child.pid))`,
  )
  expect(await run()).toMatchObject({ status: 'passed' })
  expect(isThere(Number(readFileSync(join(folder, 'pids'), 'utf8')))).toBe(false)
})

test('a stop ends the tests before it is passed on', async () => {
  const { folder, request, context } = standIn(
    "import os, time\nopen('pids', 'w').write(str(os.getpid()))\ntime.sleep(600)",
  )
  const stopping = {
    ...context,
    breathe: () => {
      try {
        if (readFileSync(join(folder, 'pids'), 'utf8') !== '') return Promise.reject(new Stopped('x', 'y'))
      } catch {
        // not yet
      }
      return Promise.resolve()
    },
  }
  await expect(runTests(request, stopping)).rejects.toBeInstanceOf(Stopped)
  expect(isThere(Number(readFileSync(join(folder, 'pids'), 'utf8')))).toBe(false)
})

test('a program or a folder that is not there is told, and not taken for tests that failed', async () => {
  const { request, context } = standIn('')
  const missing = { ...request, command: { argv: ['no-such-program'] } }
  expect(await runTests(missing, context)).toMatchObject({
    status: 'not-started',
    why: 'There is no program no-such-program.',
  })
  const nowhere = { ...request, command: { argv: ['python3'], folder: 'nowhere' } }
  expect((await runTests(nowhere, context)).why).toBe(
    `There is no folder ${join(request.target, 'nowhere')}.`,
  )
})

test('what leaves their group, and what ignores the request to end, is ended with them', async () => {
  const { folder, run } = standIn(
    `import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'], start_new_session=True)
open('pids', 'w').write(str(child.pid))`,
  )
  expect(await run()).toMatchObject({ status: 'passed' })
  expect(isThere(Number(readFileSync(join(folder, 'pids'), 'utf8')))).toBe(false)
})

test('whether a command can be started is told before it is', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'check'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(join(folder, 'plain'), '')
  const file = join(folder, 'plain')
  expect(obstacleTo({ argv: ['check'] }, '/', `/nowhere:${folder}`)).toBeNull()
  expect(obstacleTo({ argv: ['./check'] }, folder, '')).toBeNull()
  expect(obstacleTo({ argv: ['check'], environment: { PATH: folder } }, '/', '')).toBeNull()
  expect(obstacleTo({ argv: ['check'], environment: { PATH: '.' } }, folder, '')).toBeNull()
  expect(obstacleTo({ argv: ['plain'] }, '/', folder)).toMatchObject({ what: 'not-executable', object: file })
  expect(obstacleTo({ argv: ['other'] }, '/', folder)).toMatchObject({ what: 'no-program', object: 'other' })
  expect(obstacleTo({ argv: ['check'], folder: 'gone' }, folder, '')).toMatchObject({ what: 'no-folder' })
})

const ran = (status: TestRun['status'], failures: readonly string[] = [], exit = 1): TestRun => ({
  status,
  command: ['t'],
  exit: status === 'failed' ? exit : null,
  signal: null,
  seconds: 1,
  log: '/l',
  failures,
  tail: [],
  why: 'Exit code 1.',
})

test.each([
  ['pass', null, ran('passed'), 'passed'],
  ['fail, and nobody knows how it was before', null, ran('failed'), 'failed'],
  ['fail, and passed before', ran('passed'), ran('failed', ['a']), 'failed'],
  ['fail as before', ran('failed', ['a']), ran('failed', ['a']), 'as-before'],
  ['fail in fewer places', ran('failed', ['a', 'b']), ran('failed', ['a']), 'as-before'],
  ['fail in one place more', ran('failed', ['a']), ran('failed', ['a', 'b']), 'failed'],
  ['hang, and failed before', ran('failed', ['a']), ran('timed-out'), 'failed'],
  ['fail in another way', ran('failed', [], 1), ran('failed', [], 2), 'failed'],
] as const)('tests that %s', (_, before, after, verdict) => {
  expect(judgeTests(before, after).verdict).toBe(verdict)
})

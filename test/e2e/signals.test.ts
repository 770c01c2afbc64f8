import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { contentHash } from '../support/database.ts'
import { makeDemo } from '../support/demo.ts'
import { temporaryFolder } from '../support/folder.ts'

/** Signals to the command while its engine works: the file is the old one or the new one, and what is said fits. */

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof codes

async function signalled(phase: string, signals: readonly Signal[]) {
  const { path } = makeDemo(3000)
  const home = temporaryFolder()
  const before = contentHash(path.metrics)
  const begin = () =>
    spawn(
      process.execPath,
      [
        '--import',
        tsx,
        cli,
        'migrate',
        path.metrics,
        '--yes',
        '--events',
        '--json',
        '--state-dir',
        join(home, 'state'),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home } },
    )
  const child = begin()
  let [said, told, sent] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
    if (sent || !told.includes(`"phase":"${phase}","status":"started"`)) return
    sent = true
    for (const signal of signals) child.kill(signal)
  })
  const [exit] = (await once(child, 'close')) as [number]
  const again = begin()
  const [second] = (await once(again, 'close')) as [number]
  return { exit, second, sent, said, told, old: before, path: path.metrics }
}

test.each([
  ['snapshot', ['SIGINT']],
  ['rewrite', ['SIGTERM']],
  ['verify', ['SIGHUP']],
  ['map', ['SIGINT', 'SIGINT']],
  ['verify-outside', ['SIGINT']],
] as const)(
  'at %s, by %j: the exit code of the signal, a whole file, and the same command ends well',
  async (phase, signals) => {
    const { exit, second, sent, said } = await signalled(phase, signals)
    expect(sent).toBe(true)
    expect(exit).toBe(codes[signals[0]])
    expect(second).toBe(0)
    if (phase !== 'verify-outside') return
    // After the commit nothing may say that the file is as it was.
    expect(said).not.toMatch(/as it was|Nothing was changed/)
  },
  120_000,
)

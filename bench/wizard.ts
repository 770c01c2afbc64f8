/**
 * Measures what an operator feels of the wizard, in a pseudo-terminal: the time to its first frame against that of a
 * program that only says hello with Ink, in turn; and, while a database of a million rows is migrated, the frames in a
 * second, the bytes of a frame, and the time from a key to the last byte of the frame that answers it. What the emulator, which
 * stands for the operator's terminal, then takes to put it on its screen is told apart.
 *
 *   npm run bench:wizard [rows, default 1000000] [repeats, default 9]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OpenTerminal, openTerminal } from '../test/e2e/terminal.ts'
import { writeBenchDatabase } from './database.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const repeats = Number(process.argv[3] ?? 9)
const root = fileURLToPath(new URL('../', import.meta.url))
const cli = join(root, 'dist/cli.js')
const hello = `
  import { createElement } from 'react'
  import { render, Text } from 'ink'
  render(createElement(Text, null, 'hello'))`
const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-bench-'))
const env = { NODE_ENV: 'production' }
const patience = 600_000
/** Of a synchronized update, as which Ink writes each of its frames. */
const frameEnd = '\x1b[?2026l'
const fewestKeys = 100

console.log(`load ${loadavg()[0]?.toFixed(1)} before`)
try {
  await firstFrames()
  await whileMigrating()
} finally {
  // The engine that the last wizard has left may still be putting its files away.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
}

async function firstFrames(): Promise<void> {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  const greeting: number[] = []
  const opening: number[] = []
  for (let turn = 0; turn < repeats; turn++) {
    greeting.push(await firstFrame(['--input-type=module', '--eval', hello], root, /hello/))
    opening.push(await firstFrame([cli, '--state-dir', join(folder, 'state')], empty, /\? help/))
  }
  const [ink, wizard] = [at(greeting, 0.5), at(opening, 0.5)]
  console.log(
    `first frame ${ms(wizard)}, hello with Ink ${ms(ink)}: ${(wizard / ink).toFixed(2)}x (median of ${repeats}, in turn)`,
  )
}

async function firstFrame(args: readonly string[], cwd: string, shown: RegExp): Promise<number> {
  const begun = performance.now()
  const terminal = openTerminal({ command: process.execPath, args, cwd, env })
  await terminal.until(shown)
  const taken = performance.now() - begun
  terminal.close()
  await terminal.exit
  return taken
}

async function whileMigrating(): Promise<void> {
  writeBenchDatabase(join(folder, 'bench.db'), rows)
  let heard: (data: string) => void = () => {}
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, 'bench.db', '--state-dir', join(folder, 'state')],
    cwd: folder,
    env,
    heard: data => heard(data),
  })
  /** From a key to the last byte of the frame that answers it, and from there to the emulator's screen. */
  async function answered(keys: string, shown: RegExp): Promise<Waits> {
    const begun = performance.now()
    let frames = ''
    const arrived = new Promise<number>(resolve => {
      heard = data => {
        frames += data
        const end = frames.lastIndexOf(frameEnd)
        if (end !== -1 && shown.test(frames.slice(0, end))) resolve(performance.now())
      }
    })
    terminal.press(keys)
    const [bytes] = await Promise.all([arrived, terminal.until(shown, patience)])
    return { wizard: bytes - begun, emulator: performance.now() - bytes }
  }
  await terminal.until(/ready/, patience)
  for (const shown of [/jobs\.job_id/, /before +after/, /Type the name/]) {
    terminal.press('\r')
    await terminal.until(shown, patience)
  }
  terminal.type('bench.db\r')
  await terminal.until(/● rewrite/, patience)

  const quiet = await watched(terminal, 5_000)
  console.log(
    `while ${rows.toLocaleString('en')} rows are migrated: ${quiet.most} frames in the busiest second, ${Math.round(quiet.bytes)} bytes a frame`,
  )
  const waits: Waits[] = []
  while (/● migrate/.test(terminal.screen())) {
    waits.push(await answered('?', /Keys here/))
    waits.push(await answered('\x1b[A\x1b[A?', /● migrate|● verify/))
    await new Promise(resolve => setTimeout(resolve, 37)) // out of step with whatever comes regularly
  }
  console.log(
    waits.length < fewestKeys
      ? `only ${waits.length} keys were pressed before the migration was over, too few to tell: more rows take longer`
      : [
          `from a key to the last byte of its frame: ${spread(waits.map(each => each.wizard))} (${waits.length} keys)`,
          `from there to the screen of the terminal that measures, which is none of the wizard's: ${spread(waits.map(each => each.emulator))}`,
        ].join('\n'),
  )
  await terminal.until(/Proved/, patience)
  terminal.close()
}

interface Waits {
  readonly wizard: number
  readonly emulator: number
}

function spread(values: readonly number[]): string {
  return `p50 ${ms(at(values, 0.5))}, p95 ${ms(at(values, 0.95))}, p99 ${ms(at(values, 0.99))}, at most ${ms(at(values, 1))}`
}

/** Ink hides no frame: each begins with the mark of a synchronized update. */
async function watched(terminal: OpenTerminal, forMs: number): Promise<{ most: number; bytes: number }> {
  const frames = () => terminal.bytes().split('\x1b[?2026h').length - 1
  const [before, bytes] = [frames(), terminal.bytes().length]
  const seconds: number[] = []
  let last = before
  for (let second = 0; second * 1000 < forMs && /● migrate/.test(terminal.screen()); second++) {
    await new Promise(resolve => setTimeout(resolve, 1_000))
    seconds.push(frames() - last)
    last = frames()
  }
  return { most: Math.max(...seconds), bytes: (terminal.bytes().length - bytes) / Math.max(1, last - before) }
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

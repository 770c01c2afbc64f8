/**
 * Measures what an operator feels of the wizard, in a pseudo-terminal: the time to its first frame against that of a
 * program that only says hello with Ink, in turn; and, while a database of a million rows is migrated, the frames in a
 * second, the bytes of a frame, and the time from a key to the frame that answers it.
 *
 *   npm run bench:wizard [rows, default 1000000] [repeats, default 9]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  const terminal = openTerminal({
    command: process.execPath,
    args: [cli, 'bench.db', '--state-dir', join(folder, 'state')],
    cwd: folder,
    env,
  })
  const patience = 600_000
  await terminal.until(/ready/, patience)
  await pressed(terminal, '\r', /jobs\.job_id/)
  await pressed(terminal, '\r', /before +after/)
  await pressed(terminal, '\r', /Type the name/)
  terminal.type('bench.db\r')
  await terminal.until(/● rewrite/, patience)

  const quiet = await watched(terminal, 5_000)
  console.log(
    `while ${rows.toLocaleString('en')} rows are migrated: ${quiet.most} frames in the busiest second, ${Math.round(quiet.bytes)} bytes a frame`,
  )
  const waits: number[] = []
  while (/● migrate/.test(terminal.screen())) {
    waits.push(await pressed(terminal, '?', /Keys here/))
    waits.push(await pressed(terminal, '\x1b[A\x1b[A?', /● migrate|● verify/))
    await new Promise(resolve => setTimeout(resolve, 37)) // out of step with whatever comes regularly
  }
  console.log(
    waits.length === 0
      ? 'from a key to its frame: the migration was over before a key was pressed; more rows take longer'
      : `from a key to its frame: p50 ${ms(at(waits, 0.5))}, p99 ${ms(at(waits, 0.99))}, at most ${ms(at(waits, 1))} (${waits.length} keys)`,
  )
  await terminal.until(/Proved/, patience)
  terminal.close()
}

async function pressed(terminal: OpenTerminal, keys: string, shown: RegExp): Promise<number> {
  const begun = performance.now()
  terminal.press(keys)
  await terminal.until(shown, 600_000)
  return performance.now() - begun
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

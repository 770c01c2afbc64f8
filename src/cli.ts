#!/usr/bin/env node
/**
 * The launcher. What must be settled before anything else is imported is settled here: ESM hoists imports, chalk and
 * React read the environment while they load, and an old Node fails on syntax before it could say that it is old.
 */
import { isatty } from 'node:tty'
import { tellLostOutput } from './commands/lost-output.ts'
import { wantsPlain } from './wizard/wants-plain.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `ulid-migrate needs Node 20.19 or later. This is ${process.versions.node}, at ${process.execPath}.\n`,
  )
  process.exit(1)
}

// chalk, and so Ink, does not know NO_COLOR (TERMINAL 4).
const off = ['', '0', 'false', 'no', 'off']
const noColour =
  Boolean(process.env.NO_COLOR) ||
  !off.includes((process.env.ULID_MIGRATE_NO_COLOR ?? '').toLowerCase()) ||
  process.env.TERM === 'dumb' ||
  process.argv.some(word => word === '--no-color' || word === '--json')
if (noColour) process.env.FORCE_COLOR = '0'
// Set once for every way to ask for it, since signs are chosen while modules load.
const plain = wantsPlain(process.env) || process.argv.includes('--plain')
process.env.ULID_MIGRATE_PLAIN = plain ? '1' : ''
// React's development build is slower and keeps performance entries for ever.
process.env.NODE_ENV ??= 'production'

tellLostOutput(process)

// Node restores the modes of a terminal when it ends, and aborts where that has gone (nodejs/node#51519, mended in 24).
// The end that a lost terminal gives to a program is the same exit code, without a core dump.
const terminals = [0, 1, 2].filter(number => isatty(number))
process.on('exit', () => {
  if (terminals.every(number => isatty(number))) return
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
})

await import('./commands/main.ts')

/**
 * `npm run faults [-- PART] [--kills N] [--seed N] [--every N] [--on KIND]`: attacks the built program and
 * prints what came of it; `--every 5` takes each fifth statement, file operation and signal only, `--on DuckDB` (DELETE, WAL)
 * kills and sends signals on that kind of file only; `--rounds 50` breaks so many files; `--minutes 30`
 * begins no kill, signal or broken file after that time.
 * Exits 1 when anything was found that must not be. The same attacks, a few of each, are part of `npm test`.
 */
import { parseArgs } from 'node:util'
import { attackBrokenFiles } from './broken.ts'
import { attackFiles } from './files.ts'
import { attackByKilling } from './kills.ts'
import { media } from './media.ts'
import { attackWithPrograms } from './programs.ts'
import type { Attacked } from './report.ts'
import { attackBySignals } from './signals.ts'
import { attackStatements } from './statements.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '240' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    rounds: { type: 'string', default: '200' },
    every: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
    on: { type: 'string', multiple: true, default: [...media] },
  },
})
const say = (line: string) => void process.stdout.write(`${line}\n`)
const kinds = media.filter(kind => values.on.includes(kind))
const [seed, kills, every] = [Number(values.seed), Number(values.kills), Number(values.every)]

const end = performance.now() + Number(values.minutes) * 60_000
const isLate = () => performance.now() > end

const parts: Readonly<Record<string, () => Promise<Attacked>>> = {
  kills: () => attackByKilling({ kills, seed, kinds, rows: 4000, say, isLate }),
  statements: () => attackStatements(say, every),
  files: () => attackFiles(say, every),
  signals: () => attackBySignals(2000, say, every, kinds, isLate),
  broken: () => attackBrokenFiles(Number(values.rounds), seed, say, isLate),
  programs: () => attackWithPrograms(3, say, kinds),
}
const wanted = positionals.length > 0 ? positionals : Object.keys(parts)
const unknown = wanted.filter(name => !(name in parts))
if (unknown.length > 0) {
  say(`There is no ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
say(`seed ${seed}, Node ${process.version}`)
const lines: string[] = []
let violations = 0
for (const name of wanted) {
  say(`\n${name}`)
  const attacked = await parts[name]!()
  violations += attacked.violations.length
  lines.push(attacked.line)
  say(`  ${attacked.line}`) // here as well: the next part may take long, and not everybody waits for the end
}
say(`\n${lines.join('\n')}`)
process.exitCode = violations > 0 ? 1 : 0

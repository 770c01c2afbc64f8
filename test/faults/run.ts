/**
 * `npm run faults [-- PART] [--kills N] [--seed N] [--sources]`: attacks the built program and prints what came of it.
 * Exits 1 when anything was found that must not be. The same attacks, a few of each, are part of `npm test`.
 */
import { parseArgs } from 'node:util'
import { programAtHand } from './engine-at-hand.ts'
import { attackByKilling } from './kills.ts'
import type { Attacked } from './report.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '240' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    sources: { type: 'boolean', default: false },
  },
})
const say = (line: string) => void process.stdout.write(`${line}\n`)
const program = await programAtHand(values.sources ? 'sources' : 'built')
const [seed, kills] = [Number(values.seed), Number(values.kills)]

const parts: Readonly<Record<string, () => Promise<Attacked>>> = {
  kills: () => attackByKilling({ program, kills, seed, rows: 4000, say }),
}
const wanted = positionals.length > 0 ? positionals : Object.keys(parts)
const unknown = wanted.filter(name => !(name in parts))
if (unknown.length > 0) {
  say(`There is no ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
say(`seed ${seed}, ${program.built ? 'the built program' : 'the sources'}, Node ${process.version}`)
const lines: string[] = []
let violations = 0
for (const name of wanted) {
  say(`\n${name}`)
  const attacked = await parts[name]!()
  violations += attacked.violations.length
  lines.push(attacked.line)
}
say(`\n${lines.join('\n')}`)
process.exitCode = violations > 0 ? 1 : 0

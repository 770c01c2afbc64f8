/**
 * ULIDs by the ten million, and how fast they come: `tsx bench/ulids.ts [ULIDS PER PROCESS]`.
 *
 * First four processes at once make 2.5 million each and are searched for collisions. Then the migration's generator
 * and the program's factory race the `ulid` package's `ulid()`, all with a different millisecond for each ULID, in
 * turns, the best of the turns counting (DESIGN section 10).
 */
import { ulid } from 'ulid'
import { createUlidFactory, KeyedUlids } from '../src/core/identifiers/index.ts'
import { makeInProcesses, takeCensus } from '../test/core/identifiers/ulid-processes.ts'

const processes = 4
const each = Number(process.argv[2] ?? 2_500_000)
const turns = 5
const start = Date.UTC(2026, 0, 1)

const racers = {
  package: { rows: 50_000, make: withPackage },
  factory: { rows: 1_000_000, make: withFactory },
  keyed: { rows: 1_000_000, make: withKeyed },
}

const began = performance.now()
const streams = await makeInProcesses(processes, each)
const made = performance.now()
const census = takeCensus(streams)
console.log(
  `${processes} processes made ${census.count.toLocaleString('en')} ULIDs in ${seconds(began, made)} s`,
)
console.log(`  collisions ${census.collisions}, order violations ${census.violations}`)

const rate = { package: 0, factory: 0, keyed: 0 }
for (let turn = 0; turn < turns; turn++) {
  for (const name of ['package', 'factory', 'keyed'] as const) {
    const { rows, make } = racers[name]
    rate[name] = Math.max(rate[name], perSecond(rows, make))
  }
}
console.log(`A different millisecond each, best of ${turns}:`)
console.log(`  ulid()             ${million(rate.package)} M/s`)
for (const [name, label] of [
  ['factory', 'createUlidFactory '],
  ['keyed', 'KeyedUlids.fill   '],
] as const) {
  console.log(`  ${label} ${million(rate[name])} M/s, ${(rate[name] / rate.package).toFixed(1)} x ulid()`)
}

function withPackage(rows: number): void {
  for (let i = 0; i < rows; i++) ulid(start + i)
}

function withFactory(rows: number): void {
  let ms = start
  const make = createUlidFactory({ now: () => ms++ })
  for (let i = 0; i < rows; i++) make()
}

function withKeyed(rows: number): void {
  const times = Float64Array.from({ length: rows }, (_, i) => start + i)
  new KeyedUlids({ seed: '5eed'.repeat(16), domain: 'jobs.job_id', case: 'upper' }).fill(times)
}

function perSecond(rows: number, make: (rows: number) => void): number {
  const from = performance.now()
  make(rows)
  return (rows * 1000) / (performance.now() - from)
}

function million(perSecond: number): string {
  return (perSecond / 1e6).toFixed(3).padStart(7)
}

function seconds(from: number, to: number): string {
  return ((to - from) / 1000).toFixed(1)
}

if (census.collisions + census.violations > 0 || census.count !== processes * each) process.exitCode = 1

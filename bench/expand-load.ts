/**
 * Measures what a program notices that writes to a database while it is expanded: how long its point inserts and updates take
 * before, during and after, beside the bound that was promised, and how many rows fell out of step.
 *
 *   npx tsx bench/expand-load.ts [rows, default 1000000] [WAL or DELETE, default WAL] [bound in ms, default 50]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { runEngine } from '../src/core/host.ts'
import { createUlidFactory } from '../src/core/identifiers/index.ts'
import { writeBenchDatabase } from './database.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const journal = process.argv[3] ?? 'WAL'
const maxStall = Number(process.argv[4] ?? 50)
/** Before and after, for so long (ms). */
const CALM = 5000

const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-load-'))
const target = join(folder, 'a.db')
const settings = { stateDir: join(folder, 'state'), snapshotDir: join(folder, 'snapshots'), waitSeconds: 60 }

try {
  writeBenchDatabase(target, rows)
  const db = new Database(target)
  db.pragma(`journal_mode = ${journal}`)
  db.close()
  console.log(
    `${rows.toLocaleString('en')} rows in 4 tables, ${(statSync(target).size / 1e6).toFixed(0)} MB, ${journal}; bound ${maxStall} ms`,
  )
  const writer = fork(new URL('./load-writer.ts', import.meta.url), [target], {
    execArgv: ['--import', 'tsx'],
  })
  await once(writer, 'message')
  await delay(CALM)
  await expand(time => void writer.send(time))
  writer.send('after')
  await delay(CALM)
  writer.send('end')
  const [latencies] = (await once(writer, 'message')) as [[string, number[]][]]
  report(latencies)
  await outOfStep()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function expand(during: (time: string) => void): Promise<void> {
  const choices = { strategy: 'expand' as const, only: ['jobs.job_id'] }
  const begun = performance.now()
  const request = { target, choices, pace: { maxStall } }
  const run = runEngine({ operation: 'migrate', request, settings, run: createUlidFactory()() })
  for await (const event of run.events) {
    if (event.type === 'finding' && event.finding.code.endsWith('STALL'))
      console.log(`said before: ${event.finding.message}`)
    if (event.type === 'phase' && event.status === 'started') during(event.phase)
    if (event.type === 'phase' && event.status === 'done' && event.phase === 'rewrite')
      console.log(event.detail)
  }
  const outcome = await run.outcome
  if (outcome.type === 'failed') throw new Error(JSON.stringify(outcome.error))
  const { outside } = outcome.value
  console.log(
    `expanded in ${((performance.now() - begun) / 1000).toFixed(1)} s, proof ${outside.ok ? 'passed' : 'FAILED'}`,
  )
}

function report(latencies: readonly (readonly [string, readonly number[]])[]): void {
  const during = latencies.filter(([time]) => time !== 'before' && time !== 'after')
  const of = (name: string) => latencies.filter(([time]) => time === name)
  line('before', of('before'))
  line('during', during)
  for (const each of during) line(`  ${each[0]}`, [each])
  line('after', of('after'))
  const all = during.flatMap(([, values]) => values)
  const above = all.filter(value => value > maxStall).length
  console.log(`${above} of ${all.length} writes during it took longer than ${maxStall} ms`)
}

function line(name: string, latencies: readonly (readonly [string, readonly number[]])[]): void {
  const all = latencies.flatMap(([, values]) => values).toSorted((a, b) => a - b)
  const at = (share: number) =>
    (all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0).toFixed(1)
  console.log(
    `${name.padEnd(20)}${String(all.length).padStart(7)} writes  p50 ${at(0.5).padStart(7)} ms  p99 ${at(0.99).padStart(7)} ms  max ${at(1).padStart(8)} ms`,
  )
}

async function outOfStep(): Promise<void> {
  const run = runEngine({
    operation: 'status',
    request: { targets: [target] },
    settings,
    run: createUlidFactory()(),
  })
  const outcome = await run.outcome
  if (outcome.type === 'failed') throw new Error(JSON.stringify(outcome.error))
  const coverage = outcome.value[0]!.expansions.flatMap(each => each.coverage)
  const total = (of: 'without' | 'outOfStep') => coverage.reduce((sum, each) => sum + each[of], 0)
  console.log(
    `${total('without')} rows without ULID, ${total('outOfStep')} out of step, in ${coverage.length} columns`,
  )
}

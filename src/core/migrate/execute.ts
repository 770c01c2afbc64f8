/** Runs a compiled program inside the transaction that is open on the connection, telling what it does as it goes. */

import type { Assign, Chunked, Program, Step } from '../compile/program.ts'
import type { Context } from '../context.ts'
import type { Timing } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import type { Phase } from '../events.ts'
import { KeyedUlids } from '../identifiers/index.ts'
import { fetchUlids } from './fetch.ts'
import { gatherUlids } from './gather.ts'
import { scan, spliceValues } from './look-inside.ts'

/** Rows per chunk: small enough that a stop is heard within a moment, large enough to cost nothing (HAZARDS G3). */
const CHUNK = 10_000

/** Seconds per phase and object, in the order they ran. Throws what SQLite throws; the caller rolls back. */
export async function execute(
  db: Connection,
  program: Program,
  seed: string,
  context: Context,
): Promise<readonly Timing[]> {
  const timings: { phase: Phase; object: string; seconds: number }[] = []
  let phase: { readonly name: Phase; readonly begun: number } | undefined
  const endPhase = () => {
    if (phase !== undefined)
      context.emit({
        type: 'phase',
        phase: phase.name,
        status: 'done',
        seconds: since(phase.begun),
        detail: '',
      })
  }
  for (const step of program.steps) {
    if (phase === undefined || phase.name !== step.phase) {
      endPhase()
      phase = { name: step.phase, begun: performance.now() }
      context.emit({ type: 'phase', phase: step.phase, status: 'started' })
    }
    const begun = performance.now()
    await runStep(db, step, seed, context)
    const last = timings.at(-1)
    if (last && last.phase === step.phase && last.object === step.object) last.seconds += since(begun)
    else timings.push({ phase: step.phase, object: step.object, seconds: since(begun) })
  }
  endPhase()
  return timings
}

function since(begun: number): number {
  return (performance.now() - begun) / 1000
}

async function runStep(db: Connection, step: Step, seed: string, context: Context): Promise<void> {
  await context.breathe()
  switch (step.kind) {
    case 'statement':
      if (step.when !== undefined && db.prepare(step.when).pluck().get() !== 1n) return
      db.exec(step.sql)
      return
    case 'assign':
      return assign(db, step, seed, context)
    case 'chunked':
      return copy(db, step, context)
    case 'fetch':
      return fetchUlids(db, step, context)
    case 'gather':
      return gatherUlids(db, step, context)
    case 'scan':
      return scan(db, step, context)
    case 'splice':
      return spliceValues(db, step, context)
  }
}

async function assign(db: Connection, step: Assign, seed: string, context: Context): Promise<void> {
  const total = Number(db.prepare(step.total).pluck().get())
  const times = db.prepare(step.times).pluck().safeIntegers(false)
  const write = db.prepare(step.write)
  const encoding = encodingOf(db)
  const ulids = new KeyedUlids({ seed, domain: step.domain, case: step.case })
  for (let from = 0; from < total; from += CHUNK) {
    const texts = inEncoding(ulids.fill(times.all({ from, limit: CHUNK }) as number[]), encoding)
    write.run({ ulids: texts, width: encoding === 'UTF-8' ? 26 : 52, from, limit: CHUNK })
    context.emit({
      type: 'progress',
      phase: step.phase,
      object: step.object,
      unit: 'rows',
      done: Math.min(total, from + CHUNK),
      total,
    })
    await context.breathe()
  }
}

/** CAST reads the bytes in the database's own encoding. */
function inEncoding(ascii: Buffer, encoding: string): Buffer {
  if (encoding === 'UTF-8') return ascii
  const wide = Buffer.from(ascii.toString('latin1'), 'utf16le')
  return encoding === 'UTF-16be' ? wide.swap16() : wide
}

async function copy(db: Connection, step: Chunked, context: Context): Promise<void> {
  const total = Number(db.prepare(step.total).pluck().get())
  const statement = db.prepare(step.sql)
  const last = db.prepare(step.last).pluck()
  let from = db.prepare(step.first).pluck().get() as bigint | null
  let done = 0
  while (from !== null && done < total) {
    const reached = last.get({ from, limit: CHUNK }) as bigint | null
    if (reached === null) return
    done += Number(statement.run({ from, limit: CHUNK }).changes)
    context.emit({ type: 'progress', phase: step.phase, object: step.object, unit: 'rows', done, total })
    from = reached < 9223372036854775807n ? reached + 1n : null
    await context.breathe()
  }
}

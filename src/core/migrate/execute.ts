/** Runs a compiled program inside the transaction that is open on the connection, telling what it does as it goes. */

import type { Assign, Chunked, Program, Step } from '../compile/program.ts'
import type { Context } from '../context.ts'
import type { Timing } from '../documents.ts'
import type { Connection } from '../engines/sqlite/open.ts'
import { encodingOf } from '../engines/sqlite/raw-value.ts'
import type { Phase } from '../events.ts'
import { KeyedUlids } from '../identifiers/index.ts'
import { exitCodes, Refusal } from '../message.ts'
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

/** Two of them would already be no chance: somebody knew the seed, or keeps ids that it has made. */
const attempts = 4

/**
 * Gives every staged row its ULID. One that another row has kept is noticed, and all are made again under another key: each
 * attempt is as repeatable as the first, so that a rehearsal ends with the same one.
 */
async function assign(db: Connection, step: Assign, seed: string, context: Context): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const domain = attempt === 1 ? step.domain : JSON.stringify([step.domain, attempt])
    await fill(db, step, new KeyedUlids({ seed, domain, case: step.case }), context)
    const clash = db.prepare(step.clash).raw().get() as Clash | undefined
    if (clash === undefined) return
    if (attempt === attempts) throw collision(step.object, clash)
    const { exit: _, ...message } = collision(step.object, clash).failure
    context.emit({
      type: 'finding',
      finding: {
        ...message,
        code: 'ULID.COLLISION_AVOIDED',
        severity: 'info',
        message: 'A new ULID was there already, so all of this column were made anew.',
        next: 'Nothing has to be done.',
      },
    })
    db.exec(step.again)
  }
}

type Clash = readonly [madeFor: string, keptBy: string, ulid: string]

function collision(object: string, [madeFor, keptBy, ulid]: Clash): Refusal {
  return new Refusal({
    code: 'ULID.COLLISION',
    object,
    message: `New ULIDs were there already, ${attempts} times in a row.`,
    why: `${ulid} was made for ${madeFor}, and is what the row ${keptBy} is called already.`,
    next: 'By chance this does not happen. Let the seed be drawn anew: leave --seed out, and rehearse again.',
    exit: exitCodes.failed,
  })
}

async function fill(db: Connection, step: Assign, ulids: KeyedUlids, context: Context): Promise<void> {
  const total = Number(db.prepare(step.total).pluck().get())
  const times = db.prepare(step.times).pluck().safeIntegers(false)
  const write = db.prepare(step.write)
  const encoding = encodingOf(db)
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

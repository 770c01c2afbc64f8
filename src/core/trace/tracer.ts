/** Targets that are kept open, for programs that trace one id after the other. */
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Trace } from '../documents.ts'
import { openForReading } from '../engines/open.ts'
import type { Reading } from '../engines/sqlite/open.ts'
import { runEngine } from '../host.ts'
import { createUlidFactory } from '../identifiers/index.ts'
import { type Message, precondition } from '../message.ts'
import { Pause } from '../pause.ts'
import type { Settings } from '../requests.ts'
import { type LookOptions, lookFor } from './look.ts'
import { openTarget, unreadMessage } from './open-target.ts'
import { registryIn } from './registered.ts'
import { atOnce } from './steps.ts'
import type { Asked } from './told.ts'
import { targetsOfLedger } from './trace.ts'

export interface Tracer {
  /** The targets that could not be opened, and why; each trace says so as well. */
  readonly unread: readonly Message[]
  /**
   * Everything that the targets know of the id, as they are now: what others have written since is seen. Runs at once, and
   * keeps no lock behind. A column without an index may have to be read as a whole for it. A DuckDB file is read into a copy
   * when it is opened: once somebody has written to it, the trace says so instead of what it held, until {@link refresh}.
   */
  trace(id: string, options?: LookOptions): Trace
  /** Reads the DuckDB files anew that were written to since, and tries those again that could not be opened. */
  refresh(): Promise<void>
  close(): void
}

/** Opens `targets`, or all that the ledger knows, only for reading. One that can't be read stops nothing. */
export async function openTracer(targets: readonly string[], settings: Settings): Promise<Tracer> {
  const context = quietly(settings)
  const paths = targets.length > 0 ? targets.map(target => resolve(target)) : targetsOfLedger(context)
  const kept: Kept[] = []
  for (const path of new Set(paths)) kept.push(await keep(path, context))
  const { registered, unread, close } = registryIn(settings)
  const asks = (): readonly Asked[] => [...kept.map(asked), ...(unread === null ? [] : [unread])]
  return {
    get unread() {
      return [...kept.flatMap(({ error }) => error ?? []), ...(unread === null ? [] : [unread.error])]
    },
    trace(id, options = {}) {
      try {
        return atOnce(lookFor(id, asks(), { registered, ...options }))
      } finally {
        for (const { reading } of kept) letGo(reading)
      }
    },
    async refresh() {
      for (const [at, { path, reading }] of kept.entries()) {
        if (reading !== null && !isStale(reading)) continue
        reading?.close()
        reading?.copy?.discard()
        kept[at] = await keep(path, context)
      }
    },
    close() {
      for (const { reading } of kept) reading?.close()
      close()
    },
  }
}

/** Nobody watches. */
function quietly(settings: Settings): Context {
  const run = createUlidFactory()()
  return {
    run,
    settings,
    now: () => Date.now(),
    emit: () => {},
    breathe: () => Promise.resolve(),
    pause: new Pause(),
    ask: (operation, request) => runEngine({ operation, request, settings, run }).outcome,
  }
}

interface Kept {
  readonly path: string
  readonly reading: Reading | null
  readonly target: ReturnType<typeof openTarget> | null
  readonly error: Message | null
}

async function keep(path: string, context: Context): Promise<Kept> {
  try {
    const reading = await openForReading(path, context)
    letGo(reading)
    return { path, reading, target: openTarget(path, reading), error: null }
  } catch (error) {
    return { path, reading: null, target: null, error: unreadMessage(error, path) }
  }
}

/** Also where the file is gone. */
function isStale({ copy }: Reading): boolean {
  try {
    return copy?.isStale() ?? false
  } catch {
    return true
  }
}

/** What is open between two traces must not keep others from writing. */
function letGo(reading: Reading | null): void {
  if (reading?.db.inTransaction) reading.db.exec('COMMIT')
}

/** One transaction a trace: all of it sees the file at one moment. */
function asked({ path, reading, target, error }: Kept): Asked {
  if (target === null || reading === null || error !== null) return { path, error: error! }
  return {
    path,
    look() {
      if (isStale(reading)) throw changedSince(path)
      reading.db.exec('BEGIN')
      return target.look()
    },
  }
}

function changedSince(path: string) {
  return precondition(
    'TRACE.CHANGED',
    path,
    'Somebody has written to the DuckDB file since it was opened.',
    'It is read into a copy, which would answer with what the file held then.',
    'Read it anew: await tracer.refresh()',
  )
}

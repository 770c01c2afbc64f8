/** Keeps the ledger while an operation runs: its phases as they end, and how it ended, whatever way. */
import { type Context, Stopped } from '../context.ts'
import type { RecordedRun } from './in-target.ts'
import { type Entry, type Facts, Ledger, type Operation } from './ledger.ts'
import { settleAbandoned } from './settle.ts'

/** The entry of a run, as the run sees it: what can't be written down is told, and does not stop it. */
export interface RunEntry {
  facts(facts: Facts): void
  marks(run: string, as: 'undone' | 'finalized'): void
  /** Said right after the commit: whatever fails from then on, the change has been made. */
  committed(): void
  /** Makes an end of what killed runs left behind. Asked with the write lock held, when SQLite has rolled back. */
  settle(recorded: readonly RecordedRun[]): void
}

/**
 * Runs `work` as one entry of the ledger; `work` gets the entry, and a context that notes each finished phase. Throws a
 * refusal before `work` is begun (or, with `again`, gone on with) where the ledger can't be used, or another run is at work on the target. From then on
 * trouble with the ledger is a warning: the target's own record, which commits with the data, is the one that counts.
 */
export async function recorded<T>(
  context: Context,
  target: string,
  operation: Operation,
  work: (entry: RunEntry, told: Context) => Promise<T>,
  again = false,
): Promise<T> {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    const entry = ledger.begin(context.run, target, operation, again)
    return await whileKept(context, ledger, target, entry, work)
  } finally {
    ledger.close()
  }
}

async function whileKept<T>(
  context: Context,
  ledger: Ledger,
  target: string,
  entry: Entry,
  work: (entry: RunEntry, told: Context) => Promise<T>,
): Promise<T> {
  let warned = false
  let committed = false
  const note = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (!warned) context.emit({ type: 'finding', finding: notWritten(target, error) })
      warned = true
    }
  }
  const told: Context = {
    ...context,
    emit: event => {
      if (event.type === 'phase' && event.status === 'done')
        note(() => entry.phase(event.phase, 'succeeded', event.detail))
      context.emit(event)
    },
  }
  const kept: RunEntry = {
    facts: facts => note(() => entry.facts(facts)),
    marks: (run, as) => note(() => entry.marks(run, as)),
    committed: () => {
      committed = true
    },
    settle: runs => note(() => settleAbandoned(ledger, target, runs, context.settings)),
  }
  try {
    const result = await work(kept, told)
    note(() => entry.end('succeeded'))
    return result
  } catch (error) {
    kept.facts({ error: error instanceof Error ? error.message : String(error) })
    note(() => entry.end(committed ? 'succeeded' : error instanceof Stopped ? 'stopped' : 'failed'))
    throw error
  }
}

function notWritten(target: string, error: unknown) {
  return {
    code: 'LEDGER.NOT_WRITTEN',
    severity: 'warning',
    object: target,
    message: 'The ledger could not be written, and is behind.',
    why: `${error instanceof Error ? error.message : String(error)}. The database records its runs itself; the ledger only lists them.`,
    next: 'Check the folder of the ledger: --state-dir',
  } as const
}

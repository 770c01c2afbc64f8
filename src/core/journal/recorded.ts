/** Keeps the ledger while an operation runs: its phases as they end, and how it ended, whatever way. */
import { type Context, Stopped } from '../context.ts'
import { type Entry, Ledger, type Operation } from './ledger.ts'

/** Runs `work` as one entry of the ledger; `work` gets the entry, and a context that notes each finished phase. */
export async function recorded<T>(
  context: Context,
  target: string,
  operation: Operation,
  work: (entry: Entry, told: Context) => Promise<T>,
): Promise<T> {
  const ledger = new Ledger(context.settings, () => context.now())
  const entry = ledger.begin(context.run, target, operation)
  const told: Context = {
    ...context,
    emit: event => {
      if (event.type === 'phase' && event.status === 'done')
        entry.phase(event.phase, 'succeeded', event.detail)
      context.emit(event)
    },
  }
  try {
    const result = await work(entry, told)
    entry.end('succeeded')
    return result
  } catch (error) {
    entry.facts({ error: error instanceof Error ? error.message : String(error) })
    entry.end(error instanceof Stopped ? 'stopped' : 'failed')
    throw error
  } finally {
    ledger.close()
  }
}

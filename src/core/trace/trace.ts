/** Everything that targets know of one id, be it a ULID or a legacy id. Only looks, without a trace on any file. */
import { resolve } from 'node:path'
import { type Context, Stopped } from '../context.ts'
import type { Trace } from '../documents.ts'
import { openForReading } from '../engines/open.ts'
import { Ledger } from '../journal/ledger.ts'
import { type LookOptions, lookFor } from './look.ts'
import { openTarget, unreadMessage } from './open-target.ts'
import { registryIn } from './registered.ts'
import { oneByOne } from './steps.ts'
import type { Asked } from './told.ts'

export interface TraceOptions extends LookOptions {
  /** Through those that the ledger knows as well, where targets are named. */
  readonly everywhere?: boolean
}

/** Traces `id` through `targets`, or all that the ledger knows. A target that can't be read is said, and stops nothing. */
export async function trace(
  id: string,
  targets: readonly string[],
  context: Context,
  options: TraceOptions = {},
): Promise<Trace> {
  const named = targets.map(target => resolve(target))
  const known = options.everywhere || named.length === 0 ? targetsOfLedger(context) : []
  const open: { close(): void }[] = []
  const asked: Asked[] = []
  try {
    const registry = registryIn(context.settings)
    open.push(registry)
    for (const path of new Set([...named, ...known])) {
      await context.breathe()
      const target = await opened(path, context)
      if ('close' in target) open.push(target)
      asked.push(target)
    }
    if (registry.unread !== null) asked.push(registry.unread)
    const { registered } = registry
    return await oneByOne(lookFor(id, asked, { registered, ...options }), async ({ object, done, total }) => {
      context.emit({ type: 'progress', phase: 'inspect', object, unit: 'rows', done, total })
      await context.breathe()
    })
  } finally {
    for (const target of open) target.close()
  }
}

/** Each has its own time to wait for a lock. */
async function opened(path: string, context: Context) {
  try {
    return openTarget(path, await openForReading(path, context))
  } catch (error) {
    if (error instanceof Stopped) throw error
    return { path, error: unreadMessage(error, path) }
  }
}

export function targetsOfLedger(context: Context): readonly string[] {
  const ledger = new Ledger(context.settings, () => context.now())
  try {
    return ledger.targets()
  } finally {
    ledger.close()
  }
}

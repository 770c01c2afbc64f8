/** Waits for what a command makes: until it is there and stays as it is, or until there is nothing to wait for. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Context, Stopped } from '../../context.ts'
import type { Initialization } from '../system.ts'
import { usualLimit, usualSettle } from './announce.ts'
import type { Found } from './found.ts'
import type { Started } from './start.ts'

export type Over =
  | { readonly how: 'settled' | 'ended' | 'limit' }
  | { readonly how: 'stopped'; readonly why: string }

const tickMs = 100

/** @param tellOutput called at every turn, for what was printed since */
export async function follow(
  started: Started,
  { limit = usualLimit, settle = usualSettle }: Initialization,
  look: () => Promise<Found>,
  tellOutput: () => void,
  context: Context,
): Promise<Over> {
  const begun = context.now()
  let told = ''
  for (;;) {
    const alive = started.isAlive() // asked before looking: what it does last is seen
    const { database, tables, missing, since } = await look()
    tellOutput()
    const made = JSON.stringify([database, tables])
    if (database !== null && made !== told) context.emit({ type: 'tables', database, tables, missing })
    told = made
    const now = context.now()
    if (!alive) return { how: 'ended' }
    if (database !== null && missing.length === 0 && now - since >= settle * 1000) return { how: 'settled' }
    if (now - begun >= limit * 1000) return { how: 'limit' }
    await delay(tickMs)
    try {
      await context.breathe()
    } catch (error) {
      if (error instanceof Stopped) return { how: 'stopped', why: error.failure.why }
      throw error
    }
  }
}

/**
 * A process beside the engine, for as long as the engine has a command running. When the engine is gone without having
 * said that it is over (killed at once, by a second Ctrl-C for example), it ends what was started.
 */
import { endFamily, type Family } from './family.ts'

export interface Kept {
  readonly family: Family
  readonly grace: number
}

let kept: Kept | null = null

for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})

process.on('message', (message: Kept | 'over') => {
  kept = message === 'over' ? null : message
  if (message === 'over') process.disconnect()
})

process.on('disconnect', () => {
  if (kept === null) return process.exit()
  void endFamily(kept.family, kept.grace).then(() => process.exit())
})

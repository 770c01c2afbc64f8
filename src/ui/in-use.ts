/** What other programs will notice of a run, in the words that the screen and the commands share. */
import type { DryRunTarget, OpenBy } from '../core/index.ts'
import { about } from './format.ts'

/** Seconds after which many programs give up a write that finds the database locked. */
const clientsGiveUp = 5

/** Who has the file open. Nobody seen is not nobody: other users' processes and other machines do not show. */
export function openByText(openBy: readonly OpenBy[]): string {
  if (openBy.length === 0) return 'by no other program, as far as can be seen from here'
  return `by ${openBy.map(({ program, pid }) => `${program} (process ${pid})`).join(', ')}`
}

/** How long others are locked out, and whether that is too long for many of them. */
export function lockText({ estimate, engine }: Pick<DryRunTarget, 'estimate' | 'engine'>): string {
  const time = about(estimate.lockedSeconds)
  return engine === 'duckdb' || estimate.lockedSeconds <= clientsGiveUp
    ? time
    : `${time}; longer than the ${clientsGiveUp} s after which many programs give up: stop them first`
}

/** What they can do meanwhile: DuckDB lets nobody wait for a lock. */
export function lockedOut({ engine }: Pick<DryRunTarget, 'engine'>): string {
  return engine === 'duckdb' ? 'that want to write are refused at once by DuckDB' : 'wait'
}

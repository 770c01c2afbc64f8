/** What other programs will notice of a run, in the words that the screen and the commands share. */
import type { OpenBy } from '../core/index.ts'
import { about } from './format.ts'

/** Seconds after which many programs give up a write that finds the database locked. */
const clientsGiveUp = 5

/** Who has the file open. Nobody seen is not nobody: other users' processes and other machines do not show. */
export function openByText(openBy: readonly OpenBy[]): string {
  if (openBy.length === 0) return 'by no other program, as far as can be seen from here'
  return `by ${openBy.map(({ program, pid }) => `${program} (process ${pid})`).join(', ')}`
}

/** How long others wait, and whether that is too long for many of them. */
export function lockText(lockedSeconds: number): { readonly text: string; readonly long: boolean } {
  const long = lockedSeconds > clientsGiveUp
  const warning = `; longer than the ${clientsGiveUp} s after which many programs give up: stop them first`
  return { text: `${about(lockedSeconds)}${long ? warning : ''}`, long }
}

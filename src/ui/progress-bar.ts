/** The bar. It is full only when the work is over: 99 % is all that can be claimed before (TERMINAL 7). */
import { symbols } from '../wizard/symbols.ts'
import { type Line, line, span } from './line.ts'

/** @param share 0 to 1; null when nobody can say yet */
export function progressBar(share: number | null, width: number, over = false): Line {
  if (share === null) return line(span(symbols.empty.repeat(Math.max(0, width)), 'muted'))
  const known = over ? 1 : Math.min(0.99, Math.max(0, share))
  const full = Math.min(Math.floor(known * width), over ? width : width - 1)
  return line(
    span(symbols.full.repeat(Math.max(0, full)), 'accent'),
    span(symbols.empty.repeat(Math.max(0, width - full)), 'muted'),
    span(`  ${String(Math.floor(known * 100)).padStart(3)} %`),
  )
}

/** Where on the way one is. The names are always there; the signs say the same as the colours. */
import { symbols } from '../wizard/symbols.ts'
import type { Tone } from '../wizard/theme.ts'
import { type Line, line, span, widthOf } from './line.ts'

export interface RailStop {
  readonly name: string
  readonly is: 'done' | 'now' | 'to-come' | 'not-needed'
}

const looks: Readonly<Record<RailStop['is'], { readonly sign: string; readonly tone: Tone }>> = {
  done: { sign: symbols.done, tone: 'ok' },
  now: { sign: symbols.now, tone: 'accent' },
  'to-come': { sign: symbols.toCome, tone: 'muted' },
  'not-needed': { sign: symbols.notNeeded, tone: 'muted' },
}

export function rail(stops: readonly RailStop[], width: number): Line {
  const whole = line(
    ...stops.map(({ name, is }) =>
      span(` ${looks[is].sign} ${name}  `, is === 'now' ? 'accent' : looks[is].tone),
    ),
  )
  if (widthOf(whole) <= width) return whole
  const at = stops.findIndex(stop => stop.is === 'now')
  const now = stops[at]
  if (now === undefined) return line(span(` ${looks['to-come'].sign} ${stops.length} steps ahead`, 'muted'))
  return line(
    span(` ${looks.now.sign} ${now.name}`, 'accent'),
    span(`  ${at + 1} of ${stops.length}`, 'muted'),
  )
}

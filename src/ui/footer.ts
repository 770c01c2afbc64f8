/** The keys that work now. When there is no room they go from the right, but the help never does. */
import { type Line, line, span, widthOf } from './line.ts'

export interface FooterEntry {
  readonly label: string
  readonly short: string
}

const isHelp = (entry: FooterEntry) => entry.short === 'help'

function draw(entries: readonly FooterEntry[]): Line {
  return line(
    ...entries.flatMap(({ label, short }, index) => [
      span(`${index === 0 ? ' ' : '   '}${label}`, 'accent'),
      span(` ${short}`),
    ]),
  )
}

export function footer(entries: readonly FooterEntry[], width: number): Line {
  const shown = [...entries]
  while (widthOf(draw(shown)) > width) {
    const last = shown.findLastIndex(entry => !isHelp(entry))
    if (last === -1) break
    shown.splice(last, 1)
  }
  return draw(shown)
}

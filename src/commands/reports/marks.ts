/** The few signs of reports, each with a word's worth of meaning; colour only repeats what the sign says. */
import figures from 'figures'

export const marks = { good: figures.tick, bad: figures.cross, warning: '!', none: '-' } as const

const codes = { good: 32, bad: 31, warning: 33 } as const

/** Colours the sign at the start of a line, where there is one and colour is wanted. */
export function paintMark(line: string, colour: boolean): string {
  if (!colour) return line
  for (const meaning of ['good', 'bad', 'warning'] as const) {
    const mark = marks[meaning]
    const text = line.trimStart()
    if (text.startsWith(`${mark} `))
      return `${line.slice(0, line.length - text.length)}\x1b[${codes[meaning]}m${mark}\x1b[39m${text.slice(mark.length)}`
  }
  return line
}

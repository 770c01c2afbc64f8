/** The field of a typed confirmation: what has to be typed, and what has been. */
import { symbols } from '../wizard/symbols.ts'
import { type Area, blank, type Line, line, paragraph, shorten, span } from './line.ts'
import { scrolled } from './list.ts'
import { matchesName } from './target-name.ts'

export function typedName(question: string, name: string, typed: string, width: number): readonly Line[] {
  const right = matchesName(typed, name)
  const room = Math.max(4, width - 8)
  return [
    ...paragraph(`${question} (${name})`, width, 'plain', 1),
    line(
      '   > ',
      span(shorten(typed, room, 'middle'), right ? 'ok' : 'strong'),
      span(symbols.cursor, 'accent'),
      span(right ? `  ${symbols.done}` : '', 'ok'),
    ),
  ]
}

/** What the field is about above it. Where there is no room for all of that, it is scrolled, and the field stays in sight. */
export function aboveField(
  title: Line,
  about: readonly Line[],
  field: readonly Line[],
  scroll: number,
  area: Area,
): readonly Line[] {
  if (about.length + field.length + 3 <= area.height) return [title, blank, ...about, blank, ...field]
  const height = area.height - field.length - 1
  return [title, ...scrolled(about, scroll, { width: area.width, height }), ...field]
}

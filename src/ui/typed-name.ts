/** The field of a typed confirmation: what has to be typed, and what has been. */
import { symbols } from '../wizard/symbols.ts'
import { type Line, line, paragraph, shorten, span } from './line.ts'
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

/** The field for the path of a file that is to be opened, with what it could go on as. */
import { type Area, blank, type Line, line, paragraph, shorten, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import type { OpenScreen } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

export function openBody({ typed, completions }: OpenScreen, area: Area): readonly Line[] {
  const head = [
    line(span(' Path of a database, or of a folder to search:', 'strong')),
    line(
      '   > ',
      span(shorten(typed, Math.max(4, area.width - 8), 'middle'), 'strong'),
      span(symbols.cursor, 'accent'),
    ),
    blank,
  ]
  const rows = completions.map(each => line('     ', shorten(each, area.width - 5, 'middle')))
  const help = paragraph('Tab completes the path. It is only read.', area.width, 'muted', 1)
  return [
    ...head,
    ...(rows.length > 0 ? listOf(rows, 0, { width: area.width, height: area.height - head.length }) : help),
  ]
}

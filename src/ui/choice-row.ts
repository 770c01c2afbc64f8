/** A row of a table that can be chosen: the pointer, a box, and the cells. */
import { symbols } from '../wizard/symbols.ts'
import { type Line, span } from './line.ts'

/** Cells that pointer and box take; a table that becomes such rows is indented by as much. */
export const choiceIndent = 7

/** @param content a row of a table indented by {@link choiceIndent} */
export function choiceRow(content: Line, box: string, focused: boolean): Line {
  const [, ...cells] = content
  return [
    span(focused ? ` ${symbols.pointer} ` : '   ', 'accent'),
    span(`${box} `, box === symbols.on ? 'accent' : 'plain'),
    ...cells.map(each => (focused && each.tone === 'plain' ? { ...each, tone: 'strong' as const } : each)),
  ]
}

/** Aligned text: cells are made printable, measured in terminal cells, and joined without trailing blanks. */
import stringWidth from 'string-width'
import { printable } from '../../ui/printable.ts'

type Side = 'left' | 'right'

/**
 * @param rows cells by row; a missing cell is empty
 * @param sides per column; left where not said
 * @param indent blanks before each line
 */
export function columns(
  rows: readonly (readonly string[])[],
  sides: readonly Side[] = [],
  indent = 2,
): readonly string[] {
  const safe = rows.map(row => row.map(printable))
  const widths: number[] = []
  for (const row of safe)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, stringWidth(cell))
    })
  return safe.map(row => {
    const cells = row.map((cell, index) => {
      const blank = ' '.repeat((widths[index] ?? 0) - stringWidth(cell))
      return sides[index] === 'right' ? blank + cell : cell + blank
    })
    return (' '.repeat(indent) + cells.join('  ')).trimEnd()
  })
}

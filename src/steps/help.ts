/** All keys by screen, the exit codes, and what to call things. Read from the key table, so it cannot be wrong. */
import { tilde } from '../ui/format.ts'
import { type Area, blank, cell, type Line, line, paragraph, span } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { keyTable, type Place, placeOf, places } from '../wizard/keys.ts'
import type { Wizard } from '../wizard/state.ts'

const codes: readonly (readonly [string, string])[] = [
  ['0', 'done, or nothing to do'],
  ['1', 'failed'],
  ['3', 'verification found problems'],
  ['4', 'a precondition blocks; nothing was changed'],
  ['130', 'left or stopped by Ctrl-C'],
]

export function helpBody(wizard: Wizard, scroll: number, area: Area): readonly Line[] {
  const here = placeOf({ ...wizard, help: null })
  const others = places.filter(place => place !== here && place !== 'help' && place !== 'quitting')
  const files = [...new Set(wizard.entries.flatMap(entry => entry.given.configFiles))].map(file =>
    tilde(file),
  )
  const lines = [
    ...keysOf(here, `Keys here: ${here}`, area.width),
    line(span(' Exit codes', 'strong')),
    ...codes.map(([code, meaning]) => line('   ', span(cell(code, 12), 'accent'), meaning)),
    blank,
    line(span(' Where things lie', 'strong')),
    ...paragraph(
      'Snapshots and the ledger of runs: the state folder (--state-dir, --snapshot-dir). Plans and reports that you write: the folder you are in.',
      area.width,
      'plain',
      3,
    ),
    ...paragraph(
      `Choices made beforehand: ${files.length > 0 ? files.join(', ') : 'no config file'}.`,
      area.width,
      'plain',
      3,
    ),
    blank,
    ...others.flatMap(place => keysOf(place, place, area.width)),
  ]
  return scrolled(lines, scroll, area)
}

function keysOf(place: Place, title: string, width: number): readonly Line[] {
  return [line(span(` ${title}`, 'strong')), ...rowsOf(place, width), blank]
}

/** Keys stay what they are, and the help is drawn ten times a second while work goes on beneath it. */
const drawn = new Map<Place, { readonly width: number; readonly lines: readonly Line[] }>()

function rowsOf(place: Place, width: number): readonly Line[] {
  const before = drawn.get(place)
  if (before?.width === width) return before.lines
  const lines = keyTable()
    .filter(row => row.place === place)
    .flatMap(row =>
      paragraph(row.long, Math.max(10, width - 16)).map((content, index) =>
        line('   ', span(cell(index === 0 ? row.label : '', 12), 'accent'), ...content),
      ),
    )
  drawn.set(place, { width, lines })
  return lines
}

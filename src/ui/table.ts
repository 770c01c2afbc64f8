/** A table that knows how to become narrower: columns go by rank, then the growing one gives way. */
import type { Tone } from '../wizard/theme.ts'
import { blank, cell, cellsOf, type Line, line, shorten, span, unbounded } from './line.ts'
import type { Rows } from './list.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Columns with the highest rank go first when there is no room; rank 0 stays. */
  readonly rank?: number
  /** Gives way after the ranked ones have gone; loses its end, or its middle. */
  readonly gives?: 'end' | 'middle'
}

export interface TableCell {
  readonly text: string
  readonly tone?: Tone
}

export interface Table {
  readonly head: Line
  readonly rows: Rows
}

const gap = 3
/** What a column that gives way keeps while any other can still give; those that stay for good keep more. */
const comfortable = (column: TableColumn) => ((column.rank ?? 0) > 0 ? 16 : 32)
const narrowest = 8

/** @returns header and rows, none wider than `width`; `indent` cells stay free at the left */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
  indent = 0,
): Table {
  if (width === unbounded) return { head: blank, rows: rows.map(row => sentence(columns, row, indent)) }
  const widths = columns.map((column, index) =>
    Math.max(
      cellsOf(column.title),
      rows.reduce((most, row) => Math.max(most, Math.min(60, cellsOf(row[index]?.text ?? ''))), 0),
    ),
  )
  const shown = new Set(columns.keys())
  const total = () => indent + [...shown].reduce((sum, index) => sum + widths[index]! + gap, -gap)
  const goers = [...columns.keys()]
    .filter(index => (columns[index]!.rank ?? 0) > 0)
    .sort((a, b) => (columns[b]!.rank ?? 0) - (columns[a]!.rank ?? 0))
  // Ranked columns give way before they go, and before those that stay; of these the widest first.
  const byRankThenWidth = (a: number, b: number) =>
    (columns[b]!.rank ?? 0) - (columns[a]!.rank ?? 0) || widths[b]! - widths[a]!
  const givers = [...columns.keys()].filter(index => columns[index]!.gives !== undefined)
  const slack = () =>
    givers
      .filter(index => shown.has(index))
      .reduce((sum, index) => sum + Math.max(0, widths[index]! - comfortable(columns[index]!)), 0)
  while (total() - slack() > width && goers.length > 0) shown.delete(goers.shift()!)
  for (const leastOf of [comfortable, () => narrowest])
    for (const index of givers.sort(byRankThenWidth)) {
      const excess = total() - width
      const least = leastOf(columns[index]!)
      if (shown.has(index) && excess > 0 && widths[index]! > least)
        widths[index] = Math.max(least, widths[index]! - excess)
    }

  const draw = (cells: readonly TableCell[], tone: Tone): Line => {
    const places = [...shown]
    return line(
      ' '.repeat(indent),
      ...places.flatMap((index, place) => {
        const column = columns[index]!
        const content = cells[index] ?? { text: '' }
        const text =
          column.gives === 'middle' ? shorten(content.text, widths[index]!, 'middle') : content.text
        return [
          span(cell(text, widths[index]!, column.align ?? 'left'), content.tone ?? tone),
          span(place < places.length - 1 ? ' '.repeat(gap) : ''),
        ]
      }),
    )
  }
  return {
    head: draw(
      columns.map(column => ({ text: column.title })),
      'muted',
    ),
    rows: { length: rows.length, at: index => draw(rows[index] ?? [], 'plain') },
  }
}

/** `jobs.job_id: rows 41,020; kind of id uuid4` */
function sentence(columns: readonly TableColumn[], row: readonly TableCell[], indent: number): Line {
  const [name, ...values] = columns.flatMap(({ title }, at) => {
    const text = (row[at]?.text ?? '').trim()
    return text === '' || text === '-' ? [] : [at === 0 ? text : `${title} ${text}`.trim()]
  })
  return line(' '.repeat(indent), [name, values.join('; ')].filter(Boolean).join(': '))
}

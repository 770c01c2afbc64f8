/** Windows over lists that are longer than the screen. A frame as tall as its list would scroll the terminal. */
import { count } from './format.ts'
import { clip, type Line, line, span, spread } from './line.ts'

export interface Window {
  readonly from: number
  readonly to: number
}

/** Lines that are drawn when they are asked for: of thousands only those in sight are. Any array of lines is such. */
export interface Rows {
  readonly length: number
  at(index: number): Line | undefined
}

/** The same rows, each with something done to it once it is drawn. */
export function eachRow(rows: Rows, change: (row: Line, index: number) => Line): Rows {
  return { length: rows.length, at: index => change(rows.at(index) ?? [], index) }
}

/** Those from one on up to another, drawn; all of them where none is named. */
export function drawnRows(rows: Rows, { from, to }: Window = { from: 0, to: rows.length }): readonly Line[] {
  return Array.from({ length: to - from }, (_, place) => rows.at(from + place) ?? [])
}

/** The `height` items to show so that the one at `cursor` is among them, about in the middle where there is a choice. */
export function windowAround(cursor: number, length: number, height: number): Window {
  const rows = Math.max(0, height)
  if (length <= rows) return { from: 0, to: length }
  const from = Math.min(Math.max(0, cursor - Math.floor(rows / 2)), length - rows)
  return { from, to: from + rows }
}

/** `1-4 of 8`, or nothing where everything is in sight. */
export function position(window: Window, length: number): string {
  if (window.to - window.from >= length) return ''
  return `${count(window.from + 1)}-${count(window.to)} of ${count(length)}`
}

/** Rows around the cursor; when some are out of sight, the last row says which are shown. */
export function listOf(rows: Rows, cursor: number, area: { width: number; height: number }): readonly Line[] {
  if (rows.length <= area.height) return drawnRows(rows)
  const window = windowAround(cursor, rows.length, area.height - 1)
  const where = line(span(`${position(window, rows.length)} `, 'muted'))
  return [...drawnRows(rows, window), spread([], where, area.width)].slice(0, Math.max(0, area.height))
}

/** As many lines as there is room for, and how many more stand elsewhere. */
export function firstOf(lines: readonly Line[], most: number, elsewhere: string): readonly Line[] {
  if (lines.length <= most) return lines
  if (most < 1) return []
  const shown = lines.slice(0, most - 1)
  const more = lines.length - shown.length
  const text = `   ${count(more)} ${more === 1 ? 'line' : 'lines'} more: ${elsewhere}`
  return [...shown, line(span(text, 'muted'))]
}

/** Lines from `offset` on, or with the end in sight for -1; like {@link listOf}, but for text without a cursor. */
export function scrolled(
  lines: readonly Line[],
  offset: number,
  area: { width: number; height: number },
): readonly Line[] {
  if (lines.length <= area.height) return lines
  if (area.height < 2)
    return area.height < 1
      ? []
      : [spread([], line(span(`${count(lines.length)} lines more`, 'muted')), area.width)]
  const height = area.height - 1
  const last = lines.length - height
  const from = offset < 0 ? Math.max(0, last + offset + 1) : Math.min(offset, last)
  const window = { from, to: from + height }
  const where = line(span(`${position(window, lines.length)} `, 'muted'))
  return [
    ...lines.slice(window.from, window.to).map(each => clip(each, area.width)),
    spread([], where, area.width),
  ]
}

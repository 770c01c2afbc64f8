/**
 * The frame around every screen: what this is about, the rail, the body between two rules, and the keys that work now.
 * No boxes: borders cost width, break when copied, and are read aloud.
 */
import { symbols } from '../wizard/symbols.ts'
import { type FooterEntry, footer } from './footer.ts'
import {
  type Area,
  blank,
  clip,
  type Line,
  line,
  paragraph,
  type Span,
  shorten,
  span,
  spread,
} from './line.ts'
import { scrolled } from './list.ts'
import { type RailStop, rail } from './rail.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Page {
  /** The target, or the name of the screen. */
  readonly title: string
  /** The one thing to know, at the right of the first line. */
  readonly badge: Span
  /** Null where there is no way to be on. */
  readonly stops: readonly RailStop[] | null
  readonly body: (area: Area) => readonly Line[]
  /** How far the body is scrolled, where it is longer than its area. */
  readonly scroll: number
  /** Stands in place of the lower rule. */
  readonly notice: string
  readonly keys: readonly FooterEntry[]
}

const leastColumns = 40
const leastRows = 10

/** From here on there is room for side by side. */
export const wideFrom = 80

/** Always names the way without a screen, however little room there is. */
function tooSmall({ columns, rows }: Size): readonly Line[] {
  const whole = 'More room, please: 40 x 10, or --plain'
  const text = columns < whole.length ? '--plain, or 40 x 10' : whole
  return paragraph(text, columns)
    .slice(0, Math.max(1, rows - 1))
    .map(each => clip(each, columns))
}

/** @returns exactly `rows - 1` lines (fewer where that is no room for a screen), none wider than the terminal */
export function frame(page: Page, size: Size): readonly Line[] {
  const { columns: width } = size
  if (width < leastColumns || size.rows < leastRows) return tooSmall(size)
  const rule = line(span(symbols.rule.repeat(width), 'muted'))
  const badge = [page.badge, span(' ')]
  const room = width - page.badge.text.length - 3
  const title = shorten(page.title, width < wideFrom ? room : room - 14, 'middle')
  const head =
    width < wideFrom
      ? line(' ', span(title, 'strong'))
      : line(' ', span('ulid-migrate', 'accent'), '  ', span(title, 'strong'))
  const top = [spread(head, badge, width), ...(page.stops ? [rail(page.stops, width)] : []), rule]
  const bottom = [
    page.notice === '' ? rule : line(span(` ${symbols.warning} ${page.notice}`, 'warning')),
    footer(page.keys, width),
  ]
  const height = size.rows - 1 - top.length - bottom.length
  const body = scrolled(page.body({ width, height }), page.scroll, { width, height })
  const filled = [...body, ...Array.from({ length: height - body.length }, () => blank)]
  return [...top, ...filled, ...bottom].map(each => clip(each, width))
}

/**
 * Screens are made of lines, and a line of spans: text with a meaning. That a frame is never taller or wider than the
 * terminal is then arithmetic, not a question of layout, and a screen can be tested without drawing it.
 */
import stringWidth from 'string-width'
import { symbols } from '../wizard/symbols.ts'
import type { Tone } from '../wizard/theme.ts'
import { printable } from './printable.ts'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

export type Line = readonly Span[]

/** Cells that a screen may use. */
export interface Area {
  readonly width: number
  readonly height: number
}

/** The width of what is read line by line, or aloud: nothing is cut, wrapped or aligned, and tables become sentences. */
export const unbounded = Number.POSITIVE_INFINITY

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A span of any text, made safe to show. Every span is made here, so nothing from a database reaches the terminal raw. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: printable(text), tone }
}

const ascii = /^[\x20-\x7e]*$/
const measured = new Map<string, number>()

/** The cells that any text takes once it is safe to show. What is not plain ASCII is slow to measure, and asked for in every frame. */
export function cellsOf(raw: string): number {
  if (ascii.test(raw)) return raw.length
  const known = measured.get(raw)
  if (known !== undefined) return known
  if (measured.size >= mostMeasured) measured.clear()
  const cells = stringWidth(printable(raw))
  measured.set(raw, cells)
  return cells
}

const mostMeasured = 5_000

/** A line of spans; bare strings are plain. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts.map(part => (typeof part === 'string' ? span(part) : part))
}

export const blank: Line = []

export function widthOf(content: Line): number {
  return content.reduce((sum, part) => sum + cellsOf(part.text), 0)
}

export function textOf(content: Line): string {
  return content.map(part => part.text).join('')
}

/** The longest beginning of `text` that fits into `width` cells. */
function beginning(text: string, width: number): string {
  let used = 0
  let kept = ''
  for (const { segment } of segmenter.segment(text)) {
    used += stringWidth(segment)
    if (used > width) break
    kept += segment
  }
  return kept
}

/** The longest end of `text` that fits into `width` cells. */
function end(text: string, width: number): string {
  let used = 0
  let kept = ''
  for (const { segment } of [...segmenter.segment(text)].reverse()) {
    used += stringWidth(segment)
    if (used > width) break
    kept = segment + kept
  }
  return kept
}

/** Shortens to `width` cells by losing the end, or (for paths) the middle. */
export function shorten(raw: string, width: number, lose: 'end' | 'middle' = 'end'): string {
  const text = printable(raw)
  if (cellsOf(text) <= width) return text
  if (width <= 0) return ''
  if (lose === 'end') return beginning(text, width - 1) + symbols.cut
  const head = beginning(text, Math.floor((width - 1) / 2))
  return head + symbols.cut + end(text, width - 1 - cellsOf(head))
}

/** Exactly `width` cells: shortened or padded; the text as it is where there is no width. */
export function cell(raw: string, width: number, align: 'left' | 'right' = 'left'): string {
  const text = shorten(raw, width)
  if (width === unbounded) return text
  const gap = ' '.repeat(Math.max(0, width - cellsOf(text)))
  return align === 'left' ? text + gap : gap + text
}

/** Cuts a line at `width` cells, marking the cut. */
export function clip(content: Line, width: number): Line {
  if (widthOf(content) <= width) return content
  const kept: Span[] = []
  let room = width
  for (const part of content) {
    const cells = cellsOf(part.text)
    if (cells < room) {
      kept.push(part)
      room -= cells
    } else {
      kept.push({ text: shorten(`${part.text}  `, room), tone: part.tone })
      break
    }
  }
  return kept
}

/** Left and right ends of one line. The right one is kept whole; the left one gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  if (width === unbounded) return left.length === 0 ? right : [...left, span('  '), ...right]
  const room = width - widthOf(right) - 1
  if (room < 1) return clip(right, width)
  const kept = clip(left, room)
  return [...kept, span(' '.repeat(width - widthOf(kept) - widthOf(right))), ...right]
}

/** Breaks text at spaces so that each line has at most `width` cells; a word longer than that is broken anywhere. */
export function wrap(raw: string, width: number): readonly string[] {
  const lines: string[] = []
  let current: string | null = null
  for (const word of printable(raw).split(' ')) {
    const joined: string = current === null ? word : `${current} ${word}`
    if (stringWidth(joined) <= width) {
      current = joined
      continue
    }
    if (current !== null) lines.push(current)
    let rest = word
    while (stringWidth(rest) > width) {
      const head = beginning(rest, width)
      if (head === '') break // one character wider than the line: the frame cuts it
      lines.push(head)
      rest = rest.slice(head.length)
    }
    current = rest
  }
  return [...lines, current ?? '']
}

/** {@link wrap}, as lines of one tone, indented. */
export function paragraph(text: string, width: number, tone: Tone = 'plain', indent = 0): readonly Line[] {
  return wrap(text, Math.max(1, width - indent)).map(part => line(' '.repeat(indent), span(part, tone)))
}

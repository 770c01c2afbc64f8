import type { Span } from './source-file.ts'

/** The lines of something that stands alone on them, with a comment behind it at most; else null. */
export function wholeLines({ start, end }: Span, text: string): Span | null {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', end)
  const to = newline < 0 ? text.length : newline + 1
  const before = text.slice(from, start).replace(/^\uFEFF/, '')
  const after = text.slice(end, to).trim()
  const alone = before.trim() === '' && /^;?\s*((#|\/\/).*)?$/.test(after)
  return alone ? { start: from + (text.startsWith('\uFEFF') && from === 0 ? 1 : 0), end: to } : null
}

import { endsInLineComment, type Span } from './tokens.ts'

/** Replaces a span of a text; an empty span inserts, an empty text deletes. */
export interface TextEdit extends Span {
  readonly text: string
}

/**
 * Makes all edits at once, to the letter; offsets are those of the text before any of them. Insertions at one place
 * come in the order given, and before a replacement that begins there.
 * @throws RangeError when spans overlap or lie outside the text.
 */
export function applyEdits(sql: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let position = 0
  for (const { start, end, text } of sorted) {
    if (start < position || end < start || end > sql.length) {
      throw new RangeError(`Edit ${start} to ${end} overlaps another, or is outside of: ${sql.slice(0, 60)}`)
    }
    result += sql.slice(position, start) + text
    position = end
  }
  return result + sql.slice(position)
}

/**
 * The same edit with white space where it would otherwise join two words into one (`"x" INT(3)NOT NULL` is legal), or
 * write behind a `--` comment and vanish in it.
 */
export function fitted(sql: string, edit: TextEdit): TextEdit {
  const before = sql.slice(0, edit.start)
  const after = sql.slice(edit.end)
  if (edit.text === '') return { ...edit, text: gap(before, after) }
  return { ...edit, text: gap(before, edit.text) + edit.text + gap(edit.text, after) }
}

function gap(left: string, right: string): string {
  if (/^[ \t\n\f\r]/.test(right)) return right.startsWith('\n') || !endsInLineComment(left) ? '' : '\n'
  if (endsInLineComment(left)) return '\n'
  const last = left.at(-1) ?? ''
  const first = right[0] ?? ''
  const wordsJoin = idCharacter.test(last) && (idCharacter.test(first) || first === "'")
  const quotesDouble = last === first && /["'`]/.test(last)
  return wordsJoin || quotesDouble ? ' ' : ''
}

const idCharacter = /[\w$\x80-\uffff]/

/** Deletes spans, each with the white space before it unless that ends a `--` comment. */
export function removeSpans(sql: string, spans: readonly Span[]): string {
  const edits = spans.map(({ start, end }) => {
    const kept = sql.slice(0, start).replace(/[ \t\n\f\r]+$/, '')
    return fitted(sql, { start: endsInLineComment(kept) ? start : kept.length, end, text: '' })
  })
  return applyEdits(sql, edits)
}

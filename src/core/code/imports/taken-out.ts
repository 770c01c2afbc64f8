import type { Edit } from '../edits.ts'
import { type Node, type Span, sameNode, spanOf } from '../source-file.ts'
import { wholeLines } from '../whole-lines.ts'

/** From each name that goes to the next one that stays, or, at the end, from the last one that stays. */
export function takenOut(parts: readonly Node[], kept: readonly Node[], text: string): readonly Edit[] {
  const stays = (part: Node) => kept.some(each => sameNode(each, part))
  const edits: Edit[] = []
  for (const [index, part] of parts.entries()) {
    if (stays(part)) continue
    const own = ownLines(part, text)
    if (own !== null) {
      edits.push({ ...own, text: '' })
      continue
    }
    const next = parts[index + 1]
    if (next !== undefined) edits.push({ start: spanOf(part).start, end: spanOf(next).start, text: '' })
    else {
      const before = parts.slice(0, index).filter(stays).at(-1)!
      const from = spanOf(before).end
      // The names in between have been taken out already, up to this one.
      const comma = /^\s*,/.exec(text.slice(from))?.[0].length ?? 0
      const followed = /^\s*,/.test(text.slice(spanOf(part).end))
      const start = parts[index - 1] === before ? from + (followed ? comma : 0) : spanOf(part).start
      const end = followed
        ? spanOf(part).end + /^\s*,/.exec(text.slice(spanOf(part).end))![0].length
        : spanOf(part).end
      edits.push({ start, end, text: '' })
    }
  }
  return edits
}

/** The lines of a name that stands between brackets on lines of its own: a comment behind it is about it, and goes too. */
function ownLines(part: Node, text: string): Span | null {
  const { start, end } = spanOf(part)
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0
  const isBracketed = /[({]/.test(part.parent()?.text() ?? '')
  return isBracketed ? wholeLines({ start, end: end + comma }, text) : null
}

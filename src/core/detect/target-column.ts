/** Columns of other targets, as an operator names them: `sessions.db::sessions.id`. */

import { parsePlace } from '../inside/selector.ts'

export interface TargetColumn {
  /** As it was written; null where none was. */
  readonly target: string | null
  readonly column: string
}

/** Whether a target stands before any column of the text, which may be of one column or of two, `child=parent`. */
export function namesTarget(text: string): boolean {
  const at = lastEquals(text)
  const parts = at < 0 ? [text] : [text, text.slice(0, at), text.slice(at + 1)]
  return parts.some(part => splitTarget(part).target !== null)
}

/** The target is all before the first `::` behind which a column stands, or a place in its values. */
export function splitTarget(text: string): TargetColumn {
  for (const { index } of withoutNames(text).matchAll(/::/g)) {
    const column = text.slice(index + 2)
    if (isPlace(column)) return { target: text.slice(0, index), column }
  }
  return { target: null, column: text }
}

function isPlace(text: string): boolean {
  try {
    parsePlace(text)
    return true
  } catch {
    return false
  }
}

/** Where `child=parent` is divided: names may hold "=", inside quotes; the last one outside of them. */
export function lastEquals(text: string): number {
  return withoutNames(text).lastIndexOf('=')
}

/** The text with nothing in its quotes and brackets. */
function withoutNames(text: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, quoted => '_'.repeat(quoted.length))
}

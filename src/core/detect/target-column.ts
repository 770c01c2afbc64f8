/** Columns of other targets, as an operator names them: `sessions.db::sessions.id`. */

export interface TargetColumn {
  /** As it was written; null where none was. */
  readonly target: string | null
  readonly column: string
}

/** Whether a target stands before any column of the text. */
export function namesTarget(text: string): boolean {
  return lastColons(text) >= 0
}

export function splitTarget(text: string): TargetColumn {
  const at = lastColons(text)
  return at < 0 ? { target: null, column: text } : { target: text.slice(0, at), column: text.slice(at + 2) }
}

/** The last `::` that is not part of a quoted name. */
function lastColons(text: string): number {
  return text
    .replaceAll(/"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, quoted => '_'.repeat(quoted.length))
    .lastIndexOf('::')
}

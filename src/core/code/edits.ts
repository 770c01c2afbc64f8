/** Changes of a text as ranges of it, so that all that is not named stays as it is, to the byte. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** In the order of the text; ranges do not overlap. */
export function sortedEdits(edits: readonly Edit[]): readonly Edit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const edit of sortedEdits(edits)) {
    if (edit.start < at) throw new Error(`Edits overlap at ${edit.start}`)
    parts.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  return [...parts, text.slice(at)].join('')
}

/** What was written into the config file, in the same words for commands and screens. */
import type { Kept } from '../core/index.ts'

/** @param file as the operator knows it */
export function keptText({ target, entry, changed }: Kept, file: string): string {
  const keys = Object.keys(entry)
  if (keys.length === 0) return 'There is nothing to keep: nothing was chosen that does not hold anyway.'
  const what = `${target}: ${keys.join(', ')}`
  return changed ? `Kept in ${file} under ${what}` : `${file} says so already under ${what}`
}

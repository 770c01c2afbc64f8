/** Reads and writes source files as they are: text only where it is UTF-8, back to the same bytes. */
import { isUtf8 } from 'node:buffer'
import { lstatSync, readFileSync } from 'node:fs'

export const largest = 2 * 1024 * 1024

export type ReadSource = { readonly text: string } | { readonly skipped: string }

export function readSource(path: string): ReadSource {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return { skipped: 'It is a symbolic link, which is not followed.' }
  if (!stats.isFile()) return { skipped: 'It is no regular file.' }
  if (stats.size > largest) return { skipped: 'It has more than 2 MB.' }
  const bytes = readFileSync(path)
  if (!isUtf8(bytes)) return { skipped: 'It is not UTF-8.' }
  return { text: bytes.toString('utf8') }
}

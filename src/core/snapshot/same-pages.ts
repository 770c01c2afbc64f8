/** Compares two database files page by page, without opening either: the quickest proof that a backup is a copy. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

/** What a backup changes in the header of the copy: change counter, schema cookie, and the versions that go with them. */
const owned: readonly (readonly [number, number])[] = [
  [24, 28],
  [40, 44],
  [92, 100],
]
const PIECE = 1 << 20

/**
 * Whether `copy` holds the very bytes of `original`, but for those fields. False as well where the original has frames
 * in a -wal, which its own bytes do not show: then only the contents can be compared. Neither file may be open in this
 * process (HAZARDS E1).
 */
export function samePages(original: string, copy: string): boolean {
  const wal = `${original}-wal`
  if (existsSync(wal) && statSync(wal).size > 0) return false
  const { size } = statSync(original)
  if (size !== statSync(copy).size) return false
  const a = openSync(original, 'r')
  const b = openSync(copy, 'r')
  try {
    const one = Buffer.alloc(PIECE)
    const other = Buffer.alloc(PIECE)
    for (let at = 0; at < size; at += PIECE) {
      const length = readSync(a, one, 0, PIECE, at)
      if (readSync(b, other, 0, PIECE, at) !== length) return false
      if (at === 0) for (const [from, to] of owned) one.copy(other, from, from, to)
      if (one.compare(other, 0, length, 0, length) !== 0) return false
    }
    return true
  } finally {
    closeSync(a)
    closeSync(b)
  }
}

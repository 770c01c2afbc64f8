/** Tells whether anybody has written to a DuckDB file, from outside. */
import { createHash } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { bytesOf, duckHeader, HEADERS } from './header.ts'
import { sidecarsOf } from './sidecars.ts'

/** So much of a .wal's head and tail is read: the head belongs to one checkpoint, the tail to the last commit. */
const PIECE = 1 << 16

/**
 * A text that another one differs from as soon as anybody has committed or checkpointed; reading leaves it alone. Not to
 * be asked by a process that has the file open (HAZARDS F6): that one has {@link stampOf}.
 */
export function writeMark(path: string): string {
  const real = realpathSync(path)
  const iterations = duckHeader(real)?.iterations.join('/') ?? 'none'
  return [
    `${iterations} ${markOf(real, [[0, HEADERS]])}`,
    ...sidecarsOf(real).map(file => {
      const { size } = statSync(file)
      return markOf(file, [
        [0, PIECE],
        [Math.max(0, size - PIECE), PIECE],
      ])
    }),
  ].join(', ')
}

function markOf(file: string, pieces: readonly (readonly [number, number])[]): string {
  const hash = createHash('sha256')
  for (const [from, length] of pieces) hash.update(bytesOf(file, from, length))
  return `${seen(file)} ${hash.digest('hex').slice(0, 32)}`
}

/** The same as far as it can be told without reading: also while this process has the file open. */
export function stampOf(path: string): string {
  const real = realpathSync(path)
  return [real, ...sidecarsOf(real)].map(seen).join(', ')
}

function seen(file: string): string {
  const { size, mtimeNs } = statSync(file, { bigint: true })
  return `${size} ${mtimeNs}`
}

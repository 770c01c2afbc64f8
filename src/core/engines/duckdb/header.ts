/**
 * The first bytes of a DuckDB file, read without the library. Only where this process has the file not open: closing
 * what was read here would let go of its lock (HAZARDS F6).
 */
import { closeSync, openSync, readSync } from 'node:fs'

export interface DuckHeader {
  /** The format's number: 64 up to DuckDB 1.1, one more for each later version that changed it. */
  readonly storage: number
  readonly encrypted: boolean
  /** Of the DuckDB that made the file, as `v1.5.6`; empty where it did not say. */
  readonly madeBy: string
  /** How often each of the two headers was written, which checkpoints do in turn. */
  readonly iterations: readonly [bigint, bigint]
  /** So many bytes the file must have at least. Of an encrypted one nobody can tell. */
  readonly bytes: number
}

/** Three blocks: what the file is, then two headers of which the newer one holds. Each begins with its checksum. */
const BLOCK = 4096
export const HEADERS = 3 * BLOCK

/** Places in the first block, and in each of the headers. */
const at = {
  ...{ magic: 8, storage: 12, flags: 20, madeBy: 52, madeByEnd: 84 },
  ...{ iteration: 8, blocks: 32, blockBytes: 40 },
} as const

/** Before 1.1 all files had it, and none said so. */
const USUAL_BLOCK_BYTES = 256 << 10

/** Null where the file is no DuckDB file, or ends before its headers do. Throws what the system says. */
export function duckHeader(path: string): DuckHeader | null {
  return parse(bytesOf(path, 0, HEADERS))
}

function parse(head: Buffer): DuckHeader | null {
  if (head.length < HEADERS || head.toString('latin1', at.magic, at.storage) !== 'DUCK') return null
  const number = (place: number) => Number(head.readBigUInt64LE(place))
  const encrypted = number(at.flags) % 2 === 1
  const iterations = [1, 2].map(header => head.readBigUInt64LE(header * BLOCK + at.iteration)) as [
    bigint,
    bigint,
  ]
  const newer = (iterations[1] > iterations[0] ? 2 : 1) * BLOCK
  return {
    storage: number(at.storage),
    encrypted,
    madeBy: head.toString('latin1', at.madeBy, at.madeByEnd).replace(/\0.*$/s, ''),
    iterations,
    bytes: encrypted
      ? 0
      : HEADERS + number(newer + at.blocks) * (number(newer + at.blockBytes) || USUAL_BLOCK_BYTES),
  }
}

/** At most so many bytes from a place on. */
export function bytesOf(path: string, from: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, from))
  } finally {
    closeSync(file)
  }
}

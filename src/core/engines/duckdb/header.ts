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
}

/** Three blocks: what the file is, then two headers of which the newer one holds. Each begins with its checksum. */
const BLOCK = 4096
export const HEADERS = 3 * BLOCK

/** Places in the first block: magic, format, flags, version of the library. */
const at = { magic: 8, storage: 12, flags: 20, madeBy: 52, madeByEnd: 84 } as const

/** Null where the file is no DuckDB file, or ends before its headers do. Throws what the system says. */
export function duckHeader(path: string): DuckHeader | null {
  return parse(bytesOf(path, 0, HEADERS))
}

function parse(head: Buffer): DuckHeader | null {
  if (head.length < HEADERS || head.toString('latin1', at.magic, at.storage) !== 'DUCK') return null
  const number = (place: number) => Number(head.readBigUInt64LE(place))
  return {
    storage: number(at.storage),
    encrypted: number(at.flags) % 2 === 1,
    madeBy: head.toString('latin1', at.madeBy, at.madeByEnd).replace(/\0.*$/s, ''),
    iterations: [head.readBigUInt64LE(BLOCK + 8), head.readBigUInt64LE(2 * BLOCK + 8)],
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

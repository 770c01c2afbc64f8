/** Columns that can't be seen into: what is packed or encrypted may hold ids, and nobody can tell. */
import type { Message } from '../../message.ts'
import type { Table } from '../../schema/model.ts'
import { formatColumnPath } from '../../schema/names.ts'
import type { ColumnSample } from './sample.ts'

const starts: readonly (readonly [what: string, is: (bytes: Buffer) => boolean])[] = [
  ['gzip', bytes => bytes[0] === 0x1f && bytes[1] === 0x8b],
  [
    'zlib',
    bytes =>
      bytes[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1]!) && bytes.readUInt16BE() % 31 === 0,
  ],
  ['zstd', bytes => bytes.readUInt32BE() === 0x28b52ffd],
  ['xz', bytes => bytes.toString('latin1', 0, 6) === '\xfd7zXZ\0'],
  ['bzip2', bytes => /^BZh[1-9]/.test(bytes.toString('latin1', 0, 4))],
  ['lz4', bytes => bytes.readUInt32BE() === 0x04224d18],
  ['zip', bytes => bytes.readUInt32BE() === 0x504b0304],
  ['an SQLite database', bytes => bytes.toString('latin1', 0, 15) === 'SQLite format 3'],
]

const asText: readonly (readonly [what: string, begins: RegExp])[] = [
  ['gzip in base64', /^H4sI[A-Za-z0-9+/_-]{12}/],
  ['encrypted', /^(gAAAAA[A-Za-z0-9_-]{20}|-----BEGIN PGP MESSAGE|U2FsdGVkX1[89])/],
]

/** Null where the column can be read, or holds what is known to be no container of ids. */
export function opaqueColumn(table: Table, { column, texts, blobs }: ColumnSample): Message | null {
  const what =
    mostly(blobs, packedAs) ?? (isNoise(blobs) ? 'encrypted or packed' : null) ?? mostly(texts, writtenAs)
  return what === null
    ? null
    : {
        code: 'COLUMN.OPAQUE',
        severity: 'info',
        object: formatColumnPath(table.name, column.name),
        message: `The column can't be seen into: its values are ${what}.`,
        why: 'Ids inside of them would keep their old form, and nothing here can tell whether there are any.',
        next: 'If its program finds rows by ids in there, change that program, or leave those identities out: --skip TABLE.COLUMN',
      }
}

function packedAs(bytes: Buffer): string | null {
  return bytes.length < 8 ? null : (starts.find(([, is]) => is(bytes))?.[0] ?? null)
}

function writtenAs(bytes: Buffer): string | null {
  const begin = bytes.toString('latin1', 0, 40)
  return asText.find(([, begins]) => begins.test(begin))?.[0] ?? null
}

function mostly(values: readonly Buffer[], kindOf: (value: Buffer) => string | null): string | null {
  const filled = values.filter(({ length }) => length > 0)
  const kinds = new Map<string, number>()
  for (const value of filled) {
    const kind = kindOf(value)
    if (kind !== null) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const [most] = [...kinds].sort(([, a], [, b]) => b - a)
  return most && most[1] * 2 > filled.length ? most[0] : null
}

/** Shorter ones are keys, hashes and ids. */
const SHORT = 65
const ENOUGH = 4096

/**
 * Whether the bytes are as even as only packed and encrypted ones are. Numbers in a row (embeddings) are not: the bytes at
 * one place of each differ less than the others.
 */
function isNoise(blobs: readonly Buffer[]): boolean {
  const long = blobs.filter(({ length }) => length >= SHORT)
  const bytes = Buffer.concat(long.slice(0, 64).map(blob => blob.subarray(0, ENOUGH)))
  if (bytes.length < ENOUGH || long.length * 2 < blobs.length || long.some(isPicture)) return false
  return [1, 2, 4, 8].every(stride =>
    [...Array(stride).keys()].every(
      from => entropy(bytes, from, stride) > entropyOfNoise(bytes.length / stride),
    ),
  )
}

function isPicture(bytes: Buffer): boolean {
  return /^(\x89PNG|\xff\xd8\xff|GIF8|%PDF|RIFF|OggS|ID3|....ftyp)/s.test(bytes.toString('latin1', 0, 8))
}

/** Bits a byte. */
function entropy(bytes: Buffer, from: number, stride: number): number {
  const counts = new Uint32Array(256)
  let total = 0
  for (let at = from; at < bytes.length; at += stride) {
    counts[bytes[at]!]! += 1
    total += 1
  }
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)),
    0,
  )
}

/** A little less than what that many random bytes have: of few, not all values are there. */
function entropyOfNoise(bytes: number): number {
  return 8 - 255 / (2 * Math.LN2 * bytes) - 0.15
}

/**
 * ULIDs made by several real processes at once, and the question whether any two are equal. Each process hands over
 * 16 bytes a ULID. Bytes compare as the text does, so as long as each process kept its order, equal ULIDs meet when
 * the streams are merged: ten million need no table.
 */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { crockfordValue } from '../../../src/core/identifiers/crockford.ts'

/** As it stands, also where nothing was compiled: bench/ulids.ts uses it as well. */
const maker = [
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('./ulid-maker.ts', import.meta.url)),
]

export interface UlidCensus {
  readonly count: number
  /** ULIDs equal to one that came before, whoever made it. */
  readonly collisions: number
  /** ULIDs not greater than the same process's previous one. */
  readonly violations: number
}

/** Starts `processes` at once; each makes `each` ULIDs through `createUlidFactory`. */
export async function makeInProcesses(processes: number, each: number): Promise<Uint8Array[]> {
  const runs = Array.from({ length: processes }, () =>
    execa(process.execPath, [...maker, String(each)], {
      encoding: 'buffer',
      maxBuffer: each * 16,
    }),
  )
  return (await Promise.all(runs)).map(run => run.stdout)
}

/** Writes the 128 bits of a ULID to `bytes[at]` and the fifteen after it. */
export function writeUlidBytes(ulid: string, bytes: Uint8Array, at: number): void {
  let bits = 0
  let value = 0
  let next = at
  for (let i = 0; i < ulid.length; i++) {
    value = (value << 5) | crockfordValue[ulid.charCodeAt(i)]!
    bits += i === 0 ? 3 : 5
    if (bits < 8) continue
    bits -= 8
    bytes[next++] = value >> bits
    value &= (1 << bits) - 1
  }
}

export function takeCensus(streams: readonly Uint8Array[]): UlidCensus {
  const words = streams.map(comparableWords)
  const at = words.map(() => 0)
  const violations = words.reduce((sum, stream) => sum + countViolations(stream), 0)
  let count = 0
  let collisions = 0
  let last: { stream: Uint32Array; at: number } | null = null
  for (;;) {
    const least = leastHead(words, at)
    if (least === null) return { count, collisions, violations }
    const head = { stream: words[least]!, at: at[least]! }
    if (last !== null && compare(head.stream, head.at, last.stream, last.at) === 0) collisions++
    last = head
    at[least]! += 4
    count++
  }
}

function leastHead(words: readonly Uint32Array[], at: readonly number[]): number | null {
  let least: number | null = null
  for (let i = 0; i < words.length; i++) {
    if (at[i]! >= words[i]!.length) continue
    if (least === null || compare(words[i]!, at[i]!, words[least]!, at[least]!) < 0) least = i
  }
  return least
}

function countViolations(stream: Uint32Array): number {
  let violations = 0
  for (let at = 4; at < stream.length; at += 4) if (compare(stream, at, stream, at - 4) <= 0) violations++
  return violations
}

function compare(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let word = 0; word < 4; word++) {
    const difference = a[i + word]! - b[j + word]!
    if (difference !== 0) return difference
  }
  return 0
}

function comparableWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = new Uint32Array(bytes.byteLength / 4)
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(i * 4)
  return words
}

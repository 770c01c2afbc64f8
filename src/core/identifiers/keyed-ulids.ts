/**
 * The migration's ULIDs: a pure function of (seed, domain, millisecond, place within the millisecond), so that a
 * rehearsal shows what the run will write and a row added elsewhere in time changes nobody else's id.
 *
 * The random part of a millisecond's first row is AES-256 of that millisecond under a key made of seed and domain,
 * with the top bit cleared; each further row of the millisecond adds one. The cleared bit leaves room for 2^79 rows.
 * Within a domain no two can be equal: the times differ, or the counts do.
 */
import { type Cipher, createCipheriv, createHash } from 'node:crypto'
import { endianness } from 'node:os'
import { addOne, type DigitPairs, digitPairs, type LetterCase } from './crockford.ts'
import { assertUlidTime } from './ulid.ts'
import { writeRandom, writeTime } from './ulid-digits.ts'

const width = 26
const timeWidth = 10
const aesBlock = 16
/** Rows per AES call: large enough that the call costs nothing, small enough for the processor's cache. */
const chunk = 4096

export interface KeyedUlidOptions {
  /** 32 bytes as 64 hex digits, frozen in the plan. */
  readonly seed: string
  /** What is being named, for instance `jobs.job_id`: the same seed gives each domain its own ULIDs. */
  readonly domain: string
  readonly case: LetterCase
}

export class KeyedUlids {
  readonly #cipher: Cipher
  readonly #digits: DigitPairs
  readonly #plain = Buffer.alloc(chunk * aesBlock)
  /** The last ULID made and its millisecond: where the next call goes on counting. */
  readonly #last = Buffer.alloc(width)
  #lastTime = -1

  /** @throws RangeError for a seed that is not 64 hex digits. */
  constructor(options: KeyedUlidOptions) {
    if (!/^[0-9a-f]{64}$/i.test(options.seed)) {
      throw new RangeError(`Not a seed: ${JSON.stringify(options.seed)} (64 hex digits are one)`)
    }
    const key = createHash('sha256').update(options.seed, 'hex').update(options.domain, 'utf8').digest()
    this.#cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
    this.#digits = digitPairs(options.case)
  }

  /**
   * One ULID per time: 26 ASCII bytes each, without separators, in the order of `times`.
   *
   * `times` are whole milliseconds since 1970 and never decrease, neither inside a call nor from one call to the next;
   * how they are cut into calls makes no difference. `out`, where given, is written from its start and returned, cut
   * to what was written.
   *
   * @throws RangeError for a time that a ULID cannot hold, one earlier than its predecessor, or an `out` that is too
   * small, each before anything is made; and for a millisecond with more rows than 80 bits can tell apart.
   */
  fill(times: readonly number[] | Float64Array | BigInt64Array, out?: Buffer): Buffer {
    const ms = milliseconds(times)
    this.#assertOrder(ms)
    const bytes = ms.length * width
    if (out !== undefined && out.length < bytes) {
      throw new RangeError(`${ms.length} ULIDs take ${bytes} bytes; the buffer has ${out.length}`)
    }
    const text = out === undefined ? Buffer.allocUnsafe(bytes) : out.subarray(0, bytes)
    for (let from = 0; from < ms.length; from += chunk) {
      this.#fillChunk(ms, from, Math.min(from + chunk, ms.length), text)
    }
    return text
  }

  #assertOrder(ms: Float64Array): void {
    let previous = this.#lastTime
    for (const time of ms) {
      assertUlidTime(time)
      if (time < previous) throw new RangeError(`Times must not decrease: ${time} comes after ${previous}`)
      previous = time
    }
  }

  #fillChunk(ms: Float64Array, from: number, to: number, text: Buffer): void {
    const random = this.#cipher.update(this.#distinct(ms, from, to))
    let previous = this.#last as Uint8Array
    let previousAt = 0
    let randomAt = 0
    let time = this.#lastTime
    for (let row = from; row < to; row++) {
      const at = row * width
      if (ms[row] === time) {
        for (let i = 0; i < width; i++) text[at + i] = previous[previousAt + i]!
        if (!addOne(text, at + timeWidth, at + width, this.#digits)) {
          throw new RangeError(`Millisecond ${time} has more rows than the 80 bits after it can tell apart`)
        }
      } else {
        time = ms[row]!
        writeTime(text, at, time, this.#digits)
        writeRandom(text, at + timeWidth, random, randomAt, this.#digits)
        randomAt += aesBlock
      }
      previous = text
      previousAt = at
    }
    this.#lastTime = time
    text.copy(this.#last, 0, (to - 1) * width, to * width)
  }

  /** The AES input: one block for each millisecond of the rows that the rows before have not had. */
  #distinct(ms: Float64Array, from: number, to: number): Buffer {
    const plain = this.#plain
    let previous = this.#lastTime
    let at = 0
    for (let row = from; row < to; row++) {
      const time = ms[row]!
      if (time === previous) continue
      previous = time
      const high = Math.floor(time / 2 ** 32)
      const low = time >>> 0
      plain[at] = high >>> 8
      plain[at + 1] = high
      plain[at + 2] = low >>> 24
      plain[at + 3] = low >>> 16
      plain[at + 4] = low >>> 8
      plain[at + 5] = low
      at += aesBlock
    }
    return plain.subarray(0, at)
  }
}

function milliseconds(times: readonly number[] | Float64Array | BigInt64Array): Float64Array {
  if (times instanceof Float64Array) return times
  if (!(times instanceof BigInt64Array)) return Float64Array.from(times)
  // Read as two halves each: a million BigInts would be a million objects.
  const halves = new Int32Array(times.buffer, times.byteOffset, times.length * 2)
  const low = endianness() === 'LE' ? 0 : 1
  const ms = new Float64Array(times.length)
  for (let i = 0; i < ms.length; i++)
    ms[i] = halves[2 * i + 1 - low]! * 2 ** 32 + (halves[2 * i + low]! >>> 0)
  return ms
}

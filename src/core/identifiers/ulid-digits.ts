/** The two parts of a ULID as ASCII digits, written straight into a buffer at `text[at]`: no strings, no BigInt. */
import type { DigitPairs } from './crockford.ts'

/** The ten digits of a whole number of milliseconds, 0 to 2^48 - 1. */
export function writeTime(text: Uint8Array, at: number, time: number, { first, second }: DigitPairs): void {
  const high = Math.floor(time / 2 ** 30)
  const low = time % 2 ** 30
  writePair(text, at, high >>> 10, first, second)
  writePair(text, at + 2, high & 1023, first, second)
  writePair(text, at + 4, low >>> 20, first, second)
  writePair(text, at + 6, (low >>> 10) & 1023, first, second)
  writePair(text, at + 8, low & 1023, first, second)
}

/** Sixteen digits: the ten bytes from `random[from]` on, without the top bit (see KeyedUlids). */
export function writeRandom(
  text: Uint8Array,
  at: number,
  random: Uint8Array,
  from: number,
  { first, second }: DigitPairs,
): void {
  for (let half = 0; half < 2; half++) {
    const i = from + half * 5
    const a = half === 0 ? random[i]! & 0x7f : random[i]!
    const b = random[i + 1]!
    const c = random[i + 2]!
    const d = random[i + 3]!
    const start = at + half * 8
    writePair(text, start, (a << 2) | (b >> 6), first, second)
    writePair(text, start + 2, ((b & 63) << 4) | (c >> 4), first, second)
    writePair(text, start + 4, ((c & 15) << 6) | (d >> 2), first, second)
    writePair(text, start + 6, ((d & 3) << 8) | random[i + 4]!, first, second)
  }
}

function writePair(text: Uint8Array, at: number, bits: number, first: Uint8Array, second: Uint8Array): void {
  text[at] = first[bits]!
  text[at + 1] = second[bits]!
}

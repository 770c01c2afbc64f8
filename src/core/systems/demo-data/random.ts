/**
 * Random numbers that a seed decides, so that the same demo can be made again anywhere. Chris Doty-Humphrey's sfc32:
 * 128 bits of state, unlike one-word generators, whose streams for two files could run into each other.
 */
export interface Random {
  /** 0 to 2^32 - 1. */
  next(): number
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number
  /** A whole number; both ends can come. */
  between(low: number, high: number): number
  /** True in that share of cases, 0 to 1. */
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
}

/**
 * @param seed a whole number
 * @param stream names what the numbers are for: each stream of a seed is independent of the others
 */
export function seededRandom(seed: number, stream: string): Random {
  let a = hash(stream, seed)
  let b = hash(stream, a)
  let c = hash(stream, b)
  let counter = 1

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // The first outputs still show the seed's pattern.
  for (let round = 0; round < 12; round++) next()

  const below = (limit: number): number => Math.floor((next() / 0x1_0000_0000) * limit)
  return {
    next,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: share => next() / 0x1_0000_0000 < share,
    pick: list => list[below(list.length)] ?? list[0],
  }
}

/** One of a list that may be empty: then it is what is given instead. */
export function oneOf<T>(random: Random, list: readonly T[], otherwise: T): T {
  return list[random.below(list.length)] ?? otherwise
}

/** FNV-1a over the text, started from a number, then spread over all bits. */
function hash(text: string, start: number): number {
  // Both halves of the number count: seeds may be larger than 32 bits.
  let value = 0x811c9dc5 ^ (start | 0) ^ Math.imul(Math.floor(start / 0x1_0000_0000) | 0, 0x9e3779b1)
  for (const unit of new TextEncoder().encode(text)) value = Math.imul(value ^ unit, 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) | 0
}

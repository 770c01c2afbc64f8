/**
 * Numbers that meet a key are no evidence where the key has every number; where it has gaps, and they avoid them, no
 * accident does that. The neighbours of the numbers tell how many would be met by accident, wherever in the key they lie.
 */

/** How unlikely a share of hits is where another is to be expected, for each number (the relative entropy of the two). */
export function surprise(share: number, expected: number): number {
  if (share <= expected) return 0
  const p = Math.min(0.9999, Math.max(1e-4, expected))
  const miss = share >= 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - p))
  return Math.max(0, share * Math.log(share / p) + miss)
}

/**
 * The share of the numbers' neighbours, between the key's lowest and highest, that the key has.
 *
 * @param count how many of some numbers the key has
 */
export function nearShare(
  numbers: readonly bigint[],
  low: bigint,
  high: bigint,
  count: (numbers: readonly bigint[]) => number,
): number {
  const step = stepOf(numbers)
  const neighbours = numbers
    .flatMap(number => [number - step, number + step])
    .filter(number => number >= low && number <= high)
  return (count(neighbours) + 1) / (neighbours.length + 2)
}

/** What all differ by a multiple of: both keys and amounts may be counted in tens. */
function stepOf([first, ...others]: readonly bigint[]): bigint {
  const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b))
  const step = others.reduce((sum, each) => divisor(sum, each > first! ? each - first! : first! - each), 0n)
  return step > 0n ? step : 1n
}

/** Whether numbers that stand somewhere are those of an identity, although no name says so. */
import { nearShare, surprise } from '../references/gaps.ts'
import type { KnownIds } from './known-ids.ts'

/** Fewer numbers may avoid gaps by accident. */
const FEW = 12
const MANY = 300

export function avoidsGaps(known: KnownIds, values: readonly (Buffer | bigint)[]): boolean {
  if (known.worth !== 'number') return false
  const texts = values.map(String)
  if (!texts.every(text => /^\d{1,18}$/.test(text))) return false
  const numbers = [...new Set(texts)].map(BigInt).slice(0, MANY)
  if (numbers.length < FEW || numbers.some(number => number > known.last)) return false
  const most = numbers.length * 0.03
  let misses = 0
  for (const number of numbers) if (!known.has(number) && ++misses > most) return false
  const near = nearShare(numbers, 1n, known.last, number => known.has(number))
  return Math.exp(-numbers.length * surprise(1 - misses / numbers.length, near)) < 1e-6
}

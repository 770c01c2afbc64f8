/** Whether numbers that stand somewhere are those of an identity, although no name says so. */
import { nearShare, surprise } from '../references/gaps.ts'
import type { KnownIds } from './known-ids.ts'

/** Fewer numbers may avoid gaps by accident. */
const FEW = 12
const MANY = 300

type Values = readonly (Buffer | bigint)[]

export function avoidsGaps(known: KnownIds, values: Values): boolean {
  // A key that has every number has no gaps.
  if (known.worth !== 'number' || known.range !== null) return false
  const { numbers, highest } = numbersOf(values)
  if (numbers.length < FEW || highest > known.last) return false
  const most = numbers.length * 0.03
  let misses = 0
  for (const number of numbers) if (!known.has(number) && ++misses > most) return false
  const count = (some: readonly bigint[]) => some.filter(number => known.has(number)).length
  const near = nearShare(numbers, 1n, known.last, count)
  return Math.exp(-numbers.length * surprise(1 - misses / numbers.length, near)) < 1e-6
}

interface Numbers {
  readonly numbers: readonly bigint[]
  readonly highest: bigint
}

const none: Numbers = { numbers: [], highest: 0n }
const made = new WeakMap<Values, Numbers>()

/** Made once, for all identities; none where some value is no number. */
function numbersOf(values: Values): Numbers {
  const known = made.get(values)
  if (known) return known
  const texts = values.map(String)
  const numbers = texts.every(text => /^\d{1,18}$/.test(text))
    ? [...new Set(texts)].slice(0, MANY).map(BigInt)
    : []
  const found =
    numbers.length === 0 ? none : { numbers, highest: numbers.toSorted((a, b) => (a < b ? -1 : 1)).at(-1)! }
  made.set(values, found)
  return found
}

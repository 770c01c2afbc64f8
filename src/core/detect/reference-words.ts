import { withCommas } from '../with-commas.ts'

/** What is said of a reference wherever one is found: in whole columns, inside of values, in another target. */

/** The evidence of one that the operator named, and of one that he left out. */
export const NAMED = 'named by --reference'
export const LEFT_OUT = 'left out by --no-reference'

/** What happens to so many values, which are ids of `rows`, if nobody follows them. */
export function leftBehind(values: number, rows: string): string {
  return `${withCommas(values)} values keep the old ids, and no longer find their rows of ${rows}`
}
